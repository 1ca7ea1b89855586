"""Speeds over sizes of input: pictures a second on logarithmic axes, and what simplifying a graph brings; for screen and print, as PNG and SVG."""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

from edukit.comparison.speed_results import SpeedCell, SpeedGrid
from edukit.core.files import write_bytes
from edukit.core.formatting import milliseconds, times
from edukit.core.i18n import t
from edukit.core.svg import fitted, text_width
from edukit.plots.theme import DPI, SOFT, drawable, figure_bytes, points, style

AFTER = "+sim"  # how a name ends whose model was simplified
PANEL, HEIGHT, NAME = 400, 430, 260  # pixels: width of a panel, least height, most width of a name
LOOKS = (  # safe for colour-blind eyes (Okabe and Ito 2008), and told apart by marker and dash in black and white
    ("#d55e00", "o", "-"), ("#0072b2", "s", "-"), ("#007a59", "^", "-"), ("#a8497f", "D", "-"), ("#8f6500", "P", "-"), ("#1d2433", "v", "-"),
    ("#56b4e9", "s", "--"), ("#5b6475", "X", "--"), ("#c08a00", "o", "--"), ("#7a3db8", "^", "--"), ("#3f7f00", "D", ":"), ("#b3261e", "v", ":"),
)  # fmt: skip
Gain = tuple[float, float, float]  # how many times as fast, and the ends of its interval


class Line(NamedTuple):
    """One model's cells of one batch, from the smallest input to the largest."""

    name: str
    cells: list[SpeedCell]
    look: tuple[str, str, str]


def speed_plot(found: SpeedGrid, *, batches: Sequence[int] | None = None) -> Figure:
    """Pictures a second (the runtime's part alone) against the size of the input, a panel for each batch; its label says in words what it shows.

    Args:
        found: The speeds, of one machine or several.
        batches: Which; by default all.
    """
    lines = {batch: _lines(found, batch) for batch in batches or _batches(found)}
    values = {batch: [[(one.inference_throughput or 1.0,) * 3 for one in line.cells] for line in some] for batch, some in lines.items()}
    figure = _figure(lines, values, t("speed.plot.per_second"))
    return _finished(figure, t("speed.plot.alt", lines="; ".join(_said(line) for some in lines.values() for line in some if line.cells)))


