"""One cell of the speed grid: each model in a fresh process, started alone, then timed in turn with the others."""
from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from edukit.comparison.contestants import COMPILE, EAGER, Contestant
from edukit.comparison.machine import BUSY, LoadMeter, free_memory_bytes
from edukit.comparison.process import MeasuringProcess
from edukit.comparison.speed import turn_order
from edukit.comparison.speed_results import FAILED, MEASURED, NO_MEMORY, UNFIT, SpeedCell
from edukit.comparison.statistics import percentiles, speed_ratio, throughput, times_of
from edukit.core.card import ModelCard
from edukit.core.errors import EdukitError, ModelTooSlow, OutOfMemory, UnsupportedOnnx, WorkerFailed, WrongInput
from edukit.core.events import StepCounter
from edukit.core.i18n import t

LEAST_ROUNDS = 3
BASE_BYTES, INPUT_SHARE = 4_000_000_000, 80  # what a measuring process may fill: libraries and weights, and so many times its input
SETTLE_MS = 100.0      # a slower run does not notice what the caches held
_DIED_OF_MEMORY = ("bad_alloc", "bad allocation", "exit -9", "memory")


@dataclass(frozen=True)
class CellPlan:
    """How long each model is timed in a cell: so many runs or milliseconds, whichever comes first."""

    runs: int
    limit_ms: float
    rounds: int
    warm_up_seconds: float
    quick: bool
    machine: str
    threads: int

    def runs_of(self, ms: float) -> int:
        """Runs of a model that takes ``ms`` for one."""
        return max(LEAST_ROUNDS, min(self.runs, int(self.limit_ms / max(ms, 1e-6))))


QUICK = CellPlan(40, 1000, 10, 0.5, True, "", 1)
FULL = CellPlan(200, 5000, 20, 2.0, False, "", 1)


@dataclass
class _Runner:
    """One model of a cell on its way to a result."""

    one: Contestant
    card: ModelCard | None
    cell: SpeedCell
    stack: ExitStack
    process: MeasuringProcess | None = None
    versions: dict[str, str] = field(default_factory=dict)
    run_ms: float = 0.0
    answers: list[dict[str, Any]] = field(default_factory=list)

    def give_up(self, error: EdukitError) -> None:
        """Ends the process and notes why."""
        state, reason = FAILED, error.message
        if isinstance(error, OutOfMemory) or (isinstance(error, WorkerFailed) and any(sign in str(error.found) for sign in _DIED_OF_MEMORY)):
            state, reason = NO_MEMORY, ""
        elif isinstance(error, (WrongInput, UnsupportedOnnx, ModelTooSlow)):
            state = UNFIT
        self.process, self.cell = None, replace(self.cell, state=state, reason=reason)
        self.stack.close()


def measure_cell(contestants: Sequence[Contestant], side: int, batch: int, plan: CellPlan, steps: StepCounter) -> tuple[list[SpeedCell], dict[str, str]]:
    """The speeds of all models at one size of input and one batch, and the versions of what computed them.

    A model that finds no memory beside the others is measured once more alone, without a ratio.
    """
    with ExitStack() as processes:
        runners = [_runner(one, side, batch, plan, processes.enter_context(ExitStack())) for one in contestants]
        for runner in runners:
            if runner.cell.state == MEASURED:
                _start(runner, plan, steps)
            steps.advance(stage="start", model=runner.one.name, shape=side, batch=batch)
        _take_turns(runners, plan, steps)
        cells = [_cell(runner, runners[0]) for runner in runners]
        versions = {name: version for runner in runners for name, version in runner.versions.items()}
    for place, cell in enumerate(cells):
        if cell.state == NO_MEMORY and len(contestants) > 1 and any(other.state == MEASURED for other in cells):
            alone, _ = measure_cell([contestants[place]], side, batch, plan, StepCounter(replace(steps.reporter, on_event=None), 0))
            cells[place] = replace(alone[0], reason=t("speed.alone") if alone[0].state == MEASURED else "")
    return cells, versions


def _runner(one: Contestant, side: int, batch: int, plan: CellPlan, stack: ExitStack) -> _Runner:
    found = one.file_for(side, batch)
    file, card = found or one.files[0]
    known = card or file.card
    cell = SpeedCell(
        model=one.name, path=file.path, sha256=file.sha256, shape=side, batch=batch, threads=plan.threads, machine=plan.machine, form=one.form,
        precision=one.form if one.form == "bf16" else known.precision, backbone=known.backbone, quick=plan.quick,
    )  # fmt: skip
    if found is None:
        cell = replace(cell, state=UNFIT, reason=t("speed.fixed_input"))
    elif one.form == COMPILE and not has_compiler():
        cell = replace(cell, state=UNFIT, reason=t("speed.no_compiler"))
    return _Runner(one, card, cell, stack)


