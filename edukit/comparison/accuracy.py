"""Accuracy and agreement: the same pictures through every model, the answers held against each other."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from edukit.comparison.results import ChangedPicture
from edukit.comparison.subjects import Subject
from edukit.core.events import StepCounter
from edukit.core.subprocess_env import usable_processors
from edukit.tasks import Answers, Task, find_task

if TYPE_CHECKING:
    from edukit.data import Split

CHUNK = 16              # pictures in one request
MAX_NUMBERS = 32_000    # in one answer: short messages, also with 1,000 classes


def requests_of(data: Split) -> list[list[str]]:
    """The pictures' paths, as many in a list as go into one request."""
    size = max(1, min(CHUNK, MAX_NUMBERS // max(1, len(data.classes))))
    return [[str(sample.path) for sample in data[start : start + size]] for start in range(0, len(data), size)]


def answers_of(subjects: Sequence[Subject], data: Split, steps: StepCounter, *, threads: int) -> list[Answers]:
    """Each model's answers to all pictures, with classes in the order of the data's; nobody is timed, so as many models answer at once as have room.

    Args:
        subjects: The models.
        data: The pictures.
        steps: Told after each request.
        threads: Of each model.
    """
    rows: list[list[Any]] = [[] for _ in subjects]
    requests, room = requests_of(data), max(1, usable_processors() // threads)
    waiting, active = list(range(len(subjects))), dict[int, Iterator[list[str]]]()

    def send(place: int) -> None:
        paths = next(active[place], None)
        if paths:
            subjects[place].process.send("answers", paths=paths, batch_size=len(paths))
        else:
            del active[place]

    while waiting or active:
        while waiting and len(active) < room:
            active[waiting[0]] = iter(requests)
            send(waiting.pop(0))
        for place in list(active):
            rows[place] += subjects[place].process.receive(steps.reporter)
            send(place)
            steps.advance(stage="accuracy", model=subjects[place].name)
    return [find_task(subject.card.task).from_plain(some, subject.card, data.classes) for subject, some in zip(subjects, rows)]


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
