"""A lesson that comes with a checkpoint: its training goes on from it, with its network, unless the learner unticks that."""
from dataclasses import replace

from edukit.core.workspace import Workspace
from edukit.widgets import TrainView
from edukit.widgets.work import Work
from tests.widgets.conftest import HEADER


def test_a_training_goes_on_from_the_sample_checkpoint(tmp_path):
    view = TrainView(Work(Workspace(tmp_path, "me", "lesson"), replace(HEADER, dataset="shapes", needs=("checkpoint",))))
    told = view.tasks()[0].arguments
    assert told["checkpoint"].name == "shapes.pth" and told["backbone"] == "LeNet5" and "checkpoint=model" in view.code and "old_model" not in told
    assert "backbone" not in [setting["name"] for setting in view.settings], "the old model brings its network"
    view.set("old_model", False)
    assert "backbone" in [setting["name"] for setting in view.settings]
    view.set("backbone", "LeNet")
    told = view.tasks()[0].arguments
    assert told["backbone"] == "LeNet" and "checkpoint" not in told and "checkpoint" not in view.code


def test_a_lesson_without_one_does_not_ask(work):
    assert "old_model" not in TrainView(work).values
