"""What a guess can be held against: figures of the learner's own work, by the names that lessons use. One function each."""
from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from edukit.comparison.speed_results import SpeedGrid
from edukit.core.errors import EdukitError
from edukit.runtime import OnnxFile, inspect_model
from edukit.widgets.work import Work


def validation_accuracy(work: Work) -> float | None:
    """The best validation accuracy of the run in use, in percent; None before there is one, or on other data than the lesson's."""
    run = work.run
    if run is None or run.log.get("dataset") not in (None, work.header.dataset):
        return None
    return None if run.best is None else 100 * run.best


def times_smaller(work: Work) -> float | None:
    """How many times smaller the INT8 file is than the ONNX file."""
    onnx, int8 = work.onnx, work.int8
    return onnx.stat().st_size / max(1, int8.stat().st_size) if onnx and int8 else None


def nodes_left(work: Work) -> float | None:
    """How many nodes the graph of the ONNX file has."""
    file = inspect_model(work.onnx) if work.onnx else None
    return float(file.node_count) if isinstance(file, OnnxFile) else None


def run_values(work: Work) -> dict[str, float]:
    """The best validation figure of each run that learnt from the lesson's pictures, by the run's name."""
    runs = (run for run in work.runs if run.log.get("dataset") in (None, work.header.dataset))
    return {run.name: best for run in runs if (best := run.best) is not None}


def runs_apart(work: Work) -> float | None:
    """How far the best and the worst run are apart on validation pictures, in points; None with fewer than two runs."""
    values = run_values(work).values()
    return 100 * (max(values) - min(values)) if len(values) > 1 else None


def repeats_cost(work: Work) -> float | None:
    """By how many points twenty pictures of a class are worse where two of them are different; None until the learner has tried it."""
    return _repeats_cost() if "curve" in work.steps_done else None


def leak_lie(work: Work) -> float | None:
    """By how many points the accuracy is too high where half of the exam is in the textbook; None until the learner has tried it."""
    return _leak_lie() if "leak" in work.steps_done else None


@cache
def _repeats_cost() -> float:
    from edukit.widgets.explorables.curve import Curve

    view = Curve()
    return 100 * float((view.known(20, 0, 0) - view.known(20, 90, 0)).mean())


@cache
def _leak_lie() -> float:
    from edukit.widgets.explorables.leak import Leak

    view = Leak()
    told, honest = view.copied(view.rows(10), view.moved[: len(view.moved) // 2], "again")
    return 100 * (told - honest)


def surest_mistake(work: Work) -> float | None:
    """How sure the model was of its surest mistake, in percent; None before the mistakes were found, or where there are none."""
    wrong: list[Any] = next((answer["wrong"] for _, answer in work.answers("evaluate") if isinstance(answer.get("wrong"), list)), [])
    return max((100 * float(one["score"]) for one in wrong), default=None)


def speeds(work: Work) -> SpeedGrid:
    """All that was timed in the lesson, by the view's button or into ``speed.json`` in the lesson's folder; of a cell timed twice the newer one counts."""
    paths = [folder / "speed.json" for folder in (work.folder, *work.jobs("speed"))]
    grids = []
    for path in sorted((path for path in paths if path.is_file()), key=lambda path: path.stat().st_mtime_ns):
        with suppress(EdukitError):  # a damaged file is told where it is shown
            grids.append(SpeedGrid.read(path))
    return SpeedGrid().merge(*grids)


def times_faster(work: Work) -> float | None:
    """How many times as fast as the first model the fastest form computes one picture of the largest size that was timed."""
    cells = [cell for cell in speeds(work).measured if cell.ratio and cell.batch == 1]
    return max((cell.ratio or 0.0 for cell in cells if cell.shape == max(one.shape for one in cells)), default=None)


def answers_changed(work: Work) -> float | None:
    """Of 100 test pictures, how many got another answer from the smallest form than from the original; None before they were compared."""
    last = [answer["models"][-1].get("agreement") for _, answer in work.answers("compare") if answer.get("models")]
    return next((100 * (1 - float(agreement)) for agreement in last if isinstance(agreement, (int, float))), None)


FIGURES: dict[str, Callable[[Work], float | None]] = {
    one.__name__: one for one in (
        validation_accuracy, times_smaller, nodes_left, runs_apart, repeats_cost, leak_lie, surest_mistake, times_faster, answers_changed,
    )
}


def figure(name: str, work: Work) -> float | None:
    """The figure called ``name``; None while it is not known, or where a guess names none."""
    return FIGURES[name](work) if name else None
