"""Is the model as sure as it is right? The reliability of its scores, the one number that mends them, and what saying "I don't know" costs and saves.

After Guo et al. 2017, "On Calibration of Modern Neural Networks".
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from edukit.core.i18n import t
from edukit.core.results import Result
from edukit.tasks.classification_results import ClassEvaluation

HOTTEST, ROUNDS = 20.0, 60  # temperatures lie between 1/20 and 20; so many halvings reach a millionth
GOLDEN = (5**0.5 - 1) / 2
LEAST = 1e-12  # the smallest probability whose logarithm is taken


@dataclass(frozen=True)
class Bin(Result):
    """The pictures whose score lies between ``low`` and ``high``: how many, how sure the model was on average, and which share is right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Reliability(Result):
    """How far scores may be taken for probabilities.

    Args:
        bins: Those that have pictures, from unsure to sure.
        error: The expected calibration error: how far confidence and accuracy lie apart, on average over the pictures; 0 is best.
        confidence, accuracy: Of all pictures.
    """

    bins: tuple[Bin, ...]
    error: float
    confidence: float
    accuracy: float


def reliability(result: ClassEvaluation, *, bins: int = 10, scaled: bool = False) -> Reliability:
    """Holds how sure the model was against how often it was right.

    Args:
        result: What ``evaluate`` gave.
        bins: How many, of equal width.
        scaled: Take the scores after temperature scaling, where one was fitted.

    Example:
        >>> reliability(ek.evaluate("emoji-int8.onnx", dataset.validation)).error < 0.2
        True
    """
    scores, right = scores_of(result, scaled=scaled), np.array([one.right for one in result.pictures], np.float64)
    places = np.minimum((scores * bins).astype(int), bins - 1)
    kept = [
        Bin(place / bins, (place + 1) / bins, int(inside.sum()), float(scores[inside].mean()), float(right[inside].mean()))
        for place in range(bins)
        if (inside := places == place).any()
    ]
    count = max(1, len(scores))
    error = sum(one.count * abs(one.confidence - one.accuracy) for one in kept) / count
    return Reliability(tuple(kept), error, float(scores.sum() / count), float(right.sum() / count))


def scores_of(result: ClassEvaluation, *, scaled: bool = False) -> NDArray[np.float64]:
    """How sure the model was of each answer, shape (pictures,); after temperature scaling where that is asked for and was fitted."""
    return np.array([one.scaled if scaled and one.scaled is not None else one.score for one in result.pictures], np.float64)


def scale(probabilities: ArrayLike, temperature: float) -> NDArray[np.float64]:
    """Probabilities (pictures, classes) as if the scores before them had been divided by ``temperature``: above 1 less sure, the order stays.

    Example:
        >>> scale([[0.9, 0.1]], 2).round(2).tolist()
        [[0.75, 0.25]]
    """
    logs = np.log(np.maximum(np.asarray(probabilities, np.float64), LEAST)) / temperature
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def fit_temperature(probabilities: ArrayLike, labels: ArrayLike) -> float:
    """The temperature at which the true classes are likeliest, found by golden-section search; to be fitted on validation pictures.

    Args:
        probabilities: Shape (pictures, classes).
        labels: Index of each picture's class, shape (pictures,).

    Example:
        >>> always_sure = [[0.99, 0.01]] * 4
        >>> round(fit_temperature(always_sure, [0, 0, 0, 1]), 1)
        4.2
    """
    rows, targets = np.asarray(probabilities, np.float64), np.asarray(labels, np.int64)

    def loss(log: float) -> float:
        true = np.take_along_axis(scale(rows, float(np.exp(log))), targets[:, None], axis=1)
        return float(-np.log(np.maximum(true, LEAST)).mean())

    low, high = -np.log(HOTTEST), np.log(HOTTEST)
    for _ in range(ROUNDS):
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return float(np.exp((low + high) / 2))


@dataclass(frozen=True)
class ThresholdCost(Result):
    """What happens to the pictures when the model answers only where its score reaches ``threshold``.

    Args:
        threshold: 0..1.
        right, wrong: Pictures that are answered, well and badly.
        unknown: Pictures that it does not answer.
        kept_from_wrong: How many of those would have been mistakes.
    """

    threshold: float
    right: int
    wrong: int
    unknown: int
    kept_from_wrong: int

    @property
    def coverage(self) -> float:
        """The share of pictures that are answered."""
        return (self.right + self.wrong) / max(1, self.right + self.wrong + self.unknown)

    @property
    def accuracy(self) -> float | None:
        """The share of answers that are right; None without answers."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    def __str__(self) -> str:
        values = {"threshold": f"{self.threshold:.2f}", "answered": self.right + self.wrong, "saved": self.kept_from_wrong}
        return t("evaluation.threshold_cost", **values, right=self.right, wrong=self.wrong, unknown=self.unknown, lost=self.unknown - self.kept_from_wrong)

    def _repr_html_(self) -> str:
        from edukit.core.html import answer, shown_alone

        return shown_alone(answer(str(self)))


def at_threshold(result: ClassEvaluation, threshold: float, *, scaled: bool = False) -> ThresholdCost:
    """What saying "I don't know" below a score would cost and save.

    Args:
        result: What ``evaluate`` gave.
        threshold: The least score that counts as an answer, 0..1.
        scaled: Take the scores after temperature scaling.

    Example:
        >>> at_threshold(ek.evaluate("emoji-int8.onnx", dataset.validation), 0).unknown
        0
    """
    answered, right = scores_of(result, scaled=scaled) >= threshold, np.array([one.right for one in result.pictures], bool)
    counts = (answered & right, answered & ~right, ~answered, ~answered & ~right)
    return ThresholdCost(threshold, *(int(one.sum()) for one in counts))


def coverage_curve(result: ClassEvaluation, *, scaled: bool = False) -> tuple[ThresholdCost, ...]:
    """The cost of every threshold at which something changes, from "always answer" to the surest answer alone."""
    levels = sorted({0.0, *scores_of(result, scaled=scaled).tolist()})
    return tuple(at_threshold(result, level, scaled=scaled) for level in levels)


def threshold_for(result: ClassEvaluation, accuracy: float) -> ThresholdCost | None:
    """The lowest threshold whose answers are right this often; None if there is none. To be chosen on validation pictures."""
    return next((one for one in coverage_curve(result) if one.accuracy is not None and one.accuracy >= accuracy), None)