def simplify_plot(found: SpeedGrid) -> Figure:
    """How many times as fast the simplified graph is, against the size of the input; the bars are 95 % intervals, which count both measurements."""
    lines = {batch: [line for line in _lines(found, batch, lambda cell: _before(cell, found) is not None) if line.cells] for batch in _batches(found)}
    values = {batch: [[_gain(cell, _before(cell, found)) for cell in line.cells] for line in some] for batch, some in lines.items()}
    figure = _figure(lines, values, t("speed.plot.gain"))
    for axes in figure.axes:
        axes.axhline(1, color=SOFT, linewidth=points(1.2))
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, 0.8), max(high, 1.25))
        axes.yaxis.set_major_locator(LogLocator(subs=(0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.5, 2.0, 3.0)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}×"))
    said = [
        f"{line.name}, {batch}: " + ", ".join(f"{cell.shape} → {times(gain[0])}×" for cell, gain in zip(line.cells, gains))
        for batch, some in lines.items() for line, gains in zip(some, values[batch])
    ]  # fmt: skip
    return _finished(figure, t("speed.plot.gain_alt", lines="; ".join(said)))


def save_speed_plots(found: SpeedGrid, folder: Path) -> dict[str, str]:
    """Writes the plots as PNG and SVG and the table as CSV: all, single batch, many batch, before and after simplifying, where there are figures for them.

    Returns:
        What each plot shows in words, by the name of its file without its ending.
    """
    batches = _batches(found)
    plots = {"speed": speed_plot(found)}
    if len(batches) > 1:
        plots |= {"speed-single-batch": speed_plot(found, batches=batches[:1]), "speed-many-batch": speed_plot(found, batches=batches[1:])}
    if any(name.endswith(AFTER) for name in found.models):
        plots["speed-simplify"] = simplify_plot(found)
    for name, figure in plots.items():
        for kind in ("png", "svg"):
            write_bytes(folder / f"{name}.{kind}", figure_bytes(figure, kind))
    found.write_csv(folder / "speed.csv")
    return {name: str(figure.get_label()) for name, figure in plots.items()}


def _batches(found: SpeedGrid) -> list[int]:
    return sorted({cell.batch for cell in found.measured}) or [1]


def _lines(found: SpeedGrid, batch: int, wanted: Callable[[SpeedCell], bool] = lambda _: True) -> list[Line]:
    """A line for each model and machine that anything was measured of, empty where nothing was in this batch."""
    machines, lines = found.machines, []
    for number, (machine, model) in enumerate((machine, model) for machine in machines for model in found.models):
        cells = [cell for cell in found.of(model, batch=batch, machine=machine) if wanted(cell)]
        if found.of(model, machine=machine):
            lines.append(Line(f"{model} · {machine}" if len(machines) > 1 else model, cells, LOOKS[number % len(LOOKS)]))
    return lines


def _before(after: SpeedCell, found: SpeedGrid) -> SpeedCell | None:
    """The cell of the graph that was not simplified; None for a cell of another kind."""
    name = after.model.removesuffix(AFTER).rstrip()
    cells = found.of(name, batch=after.batch, machine=after.machine) if name != after.model else []
    return next((one for one in cells if one.shape == after.shape), None)


def _gain(after: SpeedCell, before: SpeedCell | None) -> Gain:
    """Time before ÷ time after, and its interval: the two were held against the same first model, whose share only makes this one wider."""
    if before is None or after.inference_ms is None or before.inference_ms is None:
        return 1.0, 1.0, 1.0
    ratio = before.inference_ms.p50 / after.inference_ms.p50
    widths = [math.log(max(one.interval[-1], 1e-9) / max(one.interval[0], 1e-9)) / 2 for one in (before, after) if one.interval]
    spread = math.exp(math.hypot(*widths)) if widths else 1.0
    return ratio, ratio / spread, ratio * spread


def _figure(lines: Mapping[int, Sequence[Line]], values: Mapping[int, Sequence[Sequence[Gain]]], name: str) -> Figure:
    """A panel for each batch with sizes of input across and values with their intervals upwards, and the models' names at the right."""
    shown = {line.name: fitted(drawable(line.name), NAME) for some in lines.values() for line in some}
    width = PANEL * len(lines) + 150 + max(map(text_width, shown.values()), default=0)
    with mpl.rc_context(style()):
        figure = Figure((width / DPI, max(HEIGHT, 126 + 24 * len(shown)) / DPI), DPI, layout="constrained")
        drawn = {}
        for axes, (batch, some) in zip(figure.subplots(1, len(lines), sharey=True, squeeze=False)[0], lines.items()):
            for line, heights in zip(some, values[batch]):
                colour, marker, dash = line.look
                spread = [[value - low for value, low, _ in heights], [high - value for value, _, high in heights]]
                drawn[line.name] = axes.errorbar(
                    [cell.shape for cell in line.cells], [value for value, _, _ in heights], yerr=spread if any(map(any, spread)) else None, color=colour,
                    marker=marker, linestyle=dash, markersize=points(8), linewidth=points(2), markeredgecolor="#ffffff", markeredgewidth=points(0.8),
                    elinewidth=points(1.2), capsize=points(3),
                )  # fmt: skip
            axes.set_title(t("speed.plot.one" if batch == 1 else "speed.plot.many", batch=batch))
            _scales(axes, sorted({cell.shape for line in some for cell in line.cells}))
        figure.axes[0].set_ylabel(name)
        if drawn:
            figure.legend([*drawn.values()], [shown[one] for one in drawn], loc="outside right center")
    return figure


def _scales(axes: Axes, sizes: Sequence[int]) -> None:
    """Logarithmic ones; across, the sizes that have room for their number: on so narrow an axis neighbours need a third more than the last one."""
    axes.set(xscale="log", yscale="log", xlabel=t("speed.plot.size"))
    named: list[int] = []
    for size in sizes:
        if not named or size >= 1.3 * named[-1]:
            named.append(size)
    axes.xaxis.set_major_locator(FixedLocator(named))
    low, high = axes.get_ylim()
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0,) if high / low > 300 else (1.0, 2.0, 5.0)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_locator(NullLocator())


def _finished(figure: Figure, words: str) -> Figure:
    """The figure with all its texts made in our style, and what it shows as its label."""
    figure.set_label(words)
    with mpl.rc_context(style()):
        figure.draw_without_rendering()
    return figure


def _said(line: Line) -> str:
    parts = ", ".join(f"{cell.shape} px {milliseconds(cell.inference_ms.p50)}" for cell in line.cells if cell.inference_ms)
    return f"{line.name} ({line.cells[0].batch}): {parts}"
