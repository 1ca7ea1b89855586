"""Accuracy and agreement: the same pictures through every model, the probabilities held against each other."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

import numpy as np
from numpy.typing import NDArray

from edukit.comparison.results import ChangedPicture
from edukit.comparison.steps import Steps
from edukit.comparison.subjects import Subject
from edukit.evaluation.metrics import top_k_accuracy, wilson_interval

if TYPE_CHECKING:
    from edukit.data import Split

CHUNK = 16              # pictures in one request
MAX_NUMBERS = 32_000    # in one answer: short messages, also with 1,000 classes

Answers = NDArray[np.float64]  # probabilities (pictures, classes), the columns in the order of the data's classes


class Accuracy(TypedDict):
    """The part of a ``Measured`` that comes from its probabilities."""

    count: int
    top1: float
    top5: float
    top1_interval: tuple[float, float]
    agreement: float
    max_difference: float


def chunk_size(classes: int) -> int:
    """How many pictures go into one request."""
    return max(1, min(CHUNK, MAX_NUMBERS // classes))


def steps_of(subjects: Sequence[Subject], data: Split) -> int:
    """How many requests all models need for all pictures."""
    return len(subjects) * math.ceil(len(data) / chunk_size(len(data.classes)))


def answers_of(subjects: Sequence[Subject], data: Split, steps: Steps) -> list[Answers]:
    """Each model's probabilities of all pictures."""
    return [_ask(subject, data, steps) for subject in subjects]


def _ask(subject: Subject, data: Split, steps: Steps) -> Answers:
    rows: list[list[float]] = []
    size = chunk_size(len(data.classes))
    for start in range(0, len(data), size):
        paths = [str(sample.path) for sample in data[start : start + size]]
        rows += subject.process.ask(steps.reporter, "scores", paths=paths, batch_size=size)
        steps.advance(stage="accuracy", model=subject.name)
    columns = [subject.card.classes.index(label) for label in data.classes]
    return np.array(rows, np.float64)[:, columns]


def accuracy_of(answers: Answers, first: Answers, labels: NDArray[np.int64]) -> Accuracy:
    """A model's accuracy, and how far it agrees with the first one."""
    right = int((answers.argmax(axis=1) == labels).sum())
    return {
        "count": len(labels),
        "top1": right / len(labels),
        "top5": float(top_k_accuracy(answers, labels, 5)),
        "top1_interval": wilson_interval(right, len(labels)),
        "agreement": float((answers.argmax(axis=1) == first.argmax(axis=1)).mean()),
        "max_difference": float(np.abs(answers - first).max()),
    }


def changed_pictures(subjects: Sequence[Subject], answers: Sequence[Answers], data: Split) -> tuple[ChangedPicture, ...]:
    """The pictures to which a later model gives another label than the first."""
    first = answers[0].argmax(axis=1)
    return tuple(
        ChangedPicture(sample.path, sample.label, data.classes[was], data.classes[now], subject.path)
        for subject, scores in zip(subjects[1:], answers[1:])
        for sample, was, now in zip(data, first, scores.argmax(axis=1))
        if was != now
    )
