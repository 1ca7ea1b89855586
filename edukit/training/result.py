"""What training leaves behind."""
from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edukit.core.card import ModelCard
from edukit.core.formatting import UNKNOWN
from edukit.core.html import answer, shown_alone, tag
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.core.results import Result
from edukit.tasks import Task, find_task

Row = dict[str, Any]  # of a history: what one epoch measured


@dataclass(frozen=True, kw_only=True)
class TrainResult(Result):
    """The checkpoints of one training, and how it went.

    Args:
        folder: The run folder, with ``best.pth``, ``latest.pth`` and ``log.json``.
        best: The checkpoint with the best figure of the task on validation pictures; without them, on training pictures.
        latest: The newest one, from which the training can go on.
        history: One row an epoch: ``epoch`` (from 1), ``train_loss``, ``val_loss``, the task's figures as ``train_…``
            and ``val_…``, ``lr``, ``seconds``.
        seconds: What it took, loading included.
        stopped: Whether the user stopped it.
        card: The card of ``best``.
        reused: Whether an earlier run with the same options was found and kept.
    """

    _left_out = ("card",)

    folder: Path
    best: Path
    latest: Path
    history: tuple[Row, ...]
    seconds: float
    stopped: bool
    card: ModelCard
    reused: bool = False

    def __fspath__(self) -> str:
        return os.fspath(self.best)

    @property
    def task(self) -> Task:
        """What the model does."""
        return find_task(self.card.task)

    @property
    def best_text(self) -> str:
        """The best figure on validation pictures; of few of them their count."""
        return self.task.best_cell(self.task.best_row(self.history))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as ``edukit train --json`` answers; ``best`` is null where no epoch was measured on validation pictures."""
        measured = not self.history or any(row.get("val_loss") is not None for row in self.history)
        return super().to_dict() | {"task": self.task.name} | ({} if measured else {"best": None})

    def to_frame(self) -> Any:
        """One row an epoch, as a pandas table.

        Raises:
            PackageMissing: Without pandas.
        """
        return imported("pandas").DataFrame(list(self.history))

    def __str__(self) -> str:
        metrics = self.card.metrics
        row = self.task.best_row(self.history)
        value = self.task.best_phrase(row) if self.task.best_value(row) is not None else self.task.best.text(self.task.best_value(metrics, "train"))
        if not self.history or value == UNKNOWN:
            return t("training.no_epoch")
        best = int(metrics.get("epoch") or 0)
        return self.task.say("trained", epochs=len(self.history), best=best, value=value, seconds=f"{self.seconds:.0f}")

    def _repr_html_(self) -> str:
        from edukit.training.curves import training_curves

        curve = training_curves(self.history, kept=self.task.best_row(self.history)) if self.history else ""
        return shown_alone(answer(str(self)), curve, tag("small", self.best))
