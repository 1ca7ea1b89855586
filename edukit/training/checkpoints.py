"""What a training leaves on disk after each epoch: the best and the latest checkpoint and the log, each whole, whatever happens next."""
from __future__ import annotations

import platform
import time
from datetime import UTC, datetime
from typing import Any

import numpy as np
import torch

from edukit.core.card import ModelCard
from edukit.core.files import strict
from edukit.data import Dataset
from edukit.data.statistics import IN_CARD, picture_statistics
from edukit.models.checkpoint import save_checkpoint
from edukit.tasks import find_task
from edukit.training.arguments import Settings
from edukit.training.result import Row
from edukit.training.run_folder import RunFolder
from edukit.training.starting import Start

_NOT_METRICS = ("lr", "seconds", "train_count", "val_count")  # of an epoch's row


class CheckpointWriter:
    """Writes the run folder's files.

    Args:
        folder: Locked.
        settings, dataset: What is trained, on what.
        start: The network whose weights are kept, its description, and notes for the cards.
        fingerprint: Of the dataset as the user gave it.
        began: When the run began, by ``time.monotonic``.
    """

    def __init__(self, folder: RunFolder, settings: Settings, dataset: Dataset, start: Start, *, fingerprint: str, began: float) -> None:
        self.folder, self.settings, self.dataset, self.start = folder, settings, dataset, start
        self.fingerprint, self.began, self.task = fingerprint, began, find_task(dataset.task)
        self.writes = settings.ranks.first
        self.pictures = picture_statistics(dataset.train.samples, settings.preprocess) if self.writes else {}

    def write(self, history: list[Row], optimizer: torch.optim.Optimizer) -> None:
        """After an epoch. The best comes first: with the last room on the disk it is worth most."""
        if not self.writes:
            return
        row = history[-1]
        card = self._card(row)
        if row is self.task.best_row(history):
            save_checkpoint(self.folder.best, self.start.network, card)
        save_checkpoint(self.folder.latest, self.start.network, card, training=_state(history, optimizer.state_dict()))
        self.log("running", history)

    def write_unfinished(self) -> None:
        """After a Stop within the first epoch: what has been learnt so far is the best and the latest."""
        if not self.writes:
            return
        card = self._card(None)
        save_checkpoint(self.folder.best, self.start.network, card)
        save_checkpoint(self.folder.latest, self.start.network, card, training=_state([], None))

    def log(self, state: str, history: list[Row]) -> None:
        """Writes the log: ``"running"``, ``"stopped"`` or ``"finished"``."""
        if not self.writes:
            return
        best = self.task.best_row(history)
        self.folder.write_log(
            state, history, seconds=time.monotonic() - self.began, best_epoch=best["epoch"] if best else None, epochs=self.settings.epochs,
            task=self.task.name, dataset=self.dataset.name, classes=list(self.dataset.classes),
            arithmetic=self.start.notes.get("arithmetic"),
        )  # fmt: skip

    def _card(self, row: Row | None) -> ModelCard:
        return ModelCard(
            task=self.task.name,
            network=self.start.description,
            classes=self.dataset.classes,
            class_names={lang: dict(names) for lang, names in self.dataset.class_names.items()},
            preprocess=self.settings.preprocess,
            metrics=strict({name: value for name, value in row.items() if name not in _NOT_METRICS and value is not None}) if row else {},
            made=self.folder.made,
            dataset={
                "name": self.dataset.name, "folder": str(self.dataset.folder), "fingerprint": self.fingerprint, IN_CARD: self.pictures,
                "validation": len(self.dataset.validation),
            },
            notes=self.start.notes if row else self.start.notes | {"unfinished": True},
            versions={"torch": str(torch.__version__), "numpy": np.__version__, "python": platform.python_version()},
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )


def _state(history: list[Row], optimizer: dict[str, Any] | None) -> dict[str, Any]:
    # No random state: order, variations and dropout follow from seed and epoch, so that going on is exact.
    return {"epoch": len(history), "optimizer": optimizer, "history": [dict(row) for row in history]}
