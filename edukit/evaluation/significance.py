"""How much of a figure is chance: intervals by drawing pictures again and again, and McNemar's test for two models."""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edukit.core.errors import BadArgument
from edukit.core.i18n import t
from edukit.core.results import Result
from edukit.tasks.classification_results import ClassEvaluation
from edukit.tasks.metrics import confusion_matrix, f1_scores

ROUNDS, CHANCE = 1000, 0.05  # draws; a difference that chance alone makes more often than this proves nothing


def bootstrap_interval(
    result: ClassEvaluation, figure: Callable[[NDArray[np.int64]], NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 95 % interval of a figure: pictures are drawn with replacement 1,000 times, and the middle 95 % of what comes out is kept (Efron 1979).

    Args:
        result: What ``evaluate`` gave.
        figure: Of a confusion matrix (classes, classes), such as ``accuracy`` or ``f1_scores``.

    Returns:
        The lower and the upper edge, of the shape of the figure.

    Example:
        >>> low, high = bootstrap_interval(ek.evaluate("emoji-int8.onnx", dataset.validation), accuracy)
        >>> bool(low < high)
        True
    """
    place = {label: index for index, label in enumerate(result.classes)}
    true, taken = (np.array([place[label] for label in labels], np.int64) for labels in zip(*((one.label, one.predicted) for one in result.pictures)))
    draws = np.random.default_rng(0).integers(0, len(true), (ROUNDS, len(true)))
    values = np.array([figure(confusion_matrix(true[draw], taken[draw], len(place))) for draw in draws], np.float64)
    low, high = np.nanpercentile(values, (2.5, 97.5), axis=0)
    return low, high


def accuracy(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """The share of right answers."""
    return np.asarray(np.trace(confusion) / max(1, confusion.sum()), np.float64)


def f1_intervals(result: ClassEvaluation) -> dict[str, tuple[float, float]]:
    """The 95 % interval of each class's F1."""
    return {label: (float(low), float(high)) for label, low, high in zip(result.classes, *bootstrap_interval(result, f1_scores))}


@dataclass(frozen=True)
class McNemar(Result):
    """Two models on the same pictures.

    Args:
        both, neither: Pictures that both know, and that neither knows.
        first_only, second_only: Pictures that one of them alone knows; only these tell the models apart.
        p_value: How often chance alone would part these pictures so unevenly (exact binomial test, McNemar 1947).
    """

    both: int
    neither: int
    first_only: int
    second_only: int
    p_value: float

    @property
    def proves(self) -> bool:
        """Whether the difference is more than chance would make in one of twenty cases."""
        return self.p_value < CHANCE

    def __str__(self) -> str:
        values = {"first": self.first_only, "second": self.second_only, "p": f"{self.p_value:.3f}"}
        return t("evaluation.mcnemar_proves" if self.proves else "evaluation.mcnemar_chance", **values)


def mcnemar(first: ClassEvaluation, second: ClassEvaluation) -> McNemar:
    """Is one of two models better, or was it luck?

    Raises:
        BadArgument: They were not measured on the same pictures.

    Example:
        >>> found = ek.evaluate("emoji-int8.onnx", dataset.validation)
        >>> mcnemar(found, found).p_value
        1.0
    """
    ours, theirs = ({one.path: one.right for one in result.pictures} for result in (first, second))
    if ours.keys() != theirs.keys():
        raise BadArgument(name="second", value=second.dataset or len(theirs), wanted=t("evaluation.same_pictures"))
    pairs = [(ours[path], theirs[path]) for path in ours]
    only, other = pairs.count((True, False)), pairs.count((False, True))
    return McNemar(pairs.count((True, True)), pairs.count((False, False)), only, other, _two_sided(min(only, other), only + other))


def _two_sided(fewer: int, of: int) -> float:
    """How often a fair coin, thrown ``of`` times, shows one side at most ``fewer`` times."""
    return min(1.0, 2 * sum(math.comb(of, heads) for heads in range(fewer + 1)) / (1 << of))