def has_compiler() -> bool:
    """Whether there is a C++ compiler, which ``torch.compile`` needs."""
    return any(shutil.which(name) for name in (os.environ.get("CXX") or "c++", "g++", "clang++", "cl"))


def _start(runner: _Runner, plan: CellPlan, steps: StepCounter) -> None:
    """Loads the model in a process of its own, while nothing else is measured, lets it answer once, and warms it up."""
    cell = runner.cell
    size = BASE_BYTES + INPUT_SHARE * cell.batch * 3 * cell.shape**2 * 4
    began = time.perf_counter()
    process, facts = runner.stack.enter_context(MeasuringProcess(cell.path, plan.threads)), None
    try:
        process.load(runner.card, form="" if cell.form == EAGER else cell.form, memory_bytes=min(size, int(0.9 * free_memory_bytes())))
        facts = process.receive(steps.reporter)
        process.ask(steps.reporter, "first_answer", side=cell.shape, batch_size=cell.batch)
        cold = 1000 * (time.perf_counter() - began)
        runner.run_ms = process.ask(steps.reporter, "prepare", paths=None, batch_size=cell.batch, seconds=plan.warm_up_seconds)
    except EdukitError as error:
        if facts is None and not isinstance(error, (OutOfMemory, WorkerFailed)):
            raise  # what is wrong with the file is the caller's business
        runner.give_up(error)
        return
    runner.process, runner.versions = process, facts["versions"]
    runner.cell = replace(cell, runtime=facts["runtime"], cold_start_ms=cold)


def _take_turns(runners: Sequence[_Runner], plan: CellPlan, steps: StepCounter) -> None:
    """Times the models round after round; rounds in which other programs took too much of the machine are measured again, as many as were planned."""
    active = [runner for runner in runners if runner.process]
    if not active:
        return
    rounds = min(plan.rounds, *(plan.runs_of(runner.run_ms) for runner in active))
    meter, loads = LoadMeter(), list[float]()
    while sum(load <= BUSY for load in loads) < rounds and len(loads) < 2 * rounds:
        meter.share_since(0.0)
        ours = 0.0
        for runner in (active[place] for place in turn_order(len(active), len(loads))):
            if runner.process is None:
                continue
            runs = max(1, plan.runs_of(runner.run_ms) // rounds)
            try:
                runner.answers.append(runner.process.ask(steps.reporter, "time", first=0, runs=runs, settle=runner.run_ms < SETTLE_MS))
                ours += runner.answers[-1]["processor_ns"] / 1e9
            except EdukitError as error:
                runner.give_up(error)
        loads.append(meter.share_since(ours))
        where = {"shape": active[0].cell.shape, "batch": active[0].cell.batch}
        steps.reporter.progress(steps.done, steps.total, "step", stage="speed", round=len(loads), rounds=rounds, **where)
    calm = sorted(np.argsort(loads, kind="stable")[:rounds].tolist())
    load = float(np.mean([loads[number] for number in calm]))
    for runner in active:
        if runner.process is not None:
            runner.answers = [runner.answers[number] for number in calm]
            peak = runner.process.ask(steps.reporter, "peak_memory")
            runner.cell = replace(runner.cell, peak_memory_bytes=peak, other_load=load, repeated=len(loads) - rounds)


def _cell(runner: _Runner, first: _Runner) -> SpeedCell:
    """The figures of one model, held against the first one where both were measured."""
    cell = runner.cell
    if cell.state != MEASURED:
        return cell
    whole, part, before = (times_of(runner.answers, key) for key in ("latency_ns", "inference_ns", "preprocess_ns"))
    cell = replace(
        cell, latency_ms=percentiles(whole), inference_ms=percentiles(part), preprocess_ms=float(np.median(before)),
        postprocess_ms=float(np.median(whole - part - before)), throughput=throughput(whole, cell.batch),
        inference_throughput=throughput(part, cell.batch), runs=whole.size, rounds=len(whole),
    )  # fmt: skip
    if runner is first or first.cell.state != MEASURED:
        return cell
    ratio, interval = speed_ratio(part, times_of(first.answers, "inference_ns"))
    whole_ratio, whole_interval = speed_ratio(whole, times_of(first.answers, "latency_ns"))
    return replace(cell, ratio=ratio, interval=interval, whole_ratio=whole_ratio, whole_interval=whole_interval)
