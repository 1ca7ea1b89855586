"""What measuring speed over many sizes of input found: a cell for each model, size and batch, and the machines, which may be several side by side."""
from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from edukit.comparison.machine import BUSY
from edukit.comparison.results import Percentiles
from edukit.core import html
from edukit.core.errors import FileUnreadable
from edukit.core.files import input_file, read_json, write_json, write_text
from edukit.core.formatting import milliseconds, percent, text_table, times, times_within
from edukit.core.i18n import t, texts
from edukit.core.limits import MAX_JSON_BYTES
from edukit.core.packages import imported
from edukit.core.results import Result

MEASURED, NO_MEMORY, UNFIT, FAILED = "measured", "out_of_memory", "unfit", "failed"
_REASONS = ("speed.fixed_input", "speed.no_compiler", "speed.alone")  # told in the reader's language; others are what a runtime said


@dataclass(frozen=True, kw_only=True)
class SpeedCell(Result):
    """One model at one size of input and one batch; what was not measured is None.

    Args:
        model: What it is called; files of one name are one model, made for several sizes.
        path, sha256: The file.
        form: How PyTorch computes it: ``"eager"``, ``"compile"`` or ``"bf16"``; empty for other runtimes.
        shape: Height and width of the input in pixels.
        batch: Pictures in a run.
        machine: Which one, by its name.
        state: ``"measured"``, ``"out_of_memory"``, ``"unfit"`` (it cannot take such an input) or ``"failed"``.
        reason: Why it was not measured.
        latency_ms: A whole ``predict()`` of a batch: read, preprocess, compute, decode the outputs.
        inference_ms: The runtime's part.
        preprocess_ms, postprocess_ms: What comes before and after it, in the median.
        cold_start_ms: From the start of a process to its first answer.
        peak_memory_bytes: Of the whole process.
        throughput: Pictures a second of whole predictions; ``inference_throughput`` of the runtime's part.
        ratio, interval: How many times as fast the runtime's part is as the first model's, with the 95 % interval; ``whole_ratio``, ``whole_interval``
            of whole predictions.
        runs, rounds: Timed runs, and the rounds in which they were made.
        other_load: Share of all processors that other programs used meanwhile; ``repeated`` counts the rounds that were measured again because of it.
    """

    model: str
    path: Path
    sha256: str
    shape: int
    batch: int
    threads: int
    machine: str
    form: str = ""
    runtime: str = ""
    precision: str = ""
    backbone: str = ""
    state: str = MEASURED
    reason: str = ""
    latency_ms: Percentiles | None = None
    inference_ms: Percentiles | None = None
    preprocess_ms: float | None = None
    postprocess_ms: float | None = None
    cold_start_ms: float | None = None
    peak_memory_bytes: int | None = None
    throughput: float | None = None
    inference_throughput: float | None = None
    ratio: float | None = None
    interval: tuple[float, ...] | None = None
    whole_ratio: float | None = None
    whole_interval: tuple[float, ...] | None = None
    runs: int = 0
    rounds: int = 0
    other_load: float | None = None
    repeated: int = 0
    quick: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """What tells cells apart."""
        return self.machine, self.model, self.form, self.shape, self.batch, self.threads

    @property
    def faster(self) -> bool:
        """Whether the interval says that it is faster than the first model."""
        return self.interval is not None and self.interval[0] > 1


