"""Checkpoints by MMEdu's names: which of our networks a name means, which one there is none for yet, and ``pth_info``."""
from __future__ import annotations

import os
from typing import Any

from edukit.core.errors import BadArgument, NoCard, WrongBackbone, WrongTask
from edukit.core.i18n import t
from edukit.models import CheckpointFile, find_backbone
from edukit.models.loading import check_checkpoint
from edukit.runtime import inspect_model
from edukit.runtime.mmedu import NAMES


def network_name(backbone: str, file: CheckpointFile | None = None) -> str:
    """Our name of the network that MMEdu calls ``backbone``; where a file holds edukit's own of that name, this one.

    Raises:
        UnknownBackbone, WrongBackbone
    """
    entry = find_backbone(backbone)
    ours = NAMES.get(entry.name, entry.name)
    if file is None:
        return ours
    if file.card.backbone not in (ours, entry.name):
        raise WrongBackbone(path=file.path, found=file.card.backbone, wanted=backbone)
    return file.card.backbone


def checkpoint_of(checkpoint: Any, backbone: str) -> CheckpointFile:
    """The checkpoint, once it is known to hold that network.

    Raises:
        BadArgument: None is given.
        WrongTask: It is MMEdu's detector.
        WrongBackbone, NoCard, and what reading a checkpoint raises.
    """
    if not isinstance(checkpoint, (str, os.PathLike)):
        raise BadArgument(name="checkpoint", value=checkpoint, wanted=t("xedu.wanted.checkpoint"))
    try:
        file = check_checkpoint(checkpoint)
    except NoCard:
        meta = inspect_model(checkpoint).foreign
        if str(meta.get("task", "")).lower().startswith("detect"):
            raise WrongTask(path=checkpoint, found="detection", wanted="classification") from None
        if "backbone" in meta:
            raise WrongBackbone(path=checkpoint, found=str(meta["backbone"])[:40], wanted=backbone) from None
        raise
    network_name(backbone, file)
    return file


def pth_info(checkpoint: str | os.PathLike[str]) -> dict[str, Any]:
    """Prints and returns what a checkpoint tells of itself, also one that MMEdu or BaseNN wrote; nothing in it is run."""
    file = inspect_model(checkpoint)
    told = dict(file.foreign)
    if not told:
        card = file.card
        told = {"tool": "edukit", "task": card.task, "backbone": card.backbone, "CLASSES": list(card.classes), "time": card.created, **card.metrics}
    for name, value in told.items():
        print(f"{name}: {value}")
    return told


class MMDetection:
    """Refuses with ``WrongTask``: detectors come later."""

    def __init__(self, backbone: str = "SSD_Lite", *_: Any, **__: Any) -> None:
        raise WrongTask(path=backbone, found=t("xedu.detection"), wanted=t("xedu.classification"))
