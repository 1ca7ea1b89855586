"""Options of a training do what they say, and a run that is cut anywhere goes on exactly with each of them."""
import json
import math
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from edukit.core.errors import BadArgument, FileMissing, NotACheckpoint, NotFinite, NothingToResume, SplitMissing, UnknownChoice, WrongBackbone
from edukit.models import load_model, read_checkpoint
from edukit.models.backbones import BACKBONES, find_backbone
from edukit.tasks import find_task
from edukit.training import train
from edukit.training.parts import parts_of
from edukit.training.schedules import rate_share
from tests.networks import MADE_UP, fresh
from tests.training.conftest import draw

QUICK = {"backbone": "LeNet", "image_size": 16, "batch_size": 4, "pretrained": False, "lr": 0.003}


def weights(path):
    return read_checkpoint(path).state


def same(one, other):
    return all(torch.equal(value, other[name]) for name, value in one.items())


def rates(result):
    return [row["lr"] for row in result.history]


class Given:
    """Settings of a schedule."""

    def __init__(self, schedule, epochs=10, warmup_epochs=0):
        self.schedule, self.epochs, self.warmup_epochs = schedule, epochs, warmup_epochs


@pytest.mark.parametrize(
    "schedule, places",
    [
        ("none", {0: 1, 9.9: 1}), ("cosine", {0: 1, 5: 0.5, 10: 0}), ("step", {0: 1, 3.3: 1, 3.4: 0.1, 6.7: 0.01, 10: 0.01}),
        ("one-cycle", {0: 0.04, 3: 1, 6.5: 0.5, 10: 0}),
    ],
)  # fmt: skip
def test_a_schedule_runs_as_it_is_described(schedule, places):
    for place, share in places.items():
        assert rate_share(Given(schedule), place, [], find_task()) == pytest.approx(share)
    assert rate_share(Given(schedule, warmup_epochs=4), 1, [], find_task()) == pytest.approx(rate_share(Given(schedule), 1, [], find_task()) / 4)


def test_a_plateau_lowers_the_rate_once_for_every_three_epochs_without_gain():
    figures = [0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.9]
    rows = [{"epoch": i + 1, "val_top1": value, "val_loss": 1.0, "train_top1": value, "train_loss": 1.0} for i, value in enumerate(figures)]
    found = [rate_share(Given("plateau"), done, rows[:done], find_task()) for done in range(len(rows) + 1)]
    assert found == pytest.approx([1, 1, 1, 1, 1, 0.3, 0.3, 0.3, 0.09, 0.09])


OPTIONS = [
    {"schedule": "cosine", "warmup_epochs": 1.5, "optimizer": "Adam"},
    {"schedule": "one-cycle", "optimizer": "SGD", "label_smoothing": 0.1, "augment_strength": 2.0},
    {"schedule": "step", "optimizer": "Adagrad", "mixup": 0.4, "class_weights": "balanced"},
    {"schedule": "plateau", "unfreeze_every": 1, "rate_decay": 0.7, "topk": 2, "validate": False},
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: options["schedule"])
def test_with_any_options_two_epochs_and_two_more_are_four(folder, tmp_path, options):
    straight = train(folder, epochs=4, out=tmp_path / "straight", **QUICK | options)
    seen = []
    stop = lambda: any(event.values.get("epoch") == 2 for event in seen)  # noqa: E731
    cut = train(folder, epochs=4, out=tmp_path / "cut", on_event=seen.append, should_stop=stop, **QUICK | options)
    assert cut.stopped and len(cut.history) == 2
    resumed = train(folder, epochs=4, out=tmp_path / "cut", resume=True, **QUICK | options)
    assert same(weights(resumed.latest), weights(straight.latest)) and rates(resumed) == rates(straight)
    assert all(np.isfinite(row["train_loss"]) for row in straight.history)


def test_the_rate_follows_the_schedule_and_is_told_by_epoch(folder, tmp_path):
    result = train(folder, epochs=4, out=tmp_path / "a", schedule="cosine", **QUICK)
    assert rates(result) == sorted(rates(result), reverse=True) and 0 < rates(result)[-1] < 0.0001 < 0.0025 < rates(result)[0] < 0.003


