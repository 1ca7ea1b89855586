"""The train view without code: cards, what values mean, the quick looks, and going on after a stop; with real jobs where they are quick."""
import json
from dataclasses import replace

import pytest
from lesson_work import HISTORY, leave_job

from edukit import jobs
from edukit.core.i18n import set_language
from edukit.models import backbones
from edukit.widgets import TrainView
from edukit.widgets.work import Work


def setting(view, name):
    return next(one for one in view.settings if one["name"] == name)


def meaning(view, name):
    return next(option["meaning"] for option in setting(view, name)["options"] if option["value"] == view.values[name])


def pressed(view, name):
    view.act(name)
    view.wait(120)
    return view


def test_the_page_is_told_of_every_button(work):
    told = []
    view = TrainView(work)
    view.observe(lambda change: told.append([action["name"] for action in change["new"]]), "actions")
    view.actions = []
    view.refresh()
    assert told[-1] == ["start", "learn-batch", "find-rate"], "a list that grows where it lies reaches no page"


def test_every_network_has_a_card_whose_picture_follows_its_entry(work):
    options = setting(TrainView(work), "backbone")["options"]
    assert [option["value"] for option in options] == [one.name for one in backbones()]
    blocks = {option["value"]: option["picture"].count("<rect") for option in options}
    assert all("weights" in option["hint"] and option["picture"].startswith("<svg") for option in options)
    assert blocks["LeNet"] == 3 < blocks["ResNet18"] < blocks["VGG"], "the more work, the more blocks"


def test_it_begins_with_what_the_lesson_asks_for(work):
    asked = Work(work.workspace, replace(work.header, train={"backbone": "LeNet", "epochs": 20, "lr": None, "batch_size": "many"}))
    values = TrainView(asked).values
    assert (values["backbone"], values["epochs"], values["lr"], values["batch_size"]) == ("LeNet", 20, None, None), "what no training takes is left out"
    asked.remember("train", {**values, "epochs": 5})
    assert TrainView(asked).values["epochs"] == 5, "the student's own choice stands"


def test_sliders_say_what_a_value_means_for_the_chosen_pictures_and_network(work):
    view = TrainView(work)
    for name, value in (("backbone", "LeNet"), ("epochs", 3), ("batch_size", 8), ("lr", 0.001), ("freeze", False)):
        view.set(name, value)
    assert meaning(view, "epochs") == "3 epochs × 3 batches = 9 corrections", "two classes of twelve pictures, eight a batch"
    assert meaning(view, "batch_size").startswith("a correction every 8 pictures, 3 in an epoch") and "suit" in meaning(view, "lr")
    view.set("lr", 0.1)
    assert "leave the valley" in meaning(view, "lr")
    view.set("lr", None)
    assert "0.001 for LeNet" in meaning(view, "lr")
    view.set("augment_strength", 0.0)
    assert "by heart" in meaning(view, "augment_strength") and "augment_strength=0.0" in view.code
    set_language("zh")
    try:
        assert "改正 9 次" in meaning(TrainView(work), "epochs")
    finally:
        set_language("en")


def test_a_vanished_dataset_leaves_the_settings_there(work, pets):
    pets.rename(pets.with_name("moved"))
    view = TrainView(work)
    assert view.error["code"] == "E211" and setting(view, "epochs")["options"][0]["meaning"] == ""


def test_one_batch_is_tried_by_a_real_job_and_nothing_counts_as_trained(work, reopened):
    view = TrainView(work)
    for name, value in (("backbone", "LeNet"), ("lr", 0.005)):
        view.set(name, value)
    pressed(view, "learn-batch")
    assert view.error == {} and ("Yes, it can learn" in view.body or "No: after" in view.body) and view.body.count("<polyline") == 2
    assert work.steps_done == [] and work.runs == [] and "Press Train" in view.body and view.status == ""
    again = TrainView(reopened(work))
    assert "ek-look" in again.body, "found again after a reload"
    again.set("backbone", "ResNet18")
    assert "ek-look" not in again.body, "it was about another network"


