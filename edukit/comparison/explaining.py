"""The verb ``explain_speed``: why a form of a model is no faster here, each reason measured; and which form to take."""
from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from edukit.comparison.advice import SpeedAdvice, SpeedFinding
from edukit.comparison.comparing import compare
from edukit.comparison.machine import has_int8_instructions, instructions, processors
from edukit.comparison.process import MeasuringProcess
from edukit.comparison.speed_grid import compare_speed
from edukit.comparison.speed_results import SpeedCell, SpeedGrid
from edukit.comparison.trials import convolutions, has_free_sizes, with_fixed_sizes
from edukit.core.errors import EdukitError
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.parameters import Between, Metavar, Usual, verb
from edukit.models.inputs import DataLike, ModelLike, model_file
from edukit.runtime.onnx_file import OnnxFile
from edukit.tasks import find_task

PROFILED_RUNS = 30
STEPS = ("speed", "accuracy", "profile", "int8", "sizes", "threads")
MUCH = 0.1          # a share of the time that is worth a sentence
MOST_OVERHEAD = 0.3  # of the time of a run that lies between the operators
LITTLE_GAIN = 1.5   # 8-bit arithmetic that is no faster than this is not worth its name
POOR_SCALING = 0.6  # of the threads' number, in speed


@verb
def explain_speed(
    models: Annotated[Sequence[ModelLike], Metavar("MODEL")],
    data: DataLike | None = None,
    *,
    threads: Annotated[int, Between(1, 256), Usual(1, 2, 4)] = 1,
    batch_size: Annotated[int, Between(1, 1024)] = 1,
    most_lost: Annotated[float, Between(0, 1)] = 0.01,
    skip_bad: bool = False,
    quick: bool = False,
    speeds: Annotated[str | os.PathLike[str] | SpeedGrid | None, Metavar("FILE.json")] = None,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> SpeedAdvice:
    """Says why the slowest ONNX form is as slow as it is here, and which form to take. Every reason is measured on this machine.

    Args:
        models: Files; the first one is what the others are held against.
        data: Test pictures; without them the accuracy is not known, and no form is recommended.
        threads: For every library in every process.
        batch_size: Pictures in a run.
        most_lost: How much of the deciding figure (such as top-1) a recommended form may lose.
        quick: Measure for 1 second each instead of 5.
        skip_bad: Go on without bad pictures.
        speeds: What ``compare_speed`` found or wrote of these models, if it is known already; cells of the first model's own size count, if there are any.
        on_event: Told the progress, in six steps.
        should_stop: Asked ten times a second; ``Stopped`` is raised when it says yes.

    Raises:
        As ``compare`` and ``compare_speed``.

    Example:
        >>> advice = explain_speed(["best.pth", "emoji.onnx"], dataset.test, quick=True)
        >>> sorted(finding.kind for finding in advice.findings)[:2]
        ['between', 'layout']
    """
    reporter = Reporter(on_event, should_stop)
    work = _Work(threads, batch_size, quick, reporter)
    work.step("speed")
    grid = speeds if isinstance(speeds, SpeedGrid) else SpeedGrid.read(speeds) if speeds else None
    grid = grid or compare_speed(models, batches=[batch_size], threads=threads, quick=quick, should_stop=should_stop)
    cells = [cell for cell in grid.measured if cell.batch == batch_size and cell.threads == threads]
    own = model_file(models[0], "models", need_card=True).card.preprocess.size[0]
    cells = [cell for cell in cells if cell.shape == own] or cells
    work.step("accuracy")
    lost = {} if data is None else _lost(models, data, threads, skip_bad, should_stop)
    slow = _slowest(cells)
    findings = work.findings(slow) if slow else []
    return SpeedAdvice(
        speeds=grid, slow=slow.model if slow else "", shape=slow.shape if slow else 0, batch=batch_size, findings=tuple(findings), lost=lost,
        most_lost=most_lost, recommended=recommend(cells, lost, most_lost),
    )  # fmt: skip


def recommend(cells: Sequence[SpeedCell], lost: dict[str, float], most_lost: float) -> str:
    """The path of the fastest form that is surely faster in whole predictions and loses no more than the bound; empty where there is none."""
    good = [cell for cell in cells if cell.whole_interval and cell.whole_interval[0] > 1 and lost.get(str(cell.path), 2.0) <= most_lost]
    best = max(good, key=lambda cell: cell.whole_ratio or 0.0, default=None)
    return str(best.path) if best else ""


def _lost(models: Sequence[ModelLike], data: DataLike, threads: int, skip_bad: bool, should_stop: ShouldStop | None) -> dict[str, float]:
    """How much of the deciding figure each file loses against the first one."""
    found = compare(models, data, accuracy_only=True, threads=threads, skip_bad=skip_bad, should_stop=should_stop).models
    best, first = find_task(found[0].task).best, found[0].value
    return {str(one.path): -best.gain(one.value, first) for one in found if one.value is not None and first is not None}


def _slowest(cells: Sequence[SpeedCell]) -> SpeedCell | None:
    """The ONNX model that gains least, held against the first model."""
    known = [cell for cell in cells if cell.runtime == "ONNX Runtime"]
    return min(known, key=lambda cell: cell.ratio or 1.0, default=None)


@dataclass
class _Work:
    """The experiments on one model."""

    threads: int
    batch: int
    quick: bool
    reporter: Reporter
    done: int = 0

    def step(self, stage: str) -> None:
        """Tells what comes now."""
        self.reporter.step(STEPS.index(stage), len(STEPS), stage)

    def findings(self, cell: SpeedCell) -> list[SpeedFinding]:
        """What was measured, whether it is a reason or not."""
        found = [_outside(cell)]
        self.step("profile")
        found += self._profile(cell)
        file = model_file(cell.path)
        with tempfile.TemporaryDirectory() as folder:
            self.step("int8")
            if cell.precision == "int8":
                found.append(self._int8(Path(folder)))
            self.step("sizes")
            if isinstance(file, OnnxFile) and has_free_sizes(file):
                found.append(self._sizes(cell, with_fixed_sizes(file, cell.shape, cell.batch, Path(folder))))
        self.step("threads")
        if self.threads > 1:
            found.append(self._threads(cell))
        self.reporter.progress(len(STEPS), len(STEPS), "step", stage="threads")
        return found

    def _profile(self, cell: SpeedCell) -> list[SpeedFinding]:
        with MeasuringProcess(cell.path, self.threads) as process:
            process.ask(self.reporter, "load", path=str(cell.path), threads=self.threads, card=None)
            process.ask(self.reporter, "first_answer", side=cell.shape, batch_size=cell.batch)
            told = process.ask(self.reporter, "profile", runs=PROFILED_RUNS)
        each = 1000 * told["run_ms"] / max(told["nodes"], 1)
        return [
            SpeedFinding("between", told["between"] > MOST_OVERHEAD, {"share": told["between"], "nodes": told["nodes"], "each_us": each, "side": cell.shape}),
            SpeedFinding("quantizing", told["quantizing"] > MUCH, {"share": told["quantizing"], "nodes": told["quantizing_nodes"]}),
            SpeedFinding("layout", told["layout"] > MUCH, {"share": told["layout"]}),
        ]

    def _ratio(self, first: Path, second: Path, **how: Any) -> SpeedCell:
        grid = compare_speed([first, second], quick=self.quick, should_stop=self.reporter.should_stop, **{"threads": self.threads, **how})
        return grid.cells[-1]

    def _int8(self, folder: Path) -> SpeedFinding:
        cell = self._ratio(*convolutions(folder))
        low, high = cell.interval or (0.0, 0.0)
        values = {"ratio": cell.ratio or 0.0, "low": low, "high": high, "instructions": has_int8_instructions(instructions())}
        return SpeedFinding("int8", high < LITTLE_GAIN, values)

    def _sizes(self, cell: SpeedCell, fixed: Path) -> SpeedFinding:
        found = self._ratio(cell.path, fixed, batches=[cell.batch], shapes=[cell.shape], names=["free", "fixed"])
        low, high = found.interval or (0.0, 0.0)
        return SpeedFinding("sizes", low > 1 + MUCH, {"ratio": found.ratio or 0.0, "low": low, "high": high})

    def _threads(self, cell: SpeedCell) -> SpeedFinding:
        try:
            one = compare_speed([cell.path], batches=[cell.batch], shapes=[cell.shape], threads=1, quick=self.quick, should_stop=self.reporter.should_stop)
        except EdukitError:
            return SpeedFinding("threads", False, {"threads": self.threads})
        alone, many = one.cells[0].inference_ms, cell.inference_ms
        gain = alone.p50 / many.p50 if alone and many else 0.0
        return SpeedFinding("threads", gain < POOR_SCALING * self.threads, {"threads": self.threads, "processors": processors(), "gain": gain})


def _outside(cell: SpeedCell) -> SpeedFinding:
    whole = cell.latency_ms.p50 if cell.latency_ms else 0.0
    share = ((cell.preprocess_ms or 0.0) + (cell.postprocess_ms or 0.0)) / whole if whole else 0.0
    return SpeedFinding("outside", share > 0.5, {"share": share, "before_ms": cell.preprocess_ms or 0.0, "whole_ms": whole})