def test_what_brings_nothing_ends_early_and_is_said(folder, tmp_path):
    seen = []
    result = train(folder, epochs=30, out=tmp_path / "a", early_stop=2, on_event=seen.append, **QUICK | {"lr": 1e-12})
    best = find_task().best_row(result.history)["epoch"]
    assert len(result.history) == best + 2 < 30 and not result.stopped and any("ends early" in event.text for event in seen)
    again = train(folder, epochs=30, out=tmp_path / "a", early_stop=2, **QUICK | {"lr": 1e-12})
    assert len(again.history) == len(result.history)


def test_without_validation_the_training_figures_decide(folder, tmp_path):
    result = train(folder, epochs=2, out=tmp_path / "a", validate=False, topk=2, **QUICK)
    assert all(row["val_top1"] is None and 0 <= row["train_top1"] <= row["train_top2"] <= 1 for row in result.history)
    assert load_model(result.best).card.metrics["train_top2"] >= result.card.metrics["train_top1"] and result.to_dict()["best"] is None
    alone = draw(tmp_path / "alone", {"training_set": 2})
    assert train(alone, epochs=1, out=tmp_path / "b", validate=False, **QUICK).history[0]["val_loss"] is None
    with pytest.raises(SplitMissing, match="val_set"):
        train(alone, epochs=1, out=tmp_path / "c", **QUICK)


def test_more_than_all_classes_are_always_right(folder, tmp_path):
    assert train(folder, epochs=1, out=tmp_path / "a", topk=5, **QUICK).history[0]["val_top5"] == 1


def test_the_parts_of_a_network_stand_in_order_and_hold_every_number_once():
    for name in ("LeNet", "ResNet18", "SqueezeNet", "MobileNetV3-Small", "RepVGG", "EfficientNet-Lite0"):
        network, _ = fresh(name, 3, pretrained=False)
        parts = parts_of(network, find_backbone(name))
        numbers = [id(value) for module in parts.values() for value in module.parameters()]
        assert sorted(numbers) == sorted(id(value) for value in network.parameters()) and len(parts) > 4
        assert find_backbone(name).head.startswith(list(parts)[-1])


def test_frozen_parts_stay_as_they_were_with_their_statistics(folder, tmp_path):
    with BACKBONES.added(MADE_UP[0]):
        options = {"lr": 0.01, "batch_size": 5, "random_seed": 3}
        first = train(folder, "Tiny", epochs=1, out=tmp_path / "first", **options)
        frozen = train(folder, "Tiny", epochs=2, out=tmp_path / "a", freeze_parts=2, checkpoint=first.best, **options)
        before, after = weights(first.best), weights(frozen.latest)
        assert {name for name, value in after.items() if not torch.equal(value, before[name])} == {"head.weight", "head.bias"}


def test_parts_join_from_the_head_on_and_earlier_ones_move_less(folder, tmp_path):
    options = QUICK | {"unfreeze_every": 1, "rate_decay": 0.5, "optimizer": "SGD", "random_seed": 1, "weight_decay": 0.0}
    one = train(folder, epochs=1, out=tmp_path / "one", **options)
    two = train(folder, epochs=2, out=tmp_path / "two", **options)
    moved = {name for name, value in weights(two.latest).items() if not torch.equal(value, weights(one.latest)[name])}
    assert {name.rpartition(".")[0] for name in moved} == {"classifier.4", "classifier.2"}
    groups = read_checkpoint(two.latest, with_training=True).training["optimizer"]["param_groups"]
    assert [group["lr"] for group in groups] == pytest.approx([0.003 * 0.5 ** (len(groups) - 1 - i) for i in range(len(groups))])


def test_smoothing_and_weights_are_those_of_torch():
    task, random = find_task(), torch.Generator().manual_seed(0)
    scores, targets, weight = torch.randn(6, 3, generator=random), torch.tensor([0, 1, 2, 2, 2, 0]), torch.tensor([1.0, 2.0, 0.5])
    wanted = torch.nn.functional.cross_entropy(scores, targets, label_smoothing=0.1)
    assert torch.allclose(task.adjusted_loss({"scores": scores}, targets, smoothing=0.1), wanted)
    wanted = torch.nn.functional.cross_entropy(scores, targets, weight=weight)
    assert torch.allclose(task.adjusted_loss({"scores": scores}, targets, weights=weight), wanted)


