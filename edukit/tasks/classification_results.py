"""What a classifier says about one picture, and how good it is on one split, class by class."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edukit.core.card import CLASSIFICATION
from edukit.core.formatting import percent, right_of, score
from edukit.core.html import bars
from edukit.core.i18n import language, t
from edukit.core.packages import imported
from edukit.core.results import Result
from edukit.tasks.results import BasePrediction, Evaluation

FEW_CLASSES = 10  # among which one of the best five is right too easily to be told


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
        """How often the best, and where there are classes enough one of the best five, is right."""
        return str(self) if len(self.classes) <= FEW_CLASSES else t("classification.summary", answer=str(self), five=score(self.top5, self.count))

    def table(self, shown: Callable[[str], str] = str) -> tuple[list[str], list[list[str]]]:
        """A row for each class."""
        heads = [t(f"evaluation.{name}") for name in ("class", "count", "correct", "recall", "precision", "f1")]
        rows = [
            [shown(label), str(row["count"]), str(row["correct"]), score(row["recall"], int(row["count"] or 0)),
             *(percent(row.get(name), 0) for name in ("precision", "f1"))]
            for label, row in self.per_class.items()
        ]  # fmt: skip
        return heads, rows


@dataclass(frozen=True)
class Prediction(BasePrediction):
    """The likeliest labels of one picture, best first.

    Args:
        image: The picture's path; empty for a picture that came as an array or as bytes.
        labels: Stable labels, best first.
        scores: Their probabilities, 0..1.
        names: The labels' names for people: language to label to name.

    Example:
        >>> Prediction("cat.jpg", ("cat", "dog"), (0.9, 0.1)).label
        'cat'
    """

    _left_out = ("names",)

    labels: tuple[str, ...]
    scores: tuple[float, ...]
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def label(self) -> str:
        """The likeliest label."""
        return self.labels[0]

    @property
    def score(self) -> float:
        """The probability of the likeliest label."""
        return self.scores[0]

    def shown(self, label: str) -> str:
        """A label's name for people, in the language in use where it is known."""
        return self.names.get(language(), {}).get(label) or label

    def __str__(self) -> str:
        return ", ".join(f"{self.shown(label)} {percent(score)}" for label, score in zip(self.labels, self.scores))

    @property
    def title(self) -> str:
        """The likeliest label's name for people."""
        return self.shown(self.label)

    @property
    def sentence(self) -> str:
        """The same, and how sure the network is of it."""
        sure = "sure" if self.score >= 0.8 else "rather" if self.score >= 0.5 else "unsure"
        return t(f"classification.{sure}", name=self.title)

    def html(self) -> str:
        """A bar for each label."""
        return bars([self.shown(label) for label in self.labels], self.scores)


def best(image: str, probabilities: NDArray[np.float32], classes: tuple[str, ...], top: int, names: Mapping[str, Mapping[str, str]]) -> Prediction:
    """The ``top`` likeliest of ``probabilities`` (shape (classes,)); of equals the first class comes first."""
    order = np.argsort(-probabilities, kind="stable")[:top].tolist()
    return Prediction(image, tuple(classes[i] for i in order), tuple(float(probabilities[i]) for i in order), names)
