"""Training: it learns, it can be stopped, gone on with and repeated, and never loses what is done."""
import errno
import json
import threading

import numpy as np
import pytest
import torch

import edukit.training.checkpoints as checkpoints
import edukit.training.learners as learners
import edukit.training.session as session_module
from edukit.core.errors import DiskFull, FolderBusy, NotFinite, NothingToResume, OutputExists
from edukit.core.events import Stopped
from edukit.core.i18n import set_language
from edukit.data import load_dataset
from edukit.evaluation import evaluate
from edukit.models import load_model, read_checkpoint, save_checkpoint
from edukit.tasks import find_task
from edukit.tasks.classification import Classification
from edukit.training import train

QUICK = {"backbone": "LeNet", "image_size": 16, "batch_size": 4, "random_seed": 1}


def weights(path):
    return read_checkpoint(path).state


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def without_seconds(history):
    return [{name: value for name, value in row.items() if name != "seconds"} for row in history]


class StopAfter:
    """Says stop once an event fulfils the condition."""

    def __init__(self, condition):
        self.condition, self.now, self.seen = condition, False, []

    def on_event(self, event):
        self.seen.append(event)
        self.now = self.now or self.condition(event)

    def should_stop(self):
        return self.now


def test_it_learns_and_its_files_tell_everything(folder, tmp_path):
    seen = []
    result = train(folder, epochs=12, out=tmp_path / "run", on_event=seen.append, **QUICK | {"lr": 0.003})
    measured = [event.values for event in seen if event.unit == "epoch" and "val_top1" in event.values]
    rows = [{name: values[name] for name in result.history[0]} for values in measured]  # an event also tells how the time was spent
    assert [row["epoch"] for row in rows] == list(range(1, 13)) and result.history == tuple(rows) and not result.stopped
    assert set(rows[0]) == {"epoch", "train_loss", "train_top1", "val_loss", "val_top1", "train_count", "val_count", "lr", "seconds"}
    assert rows[-1]["train_loss"] < 0.6 * rows[0]["train_loss"] and max(row["val_top1"] for row in rows) >= 5 / 6
    log = json.loads((tmp_path / "run" / "log.json").read_text(encoding="utf-8"))
    assert log["state"] == "finished" and log["history"] == list(result.history) and log["best_epoch"] == find_task().best_row(rows)["epoch"]
    card = load_model(result.best).card
    assert card == result.card and card.classes == ("blue top", "green 中", "red <b>") and card.metrics["val_top1"] == find_task().best_row(rows)["val_top1"]
    assert card.dataset["fingerprint"] == load_dataset(folder).fingerprint and card.made["verb"] == "train" and card.notes["pretrained"] is None
    answer = result.to_dict()
    json.dumps(answer, allow_nan=False)
    assert answer["best"] == str(result.best) and answer["latest"].endswith("latest.pth") and answer["seconds"] > 0 and "epochs" in str(result)
    assert evaluate(load_model(result.best), load_dataset(folder).test).top1 >= 7 / 9


def test_the_same_seed_gives_the_same_result_and_another_one_does_not(folder, tmp_path):
    runs = [train(folder, epochs=2, out=tmp_path / str(i), **QUICK | {"random_seed": seed}) for i, seed in enumerate((1, 1, 2))]
    assert same(weights(runs[0].latest), weights(runs[1].latest)) and without_seconds(runs[0].history) == without_seconds(runs[1].history)
    assert not same(weights(runs[0].latest), weights(runs[2].latest))


@pytest.mark.parametrize(
    "options",
    [
        QUICK,
        QUICK | {"optimizer": "SGD", "augment": False},
        pytest.param({"backbone": "MobileNetV3-Small", "image_size": 32, "batch_size": 7, "pretrained": False}, marks=pytest.mark.slow),  # dropout, batch norm
        pytest.param({"backbone": "EfficientNet-Lite0", "image_size": 32}, marks=pytest.mark.slow),  # frozen features
    ],
    ids=["LeNet", "SGD", "MobileNetV3-Small", "frozen Lite0"],
)
def test_two_epochs_and_two_more_are_four(folder, tmp_path, options):
    straight = train(folder, epochs=4, out=tmp_path / "straight", **options)
    train(folder, epochs=2, out=tmp_path / "parts", **options)
    resumed = train(folder, epochs=4, out=tmp_path / "parts", resume=True, **options)
    assert without_seconds(resumed.history) == without_seconds(straight.history)
    assert same(weights(resumed.latest), weights(straight.latest)) and same(weights(resumed.best), weights(straight.best))


