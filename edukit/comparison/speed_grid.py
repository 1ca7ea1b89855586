"""The verb ``compare_speed``: how fast models are over sizes of input and batches, measured in a way that can be believed."""
from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from edukit.comparison.contestants import Contestant, contestants_of, read_numbers
from edukit.comparison.machine import cpu_name, machine_facts, processors
from edukit.comparison.speed_cells import FULL, QUICK, CellPlan, measure_cell
from edukit.comparison.speed_results import SpeedGrid, warnings_of
from edukit.core.card import ModelCard
from edukit.core.errors import EdukitError, OutputExists
from edukit.core.events import OnEvent, Reporter, ShouldStop, StepCounter, Stopped
from edukit.core.files import settle_output, user_path
from edukit.core.parameters import Between, Metavar, PythonOnly, Usual, verb
from edukit.core.preprocess import MAX_SIDE
from edukit.models.inputs import ModelLike


@verb
def compare_speed(
    models: Annotated[Sequence[ModelLike], Metavar("MODEL")],
    *,
    shapes: Annotated[str | Sequence[int], Metavar("64,224"), Usual("", "32,64,128,224", rare=False)] = "",
    batches: Annotated[str | Sequence[int], Metavar("1,16"), Usual("1", "1,16", rare=False)] = "1",
    threads: Annotated[int, Between(1, 256), Usual(1, 2, 4)] = 1,
    forms: Annotated[str | Sequence[str], Metavar("eager,compile,bf16")] = "eager",
    out: Annotated[str | os.PathLike[str] | None, Metavar("FILE.json")] = None,
    quick: Annotated[bool, Usual(rare=False)] = False,
    names: Annotated[str | Sequence[str], Metavar("NAME,NAME")] = "",
    machine: str = "",
    overwrite: bool = False,
    cards: Annotated[Sequence[ModelCard | None] | None, PythonOnly()] = None,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> SpeedGrid:
    """Measures how fast models are, for each size of input and each batch.

    In a cell every model gets a process of its own with the same number of threads. They are started one after the other (cold start), warmed up until
    runs take the same time, and then timed in turn, round after round: 200 runs or 5 seconds each, whichever comes first. Rounds in which other programs
    were at work are measured again. Out of memory in a cell is noted, and the work goes on.

    Args:
        models: Files of any format, or results that have one; the first one is what the others are held against.
        shapes: Heights (and widths) of the input in pixels, such as ``"64,224"`` or ``[64, 224]``; by default the first model's own. A file of fixed size is
            measured at its size alone.
        batches: Pictures in a run.
        threads: For every library in every process.
        forms: How PyTorch computes a checkpoint: ``"eager"``, ``"compile"`` (torch.compile; needs a C++ compiler), ``"bf16"``.
        out: A .json file, written after each cell. If it is there and of the same models, what it holds is not measured again, and other machines' cells stay.
        quick: 40 runs or 1 second instead, for a first look.
        names: Of the models; files of one name are one model, made for several sizes of input.
        machine: What this one is called where figures of several are put together; by default its processor.
        overwrite: Begin anew, whatever lies at ``out``.
        cards: For models from elsewhere that bear no card of their own.
        on_event: Told the progress.
        should_stop: Asked ten times a second; finished cells are kept.

    Raises:
        BadArgument, OutputExists, OutputNotWritable, and what loading a model raises.

    Example:
        >>> grid = compare_speed(["best.pth", "emoji.onnx"], quick=True)
        >>> grid.cells[1].ratio > 0
        True
    """
    contestants = contestants_of(models, names, forms, cards)
    first, card = contestants[0].files[0]
    sides = read_numbers("shapes", shapes or [(card or first.card).preprocess.size[0]], 8, MAX_SIDE)
    counts = read_numbers("batches", batches, 1, 1024)
    plan = replace(QUICK if quick else FULL, machine=machine or f"{cpu_name()}, {processors():g}", threads=threads)
    path = user_path(out, output=True) if out is not None else None
    grid = _earlier(path, contestants, plan, overwrite)
    known = {cell.key for cell in grid.cells}
    places = [(side, count) for side in sides for count in counts if any(_key(one, side, count, plan) not in known for one in contestants)]
    steps = StepCounter(Reporter(on_event, should_stop), len(places) * len(contestants))
    try:
        for side, count in places:
            cells, versions = measure_cell(contestants, side, count, plan, steps)
            grid = grid.merge(SpeedGrid(cells=tuple(cells), environments={plan.machine: _environment(grid, plan, versions)}))
            grid = replace(grid, warnings=warnings_of(grid.cells), stopped=False)
            if path:
                grid.write(path)
    except Stopped:
        if not grid.cells:
            raise
        grid = replace(grid, stopped=True)
    return grid


def _key(one: Contestant, side: int, batch: int, plan: CellPlan) -> tuple[object, ...]:
    return plan.machine, one.name, one.form, side, batch, plan.threads


def _environment(grid: SpeedGrid, plan: CellPlan, versions: dict[str, str]) -> dict[str, Any]:
    earlier = dict((grid.environments.get(plan.machine) or {}).get("versions") or {})
    protocol = {"runs": plan.runs, "limit_ms": plan.limit_ms, "rounds": plan.rounds, "quick": plan.quick}
    return machine_facts(earlier | versions) | {"threads": plan.threads, "protocol": protocol}


def _earlier(path: Path | None, contestants: Sequence[Contestant], plan: CellPlan, overwrite: bool) -> SpeedGrid:
    """What an earlier run left at ``path``; an empty grid where nothing of it counts.

    Raises:
        OutputExists: It is of other models or measured in another way.
    """
    if path is None or not settle_output(path, suffix=".json", overwrite=overwrite, made={"verb": "compare-speed"}, made_of=_made_of):
        return SpeedGrid()
    grid = SpeedGrid.read(path)
    files = {one.name: {file.sha256 for file, _ in one.files} for one in contestants}
    for cell in grid.cells:
        if cell.machine == plan.machine and cell.model in files and (cell.sha256 not in files[cell.model] or cell.quick != plan.quick):
            raise OutputExists(path=path)
    return grid


def _made_of(path: Path) -> dict[str, str] | None:
    try:
        return {"verb": "compare-speed"} if SpeedGrid.read(path).cells else None
    except EdukitError:
        return None