@pytest.mark.parametrize(
    "options",
    [
        {"schedule": "linear"}, {"warmup_epochs": -1}, {"early_stop": 0}, {"label_smoothing": 1.0}, {"mixup": float("nan")}, {"class_weights": "heavy"},
        {"freeze_parts": -1}, {"unfreeze_every": 0}, {"rate_decay": 0}, {"rate_decay": 1.5}, {"topk": 0}, {"validate": "yes"}, {"augment_strength": 5},
        {"lr": 1e9}, {"lr": 0}, {"freeze": True, "rate_decay": 0.5}, {"freeze": True, "unfreeze_every": 2}, {"optimizer": "Lion"},
    ],
    ids=str,
)  # fmt: skip
def test_options_that_cannot_be_are_named_and_nothing_is_made(folder, tmp_path, options):
    with pytest.raises((BadArgument, UnknownChoice)) as caught:
        train(folder, epochs=1, out=tmp_path / "a", **QUICK | options)
    assert list(options)[-1] in caught.value.message and not (tmp_path / "a").exists()


@pytest.mark.slow
def test_a_killed_training_leaves_whole_files_and_ends_like_an_uninterrupted_one(folder, tmp_path):
    options = QUICK | {"schedule": "cosine", "mixup": 0.2}
    code = f"import edukit as ek; ek.train({str(folder)!r}, epochs=40, out={str(tmp_path / 'killed')!r}, **{options!r})"
    process = subprocess.Popen([sys.executable, "-c", code])
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            log = tmp_path / "killed" / "log.json"
            if log.is_file() and len(json.loads(log.read_text(encoding="utf-8"))["history"]) >= 2:
                break
            time.sleep(0.005)
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        process.wait()
    read_checkpoint(tmp_path / "killed" / "best.pth")
    resumed = train(folder, epochs=40, out=tmp_path / "killed", resume=True, **options)
    straight = train(folder, epochs=40, out=tmp_path / "straight", **options)
    assert same(weights(resumed.latest), weights(straight.latest)) and len(resumed.history) == 40


def test_pretrained_weights_from_a_file_are_those_of_the_network_and_a_wrong_one_is_named(folder, tmp_path):
    original, _ = fresh("ShuffleNet_v2-0.5", 7, pretrained=False)
    state = {f"module.{name}": value for name, value in original.state_dict().items()}  # as DataParallel writes it
    torch.save({"state_dict": state, "epoch": 90}, tmp_path / "mine.pth")
    told = {"epochs": 1, "image_size": 32, "out": tmp_path / "run"}
    seen = []
    trained = train(folder, "ShuffleNet_v2-0.5", weights=tmp_path / "mine.pth", on_event=seen.append, **told)
    assert trained.card.notes["weights"] == "mine.pth" and trained.card.notes["frozen"] and any("mine.pth" in event.text for event in seen)
    learnt = read_checkpoint(trained.best).state
    assert all(torch.equal(value, learnt[name]) for name, value in original.state_dict().items() if not name.startswith("fc."))
    assert learnt["fc.weight"].shape[0] == 3
    torch.save({name: value * math.nan if "weight" in name else value for name, value in original.state_dict().items()}, tmp_path / "broken.pth")
    (tmp_path / "text.pth").write_text("no weights")
    for kind, options in (
        (WrongBackbone, {"backbone": "SqueezeNet"}), (NotFinite, {"weights": tmp_path / "broken.pth"}), (NotACheckpoint, {"weights": tmp_path / "text.pth"}),
        (FileMissing, {"weights": tmp_path / "none.pth"}), (BadArgument, {"pretrained": False}), (NothingToResume, {"resume": True, "weights": trained.best}),
    ):  # fmt: skip
        asked = {"backbone": "ShuffleNet_v2-0.5", "weights": tmp_path / "mine.pth"} | told | {"out": tmp_path / "other"} | options
        with pytest.raises(kind, match=r"ShuffleNet_v2-0\.5" if kind is WrongBackbone else None):
            train(folder, **(asked | {"out": tmp_path / "run"} if kind is NothingToResume else asked))
        assert not (tmp_path / "other").exists()