def test_the_proposed_rate_is_set_by_a_click(work, fake_jobs):
    fake_jobs.answers["find-rate"] = {"backbone": "LeNet", "rates": [0.001, 0.01], "losses": [2.0, 1.0], "suggestion": 0.005, "stopped": False, "seconds": 2}
    view = TrainView(work)
    view.set("backbone", "LeNet")
    pressed(view, "find-rate")
    assert fake_jobs.started[0][0] == "find-rate" and "--lr" not in fake_jobs.started[0] and "data-do='rate' data-value='0.005'" in view.body
    view.act("rate", "0.005")
    assert view.values["lr"] == 0.005 and "lr=0.005" in view.code and work.recall("train")["lr"] == 0.005
    view.act("rate", "<b>")
    assert view.values["lr"] == 0.005 and view.error, "what no number is changes nothing"


def test_a_failed_look_is_told(work, fake_jobs):
    fake_jobs.errors["find-rate"] = {"code": "E504", "message": "busy", "remedy": "wait"}
    assert pressed(TrainView(work), "find-rate").error["code"] == "E504"


def leave_stopped(work, state="stopped"):
    run = work.new_run("train")
    for name in ("best.pth", "latest.pth"):
        (run / name).touch()
    (run / "log.json").write_text(json.dumps({"state": state, "history": HISTORY[:1], "epochs": 3, "dataset": "pets"}))
    leave_job(work.folder / "jobs" / run.name, "train", {"dataset": work.dataset, "out": str(run), "backbone": "LeNet", "epochs": 3},
              events=[{"event": "stopped", "answer": {"history": HISTORY[:1]}}], answer={"history": HISTORY[:1]})  # fmt: skip
    work.reread()
    return run


@pytest.mark.parametrize(("state", "offered"), [("stopped", True), ("running", True), ("finished", False)])
def test_only_a_training_that_ended_early_can_go_on(work, state, offered):
    leave_stopped(work, state)
    assert ("continue" in [action["name"] for action in TrainView(work).actions]) is offered


def test_a_stopped_training_goes_on_in_its_own_folder(work, fake_jobs):
    run = leave_stopped(work)
    fake_jobs.effects["train"] = lambda: (work.folder / "jobs" / run.name).rename(work.folder / "old")
    fake_jobs.answers["train"] = {"history": HISTORY}
    view = pressed(TrainView(work), "continue")
    words = fake_jobs.started[0]
    assert "--resume" in words and words[words.index("--out") + 1] == str(run) and "LeNet" in words and view.error == {}
    assert [path.name for path in work.folder.glob("train-*")] == [run.name] and jobs.find(work.folder / "jobs" / run.name).arguments["resume"] is True


def test_the_curve_of_a_resumed_training_begins_with_its_earlier_epochs(work):
    run = leave_stopped(work)
    events = [{"event": "progress", "done": 2, "total": 3, "unit": "epoch", "values": HISTORY[1]}]
    job = leave_job(work.folder / "jobs" / "train-9", "train", {"out": str(run), "resume": True, "epochs": 3}, events=events)
    view = TrainView(work)
    view.progressed(job)
    view.progressed(job)
    assert view._drawn == 2 and "2" in view.body and view.body.count("<polyline") == 4


def test_epochs_that_flew_by_without_an_event_are_drawn_from_the_log(work):
    run = leave_stopped(work, "running")
    (run / "log.json").write_text(json.dumps({"state": "running", "history": HISTORY}))
    events = [{"event": "progress", "done": 3, "total": 3, "unit": "epoch", "values": HISTORY[2]}]
    job = leave_job(work.folder / "jobs" / "train-9", "train", {"out": str(run), "epochs": 3}, events=events)
    view = TrainView(work)
    for epoch in (1, 2, 3):
        view.progressed(job)
        assert view._drawn == epoch


def test_of_few_validation_pictures_the_count_is_told_and_no_share(work, reopened):
    view = TrainView(work)
    view.set("backbone", "LeNet")
    view.set("epochs", 1)
    view.act("start")
    view.wait()
    count = work.run.history[-1]["val_count"]
    right = round(work.run.best * count)
    for body in (view.body, TrainView(reopened(work)).body):
        assert f"{right} of {count} right: too few to say more" in body and f"{right}/{count}" in body and f"of {count} pictures" in body
        assert f"validation {right}/{count}" in body
    assert work.run.label.endswith(f"{right}/{count}")