@dataclass(frozen=True, kw_only=True)
class SpeedGrid(Result):
    """Speeds of models over sizes of input and batches, of one machine or several.

    Args:
        cells: In the order in which they were measured.
        environments: Each machine: its processor, software, threads.
        warnings: What makes these figures worth less.
        stopped: Whether the work was stopped before its end.
    """

    cells: tuple[SpeedCell, ...] = ()
    environments: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    stopped: bool = False

    @property
    def measured(self) -> tuple[SpeedCell, ...]:
        """The cells that have figures."""
        return tuple(cell for cell in self.cells if cell.state == MEASURED)

    @property
    def models(self) -> list[str]:
        """The models' names, the first one being what the others are held against."""
        return list(dict.fromkeys(cell.model for cell in self.cells))

    @property
    def machines(self) -> list[str]:
        """The machines that something was measured on, in the order of the cells."""
        return list(dict.fromkeys(cell.machine for cell in self.measured))

    def of(self, model: str, *, batch: int | None = None, machine: str | None = None) -> list[SpeedCell]:
        """The measured cells of a model, the smallest input first."""
        found = [one for one in self.measured if one.model == model and batch in (None, one.batch) and machine in (None, one.machine)]
        return sorted(found, key=lambda one: (one.machine, one.batch, one.shape))

    def merge(self, *others: SpeedGrid) -> SpeedGrid:
        """These cells and those of other grids, such as another device's; of cells measured twice the later ones count."""
        grids = (self, *others)
        cells = {cell.key: cell for grid in grids for cell in grid.cells}
        environments = {name: found for grid in grids for name, found in grid.environments.items()}
        warnings = tuple(dict.fromkeys(warning for grid in grids for warning in grid.warnings))
        return SpeedGrid(cells=tuple(cells.values()), environments=environments, warnings=warnings, stopped=any(grid.stopped for grid in grids))

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> SpeedGrid:
        """What ``write`` wrote.

        Raises:
            FileMissing, FileTooLarge
            FileUnreadable: It is no such file.
        """
        file = input_file(path, max_bytes=MAX_JSON_BYTES)
        try:
            return cls.from_dict(read_json(file))
        except (KeyError, TypeError, ValueError) as error:
            raise FileUnreadable(path=file, reason=t("speed.no_grid")) from error

    def write(self, path: str | os.PathLike[str]) -> None:
        """Writes all of it as JSON, which ``read`` takes back and ``merge`` puts beside another device's. Raises ``OutputNotWritable``, ``DiskFull``."""
        write_json(Path(path), self.to_dict())

    def write_csv(self, path: str | os.PathLike[str]) -> None:
        """Writes a table, a row a cell."""
        stream = io.StringIO()
        rows = list(self.rows())
        writer = csv.DictWriter(stream, rows[0] if rows else [one.name for one in fields(SpeedCell)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        write_text(Path(path), stream.getvalue())

    def to_frame(self) -> Any:
        """A pandas table, a row a cell. Raises ``PackageMissing`` without pandas."""
        return imported("pandas").DataFrame(list(self.rows()))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each cell as flat values; the file by its name alone."""
        for cell in self.cells:
            row = {**cell.to_dict(), "path": cell.path.name}
            for name in ("latency_ms", "inference_ms"):
                found = row.pop(name) or {}
                row |= {f"{name}_{end}": found.get(end) for end in ("p50", "p90", "p99")}
            for name in ("interval", "whole_interval"):
                low, high = row.pop(name) or (None, None)
                row |= {f"{name}_low": low, f"{name}_high": high}
            yield row

    def table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Heads and rows for people."""
        heads = ("model", "shape", "batch", "p50", "p99", "ratio", "parts", "cold", "memory")
        return tuple(t(f"speed.head.{name}") for name in heads), [_row(cell) for cell in self.cells]

    def __str__(self) -> str:
        heads, rows = self.table()
        return "\n".join([text_table(heads, rows), *warnings_of(self.cells)])

    def _repr_html_(self) -> str:
        return html.shown_alone(grid_html(self))


def grid_html(grid: SpeedGrid, *, warned: bool = False) -> str:
    """The table, and what to beware of unless the reader was ``warned`` already."""
    heads, rows = grid.table()
    return html.table(heads, rows) + ("" if warned else html.warnings(warnings_of(grid.cells)))


def warnings_of(cells: Sequence[SpeedCell]) -> tuple[str, ...]:
    """What makes figures worth less: other programs at work while they were measured; why cells have no figures, or no ratio."""
    loads = [cell.other_load for cell in cells if cell.other_load is not None]
    busy = [load for load in loads if load > BUSY]
    reasons = [(cell, next((key for key in _REASONS if cell.reason in texts()[key].values()), "")) for cell in cells if cell.reason]
    fixed = [cell.model for cell, key in reasons if key == _REASONS[0]]
    others = [t("speed.because", model=cell.model, reason=(t(key) if key else cell.reason).rstrip(".。")) for cell, key in reasons if key != _REASONS[0]]
    said = (t("speed.busy", cells=len(busy), count=len(loads), share=percent(max(busy), 0)),) if busy else ()
    return (*said, *fixed_sizes(fixed), *dict.fromkeys(others))


def fixed_sizes(models: Iterable[str]) -> tuple[str, ...]:
    """That these models take one size of input alone, and how to get files that take all; nothing of none."""
    named = t("data.comma").join(dict.fromkeys(models))
    return (t("speed.fixed", models=named),) if named else ()


def _row(cell: SpeedCell) -> tuple[str, ...]:
    start = (cell.model, str(cell.shape), str(cell.batch))
    if cell.inference_ms is None:
        return (*start, t(f"speed.state.{cell.state}"), *["–"] * 5)
    ratio = "1.0×" if cell.ratio is None or cell.interval is None else times_within(cell.ratio, cell.interval)
    parts = " + ".join(milliseconds(value or 0.0) for value in (cell.preprocess_ms, cell.inference_ms.p50, cell.postprocess_ms))
    memory = "–" if cell.peak_memory_bytes is None else f"{cell.peak_memory_bytes / 1e6:.0f} MB"
    return (*start, milliseconds(cell.inference_ms.p50), milliseconds(cell.inference_ms.p99), ratio, parts, milliseconds(cell.cold_start_ms or 0.0), memory)


def devices_table(grid: SpeedGrid) -> tuple[list[str], list[list[str]]]:
    """Heads and rows: a model (whatever it is called on each device: its file decides), size and batch; a column for each device with the time of the
    runtime's part, and behind the first one how many times as fast as there."""
    machines, rows = grid.machines, dict[tuple[object, ...], dict[str, SpeedCell]]()
    for cell in grid.measured:
        rows.setdefault((cell.sha256, cell.form, cell.shape, cell.batch), {})[cell.machine] = cell
    table = []
    for found in sorted(rows.values(), key=lambda found: -len(found)):  # what was measured on all of them comes first
        one, first = next(iter(found.values())), found.get(machines[0])
        table.append([one.model, str(one.shape), str(one.batch), *(_time(found.get(name), first) for name in machines)])
    return [t("speed.head.model"), t("speed.head.shape"), t("speed.head.batch"), *machines], table


def devices_html(grid: SpeedGrid) -> str:
    """The table with a line that says how to read it; nothing for one device."""
    machines = grid.machines
    hint = html.tag("p", t("speed.devices_hint", first=machines[0]), "ek-hint") if machines else ""
    return hint + html.table(*devices_table(grid)) if len(machines) > 1 else ""


def _time(cell: SpeedCell | None, first: SpeedCell | None) -> str:
    if cell is None or cell.inference_ms is None:
        return "–"
    own = cell.inference_ms.p50
    faster = f" · {times(first.inference_ms.p50 / own)}×" if first and first.inference_ms and cell is not first else ""
    return milliseconds(own) + faster
