"""What cannot be trained is told before anything is loaded, written or made."""
import math
import subprocess
import sys

import numpy as np
import pytest

from edukit.core.errors import (
    BadArgument,
    BadDataset,
    DatasetMissing,
    EdukitError,
    FileMissing,
    NothingToResume,
    OutputExists,
    OutputNotWritable,
    PackageMissing,
    UnknownBackbone,
    UnknownChoice,
    WrongBackbone,
)
from edukit.core.parameters import parameters_of
from edukit.core.workspace import current
from edukit.models import find_backbone, save_checkpoint
from edukit.training import train
from edukit.training.arguments import parse_settings
from tests.networks import fresh

USUAL = {
    "epochs": 1, "lr": None, "batch_size": None, "optimizer": "AdamW", "weight_decay": 0.01, "image_size": None, "pretrained": None, "freeze": None,
    "augment": True, "checkpoint": None, "random_seed": 0, "threads": None, "device": "auto", "skip_bad": False, "overwrite": False, "resume": False,
    "out": None, "dataset": "emoji",
}  # fmt: skip
NO_COUNTS = [0, -1, 1.5, math.nan, math.inf, "3", True, None, [1], 10**9]
NO_RATES = [0, -0.1, math.nan, math.inf, "0.1", True, [0.1], 10**400]


def settings(backbone, **given):
    """The settings of a training with these arguments, checked as ``train`` does."""
    given = {"backbone": backbone} | given
    return parse_settings({one.name: one.check(given.get(one.name, one.default)) for one in parameters_of(train)})


@pytest.mark.parametrize(
    "name, value",
    [("epochs", value) for value in NO_COUNTS]
    + [(name, value) for name in ("batch_size", "threads", "image_size") for value in NO_COUNTS if value is not None]
    + [("lr", value) for value in NO_RATES]
    + [("weight_decay", value) for value in NO_RATES if value != 0]
    + [("random_seed", value) for value in (-1, 0.5, "1", None, 2**40)]
    + [(name, value) for name in ("pretrained", "freeze", "augment") for value in ("yes", 1, 0.5)]
    + [("checkpoint", 3), ("image_size", 31), ("batch_size", 1)],
)
def test_a_value_that_cannot_be_is_named_with_what_is_wanted(name, value):
    with pytest.raises(BadArgument) as caught:
        settings("MobileNet", **USUAL | {name: value})
    assert caught.value.code == "E401" and name in caught.value.message and name in caught.value.remedy


def test_values_that_can_be():
    given = {"epochs": np.int64(3), "batch_size": 1, "lr": np.float32(0.5), "optimizer": "sgd", "device": "CPU", "weight_decay": 0}
    found = settings("lenet", **USUAL | given)
    assert (found.epochs, found.batch_size, found.lr, found.optimizer, found.device) == (3, 1, 0.5, "SGD", "cpu")
    assert found.backbone.name == "LeNet" and type(found.epochs) is int


@pytest.mark.parametrize("name", ["optimizer", "device"])
@pytest.mark.parametrize("value", ["Adam W", "", 3, None])
def test_a_choice_that_does_not_exist_gets_the_nearest(name, value):
    with pytest.raises(UnknownChoice, match=name):
        settings("LeNet", **USUAL | {name: value})


def test_rates_suit_what_is_trained():
    found = settings("ResNet18", **USUAL)
    assert found.learning_rate(frozen=True, warm=True) > found.learning_rate(frozen=False, warm=False) > found.learning_rate(frozen=False, warm=True)
    assert settings("ResNet18", **USUAL | {"lr": 0.25}).learning_rate(frozen=True, warm=True) == 0.25
    assert settings("ResNet18", **USUAL | {"optimizer": "SGD"}).learning_rate(frozen=False, warm=False) > found.learning_rate(frozen=False, warm=False)


def test_nothing_is_left_behind_by_what_cannot_begin(folder, tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    save_checkpoint(tmp_path.parent / "lenet.pth", fresh("LeNet", 2)[0], card_of_lenet())
    wrong = [
        (UnknownBackbone, {"backbone": "LeNot"}), (BadArgument, {"epochs": 0}), (DatasetMissing, {"dataset": tmp_path / "nowhere"}),
        (OutputExists, {"out": tmp_path / "full"}), (OutputExists, {"out": tmp_path / "file"}), (OutputNotWritable, {"out": tmp_path / "file" / "run"}),
        (NothingToResume, {"out": tmp_path / "new", "resume": True}), (BadArgument, {"resume": True, "out": None}), (BadArgument, {"out": 3}),
        (FileMissing, {"checkpoint": tmp_path / "none.pth"}), (WrongBackbone, {"backbone": "ResNet18", "checkpoint": tmp_path.parent / "lenet.pth"}),
    ]  # fmt: skip
    for kind, change in wrong:
        with pytest.raises(kind) as caught:
            train(**{"dataset": folder, "backbone": "LeNet", "out": tmp_path / "run"} | change)
        assert isinstance(caught.value, EdukitError)
        assert sorted(tmp_path.rglob("*")) == before and not any(current().home.rglob("*"))


def card_of_lenet():
    from edukit.core.card import ModelCard

    return ModelCard(backbone="LeNet", classes=("a", "b"), preprocess=find_backbone("LeNet").preprocess)


def test_where_torch_is_not_installed_the_extra_is_named(folder, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(PackageMissing, match="torch") as caught:
        train(folder, "LeNet", out=tmp_path / "run")
    assert "train" in caught.value.remedy and not list(tmp_path.iterdir())


def test_bad_pictures_are_named_before_torch_is_imported(folder, tmp_path):
    import shutil

    shutil.copytree(folder, tmp_path / "bad")
    victim = next((tmp_path / "bad" / "training_set").rglob("*.png"))
    victim.write_bytes(victim.read_bytes()[:200])
    with pytest.raises(BadDataset, match=victim.name):
        train(tmp_path / "bad", "LeNet", epochs=1, out=tmp_path / "run")
    code = (
        "import sys, edukit.training as training\ntry: training.train(sys.argv[1], 'LeNet', epochs=1, out=sys.argv[2])\n"
        "except ValueError as error: print(error.code, 'torch' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code, str(tmp_path / "bad"), str(tmp_path / "run")], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["E205", "False"] and not (tmp_path / "run").exists()
    assert len(train(tmp_path / "bad", "LeNet", epochs=1, out=tmp_path / "run", skip_bad=True).history) == 1
