"""What a classifier says about one picture."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from edukit.core.formatting import percent
from edukit.core.html import bars
from edukit.core.i18n import language, t
from edukit.tasks.results import BasePrediction


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
