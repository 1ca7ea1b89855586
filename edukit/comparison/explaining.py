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
from edukit.comparison.machine import BUSY, has_int8_instructions, instructions, processors
from edukit.comparison.process import MeasuringProcess
from edukit.comparison.speed_grid import compare_speed
from edukit.comparison.speed_results import SpeedCell, SpeedGrid
from edukit.comparison.trials import convolutions, with_fixed_sizes
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
    reporter.step(0, len(STEPS), STEPS[0])
    grid = speeds if isinstance(speeds, SpeedGrid) else SpeedGrid.read(speeds) if speeds else None
    grid = grid or compare_speed(models, batches=[batch_size], threads=threads, quick=quick, should_stop=should_stop)
    cells = [cell for cell in grid.measured if cell.batch == batch_size and cell.threads == threads]
    own = model_file(models[0], "models", need_card=True).card.preprocess.size[0]
    cells = [cell for cell in cells if cell.shape == own] or cells
    reporter.step(1, len(STEPS), STEPS[1])
    lost = {} if data is None else _lost(models, data, threads, skip_bad, should_stop)
    slow = min((cell for cell in cells if cell.runtime == "ONNX Runtime"), key=lambda cell: cell.ratio or 1.0, default=None)
    return SpeedAdvice(
        speeds=grid, slow=slow.model if slow else "", shape=slow.shape if slow else 0, batch=batch_size, lost=lost, most_lost=most_lost,
        findings=tuple(_Trials(slow, threads, quick, reporter).findings()) if slow else (), recommended=recommend(cells, lost, most_lost),
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


@dataclass(frozen=True)
class _Trials:
    """The experiments on one model; each gives what it measured, whether it is a reason or not, and nothing where it does not apply."""

    cell: SpeedCell
    threads: int
    quick: bool
    reporter: Reporter

    def findings(self) -> list[SpeedFinding]:
        """All of them, one after the other."""
        cell = self.cell
        before, whole = cell.preprocess_ms or 0.0, cell.latency_ms.p50 if cell.latency_ms else 0.0
        share = (before + (cell.postprocess_ms or 0.0)) / whole if whole else 0.0
        found = [SpeedFinding("outside", share > 0.5, {"share": share, "before_ms": before, "whole_ms": whole})]
        with tempfile.TemporaryDirectory() as folder:
            for place, trial in enumerate((self._profile, self._int8, self._sizes, self._threads), 2):
                self.reporter.step(place, len(STEPS), STEPS[place])
                found += trial(Path(folder))
        self.reporter.progress(len(STEPS), len(STEPS), "step", stage=STEPS[-1])
        return found

    def _profile(self, _: Path) -> list[SpeedFinding]:
        cell = self.cell
        with MeasuringProcess(cell.path, self.threads) as process:
            process.load()
            process.receive(self.reporter)
            process.ask(self.reporter, "first_answer", side=cell.shape, batch_size=cell.batch)
            profile = process.ask(self.reporter, "profile", runs=PROFILED_RUNS)
        each = 1000 * profile["run_ms"] / max(profile["nodes"], 1)
        return [
            SpeedFinding(
                "between", profile["between"] > MOST_OVERHEAD, {"share": profile["between"], "nodes": profile["nodes"], "each_us": each, "side": cell.shape}
            ),
            SpeedFinding("quantizing", profile["quantizing"] > MUCH, {"share": profile["quantizing"], "nodes": profile["quantizing_nodes"]}),
            SpeedFinding("layout", profile["layout"] > MUCH, {"share": profile["layout"]}),
        ]

    def _int8(self, folder: Path) -> list[SpeedFinding]:
        if self.cell.precision != "int8":
            return []
        found = self._ratio(convolutions(folder))
        return [SpeedFinding("int8", found["high"] < LITTLE_GAIN, found | {"instructions": has_int8_instructions(instructions())})]

    def _sizes(self, folder: Path) -> list[SpeedFinding]:
        cell, file = self.cell, model_file(self.cell.path)
        if not isinstance(file, OnnxFile) or all(isinstance(size, int) and size > 0 for size in file.inputs[0].shape or ()):
            return []
        fixed = with_fixed_sizes(file, cell.shape, cell.batch, folder)
        found = self._ratio([cell.path, fixed], batches=[cell.batch], shapes=[cell.shape], names=["free", "fixed"])
        return [SpeedFinding("sizes", found["low"] > 1 + MUCH, found)]

    def _threads(self, _: Path) -> list[SpeedFinding]:
        cell = self.cell
        if self.threads == 1:
            return []
        try:
            one = compare_speed([cell.path], batches=[cell.batch], shapes=[cell.shape], threads=1, quick=self.quick, should_stop=self.reporter.should_stop)
        except EdukitError:
            return [SpeedFinding("threads", False, {"threads": self.threads})]
        alone, many = one.cells[0].inference_ms, cell.inference_ms
        gain = alone.p50 / many.p50 if alone and many else 0.0
        calm = max(cell.other_load or 0.0, one.cells[0].other_load or 0.0) <= BUSY  # else other programs may have taken what the threads should have had
        return [SpeedFinding("threads", calm and gain < POOR_SCALING * self.threads, {"threads": self.threads, "processors": processors(), "gain": gain})]

    def _ratio(self, files: Sequence[Path], **how: Any) -> dict[str, Any]:
        """How many times as fast the second file is as the first."""
        cell = compare_speed(files, quick=self.quick, should_stop=self.reporter.should_stop, threads=self.threads, **how).cells[-1]
        low, high = cell.interval or (0.0, 0.0)
        return {"ratio": cell.ratio or 0.0, "low": low, "high": high}
