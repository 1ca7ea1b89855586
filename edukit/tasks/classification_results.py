"""How good a classifier is on one split, class by class."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edukit.core.card import CLASSIFICATION
from edukit.core.formatting import percent, right_of, score
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.core.results import Result
from edukit.tasks.results import Evaluation


@dataclass(frozen=True)
class WrongPicture(Result):
    """A picture that was taken for something else.

    Args:
        path: The picture's file.
        label: Its true class.
        predicted: What it was taken for.
        score: How sure the model was, 0..1.
    """

    path: Path
    label: str
    predicted: str
    score: float


@dataclass(frozen=True)
class AnsweredPicture(WrongPicture):
    """What was answered for one picture, rightly or wrongly.

    Args:
        path, label, predicted, score: As of a wrong one.
        truth: The score of the true class.
        rank: The place of the true class among all, by score; 1 where the answer is right.
        scaled: ``score`` after temperature scaling; None where none was fitted.
    """

    truth: float
    rank: int
    scaled: float | None = None

    @property
    def right(self) -> bool:
        """Whether the answer is the true class."""
        return self.label == self.predicted


@dataclass(frozen=True)
class SimilarPicture(Result):
    """A training picture that looks alike to the network: its file, its class, and the cosine of the angle between the features of both."""

    path: Path
    label: str
    similarity: float


@dataclass(frozen=True)
class Reasons(Result):
    """Why one picture was taken for what it was taken for.

    Args:
        path: The picture's file.
        heat: Where the network looked for its answer (Grad-CAM): a grid over the whole picture, row by row, 0..1.
        similar: The training pictures that are nearest to it, the nearest first.
    """

    path: Path
    heat: tuple[tuple[float, ...], ...]
    similar: tuple[SimilarPicture, ...]


@dataclass(frozen=True, kw_only=True)
class ClassEvaluation(Evaluation):
    """How good a classifier is on one split.

    Args:
        top1, top5: Share whose true class is the best, or among the five best.
        interval: The 95 % interval of ``top1``, from the number of pictures.
        per_class: Label to ``{"count", "correct", "recall", "precision", "f1"}``; None where there is nothing to divide by.
        confusion: Rows are true classes, columns predicted ones, in the order of ``classes``.
        classes: The labels in the model's order.
        wrong: Every wrong picture, the surest first.
        pictures: What was answered for each picture, in the order of the split.
        temperature: What the scores must be divided by, before they become probabilities, to be as sure as they are right; None where it was not fitted.
        reasons: Why the worst mistakes were made, where that was asked for.
    """

    top1: float
    top5: float
    interval: tuple[float, float]
    per_class: dict[str, dict[str, float | None]]
    confusion: list[list[int]]
    classes: tuple[str, ...]
    wrong: tuple[WrongPicture, ...]
    pictures: tuple[AnsweredPicture, ...] = ()
    temperature: float | None = None
    reasons: tuple[Reasons, ...] = ()
    task: str = CLASSIFICATION

    def to_frame(self) -> Any:
        """One row a class, as a pandas table.

        Raises:
            PackageMissing: Without pandas.
        """
        return imported("pandas").DataFrame.from_dict(self.per_class, orient="index")

    def __str__(self) -> str:
        low, high = (percent(edge, 0) for edge in self.interval)
        return t("classification.evaluated", value=right_of(self.count - len(self.wrong), self.count), low=low, high=high)

    def summary(self) -> str:
        """How often the best, and one of the best five, is right."""
        return t("classification.summary", answer=str(self), five=score(self.top5, self.count))

    def table(self, shown: Callable[[str], str] = str) -> tuple[list[str], list[list[str]]]:
        """A row for each class."""
        heads = [t(f"evaluation.{name}") for name in ("class", "count", "correct", "recall", "precision", "f1")]
        rows = [
            [shown(label), str(row["count"]), str(row["correct"]), score(row["recall"], int(row["count"] or 0)),
             *(percent(row.get(name), 0) for name in ("precision", "f1"))]
            for label, row in self.per_class.items()
        ]  # fmt: skip
        return heads, rows
