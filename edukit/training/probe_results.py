"""What the quick looks before a training answer, and their curves."""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from edukit.core.html import answer, shown_alone
from edukit.core.i18n import t
from edukit.core.line_chart import Line, line_chart
from edukit.core.results import Result
from edukit.core.svg import Drawing, round_levels
from edukit.tasks import find_task

WIDTH = 5.0        # steps to each side that a loss is averaged over
LEAST_FALL = 0.05  # of the loss, below which no rate taught anything


@dataclass(frozen=True, kw_only=True)
class RateSearch(Result):
    """How the loss went while the learning rate grew.

    Args:
        backbone: The network.
        rates: What was tried.
        losses: The smoothed loss at each rate.
        suggestion: A good rate, rounded to 1, 2 or 5 times a power of ten; None where no rate made the loss fall.
        stopped: Whether it ended before all rates were tried because the user stopped it.
        seconds: What it took.
    """

    backbone: str
    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float | None
    stopped: bool = False
    seconds: float = 0.0

    @classmethod
    def of(cls, rates: Sequence[float], losses: Sequence[float], *, backbone: str, stopped: bool = False, seconds: float = 0.0) -> Self:
        """Smooths the losses and finds the rate: where they fall most steeply, before their lowest point.

        Example:
            >>> RateSearch.of([0.001, 0.01, 0.1], [2.0, 2.0, 2.0], backbone="LeNet").suggestion is None
            True
        """
        smooth = smoothed(losses)
        return cls(backbone=backbone, rates=tuple(rates), losses=tuple(smooth), suggestion=_steepest(rates, smooth), stopped=stopped, seconds=seconds)

    def chart(self) -> Drawing:
        """The loss over the rate, and the proposal."""
        mark = (self.suggestion, f"{self.suggestion:g}") if self.suggestion else None
        return rate_chart(self.rates, self.losses, str(self), mark)

    def __str__(self) -> str:
        if self.suggestion is None:
            return t("training.rate.none", backbone=self.backbone)
        return t("training.rate.found", rate=f"{self.suggestion:g}", backbone=self.backbone)

    def _repr_html_(self) -> str:
        return shown_alone(answer(str(self)), self.chart() if self.rates else "")


@dataclass(frozen=True, kw_only=True)
class BatchCheck(Result):
    """Whether a network learnt one batch by heart.

    Args:
        backbone: The network.
        lr: The learning rate.
        pictures: In the batch.
        losses, values: The loss and the task's deciding figure on the batch before each step.
        learned: Whether it knows the batch.
        task: Which one.
        stopped: Whether the user stopped it.
        seconds: What it took.
    """

    backbone: str
    lr: float
    pictures: int
    losses: tuple[float, ...]
    values: tuple[float | None, ...]
    learned: bool
    task: str
    stopped: bool = False
    seconds: float = 0.0

    def chart(self) -> Drawing:
        """The loss after each step."""
        return batch_chart(self.losses, str(self))

    def __str__(self) -> str:
        value = self.values[-1] if self.values else None
        told = {"backbone": self.backbone, "pictures": self.pictures, "steps": len(self.losses), "rate": f"{self.lr:g}"}
        told["value"] = find_task(self.task).best.text(value, 0)
        return t("training.batch.yes" if self.learned else "training.batch.stopped" if self.stopped else "training.batch.no", **told)

    def _repr_html_(self) -> str:
        return shown_alone(answer(str(self)), self.chart() if self.losses else "")


def rate_chart(rates: Sequence[float], losses: Sequence[float], alt: str, mark: tuple[float, str] | None = None) -> Drawing:
    """A smoothed loss over the learning rate, on a logarithmic axis."""
    finite = losses or (0.0, 1.0)
    levels = round_levels(min(finite), min(max(finite), 1.5 * finite[0] or 1.0), 4)  # what runs away runs out of the chart, and does not flatten the rest
    return line_chart([Line(list(zip(rates, losses)), strong=True)], name=t("training.rate.axis"), alt=alt, log=True, mark=mark, levels=levels)


def batch_chart(losses: Sequence[float], alt: str) -> Drawing:
    """The loss of a batch that is shown again and again."""
    return line_chart([Line(list(enumerate(losses, 1)), strong=True)], name=t("training.batch.axis"), alt=alt)


def smoothed(losses: Sequence[float]) -> list[float]:
    """Each loss averaged with its neighbours on both sides: a batch alone jumps, and a mean of those before would lag behind.

    Example:
        >>> smoothed([2.0, 2.0])
        [2.0, 2.0]
    """
    place = np.arange(len(losses))
    weights = np.exp(-0.5 * ((place[:, None] - place) / WIDTH) ** 2)
    return [float(one) for one in (weights @ np.asarray(losses, float)) / weights.sum(axis=1)]


def round_rate(rate: float) -> float:
    """The nearest of 1, 2 and 5 times a power of ten, by its logarithm.

    Example:
        >>> round_rate(0.0031), round_rate(0.0008)
        (0.002, 0.001)
    """
    power = math.floor(math.log10(rate))
    return min((float(f"{digit}e{power + up}") for up in (0, 1) for digit in (1, 2, 5)), key=lambda one: abs(math.log(one / rate)))


def _steepest(rates: Sequence[float], losses: Sequence[float]) -> float | None:
    if len(losses) < 3:
        return None
    lowest = int(np.argmin(losses))
    if losses[lowest] > (1 - LEAST_FALL) * losses[0] or lowest < 2:
        return None
    slopes = np.gradient(np.asarray(losses[: lowest + 1]), np.log(np.asarray(rates[: lowest + 1])))
    return round_rate(rates[int(np.argmin(slopes))])