def test_a_stop_between_epochs_keeps_them_and_the_rest_can_follow(folder, tmp_path):
    stop = StopAfter(lambda event: event.values.get("epoch") == 2)
    result = train(folder, epochs=5, out=tmp_path / "run", on_event=stop.on_event, should_stop=stop.should_stop, **QUICK)
    assert result.stopped and len(result.history) == 2 and json.loads((tmp_path / "run" / "log.json").read_text())["state"] == "stopped"
    assert load_model(result.best).card.metrics["epoch"] in (1, 2)
    whole = train(folder, epochs=5, out=tmp_path / "run", resume=True, **QUICK)
    straight = train(folder, epochs=5, out=tmp_path / "straight", **QUICK)
    assert not whole.stopped and same(weights(whole.latest), weights(straight.latest))


def test_the_same_call_after_a_stop_goes_on_instead_of_beginning_anew(folder, tmp_path):
    stop = StopAfter(lambda event: event.values.get("epoch") == 2)
    train(folder, epochs=4, out=tmp_path / "run", on_event=stop.on_event, should_stop=stop.should_stop, **QUICK)
    seen = []
    again = train(folder, epochs=4, out=tmp_path / "run", on_event=seen.append, **QUICK)
    straight = train(folder, epochs=4, out=tmp_path / "straight", **QUICK)
    assert without_seconds(again.history) == without_seconds(straight.history) and not again.reused
    assert same(weights(again.best), weights(straight.best)) and any("epoch 3" in event.text for event in seen)


@pytest.mark.parametrize("damage", [b"", b"weights", None])
def test_a_damaged_unfinished_training_is_left_alone_unless_it_may_be_replaced(folder, tmp_path, damage):
    stop = StopAfter(lambda event: event.values.get("epoch") == 1)
    first = train(folder, epochs=3, out=tmp_path / "run", on_event=stop.on_event, should_stop=stop.should_stop, **QUICK)
    if damage is None:
        latest = read_checkpoint(first.latest)
        save_checkpoint(first.latest, latest.network(), latest.card)
    else:
        first.latest.write_bytes(damage)
    with pytest.raises(OutputExists):
        train(folder, epochs=3, out=tmp_path / "run", **QUICK)
    assert load_model(first.best).card == first.card
    assert len(train(folder, epochs=3, out=tmp_path / "run", overwrite=True, **QUICK).history) == 3


def test_a_second_stop_cannot_cost_what_the_first_one_kept(folder, tmp_path):
    first = StopAfter(lambda event: event.values.get("epoch") == 2)
    kept = weights(train(folder, epochs=9, out=tmp_path / "run", on_event=first.on_event, should_stop=first.should_stop, **QUICK).best)
    second = StopAfter(lambda event: "epoch" in event.text)
    again = train(folder, epochs=9, out=tmp_path / "run", on_event=second.on_event, should_stop=second.should_stop, **QUICK)
    assert again.stopped and len(again.history) == 2 and same(weights(again.best), kept)


