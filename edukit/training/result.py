"""What training leaves behind."""
from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edukit.core.card import ModelCard
from edukit.core.formatting import percent
from edukit.core.html import answer, shown_alone, tag
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.core.results import Result

Row = dict[str, Any]  # of a history: what one epoch measured


@dataclass(frozen=True, kw_only=True)
class TrainResult(Result):
    """The checkpoints of one training, and how it went.

    Args:
        folder: The run folder, with ``best.pth``, ``latest.pth`` and ``log.json``.
        best: The checkpoint with the best validation accuracy.
        latest: The newest one, from which the training can go on.
        history: One row an epoch: ``epoch`` (from 1), ``train_loss``, ``train_top1``, ``val_loss``, ``val_top1``, ``lr``, ``seconds``.
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

    def to_frame(self) -> Any:
        """One row an epoch, as a pandas table.

        Raises:
            PackageMissing: Without pandas.
        """
        return imported("pandas").DataFrame(list(self.history))

    def __str__(self) -> str:
        top1 = self.card.metrics.get("val_top1", self.card.metrics.get("train_top1"))
        if not self.history or top1 is None:
            return t("training.no_epoch")
        return t("training.answer", epochs=len(self.history), best=int(self.card.metrics.get("epoch") or 0), top1=percent(top1), seconds=f"{self.seconds:.0f}")

    def _repr_html_(self) -> str:
        from edukit.training.curves import training_curves

        curve = training_curves(self.history, kept=best_row(self.history)) if self.history else ""
        return shown_alone(answer(str(self)), curve, tag("small", self.best))


def best_row(history: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The epoch that ``best.pth`` holds: the best validation accuracy, of equals the lowest loss; without validation pictures the training figures decide."""

    def rank(row: Mapping[str, Any]) -> tuple[float, float]:
        part = "train" if row.get("val_top1") is None else "val"
        top1, loss = (row.get(f"{part}_{name}") for name in ("top1", "loss"))
        return top1 or 0.0, -(math.inf if loss is None else loss)

    return max(history, key=rank, default=None)
