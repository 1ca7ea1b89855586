"""What a training is asked for, with what follows from it, before anything heavy is loaded."""
from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edukit.core.errors import BadArgument, WrongBackbone
from edukit.core.i18n import t
from edukit.core.preprocess import MAX_SIDE, Preprocess
from edukit.core.verbs import find_verb
from edukit.models import Backbone, CheckpointFile, backbones, check_checkpoint, find_backbone
from edukit.models.checkpoint_reader import inspect_checkpoint
from edukit.training.ranks import Ranks

DEFAULT_BACKBONE = "EfficientNet-Lite0"  # its weights come with the packages
MAX_BATCH = 4096
HEAD_LEARNING_RATE = 5e-3    # of a head on frozen features
FINE_TUNING_SHARE = 0.3      # of the backbone's rate: weights that know something are moved gently
SGD_FACTOR = 10              # SGD with momentum takes about ten times AdamW's rate
BATCH, HEAD_BATCH = 16, 32   # 16 pictures of 224 pixels answer a Stop within a second
PART_OPTIONS = ("freeze_parts", "unfreeze_every", "rate_decay")
_NOT_OPTIONS = (  # inputs, and what does not change the result; of the processes their number counts
    "dataset", "out", "checkpoint", "weights", "resume", "nproc", "nnodes", "threads", "device", "overwrite",
)  # fmt: skip


def backbone_names() -> list[str]:
    """What ``backbone`` may be."""
    return [one.name for one in backbones()]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The arguments of ``train`` and what follows from them; each argument is also an attribute.

    Args:
        backbone: The network's entry.
        preprocess: How pictures become inputs.
        checkpoint: The training that is gone on from, if any.
        weights: The file of pretrained weights, if one was named.
        ranks: The processes that train together.
        given: All arguments under their names.
    """

    backbone: Backbone
    preprocess: Preprocess
    checkpoint: CheckpointFile | None
    weights: CheckpointFile | None
    ranks: Ranks
    given: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "given" or name not in self.given:
            raise AttributeError(name)
        return self.given[name]

    def learning_rate(self, *, frozen: bool, warm: bool) -> float:
        """The rate asked for, else a good one for a frozen network, one that knows something (warm), or a new one."""
        if self.lr is not None:
            return float(self.lr)
        usual = HEAD_LEARNING_RATE if frozen else self.backbone.learning_rate * (FINE_TUNING_SHARE if warm else 1)
        return usual * (SGD_FACTOR if self.optimizer == "SGD" else 1)

    def batch(self, *, frozen: bool) -> int:
        """The batch size asked for, else a usual one."""
        return self.batch_size or (HEAD_BATCH if frozen else BATCH)

    @property
    def by_parts(self) -> bool:
        """Whether parts of the network learn at different times or rates."""
        return bool(self.freeze_parts or self.unfreeze_every or self.rate_decay != 1)

    def options(self) -> dict[str, Any]:
        """What decides about the result, as the card's ``made`` holds it."""
        decides = {name: value for name, value in self.given.items() if name not in _NOT_OPTIONS}
        return decides | {"backbone": self.backbone.name, "image_size": self.preprocess.size[0], "processes": self.ranks.world}

    def defaults(self) -> dict[str, Any]:
        """The options where nothing else is asked for."""
        return {one.name: one.default for one in find_verb("train").parameters() if one.name not in _NOT_OPTIONS} | {"processes": 1}


def parse_settings(given: Mapping[str, Any], ranks: Ranks | None = None) -> Settings:
    """The arguments of ``train`` as settings; what depends on two of them is checked here.

    Args:
        given: Checked by their description already, under their names.
        ranks: The processes that train together; by default this one alone.

    Raises:
        BadArgument, UnknownBackbone, WrongBackbone, and what reading a checkpoint's card raises.
    """
    described = {one.name: one for one in find_verb("train").parameters()}
    backbone = find_backbone(given["backbone"])
    start = _start(given["checkpoint"], backbone)
    card = start.card if start else None
    least, most = (card.preprocess.size[0],) * 2 if card and backbone.fixed_size else (backbone.min_size, MAX_SIDE)
    size = described["image_size"].within(least, most).check(given["image_size"])
    if given["freeze"] and (name := next((name for name in PART_OPTIONS if given[name] != described[name].default), "")):
        raise BadArgument(name=name, value=given[name], wanted=t("training.wanted.not_frozen"))
    if given["weights"] is not None and (start or given["pretrained"] is False):
        raise BadArgument(name="weights", value=given["weights"], wanted=t("training.wanted.one_start"))
    described["batch_size"].within(backbone.least_batch, MAX_BATCH).check(given["batch_size"])
    return Settings(
        backbone=backbone, preprocess=card.preprocess if card and size is None else backbone.preprocess_at(size), checkpoint=start,
        weights=None if given["weights"] is None else inspect_checkpoint(Path(given["weights"])), ranks=ranks or Ranks(),
        given={name: given[name] for name in described},
    )  # fmt: skip


def _start(checkpoint: str | os.PathLike[str] | None, backbone: Backbone) -> CheckpointFile | None:
    if checkpoint is None:
        return None
    file = check_checkpoint(checkpoint)
    if file.card.backbone != backbone.name:
        raise WrongBackbone(path=file.path, found=file.card.backbone, wanted=backbone.name)
    return file
