"""Work on disk: runs are numbered and never reused, models are found and chosen, choices and steps survive, spoilt files do no harm."""
import json
import os
import sys
from dataclasses import replace

import pytest
from lesson_work import HISTORY

from edukit.core.errors import FileMissing, OutputNotWritable, UnknownChoice
from edukit.core.files import read_record
from edukit.core.workspace import Workspace, current
from edukit.widgets import checks
from edukit.widgets.lesson import open_lesson
from edukit.widgets.work import Work


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


def test_another_training_takes_the_ticks_of_what_came_after_the_old_one(work):
    for step in ("data", "train", "convert", "compare", "data"):
        work.finish(step)
    assert work.steps_done == ["data", "train", "convert", "compare"]
    work.finish("train")
    assert work.steps_done == ["data", "train"] and read_record(work.folder / "progress.json")["step"] == 2


def test_who_goes_on_with_an_earlier_lessons_model_has_trained(work):
    later = Work(work.workspace, replace(work.header, base="01_first_model", needs=("checkpoint",)))
    later.finish("convert")
    assert later.steps_done == ["convert"], "without a model that step is still to be done"
    leave_run(work.workspace.of_lesson("01_first_model"), "train-3", "best.pth")
    later.finish("data")
    assert later.steps_done == ["data", "convert"]
    later.finish("convert")
    assert later.steps_done == ["data", "train", "convert"]


def test_steps_are_noted_where_the_index_page_reads_them(work):
    seen, steps = [], [step.name for step in work.header.steps]
    work.observe(lambda change: seen.append(change["new"]), "version")
    for step in ("train", "data", "train"):
        work.finish(step)
    told = {"steps_done": ["data", "train"], "finished": [0, 1], "step": 2, "steps": 5, "done": False}
    assert json.loads((work.folder / "progress.json").read_text()) == told
    for step in steps:
        work.finish(step)
    assert read_record(work.folder / "progress.json")["done"] is True and work.steps_done == steps and len(seen) == 8
    work.finish("move")
    assert len(seen) == 9 and work.steps_done == steps, "no step of this lesson: the views are told, nothing is noted"


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


def leave_run(workspace, name, *files, seconds=0, top1=None, backbone="LeNet"):
    """A run folder whose files were written ``seconds`` after the epoch."""
    run = workspace.folder / name
    run.mkdir(parents=True)
    history = [{**HISTORY[0], "val_top1": top1}] if top1 else []
    (run / "log.json").write_text(json.dumps({"made": {"options": {"backbone": backbone}}, "history": history}))
    for file in files:
        (run / file).touch()
        os.utime(run / file, (seconds, seconds))
    return run


def test_runs_are_listed_newest_first_with_their_figures_and_one_is_chosen(work, reopened):
    leave_run(work.workspace, "train-1", "best.pth", "best.onnx", seconds=1, top1=0.846)
    leave_run(work.workspace, "train-2", "best.pth", seconds=2, top1=0.5, backbone="ResNet18")
    leave_run(work.workspace, "exercise-1", "best.pth", seconds=3, top1=0.9)
    leave_run(work.workspace, "jobs-1", "best.pth", seconds=3, top1=0.9)
    assert [run.label for run in work.runs] == ["Training 2 · ResNet18 · rate 0.01 · 50%", "Training 1 · LeNet · rate 0.01 · 85%"] and work.onnx is None
    seen = []
    work.observe(lambda _: seen.append(True), "version")
    work.choose("train-1")
    assert seen and work.onnx == work.folder / "train-1" / "best.onnx" and reopened(work).trained.name == "train-1"
    for name in ("", "train-9", "../other"):
        work.choose(name)
        assert work.trained.name == "train-2", "what is not there is not chosen"


