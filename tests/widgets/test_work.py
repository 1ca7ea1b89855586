"""Work on disk: runs are numbered and never reused, the newest model is found, choices and steps survive, spoilt files do no harm."""
import json

import pytest

from edukit.core.errors import OutputNotWritable
from edukit.core.files import read_record
from edukit.core.workspace import Workspace
from edukit.widgets.work import STEPS, Work


def test_runs_are_numbered_and_old_ones_stay(work):
    first, second = work.new_run("train"), work.new_run("train")
    assert (first.name, second.name) == ("train-1", "train-2") and first.is_dir()
    (work.folder / "jobs" / "train-7").mkdir(parents=True)
    assert work.new_run("train").name == "train-8"
    assert work.new_job("train").name == "train-9"


def test_a_folder_that_cannot_be_written_is_an_error_of_ours(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputNotWritable):
        Work(Workspace(tmp_path / "file")).new_run("train")


def test_the_newest_run_that_left_a_model_counts(trained):
    assert trained.checkpoint == trained.folder / "train-1" / "best.pth"
    for number in (2, 10):
        run = trained.folder / f"train-{number}"
        run.mkdir()
        (run / "best.pth").touch()
    (trained.folder / "train-11").mkdir()  # a training that has only begun
    assert trained.trained.name == "train-10"
    assert trained.onnx is None and trained.int8 is None


def test_steps_are_noted_where_the_index_page_reads_them(work):
    seen = []
    work.observe(lambda change: seen.append(change["new"]), "version")
    for step in ("train", "data", "train"):
        work.finish(step)
    told = {"steps_done": ["data", "train"], "finished": [0, 1], "step": 2, "steps": 5, "done": False}
    assert json.loads((work.folder / "progress.json").read_text()) == told
    for step in STEPS:
        work.finish(step)
    assert read_record(work.folder / "progress.json")["done"] is True and work.steps_done == list(STEPS) and len(seen) == 8


@pytest.mark.parametrize("text", ["", "[]", "{", '{"data": 3, "steps_done": 5}', "\0" * 9, "[" * 50_000])
def test_spoilt_files_do_no_harm(tmp_path, text):
    workspace = Workspace(tmp_path)
    workspace.folder.mkdir(parents=True)
    for name in ("choices.json", "progress.json"):
        (workspace.folder / name).write_text(text)
    work = Work(workspace)
    assert work.dataset == "emoji" and work.recall("train") == {} and work.steps_done == []
    work.remember("train", {"epochs": 3})
    assert Work(workspace).recall("train") == {"epochs": 3}
