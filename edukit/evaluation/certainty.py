"""A model that may say "I don't know": what a threshold on its score costs, and what it saves."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edukit.core.i18n import t
from edukit.core.results import Result
from edukit.evaluation.calibration import scores_of
from edukit.tasks.classification_results import ClassEvaluation


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


def threshold_for(result: ClassEvaluation, accuracy: float, *, scaled: bool = False) -> ThresholdCost | None:
    """The lowest threshold whose answers are right this often; None if there is none. To be chosen on validation pictures."""
    return next((one for one in coverage_curve(result, scaled=scaled) if one.accuracy is not None and one.accuracy >= accuracy), None)
