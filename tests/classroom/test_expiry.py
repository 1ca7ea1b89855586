"""Work of a class session that nobody touched for some days is really deleted; the owner's, and what no student made, never is."""
import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from class_server import start_class_server, write_lesson

from edukit.classroom.expiry import MARK, expire, visit
from edukit.core.workspace import Workspace, use
from edukit.data import DatasetBuilder
from edukit.data.phone import invite
from tests.classroom.test_students import finished, open_page, run_cells
from tests.dataset_files import picture

DAY = 86_400


@pytest.fixture
def owner(tmp_path):
    return Workspace(tmp_path / "home", "teacher", "02_own_dataset", expire_days=7)


def worked(workspace, days, *, student=True):
    """A student's work, last touched so many days ago."""
    if student:
        visit(workspace)
    DatasetBuilder("cats", workspace=workspace).add("cat", [picture()])
    workspace.folder.mkdir(parents=True, exist_ok=True)
    (workspace.folder / "progress.json").write_text("{}")
    return aged(workspace, days)


def aged(workspace, days):
    folder, then = workspace.home / workspace.student, time.time() - days * DAY
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (then, then), follow_symlinks=False)
    return folder


def test_what_nobody_touched_is_really_deleted_and_nothing_else(owner, tmp_path):
    old, new, mixed, here, mine, by_hand = (
        worked(owner.of_student(name), days, student=student)
        for name, days, student in (("ann", 8, True), ("bo", 6, True), ("cy", 30, True), ("dan", 30, True), ("teacher", 90, True), ("notes", 90, False))
    )
    (mixed / "02_own_dataset" / "progress.json").write_text('{"step": 1}')  # cy came back
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / MARK).touch()
    (old / "link").symlink_to(outside, target_is_directory=True)
    (owner.home / "linked").symlink_to(outside, target_is_directory=True)
    aged(owner.of_student("ann"), 8)
    os.utime(outside, (0, 0))
    os.utime(outside / MARK, (0, 0))
    assert expire(replace(owner, expire_days=0)) == [] and old.exists(), "by default nothing expires"
    assert expire(owner, busy={"dan"}) == ["ann"]
    assert not old.exists() and all(path.exists() for path in (new, mixed, here, mine, by_hand, outside / MARK, owner.home / "linked"))
    assert not [path for path in owner.home.rglob("*") if "ann" in path.name], "not even under another name"
    assert expire(owner) == ["dan"] and expire(owner) == []


def test_what_a_crash_left_half_deleted_goes_next_time(owner):
    left = owner.home / ".ek-gone-ann" / "datasets"
    left.mkdir(parents=True)
    (left / "a.png").write_bytes(b"picture")
    assert expire(owner) == [] and not left.parent.exists()


@pytest.mark.parametrize("value", ["-1", "1.5", "soon", "99999"])
def test_a_bad_number_of_days_is_told_before_anything_starts(value, tmp_path):
    done = subprocess.run([sys.executable, "-m", "edukit", "serve", "--expire", value, "--lang", "en"], capture_output=True, text=True, timeout=60,
                          env=dict(os.environ) | {"EDUKIT_HOME": str(tmp_path)})  # fmt: skip
    assert done.returncode == 2 and "[E40" in done.stderr and "expire" in done.stderr and list(tmp_path.iterdir()) == []


def test_the_server_deletes_at_its_start_and_says_so_where_pictures_come_in(owner, tmp_path):
    use(owner)
    lesson = [("code", "from edukit.widgets import Collect, DataView\nc, d = Collect(), DataView()\nd.set('source', 'upload')\n"
                       "print(c.words['expires'], '|', d.upload['hint'])", [])]  # fmt: skip
    write_lesson(tmp_path / "lessons", cells=lesson)
    gone, mine = worked(owner.of_student("ann"), 8), worked(owner, 90)
    server = start_class_server(owner.home, lessons=tmp_path / "lessons", EXPIRE="7", EDUKIT_STUDENT="teacher")
    try:
        code = invite("cats", owner.of_student("bo"))
        told = "once nobody has touched it for 7 day(s)"
        assert told in server.get("/en/", X_Student="bo").text and told not in server.get("/en/", X_Student="teacher").text
        assert "7 天" in server.get("/zh/", X_Student="bo").text and told in server.get(f"/phone/{code}", X_Student="teacher").text
        assert "Deleted the work of 1 student" in server.said() and str(mine) in server.said() and "7 day(s)" in server.said()
        assert not gone.exists() and mine.exists()
        server.get("/en/01_small", X_Student="bo")
        server.get("/en/01_small", X_Student="teacher")
        assert (owner.home / "bo" / MARK).is_file(), "bo was here"
        visited = mine / MARK
        assert time.time() - visited.stat().st_mtime > DAY, "the owner is no student"
        says = {name: finished(run_cells(server, open_page(server, name), name)) for name in ("bo", "teacher")}
        assert says["bo"].count(told) == 2 and says["teacher"].startswith("|") and told not in says["teacher"]
    finally:
        server.stop()