def test_a_stop_within_the_first_epoch_keeps_what_was_learnt(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(session_module, "REPORT_SECONDS", 0)
    stop = StopAfter(lambda event: event.values.get("step") == 2)
    result = train(folder, epochs=3, out=tmp_path / "run", on_event=stop.on_event, should_stop=stop.should_stop, **QUICK)
    assert result.stopped and result.history == () and result.card.notes["unfinished"] and "first epoch" in str(result)
    assert load_model(result.best).predict(np.zeros((9, 9, 3), np.uint8)).label in result.card.classes
    assert len(train(folder, epochs=1, out=tmp_path / "run", resume=True, **QUICK).history) == 1


def test_going_on_does_not_depend_on_weights_that_have_come_or_gone(folder, tmp_path, monkeypatch):
    options = {"backbone": "EfficientNet-Lite0", "image_size": 32}
    straight = train(folder, epochs=2, out=tmp_path / "straight", **options)
    train(folder, epochs=1, out=tmp_path / "parts", **options)
    monkeypatch.setattr("edukit.models.weights.weights_on_this_machine", lambda _: None)
    resumed = train(folder, epochs=2, out=tmp_path / "parts", resume=True, **options)
    assert same(weights(resumed.latest), weights(straight.latest)) and resumed.card.notes == straight.card.notes


@pytest.mark.parametrize("training", [None, {}, {"optimizer": {}, "history": []}, {"optimizer": {"state": {}, "param_groups": []}, "history": []}])
def test_a_latest_checkpoint_from_elsewhere_cannot_be_gone_on_with(folder, tmp_path, training):
    first = train(folder, epochs=1, out=tmp_path / "run", **QUICK)
    latest = read_checkpoint(first.latest)
    save_checkpoint(first.latest, latest.network(), latest.card, training=training)
    with pytest.raises(NothingToResume):
        train(folder, epochs=2, out=tmp_path / "run", resume=True, **QUICK)
    assert load_model(first.best).card == first.card


@pytest.mark.parametrize("options", [QUICK, {"backbone": "EfficientNet-Lite0", "image_size": 32}], ids=["LeNet", "frozen Lite0"])
def test_a_stop_before_anything_was_learnt_leaves_nothing(folder, tmp_path, options):
    with pytest.raises(Stopped):
        train(folder, epochs=3, out=tmp_path / "a" / "run", should_stop=lambda: True, **options)
    stop = StopAfter(lambda event: event.event == "message" or event.values.get("step") == "features")
    with pytest.raises(Stopped):
        train(folder, epochs=3, out=tmp_path / "a" / "run", on_event=stop.on_event, should_stop=stop.should_stop, **options)
    assert not list(tmp_path.iterdir())


def test_a_stop_is_honoured_before_the_next_few_pictures_are_computed(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(session_module, "REPORT_SECONDS", 0)
    monkeypatch.setattr(learners, "CHUNK", 2)
    stop = StopAfter(lambda event: event.values.get("step") == "features" and event.done > 0)
    with pytest.raises(Stopped):
        train(folder, "EfficientNet-Lite0", epochs=3, image_size=32, out=tmp_path / "run", on_event=stop.on_event, should_stop=stop.should_stop)
    assert [event.done > 0 for event in stop.seen if event.values.get("step") == "features"] == [False, True]


def test_a_finished_run_is_used_again_and_another_one_is_never_overwritten(folder, tmp_path):
    seen = []
    first = train(folder, epochs=1, out=tmp_path / "run", **QUICK)
    again = train(folder, epochs=1, out=tmp_path / "run", on_event=seen.append, **QUICK)
    assert again.reused and again.history == first.history and again.card == first.card and any("used as it is" in event.text for event in seen)
    with pytest.raises(OutputExists):
        train(folder, epochs=2, out=tmp_path / "run", **QUICK)
    longer = train(folder, epochs=2, out=tmp_path / "run", overwrite=True, **QUICK)
    assert len(longer.history) == 2 and not longer.reused


def test_a_run_that_was_made_with_something_else_is_not_gone_on_with(folder, two_classes, tmp_path):
    train(folder, epochs=1, out=tmp_path / "run", **QUICK)
    for change, word in (({"batch_size": 5}, "batch_size"), ({"random_seed": 2}, "random_seed"), ({"dataset": two_classes}, "data")):
        with pytest.raises(NothingToResume, match=word):
            train(**{"dataset": folder, "epochs": 3, "out": tmp_path / "run", "resume": True} | QUICK | change)


def test_one_training_a_folder(folder, tmp_path):
    entered, leave, failed = threading.Event(), threading.Event(), []

    def wait(event):
        if event.values.get("epoch") == 1:
            entered.set()
            leave.wait(30)

    thread = threading.Thread(target=lambda: train(folder, epochs=1, out=tmp_path / "run", on_event=wait, **QUICK))
    thread.start()
    try:
        assert entered.wait(60)
        with pytest.raises(FolderBusy) as caught:
            train(folder, epochs=1, out=tmp_path / "run", overwrite=True, **QUICK)
        failed.append(caught.value.code)
    finally:
        leave.set()
        thread.join()
    assert failed == ["E504"] and (tmp_path / "run" / "best.pth").is_file()


def test_a_loss_that_is_no_number_ends_it_and_keeps_the_best(folder, tmp_path, monkeypatch):
    original = Classification.loss
    calls = []

    def broken(task, outputs, targets):
        calls.append(1)
        return original(task, outputs, targets) * (float("nan") if len(calls) > 8 else 1)  # in the second epoch

    monkeypatch.setattr(Classification, "loss", broken)
    with pytest.raises(NotFinite, match="loss"):
        train(folder, epochs=5, out=tmp_path / "run", **QUICK)
    monkeypatch.undo()
    assert load_model(tmp_path / "run" / "best.pth").card.metrics["epoch"] == 1
    assert len(json.loads((tmp_path / "run" / "log.json").read_text())["history"]) == 1


def test_a_rate_that_explodes_is_told_as_such(folder, tmp_path):
    with pytest.raises(NotFinite):
        train(folder, epochs=60, out=tmp_path / "run", **QUICK | {"lr": 1000.0, "optimizer": "SGD"})


def test_a_disk_that_fills_up_keeps_the_finished_epochs(folder, tmp_path, monkeypatch):
    original, saves = checkpoints.save_checkpoint, []

    def fill_up(path, *rest, **options):
        saves.append(path)
        if len(saves) > 2:
            raise DiskFull(path=path) from OSError(errno.ENOSPC, "full")
        original(path, *rest, **options)

    monkeypatch.setattr(checkpoints, "save_checkpoint", fill_up)
    with pytest.raises(DiskFull):
        train(folder, epochs=5, out=tmp_path / "run", **QUICK)
    assert load_model(tmp_path / "run" / "best.pth").card.metrics["epoch"] == 1
    monkeypatch.undo()
    assert len(train(folder, epochs=3, out=tmp_path / "run", resume=True, **QUICK).history) == 3


def test_starting_from_a_checkpoint_takes_its_weights_and_a_new_head_for_other_classes(folder, two_classes, tmp_path):
    first = train(folder, epochs=2, out=tmp_path / "first", **QUICK)
    seen = []
    same_classes = train(folder, "LeNet", epochs=1, lr=1e-9, checkpoint=first.best, out=tmp_path / "second", on_event=seen.append)
    assert same_classes.card.preprocess.size == (16, 16) and same_classes.card.notes["started_from"] == "best.pth"
    kept, started = weights(same_classes.latest), weights(first.best)
    assert all(torch.allclose(kept[name], started[name], atol=1e-5) for name in kept) and not any("new last layer" in event.text for event in seen)
    fewer = train(two_classes, "LeNet", epochs=1, lr=1e-9, checkpoint=first.best, out=tmp_path / "third", on_event=seen.append)
    moved = weights(fewer.latest)
    assert any("new last layer" in event.text for event in seen) and moved["classifier.4.weight"].shape[0] == 2
    assert torch.allclose(moved["features.0.weight"], started["features.0.weight"], atol=1e-5)


def test_frozen_features_leave_the_network_as_it_was(folder, tmp_path):
    result = train(folder, "EfficientNet-Lite0", epochs=2, image_size=32, out=tmp_path / "run")
    from tests.networks import fresh

    fresh = fresh("EfficientNet-Lite0", 3)[0].state_dict()
    trained = weights(result.best)
    assert all(torch.equal(trained[name], value) for name, value in fresh.items() if not name.startswith("classifier"))
    assert result.card.notes["frozen"] and result.card.notes["pretrained"] == "imagenet" and result.history[0]["lr"] > 1e-3
    assert result.history[1]["train_loss"] < result.history[0]["train_loss"]


def test_without_an_out_each_training_gets_a_new_folder(folder):
    names = [train(folder, epochs=1, **QUICK).folder.name for _ in range(2)]
    assert names == ["train-1", "train-2"]


def test_the_best_epoch_has_the_best_accuracy_then_the_lowest_loss():
    measured = [(0.5, 1), (0.7, 3), (0.7, 2)]
    rows = [{"epoch": i, "train_top1": 0.1 * i, "train_loss": 1, "val_top1": top1, "val_loss": loss} for i, (top1, loss) in enumerate(measured)]
    assert find_task().best_row(rows)["epoch"] == 2 and find_task().best_row([]) is None
    assert find_task().best_row([row | {"val_top1": None, "val_loss": None} for row in rows])["epoch"] == 2


def test_it_speaks_chinese_too(folder, tmp_path):
    set_language("zh")
    seen = []
    result = train(folder, epochs=1, out=tmp_path / "run", on_event=seen.append, **QUICK)
    assert "训练" in str(result) and any("学习率" in event.text for event in seen)