def test_a_model_is_looked_for_in_the_own_work_then_the_base_lesson_then_the_samples(work):
    base, header = work.workspace.of_lesson("01_first_model"), replace(work.header, base="01_first_model", needs=("checkpoint", "onnx", "int8"))
    later = Work(work.workspace, header)
    found = later.find("int8")
    assert (found.origin, found.path.name) == ("sample", "emoji-int8.onnx") and "sample model emoji-int8.onnx" in found.origin_text
    assert later.checkpoint is None, "no such sample is shipped"
    leave_run(base, "train-3", "best.pth", "best-int8.onnx", top1=0.8)
    found = later.find("checkpoint")
    assert (found.origin, found.path) == ("base", base.folder / "train-3" / "best.pth")
    assert found.origin_text == "your model of “From pictures to a model that runs anywhere”: Training 3 · LeNet · rate 0.01 · 80%"
    assert Work(work.workspace, work.header).find("checkpoint") is None, "a lesson that needs none begins with none"
    leave_run(work.workspace, "convert-1", "best.onnx")
    assert (later.find("onnx").origin, later.find("checkpoint").origin) == ("own", "base"), "converted here, trained there"
    leave_run(work.workspace, "train-1", "best.pth", seconds=9e9)
    assert later.find("checkpoint").origin == "own" and later.onnx is None, "what comes of one's own training is still to be made"


def test_lessons_further_on_find_the_model_of_any_lesson_that_they_build_on(work):
    """Whoever did lesson 09 and left out 10 need not train again; a network without its ONNX form is never mixed with another network's."""
    later = Work(work.workspace.of_lesson("12_wrong_benchmarks"))
    with pytest.raises(checks.NotThere):
        checks.trained(later)
    assert [path.name for path in later.models] == ["emoji-int8.onnx"], "a fresh computer has the sample"
    leave_run(work.workspace.of_lesson("09_convert"), "train-1", "best.pth", "best.onnx", "best-int8.onnx", top1=0.8)
    assert checks.trained(later)[0], "who goes on with an earlier lesson's model has trained"
    assert [path.parts[-3:-1] for path in later.models] == [("09_convert", "train-1")] * 3 and "Convert" in later.find("onnx").origin_text
    leave_run(work.workspace.of_lesson("10_same_model"), "train-1", "best.pth", top1=0.7)
    assert [path.parts[-3] for path in later.models] == ["10_same_model"]


def test_an_open_lesson_says_which_model_it_took(capsys):
    lesson = open_lesson("01_first_model", lang="en")
    with pytest.raises(FileMissing):
        lesson.find("checkpoint")
    run = leave_run(lesson.workspace, "train-1", "best.pth", top1=0.8)
    assert lesson.find("checkpoint") == run / "best.pth" and "your model: Training 1 · LeNet · rate 0.01 · 80%" in capsys.readouterr().out
    with pytest.raises(UnknownChoice):
        lesson.find("cake")


def test_a_lesson_knows_what_others_add(tmp_path, monkeypatch):
    (tmp_path / "plugin_of_a_teacher.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("EDUKIT_PLUGINS", "plugin_of_a_teacher")
    open_lesson("01_first_model", lang="en")
    assert "plugin_of_a_teacher" in sys.modules


def test_solutions_and_exercises_never_take_the_place_of_the_learners_models():
    mine = open_lesson("01_first_model", lang="en")
    run = leave_run(mine.workspace, "train-1", "best.pth")
    solution = open_lesson("01_first_model", lang="en", solution=True)
    assert current().folder == solution.folder != mine.folder and not solution.folder.is_relative_to(mine.folder)
    assert solution.find("checkpoint") == run / "best.pth", "it looks at the learner's model"
    for count in (1, 2):
        assert mine.exercise().name == f"exercise-{count}"
        leave_run(mine.workspace, f"exercise-{count}", "best.pth", seconds=9e9)
    leave_run(solution.workspace.of_lesson("01_first_model-solution"), "train-1", "best.pth", seconds=9e9)
    assert mine.work.trained == run
