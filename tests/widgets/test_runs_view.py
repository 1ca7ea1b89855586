"""The runs side by side: the best named, settings restored, another name, the bin; each through the buttons of the page."""
import json

import pytest
from lesson_work import HISTORY

from edukit.core.i18n import set_language
from edukit.widgets import RunsView, TrainView
from edukit.widgets.artefacts import Run


def leave(work, name, best, **options):
    run = work.folder / name
    run.mkdir()
    (run / "best.pth").write_bytes(b"w" * 3000)
    history = [{**row, "lr": options.get("lr") or 0.01, "val_top1": row["val_top1"] * best / 0.8} for row in HISTORY]
    made = {"verb": "train", "options": {"backbone": "LeNet", "epochs": 3, "lr": None, "batch_size": None, "random_seed": 0, **options}}
    log = {"state": "finished", "history": history, "seconds": 61, "made": made, "dataset": "pets", "epochs": made["options"]["epochs"]}
    (run / "log.json").write_text(json.dumps(log), encoding="utf-8")


@pytest.fixture
def three(work):
    leave(work, "train-1", 0.6, lr=0.003)
    leave(work, "train-2", 0.8, random_seed=4)
    leave(work, "train-3", 0.3, lr=0.1)
    work.reread()
    return work


def names(view):
    return [action["name"] for action in view.actions]


def test_without_runs_it_says_what_comes_first(work):
    view = RunsView(work)
    assert "Nothing has been trained yet" in view.body and view.actions[0]["disabled"] and view.error == {}
    for name in ("start", "settings", "bin", "back", "empty", "run"):
        view.act(name)
    assert view.error == {}


def test_the_best_is_named_and_chosen_and_only_settings_that_differ_have_a_column(three):
    view = RunsView(three)
    assert three.run.name == "train-3" and "Best on the validation pictures: Training 2, 80%" in view.body and "★ 80%" in view.body
    assert view.body.count("<polyline") == 6, "three runs, for desk and phone"
    assert "Random seed" in view.body and "Batch size" not in view.body and "0.003" in view.body
    view.act("start")
    assert three.run.name == "train-2" and view.actions[0]["disabled"]
    view.act("run", "train-1")
    assert three.run.name == "train-1" and not view.actions[0]["disabled"]


def test_runs_closer_than_two_pictures_are_told_to_be_alike(work):
    leave(work, "train-1", 0.8)
    leave(work, "train-2", 0.5)  # three validation pictures a class, six in all: less than two of them behind
    work.reread()
    assert "less than two pictures behind" in RunsView(work).body
    leave(work, "train-3", 0.1)
    work.reread()
    assert "Training 3, Training 2:" not in RunsView(work).body


def test_figures_on_other_pictures_are_not_ranked_together(three):
    log = three.folder / "train-2" / "log.json"
    log.write_text(json.dumps(json.loads(log.read_text()) | {"dataset": "digits"}))
    view = RunsView(three)
    assert "pictures: Training 1, 60%" in view.body and "cannot be compared" in view.body


def test_the_settings_of_a_run_reach_the_train_view_also_a_rate_that_is_no_stop(three):
    train, view = TrainView(three), RunsView(three)
    assert train.values["lr"] == 0.002
    view.act("run", "train-1")
    view.act("settings")
    assert (train.values["backbone"], train.values["lr"], train.values["epochs"]) == ("LeNet", 0.003, 3) and "lr=0.003" in train.code
    stops = [option["value"] for setting in train.settings if setting["name"] == "lr" for option in setting["options"]]
    assert stops[:1] == [None] and stops[1:] == sorted(stops[1:]) and 0.003 in stops and "Training 1" in view.status


def test_a_hand_written_rate_that_the_verb_refuses_is_no_stop(three):
    log = three.folder / "train-1" / "log.json"
    told = json.loads(log.read_text())
    told["made"]["options"]["lr"] = -5
    log.write_text(json.dumps(told))
    train, view = TrainView(three), RunsView(three)
    view.act("run", "train-1")
    view.act("settings")
    assert train.values["lr"] is None and view.error == {}


def test_a_run_gets_another_name_and_its_own_again(three, reopened):
    view = RunsView(three)
    view.set("title", "<b>giant steps</b>")
    assert three.run.label.startswith("<b>giant steps</b> · LeNet · rate 0.1") and "<b>giant" not in view.body and "&lt;b&gt;giant" in view.body
    assert reopened(three).run.title == "<b>giant steps</b>" and three.run.name == "train-3"
    view.set("title", "  ")
    assert three.run.title == "Training 3"
    set_language("zh")
    assert three.run.title == "训练 3" and Run(three.folder / "model").title == "model"


def test_the_bin_gives_back_and_vanishes_only_when_it_is_emptied_twice(three, reopened):
    view, told = RunsView(three), []
    view.observe(lambda change: told.append([action["name"] for action in change["new"]]), "actions")
    view.act("bin")
    assert told[-1][-2:] == ["back", "empty"], "what the page shows"
    assert not (three.folder / "train-3").exists() and [run.name for run in three.runs] == ["train-2", "train-1"] and "taken back" in view.status
    assert "back" in names(view) and "KB" in next(action["label"] for action in view.actions if action["name"] == "empty")
    view.act("back")
    assert three.runs[0].name == "train-3" and "back" not in names(view)
    view.act("bin")
    view.act("empty")
    assert (three.folder / ".bin" / "train-3").exists() and "for good" in view.actions[-1]["label"]
    view.act("run", "train-1")
    view.act("empty")
    assert (three.folder / ".bin" / "train-3").exists(), "anything in between takes the first press back"
    view.act("empty")
    assert not (three.folder / ".bin" / "train-3").exists() and "back" not in names(RunsView(reopened(three)))


def test_a_run_taken_back_gets_a_new_name_where_its_own_was_given_away(three):
    view = RunsView(three)
    view.act("bin")
    leave(three, "train-3", 0.9)
    three.reread()
    view.act("bin")
    assert {path.name for path in (three.folder / ".bin").iterdir()} == {"train-3", "train-3.2"}
    leave(three, "train-3", 0.7)
    view.act("back")
    assert "Training 4 is back" in view.status and {run.name for run in three.runs} == {"train-1", "train-2", "train-3", "train-4"}
