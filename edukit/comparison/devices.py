"""Speeds of the same models on several devices, side by side."""
from __future__ import annotations

from edukit.comparison.speed_results import SpeedCell, SpeedGrid
from edukit.core import html
from edukit.core.formatting import milliseconds, times
from edukit.core.i18n import t


def devices_of(grid: SpeedGrid) -> list[str]:
    """The machines that something was measured on, in the order of the files."""
    return list(dict.fromkeys(cell.machine for cell in grid.measured))


def devices_table(grid: SpeedGrid) -> tuple[list[str], list[list[str]]]:
    """Heads and rows: a model (whatever it is called on each device: its file decides), size and batch; a column for each device with the time of the
    runtime's part, and behind the first one how many times as fast as there."""
    machines, rows = devices_of(grid), dict[tuple[object, ...], dict[str, SpeedCell]]()
    for cell in grid.measured:
        rows.setdefault((cell.sha256, cell.form, cell.shape, cell.batch), {})[cell.machine] = cell
    table = []
    for found in sorted(rows.values(), key=lambda found: -len(found)):  # what was measured on all of them comes first
        one, first = next(iter(found.values())), found.get(machines[0])
        table.append([one.model, str(one.shape), str(one.batch), *(_time(found.get(name), first) for name in machines)])
    return [t("speed.head.model"), t("speed.head.shape"), t("speed.head.batch"), *machines], table


def devices_html(grid: SpeedGrid) -> str:
    """The table with a line that says how to read it; nothing for one device."""
    machines = devices_of(grid)
    hint = html.tag("p", t("speed.devices_hint", first=machines[0]), "ek-hint") if machines else ""
    return hint + html.table(*devices_table(grid)) if len(machines) > 1 else ""


def _time(cell: SpeedCell | None, first: SpeedCell | None) -> str:
    if cell is None or cell.inference_ms is None:
        return "–"
    own = cell.inference_ms.p50
    faster = f" · {times(first.inference_ms.p50 / own)}×" if first and first.inference_ms and cell is not first else ""
    return milliseconds(own) + faster
