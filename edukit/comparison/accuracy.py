"""Accuracy and agreement: the same pictures through every model, the answers held against each other."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from edukit.comparison.results import ChangedPicture
from edukit.comparison.steps import StepCounter
from edukit.comparison.subjects import Subject
from edukit.tasks import Answers, Task, find_task

if TYPE_CHECKING:
    from edukit.data import Split

CHUNK = 16              # pictures in one request
MAX_NUMBERS = 32_000    # in one answer: short messages, also with 1,000 classes


def chunk_size(classes: int) -> int:
    """How many pictures go into one request."""
    return max(1, min(CHUNK, MAX_NUMBERS // max(1, classes)))


def steps_of(subjects: Sequence[Subject], data: Split) -> int:
    """How many requests all models need for all pictures."""
    return len(subjects) * math.ceil(len(data) / chunk_size(len(data.classes)))


def answers_of(subjects: Sequence[Subject], data: Split, steps: StepCounter) -> list[Answers]:
    """Each model's answers to all pictures, with classes in the order of the data's."""
    return [_ask(subject, data, steps) for subject in subjects]


def _ask(subject: Subject, data: Split, steps: StepCounter) -> Answers:
    rows: list[Any] = []
    size = chunk_size(len(data.classes))
    for start in range(0, len(data), size):
        paths = [str(sample.path) for sample in data[start : start + size]]
        rows += subject.process.ask(steps.reporter, "answers", paths=paths, batch_size=size)
        steps.advance(stage="accuracy", model=subject.name)
    return find_task(subject.card.task).from_plain(rows, subject.card, data.classes)


def accuracy_of(task: Task, answers: Answers, first: Answers, targets: Any) -> dict[str, Any]:
    """A model's count of pictures and its figures, and how far it agrees with the first one."""
    agreement = {"agreement": float(task.same(answers, first).mean()), "max_difference": task.difference(answers, first)}
    return {"count": len(targets), "figures": task.measure(answers, targets) | agreement}


def no_figures(task: Task) -> dict[str, Any]:
    """The same figures where accuracy was not asked for."""
    return {"figures": dict.fromkeys((*task.compared, "agreement", "max_difference"))}


def changed_pictures(task: Task, subjects: Sequence[Subject], answers: Sequence[Answers], data: Split) -> tuple[ChangedPicture, ...]:
    """The pictures to which a later model gives another answer than the first."""
    targets, classes = data.targets, data.classes
    return tuple(
        ChangedPicture(
            data[i].path, task.target_text(targets[i], classes), task.answer_text(answers[0][i], classes), task.answer_text(others[i], classes), subject.path
        )
        for subject, others in zip(subjects[1:], answers[1:])
        for i in np.flatnonzero(~task.same(others, answers[0])).tolist()
    )
