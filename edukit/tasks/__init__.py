"""What a model does: a task is one object that training, evaluation, conversion, quantization, comparison and views ask. NumPy alone."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edukit.core.errors import WrongTask
from edukit.core.registry import Registry
from edukit.tasks.base import Answers, CloseAnswer, Parity, Task, count_in
from edukit.tasks.classification import Classification
from edukit.tasks.classification_results import Prediction
from edukit.tasks.figures import Figure, Outputs, Tally
from edukit.tasks.results import BasePrediction, Evaluation, FiguredResult

DEFAULT = Classification.name  # of files and records that name no task
TASKS: Registry[Task] = Registry(Classification())

__all__ = [
    "DEFAULT", "TASKS", "Answers", "BasePrediction", "CloseAnswer", "Evaluation", "Figure", "FiguredResult", "Outputs", "Parity", "Prediction", "Tally", "Task",
    "count_in", "find_task", "task_in",
]  # fmt: skip


def find_task(name: str = DEFAULT, *, path: object = "") -> Task:
    """The task of that name.

    Args:
        name: As cards and datasets hold it.
        path: The file that names it, for the error.

    Raises:
        WrongTask: Nobody knows it.

    Example:
        >>> find_task("classification").best.higher_is_better
        True
    """
    task = TASKS.find(name)
    if task is None:
        raise WrongTask(path=path, found=name, wanted=", ".join(task.name for task in TASKS))
    return task


def task_in(record: Mapping[str, Any]) -> Task:
    """The task that an answer, a log or an epoch's row is of; those of earlier versions name none, and those of later ones may name any."""
    named = TASKS.find(record.get("task"))
    return named or next((task for task in TASKS if f"val_{task.best.name}" in record), find_task())
