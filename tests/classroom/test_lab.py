"""Lessons in JupyterLab: the student's copy is theirs for ever, new versions come beside it, and nothing is fetched from outside."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from class_server import CLONE, write_lesson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edukit.classroom import lab
from edukit.core.errors import OutputNotWritable, PortTaken
from edukit.core.workspace import Workspace, current


@pytest.fixture
def lessons(tmp_path):
    write_lesson(tmp_path / "lessons")
    write_lesson(tmp_path / "lessons", lang="zh")
    return tmp_path / "lessons"


def mine():
    return current().home / "lessons" / "en" / "01_small.ipynb"


def test_lessons_are_copied_and_a_second_time_changes_nothing(lessons):
    assert lab.copy_lessons(current(), lessons) == {}
    assert mine().read_bytes() == (lessons / "en" / "01_small.ipynb").read_bytes()
    before = mine().stat().st_mtime_ns
    assert not lab.copy_lessons(current(), lessons) and mine().stat().st_mtime_ns == before
    assert sorted(path.name for path in mine().parent.iterdir()) == ["01_small.ipynb"]


def test_a_new_version_replaces_a_copy_that_nobody_changed(lessons):
    lab.copy_lessons(current(), lessons)
    write_lesson(lessons, title="Second edition")
    assert not lab.copy_lessons(current(), lessons)
    assert "Second edition" in mine().read_text()


def test_a_changed_notebook_stays_and_the_new_version_lies_beside_it(lessons):
    lab.copy_lessons(current(), lessons)
    mine().write_text("my own work")
    assert not lab.copy_lessons(current(), lessons), "no new version, nothing beside"
    for edition, name in (("Second", "01_small-2.ipynb"), ("Third", "01_small-3.ipynb")):
        write_lesson(lessons, title=edition)
        for _ in range(2):
            assert lab.copy_lessons(current(), lessons) == {"en/01_small.ipynb": name}
        assert edition in (mine().parent / name).read_text()
    assert mine().read_text() == "my own work"
    assert sorted(path.name for path in mine().parent.iterdir()) == ["01_small-2.ipynb", "01_small-3.ipynb", "01_small.ipynb"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(steps=st.lists(st.sampled_from(["copy", "edit", "new version", "delete", "lose the list"]), max_size=8))
def test_whatever_happens_no_work_is_lost(lessons, steps):
    shutil.rmtree(current().home, ignore_errors=True)
    written = set()
    for number, step in enumerate(steps):
        if step == "copy":
            lab.copy_lessons(current(), lessons)
        elif step == "edit" and mine().exists():
            mine().write_text(f"work {number}")
            written = {f"work {number}"}
        elif step == "new version":
            write_lesson(lessons, title=f"Edition {number}")
        elif step == "delete" and mine().exists():
            mine().unlink()
            written = set()
        elif step == "lose the list":
            (current().home / "lessons" / lab.SHIPPED).unlink(missing_ok=True)
    lab.copy_lessons(current(), lessons)
    kept = {path.read_text() for path in mine().parent.glob("*.ipynb")}
    assert written <= kept
    assert written or (lessons / "en" / "01_small.ipynb").read_text() in kept


def test_a_place_that_cannot_be_written_is_said_before_anything_starts(tmp_path, lessons):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputNotWritable):
        lab.copy_lessons(Workspace(tmp_path / "file" / "home"), lessons)


def test_solutions_and_tools_are_copied_too(lessons):
    for folder, name in (("solutions", "01_small"), ("tools", "studio"), (".ipynb_checkpoints", "01_small-checkpoint")):
        (lessons / "en" / folder).mkdir()
        shutil.copy(lessons / "en" / "01_small.ipynb", lessons / "en" / folder / f"{name}.ipynb")
    lab.copy_lessons(current(), lessons)
    copied = sorted(path.relative_to(mine().parent).as_posix() for path in mine().parent.rglob("*.ipynb"))
    assert copied == ["01_small.ipynb", "solutions/01_small.ipynb", "tools/studio.ipynb"]


def test_news_and_the_extension_shop_are_off(tmp_path):
    lab.prepare_settings(tmp_path, "en")
    preset = json.loads((tmp_path / "jupyter_config_dir" / "labconfig" / "default_setting_overrides.json").read_text())
    page = json.loads((tmp_path / "jupyter_config_dir" / "labconfig" / "page_config.json").read_text())
    assert preset["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert page["disabledExtensions"]["@jupyterlab/apputils-extension:announcements"] is True
    command = lab.lab_command(current(), port=None, ip="127.0.0.1", open_browser=False, lang="en")
    assert "--LabApp.extension_manager=readonly" in command and "--LabApp.news_url=" in command and not [word for word in command if "token=" in word]


@pytest.mark.slow
def test_lab_starts_with_the_first_lesson_and_ends_with_ctrl_c(lessons, tmp_path):
    program = "import sys, pathlib\nfrom edukit.classroom import lab\n"
    program += f"lab.lessons_root = lambda: pathlib.Path({str(lessons)!r})\nsys.exit(lab.open_lab(open_browser=False))"
    log = tmp_path / "log"
    with log.open("w") as stream:
        process = subprocess.Popen([sys.executable, "-c", program], cwd=CLONE, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            end = time.monotonic() + 90
            while "?token=" not in log.read_text() and time.monotonic() < end and process.poll() is None:
                time.sleep(0.2)
            address = next(word for word in log.read_text().split() if word.startswith("http://127.0.0.1"))
            assert "/lab/tree/lessons/en/01_small.ipynb?token=" in address
            with urllib.request.urlopen(address, timeout=30) as reply:
                page = reply.read().decode()
            assert "apputils-extension:announcements" in page
        finally:
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
            assert process.wait(30) == 0
    assert "Traceback" not in log.read_text()


def test_a_port_in_use_is_said_before_anything_is_written(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortTaken, match=str(other.getsockname()[1])):
            lab.open_lab(port=other.getsockname()[1])
    assert not (current().home / "lessons").exists()
