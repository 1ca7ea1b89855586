"""The figures that a task is judged by: what they are called, which way is better, and how an epoch adds them up."""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from numpy.typing import NDArray

from edukit.core.formatting import percent
from edukit.core.i18n import t

if TYPE_CHECKING:
    from edukit.core.preprocess import Float32Array

Outputs: TypeAlias = "Mapping[str, Float32Array]"  # of a network, by name; the first axis of each counts pictures


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A measured figure of a task.

    Args:
        name: In histories, cards and JSON answers.
        label: Key of the text that people read.
        higher_is_better: Which way is better.
        unit: Such as ``"px"``; empty for a share 0..1, which is shown in percent.
        digits: Shown behind the point.
        worth: A difference as small as this does not matter.
    """

    name: str
    label: str
    higher_is_better: bool = True
    unit: str = ""
    digits: int = 1
    worth: float = 0.01

    @property
    def words(self) -> str:
        """What people call it, in the language in use."""
        return t(self.label)

    @property
    def is_share(self) -> bool:
        """Whether it lies between 0 and 1 and is shown in percent."""
        return not self.unit

    def text(self, value: float | None, digits: int | None = None) -> str:
        """The value with its unit: ``"90.5%"``, ``"2.4 px"``; a dash for one that is not known."""
        digits = self.digits if digits is None else digits
        if self.is_share or value is None or not math.isfinite(value):
            return percent(value, digits)
        return f"{value:.{digits}f} {self.unit}"

    @property
    def visible(self) -> float:
        """The smallest difference that the shown digits tell apart."""
        return 0.5 * 10.0**-self.digits / (100 if self.is_share else 1)

    def points(self, difference: float) -> str:
        """The size of a difference: percentage points for shares (``"1.5"``), else with its unit (``"1.5 px"``)."""
        return f"{abs(100 * difference):.{self.digits}f}" if self.is_share else self.text(abs(difference))

    def gain(self, value: float, before: float) -> float:
        """How much better ``value`` is than ``before``; negative for worse."""
        return value - before if self.higher_is_better else before - value

    def rank(self, value: float | None) -> float:
        """A number that is higher for better values."""
        if value is None:
            return 0.0 if self.higher_is_better else -math.inf
        return value if self.higher_is_better else -value


class Tally(Protocol):
    """Adds up what an epoch's batches show."""

    def add(self, outputs: Outputs, targets: Any) -> None:
        """Takes in one batch."""

    def figures(self) -> dict[str, float]:
        """The task's figures over all batches so far."""


class MeanTally:
    """A tally of figures that are means over pictures.

    Args:
        measure: Gives each figure's value for every picture of a batch.
    """

    def __init__(self, measure: Callable[[Outputs, Any], Mapping[str, NDArray[Any]]]) -> None:
        self._measure, self._sums, self._count = measure, dict[str, float](), 0

    def add(self, outputs: Outputs, targets: Any) -> None:
        """Takes in one batch."""
        for name, values in self._measure(outputs, targets).items():
            self._sums[name] = self._sums.get(name, 0.0) + float(values.sum())
        self._count += len(next(iter(outputs.values())))

    def figures(self) -> dict[str, float]:
        """The means."""
        return {name: total / self._count for name, total in self._sums.items()}
