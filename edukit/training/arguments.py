"""What training is asked for, checked before anything heavy is loaded."""
from __future__ import annotations

import math
import numbers
import operator
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument, UnknownChoice, WrongBackbone
from edukit.core.files import user_path
from edukit.core.i18n import t
from edukit.core.preprocess import MAX_SIDE, Preprocess
from edukit.models import Backbone, checkpoint_card, find_backbone

OPTIMIZERS = ("AdamW", "SGD")
DEVICES = ("auto", "cpu", "cuda", "mps")
MAX_EPOCHS = 100_000
MAX_BATCH = 4096
MAX_SEED = 2**31
HEAD_LEARNING_RATE = 5e-3    # of a head on frozen features
FINE_TUNING_SHARE = 0.3      # of the backbone's rate: weights that know something are moved gently
SGD_FACTOR = 10              # SGD with momentum takes about ten times AdamW's rate
BATCH, HEAD_BATCH = 16, 32   # 16 pictures of 224 pixels answer a Stop within a second


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Checked arguments; see ``train``. ``lr`` and ``batch_size`` are None until it is known what is trained."""

    backbone: Backbone
    preprocess: Preprocess
    epochs: int
    lr: float | None
    batch_size: int | None
    optimizer: str
    weight_decay: float
    pretrained: bool | None
    freeze: bool | None
    augment: bool
    checkpoint: Path | None
    checkpoint_card: ModelCard | None
    random_seed: int
    threads: int | None
    device: str

    def learning_rate(self, *, frozen: bool, warm: bool) -> float:
        """The rate asked for, else a good one for a frozen network, one that knows something (warm), or a new one."""
        if self.lr is not None:
            return self.lr
        usual = HEAD_LEARNING_RATE if frozen else self.backbone.learning_rate * (FINE_TUNING_SHARE if warm else 1)
        return usual * (SGD_FACTOR if self.optimizer == "SGD" else 1)

    def batch(self, *, frozen: bool) -> int:
        """The batch size asked for, else a usual one."""
        return self.batch_size or (HEAD_BATCH if frozen else BATCH)

    def options(self) -> dict[str, Any]:
        """What decides about the result, as the card's ``made`` holds it."""
        return {
            "backbone": self.backbone.name, "epochs": self.epochs, "lr": self.lr, "batch_size": self.batch_size, "optimizer": self.optimizer,
            "weight_decay": self.weight_decay, "image_size": self.preprocess.size[0], "pretrained": self.pretrained, "freeze": self.freeze,
            "augment": self.augment, "random_seed": self.random_seed,
        }  # fmt: skip


def checked(
    backbone: object, *, epochs: object, lr: object, batch_size: object, optimizer: object, weight_decay: object, image_size: object, pretrained: object,
    freeze: object, augment: object, checkpoint: object, random_seed: object, threads: object, device: object,
) -> Settings:  # fmt: skip
    """The arguments of ``train`` as settings.

    Raises:
        BadArgument, UnknownChoice, UnknownBackbone, WrongBackbone, and what reading a checkpoint's card raises.
    """
    found = find_backbone(backbone)
    start, card = _start(checkpoint, found)
    least, most = (card.preprocess.size[0],) * 2 if card and found.fixed_size else (found.min_size, MAX_SIDE)
    size = None if image_size is None else _whole("image_size", image_size, least, most)
    return Settings(
        backbone=found,
        preprocess=card.preprocess if card and size is None else found.preprocess_at(size),
        epochs=_whole("epochs", epochs, 1, MAX_EPOCHS),
        lr=None if lr is None else _number("lr", lr, least=0, open_end=True),
        batch_size=None if batch_size is None else _whole("batch_size", batch_size, found.least_batch, MAX_BATCH),
        optimizer=_choice("optimizer", optimizer, OPTIMIZERS),
        weight_decay=_number("weight_decay", weight_decay, least=0),
        pretrained=_yes_or_no("pretrained", pretrained),
        freeze=_yes_or_no("freeze", freeze),
        augment=bool(_yes_or_no("augment", augment)),
        checkpoint=start,
        checkpoint_card=card,
        random_seed=_whole("random_seed", random_seed, 0, MAX_SEED),
        threads=None if threads is None else _whole("threads", threads, 1, 1024),
        device=_choice("device", device, DEVICES),
    )


def _start(checkpoint: object, backbone: Backbone) -> tuple[Path | None, ModelCard | None]:
    if checkpoint is None:
        return None, None
    if not isinstance(checkpoint, (str, os.PathLike)):
        raise BadArgument(name="checkpoint", value=_shown(checkpoint), wanted=t("training.wanted.checkpoint"))
    path = user_path(os.fspath(checkpoint))
    card = checkpoint_card(path)
    if card.backbone != backbone.name:
        raise WrongBackbone(path=path, found=card.backbone, wanted=backbone.name)
    return path, card


def _whole(name: str, value: object, least: int, most: int) -> int:
    try:
        number = -1 if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]  # NumPy's whole numbers too
    except TypeError:
        number = -1
    if not least <= number <= most:
        raise BadArgument(name=name, value=_shown(value), wanted=t("training.wanted.whole", least=least, most=most))
    return number


def _number(name: str, value: object, *, least: float, open_end: bool = False) -> float:
    try:
        number = float(value) if isinstance(value, numbers.Real) and not isinstance(value, bool) else math.nan
    except OverflowError:
        number = math.inf
    if not (number > least if open_end else number >= least) or number > 1000:
        raise BadArgument(name=name, value=_shown(value), wanted=t("training.wanted.positive" if open_end else "training.wanted.not_negative"))
    return number


def _yes_or_no(name: str, value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise BadArgument(name=name, value=_shown(value), wanted="True / False")


def _choice(name: str, value: object, choices: tuple[str, ...]) -> str:
    for choice in choices:
        if isinstance(value, str) and value.lower() == choice.lower():
            return choice
    raise UnknownChoice.among(name, _shown(value), choices)


def _shown(value: object) -> str:
    return value if isinstance(value, str) and value and len(value) < 60 else repr(value)[:60]
