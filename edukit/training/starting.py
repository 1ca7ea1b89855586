"""What a training begins with: a new network, one from another checkpoint, or its own latest one."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from edukit.core.errors import BadArgument, NothingToResume
from edukit.core.events import Reporter
from edukit.core.i18n import t
from edukit.data import Dataset
from edukit.models.backbones import describe_network
from edukit.models.checkpoint import read_checkpoint
from edukit.models.checkpoint_file import CheckpointFile
from edukit.models.networks import new_network, set_head
from edukit.tasks import find_task
from edukit.training.arguments import Settings
from edukit.training.run_folder import RunFolder


@dataclass(frozen=True, kw_only=True)
class Start:
    """Where the first epoch of this run begins.

    Args:
        network: With a head for the dataset's classes.
        description: Of the network, as its card holds it.
        notes: For the card: ``"pretrained"``, ``"frozen"``, and which file the weights come from.
        history: The epochs that are done already.
        optimizer: The optimizer's state after them.
    """

    network: nn.Module
    description: Mapping[str, Any]
    notes: dict[str, Any]
    history: list[dict[str, Any]] = field(default_factory=list)
    optimizer: dict[str, Any] | None = None

    @property
    def frozen(self) -> bool:
        """Whether only the head learns."""
        return bool(self.notes["frozen"])

    @property
    def warm(self) -> bool:
        """Whether the weights know something already."""
        return bool(self.notes["pretrained"]) or "started_from" in self.notes


def new_start(settings: Settings, dataset: Dataset, reporter: Reporter) -> Start:
    """A new network, with pretrained weights or without."""
    preprocess, width = settings.preprocess, find_task(dataset.task).head_width(dataset.classes)
    description = settings.backbone.describe(width, channels=preprocess.channels, image_size=preprocess.size[0])
    network, notes = new_network(description, pretrained=settings.pretrained, file=settings.weights.path if settings.weights else None, reporter=reporter)
    frozen = _freezes(settings, dataset, usual=bool(notes["pretrained"]))
    return Start(network=network, description=description, notes=notes | {"frozen": frozen})


def start_from(file: CheckpointFile, settings: Settings, dataset: Dataset, reporter: Reporter) -> Start:
    """The network of another checkpoint, with a new head if it knows other classes."""
    checkpoint = read_checkpoint(file)
    network, description = checkpoint.network(), describe_network(checkpoint.card)
    if (checkpoint.card.task, checkpoint.card.classes) != (dataset.task, dataset.classes):
        width = find_task(dataset.task).head_width(dataset.classes)
        set_head(network, settings.backbone, width)
        description["head"]["outputs"] = width
        reporter.message(t("training.new_head", path=file.path.name))
    notes = {"pretrained": checkpoint.card.notes.get("pretrained"), "started_from": file.path.name, "frozen": _freezes(settings, dataset, usual=False)}
    return Start(network=network, description=description | {"image_size": settings.preprocess.size[0]}, notes=notes)


def _freezes(settings: Settings, dataset: Dataset, *, usual: bool) -> bool:
    """Whether the head alone learns. Raises ``BadArgument`` where that is asked of a task that needs the whole network."""
    task = find_task(dataset.task)
    if settings.freeze and not task.can_freeze:
        raise BadArgument(name="freeze", value=True, wanted=t("training.wanted.whole_network", task=task.name))
    return task.can_freeze and (usual and not settings.by_parts if settings.freeze is None else settings.freeze)


def resumed_start(folder: RunFolder, dataset: Dataset, reporter: Reporter) -> Start:
    """The network as the folder's latest checkpoint holds it, and what is needed to go on exactly.

    Raises:
        NothingToResume: The checkpoint lacks it.
    """
    latest = read_checkpoint(folder.latest, with_training=True)
    state, notes = latest.training or {}, {name: note for name, note in latest.card.notes.items() if name != "unfinished"}
    if not {"optimizer", "history"} <= state.keys() or not {"frozen", "pretrained"} <= notes.keys() or latest.card.classes != dataset.classes:
        raise NothingToResume(path=folder.path, reason=t("training.resume.nothing"))
    history = [dict(row) for row in state["history"]]
    reporter.message(t("training.resumed", epoch=len(history) + 1))
    return Start(network=latest.network(), description=describe_network(latest.card), notes=notes, history=history, optimizer=state["optimizer"])
