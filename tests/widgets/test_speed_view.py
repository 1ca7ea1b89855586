"""The view of speeds: it measures, draws and explains by real jobs, and a new page finds all of it."""
from pathlib import Path

import pytest

from edukit.core.command_line import words_of
from edukit.core.i18n import set_language
from edukit.widgets.speed_view import SpeedView
from edukit.widgets.view import View


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
    assert view.body.index("ek-answer") < view.body.index("<img") < view.body.index("<table")
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


def test_without_models_it_says_what_to_do_first(trained):
    view = SpeedView(trained)
    assert start(view)["disabled"] and view.tasks() == [] and "Convert" in view.body


def test_a_damaged_result_is_told_and_breaks_nothing(two):
    folder = two.folder / "jobs" / "speed-1"
    folder.mkdir(parents=True)
    Path(folder / "speed.json").write_text("[]")
    view = SpeedView(two)
    assert view.error == {} and "speed.json" in view.body and not start(view)["disabled"]
