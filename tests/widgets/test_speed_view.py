"""The view of speeds: it measures, draws and explains by real jobs, and a new page finds all of it."""
import re
from pathlib import Path

import pytest

from edukit.comparison import SpeedCell, SpeedGrid
from edukit.core.command_line import words_of
from edukit.core.i18n import set_language
from edukit.jobs import record_answer
from edukit.verbs import plot_speed
from edukit.widgets.checks import NotThere, surely_faster, timed
from edukit.widgets.figures import times_faster
from edukit.widgets.speed_view import SpeedView
from edukit.widgets.view import View
from edukit.widgets.work import Work
from tests.plots.test_speeds import speeds


def start(view):
    return next(action for action in view.actions if action["name"] == "start")


@pytest.fixture
def two(converted):
    """A run with two models that can be timed."""
    (converted.trained / "best.pth").unlink()
    return converted


def test_models_are_timed_drawn_and_explained_and_a_reload_shows_it(two, reopened):
    set_language("en")
    view = SpeedView(two)
    assert isinstance(view, View) and view.kind == "speed" and not start(view)["disabled"] and "no picture" not in view.body
    view.set("batches", "1,16")
    view.act("start")
    assert view.busy
    view.wait(300)
    assert view.error == {}
    assert view.body.count("<img") == 1 and "<table" in view.body and ("Stay with the first one" in view.body or "Take" in view.body)
    assert "earlier model" not in view.body and view.body.index("ek-answer") < view.body.index("<img") < view.body.index("<table")
    again = SpeedView(reopened(two))
    assert again.body == view.body and again.values["batches"] == "1,16" and not again.busy


def test_what_it_asks_for_is_what_can_be_typed(two):
    view = SpeedView(two)
    view.set("shapes", "32,64,128,224")
    view.set("quick", False)
    tasks = view.tasks()
    assert [task.verb for task in tasks] == ["compare-speed", "plot-speed", "explain-speed"]
    assert all(words_of(task.verb, task.arguments) for task in tasks)
    assert tasks[0].arguments["out"] == tasks[1].arguments["files"][0] == tasks[2].arguments["speeds"]
    assert "shapes='32,64,128,224'" in view.code and "ek.explain_speed([trained.best, onnx]" in view.code
    compile(view.code, "shown", "exec")


def test_sizes_that_a_file_cannot_take_are_said_before_they_are_measured(two):
    set_language("en")
    view = SpeedView(two)
    assert "dynamic" not in view.body
    view.set("shapes", "32,64,128,224")
    assert "measured at others: ONNX best, ONNX best" in view.body and not start(view)["disabled"]


def test_without_models_it_says_what_to_do_first(work):
    view = SpeedView(work)
    assert start(view)["disabled"] and view.tasks() == [] and "Convert" in view.body


def test_on_a_fresh_computer_the_sample_is_timed_alone(work):
    view = SpeedView(Work(work.workspace.of_lesson("11_faster")))
    assert "alone" in view.body and "step 2, Three forms" in view.body and not start(view)["disabled"]
    assert view.pills[1]["text"] == "the sample model emoji-int8.onnx"
    view.act("start")
    view.wait(300)
    assert view.error == {} and "<table" in view.body and view.body.count("<img") == 1 and view.work.steps_done == [] and "earlier model" not in view.body
    (folder := view.work.folder / "train-1").mkdir()
    (folder / "best.pth").write_bytes(b"x")
    assert "figures are of an earlier model" in SpeedView(view.work).body


def test_a_network_that_was_only_converted_here_is_timed_too(work):
    later = Work(work.workspace.of_lesson("11_faster"))
    for lesson, run, files in (("09_convert", "train-1", ("best.pth", "best.onnx")), ("11_faster", "convert-1", ("best.onnx", "best-int8.onnx"))):
        (folder := work.workspace.of_lesson(lesson).folder / run).mkdir(parents=True)
        for file in files:
            (folder / file).write_bytes(b"x")
    assert [path.parts[-3:] for path in SpeedView(later).models] == [
        ("09_convert", "train-1", "best.pth"), ("11_faster", "convert-1", "best-int8.onnx"), ("11_faster", "convert-1", "best.onnx"),
    ]  # fmt: skip


def test_a_damaged_result_is_told_and_breaks_nothing(two):
    folder = two.folder / "jobs" / "speed-1"
    folder.mkdir(parents=True)
    Path(folder / "speed.json").write_text("[]")
    view = SpeedView(two)
    assert view.error == {} and "speed.json" in view.body and not start(view)["disabled"]


def test_plots_are_drawn_anew_in_the_other_language(two):
    folder = two.folder / "jobs" / "speed-1"
    speeds(batches=(1,)).write(folder / "speed.json")
    record_answer("plot-speed", {}, plot_speed([folder / "speed.json"], out=folder / "plots").to_dict(), folder / "draw")
    english = SpeedView(two).body
    set_language("zh")
    chinese = SpeedView(two)
    assert "每秒" in alts(chinese.body) and "每秒" not in alts(english) and chinese.body.count("<img") == 2 and chinese.error == {}
    assert SpeedView(two).body == chinese.body
    set_language("en")
    assert SpeedView(two).body == english and not SpeedView(two).busy
    (folder / "speed.json").write_text("[]")
    set_language("zh")
    assert "speed.json" in SpeedView(two).body


def alts(body):
    return " ".join(re.findall("alt='([^']*)'", body))


def cell(model, shape, ratio=None, interval=None):
    return SpeedCell(model=model, path=Path(model), sha256=model, shape=shape, batch=1, threads=1, machine="here", ratio=ratio, interval=interval)


def test_what_was_timed_is_checked_and_the_newer_measurement_of_a_cell_counts(work):
    for check in (lambda: timed(work, models=2), lambda: surely_faster(work)):
        with pytest.raises(NotThere):
            check()
    assert times_faster(work) is None
    small = (cell("PyTorch", 32), cell("ONNX", 32, 9.0, (7.0, 12.0)))
    SpeedGrid(cells=(*small, cell("PyTorch", 224), cell("ONNX", 224, 1.4, (0.9, 2.0)))).write(work.folder / "speed.json")
    assert times_faster(work) == 1.4, "of the largest size"
    assert timed(work, models=2, shapes=2)[0] and not timed(work, models=2, shapes=3)[0] and not timed(work, models=3)[0]
    good, said = surely_faster(work)
    assert not good and "0.9" in said and "2.0" in said
    again = work.folder / "jobs" / "speed-1"
    again.mkdir(parents=True)
    SpeedGrid(cells=(cell("ONNX", 224, 1.5, (1.2, 1.9)),)).write(again / "speed.json")
    (work.folder / "jobs" / "speed-2").mkdir()
    (work.folder / "jobs" / "speed-2" / "speed.json").write_text("[]")
    assert surely_faster(work)[0] and times_faster(work) == 1.5 and timed(work, models=2, shapes=2)[0]
