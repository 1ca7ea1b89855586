"""All of one's work as one zip: what is packed opens elsewhere, takes nothing's place, and a stranger's zip is refused."""
import json
import zipfile

import pytest

from edukit.core.errors import BadArchive
from edukit.core.workspace import Workspace
from edukit.data.own_work import MARK, open_work, pack_work


def make_work(home, student="小明", weights=b"weights"):
    mine = Workspace(home, student, "01_first_model")
    run, job = mine.folder / "train-1", mine.folder / "jobs" / "train-1"
    for folder in (run, job, mine.datasets / "pets"):
        folder.mkdir(parents=True)
    (run / "best.pth").write_bytes(weights)
    (mine.datasets / "pets" / "a.png").write_bytes(b"picture")
    (job / "job.json").write_text(json.dumps({"arguments": {"out": str(run), "dataset": "emoji"}}))
    (mine.folder / "progress.json").write_text('{"steps_done": ["train"]}')
    return mine


def test_packed_work_opens_on_another_machine(tmp_path):
    packed = pack_work(make_work(tmp_path / "one").of_lesson("other"), tmp_path / "all.zip")
    there = Workspace(tmp_path / "two", "me", "01_first_model")
    there.folder.mkdir(parents=True)
    (there.folder / "progress.json").write_text('{"steps_done": []}')
    assert open_work(packed, there) == ["01_first_model", "datasets"]
    assert (there.folder / "train-1" / "best.pth").read_bytes() == b"weights" and (there.datasets / "pets" / "a.png").is_file()
    assert json.loads((there.folder / "progress.json").read_text()) == {"steps_done": ["train"]}
    assert json.loads((there.folder / "jobs" / "train-1" / "job.json").read_text())["arguments"]["out"] == str(there.folder / "train-1")
    assert not list((tmp_path / "two" / "me").glob(".ek-*"))


def test_nothing_that_is_there_is_written_over(tmp_path):
    packed = pack_work(make_work(tmp_path / "one"), tmp_path / "all.zip")
    there = make_work(tmp_path / "two", weights=b"mine")
    (there.folder / "progress.json").write_text('{"steps_done": ["data"]}')
    open_work(packed, there)
    assert (there.folder / "train-1" / "best.pth").read_bytes() == b"mine" and (there.folder / "train-2" / "best.pth").read_bytes() == b"weights"
    assert json.loads((there.folder / "jobs" / "train-2" / "job.json").read_text())["arguments"]["out"] == str(there.folder / "train-2")
    assert "data" in (there.folder / "progress.json").read_text()


@pytest.mark.parametrize("names", [["a.txt"], ["../evil", MARK], []])
def test_another_zip_is_refused_and_leaves_nothing(tmp_path, names):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "{}")
    there = Workspace(tmp_path / "home", "me", "lesson")
    with pytest.raises(BadArchive):
        open_work(tmp_path / "x.zip", there)
    assert not list((tmp_path / "home").rglob("*.*")) and not (tmp_path / "evil").exists()


def test_a_file_that_is_no_zip_is_refused(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"PK no")
    with pytest.raises(BadArchive):
        open_work(tmp_path / "x.zip", Workspace(tmp_path / "home"))
