"""Models on pictures of the same classes that others drew: the jobs that measure them, and the grid of what they found."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edukit.data import sample_sets
from edukit.data.samples import names_in
from edukit.evaluation import grid_of
from edukit.evaluation.showing import grid_html
from edukit.tasks.classification_results import ClassEvaluation
from edukit.widgets.artefacts import CHECKPOINT
from edukit.widgets.step_view import Task
from edukit.widgets.work import Work

STEP = "shift"  # what the jobs' folders are called


def others(classes: Sequence[str]) -> list[str]:
    """The sample sets of just these classes; none where only one artist drew them."""
    found = [one.name for one in sample_sets() if set(next(iter(names_in(one.card).values()), ())) == set(classes)]
    return found if len(found) > 1 else []


def shift_tasks(work: Work, model: Path, classes: Sequence[str]) -> list[Task]:
    """The model in use, and the newest of every other set that the learner trained on, on the test pictures of all artists."""
    models = [model]
    learnt = {work.run.log.get("dataset") if work.run else work.dataset}
    for run in work.runs:
        name, known = run.log.get("dataset"), run.log.get("classes")
        if name not in learnt and isinstance(known, list) and set(known) == set(classes):
            learnt.add(name)
            models.append(run.folder / CHECKPOINT)
    first = work.new_job(STEP)
    pairs = [{"model": one, "data": data, "split": "test"} for one in models for data in others(classes)]
    start = int(first.name.rpartition("-")[2])
    return [Task("evaluate", pair, first.with_name(f"{STEP}-{start + place}")) for place, pair in enumerate(pairs)]


def shift_html(work: Work, classes: Sequence[str]) -> str:
    """The grid of what was measured, the newest of each; empty before that."""
    newest: dict[tuple[str, str], ClassEvaluation] = {}
    for _, one in work.results(STEP, ClassEvaluation):
        if set(one.classes) == set(classes):
            newest.setdefault((one.trained_on, one.dataset), one)
    return grid_html(grid_of(reversed(newest.values())))
