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
    shared = sorted(rows.values(), key=lambda found: -len(found))  # what was measured on all of them comes first
    heads = [t("speed.head.model"), t("speed.head.shape"), t("speed.head.batch"), *machines]
    return heads, [[one.model, str(one.shape), str(one.batch), *_times(found, machines)] for found in shared for one in [next(iter(found.values()))]]


def devices_html(grid: SpeedGrid) -> str:
    """The table with a line that says how to read it; nothing for one device."""
    machines = devices_of(grid)
    if len(machines) < 2:
        return ""
    heads, rows = devices_table(grid)
    return html.tag("p", t("speed.devices_hint", first=machines[0]), "ek-hint") + html.table(heads, rows)


def _times(found: dict[str, SpeedCell], machines: list[str]) -> list[str]:
    first, texts = found.get(machines[0]), []
    for name in machines:
        cell = found.get(name)
        if cell is None or cell.inference_ms is None:
            texts.append("–")
        elif first is None or first.inference_ms is None or cell is first:
            texts.append(milliseconds(cell.inference_ms.p50))
        else:
            texts.append(f"{milliseconds(cell.inference_ms.p50)} · {times(first.inference_ms.p50 / cell.inference_ms.p50)}×")
    return texts
