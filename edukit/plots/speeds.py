"""Speeds over sizes of input: pictures a second on logarithmic axes, and what simplifying a graph brings; for screen and print, as PNG and SVG."""
from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from edukit.comparison.speed_results import SpeedCell, SpeedGrid
from edukit.core.files import write_bytes, write_text
from edukit.core.formatting import milliseconds, times
from edukit.core.i18n import t
from edukit.plots.lettering import drawable, fitted
from edukit.plots.theme import INK, SOFT, TEXT, PlotFigure, add_axes, figure_png, figure_svg, grid, new_figure, points, style, text_size

AFTER = "+sim"  # how a name ends whose model was simplified
PANEL, HEIGHT, LEFT, TOP, BOTTOM = 400, 430, 74, 40, 62  # pixels
LOOKS = (  # safe for colour-blind eyes (Okabe and Ito 2008), and told apart by marker and dash in black and white
    ("#d55e00", "o", "-"), ("#0072b2", "s", "-"), ("#007a59", "^", "-"), ("#a8497f", "D", "-"), ("#8f6500", "P", "-"), ("#1d2433", "v", "-"),
    ("#56b4e9", "s", "--"), ("#5b6475", "X", "--"), ("#c08a00", "o", "--"), ("#7a3db8", "^", "--"), ("#3f7f00", "D", ":"), ("#b3261e", "v", ":"),
)  # fmt: skip


class Line(NamedTuple):
    """One model's cells of one batch, from the smallest input to the largest."""

    name: str
    cells: list[SpeedCell]
    look: tuple[str, str, str]


def speed_plot(found: SpeedGrid, *, batches: Sequence[int] | None = None) -> PlotFigure:
    """Pictures a second (the runtime's part alone) against the size of the input, a panel for each batch; both axes are logarithmic.

    Args:
        found: The speeds, of one machine or several.
        batches: Which; by default all.
    """
    chosen = list(batches or sorted({cell.batch for cell in found.measured}) or [1])
    panels = [_lines(found, batch) for batch in chosen]
    with mpl.rc_context(style()):
        figure, places = _frame(len(chosen), [line for lines in panels for line in lines])
        values = [cell.inference_throughput or 1.0 for lines in panels for line in lines for cell in line.cells]
        for axes, batch, lines in zip(places, chosen, panels):
            for line in lines:
                _draw(axes, line, [cell.inference_throughput or 1.0 for cell in line.cells])
            _axes(axes, lines, t("speed.plot.one" if batch == 1 else "speed.plot.many", batch=batch))
            axes.set_yscale("log")
            if values:
                axes.set_ylim(min(values) / 1.4, max(values) * 1.4)
            _plain_numbers(axes)
        _share_levels(places, t("speed.plot.per_second"))
    figure.alt = t("speed.plot.alt", lines="; ".join(_said(line) for lines in panels for line in lines if line.cells))
    return figure


def simplify_plot(found: SpeedGrid) -> PlotFigure:
    """How many times as fast the simplified graph is, against the size of the input; the bars are 95 % intervals, which count both measurements."""
    batches = sorted({cell.batch for cell in found.measured}) or [1]
    panels = [[line for line in _lines(found, batch) if line.name.endswith(AFTER) and _before(line, found)] for batch in batches]
    said = []
    with mpl.rc_context(style()):
        figure, places = _frame(len(batches), [line for lines in panels for line in lines])
        for axes, batch, lines in zip(places, batches, panels):
            axes.axhline(1, color=SOFT, linewidth=points(1.2))
            for line in lines:
                gains = [_gain(cell, _before(line, found)) for cell in line.cells]
                ratios = [gain[0] for gain in gains]
                _draw(axes, line, ratios, spread=[[gain[0] - gain[1] for gain in gains], [gain[2] - gain[0] for gain in gains]])
                said += [f"{line.name}, {batch}: " + ", ".join(f"{cell.shape} → {times(ratio)}×" for cell, ratio in zip(line.cells, ratios))]
            _axes(axes, lines, t("speed.plot.one" if batch == 1 else "speed.plot.many", batch=batch))
            axes.set_yscale("log")
            low, high = axes.get_ylim()
            axes.set_ylim(min(low, 0.8), max(high, 1.25))
            axes.yaxis.set_major_locator(LogLocator(subs=(0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.5, 2.0, 3.0)))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}×"))
            axes.yaxis.set_minor_locator(NullLocator())
        _share_levels(places, t("speed.plot.gain"))
    figure.alt = t("speed.plot.gain_alt", lines="; ".join(said))
    return figure


def save_speed_plots(found: SpeedGrid, folder: Path) -> dict[str, str]:
    """Writes the plots as PNG and SVG and the table as CSV: all, single batch, many batch, before and after simplifying, where there are figures for them.

    Returns:
        What each plot shows in words, by the name of its file without its ending.
    """
    batches = sorted({cell.batch for cell in found.measured})
    plots = {"speed": speed_plot(found)}
    if len(batches) > 1:
        plots |= {"speed-single-batch": speed_plot(found, batches=batches[:1]), "speed-many-batch": speed_plot(found, batches=batches[1:])}
    if any(name.endswith(AFTER) for name in found.models):
        plots["speed-simplify"] = simplify_plot(found)
    for name, figure in plots.items():
        write_bytes(folder / f"{name}.png", figure_png(figure))
        write_text(folder / f"{name}.svg", figure_svg(figure))
    found.write_csv(folder / "speed.csv")
    return {name: figure.alt for name, figure in plots.items()}


def _lines(found: SpeedGrid, batch: int) -> list[Line]:
    machines = list(dict.fromkeys(cell.machine for cell in found.measured))
    names = [(model, machine) for machine in machines for model in found.models]
    lines = []
    for number, (model, machine) in enumerate(names):
        cells = found.of(model, batch=batch, machine=machine)
        name = f"{model} · {machine}" if len(machines) > 1 else model
        if any(one.model == model and one.machine == machine for one in found.measured):
            lines.append(Line(name, cells, LOOKS[number % len(LOOKS)]))
    return lines


def _before(line: Line, found: SpeedGrid) -> dict[tuple[int, int], SpeedCell]:
    """The cells of the graph that was not simplified, by size and batch."""
    first = line.cells[0] if line.cells else None
    name = first.model.removesuffix(AFTER).rstrip() if first else ""
    return {(cell.shape, cell.batch): cell for cell in found.of(name, machine=first.machine if first else None)} if first else {}


def _gain(after: SpeedCell, earlier: dict[tuple[int, int], SpeedCell]) -> tuple[float, float, float]:
    """Time before ÷ time after, and its interval: the two were held against the same first model, whose share only makes this one wider."""
    before = earlier.get((after.shape, after.batch))
    if before is None or after.inference_ms is None or before.inference_ms is None:
        return 1.0, 1.0, 1.0
    ratio = before.inference_ms.p50 / after.inference_ms.p50
    widths = [math.log(max(one.interval[-1], 1e-9) / max(one.interval[0], 1e-9)) / 2 for one in (before, after) if one.interval]
    spread = math.exp(math.hypot(*widths)) if widths else 1.0
    return ratio, ratio / spread, ratio * spread


def _frame(panels: int, lines: Sequence[Line]) -> tuple[PlotFigure, list[Axes]]:
    """A figure with a panel for each batch and the names at the right."""
    probe = new_figure(10, 10)
    names = {line.name: (fitted(probe, drawable(line.name), 260), line.look) for line in lines}
    room = max((text_size(probe, name)[0] for name, _ in names.values()), default=40) + 74
    width = LEFT + panels * PANEL + (panels - 1) * 30 + room
    figure = new_figure(width, max(HEIGHT, TOP + BOTTOM + 24 * len(names)))
    places = [
        add_axes(figure, left=LEFT + number * (PANEL + 30), top=TOP, right=width - LEFT - number * (PANEL + 30) - PANEL, bottom=BOTTOM)
        for number in range(panels)
    ]
    handles: list[Any] = [
        mpl.lines.Line2D([], [], color=colour, marker=marker, linestyle=dash, markersize=points(9), linewidth=points(2))
        for _, (colour, marker, dash) in names.values()
    ]
    if handles:
        figure.legend(
            handles, [name for name, _ in names.values()], loc="center right", frameon=False, labelcolor=INK, handlelength=2.2, borderaxespad=0.2,
            fontsize=points(TEXT),
        )  # fmt: skip
    return figure, places


def _draw(axes: Axes, line: Line, values: Sequence[float], *, spread: Sequence[Sequence[float]] | None = None) -> None:
    colour, marker, dash = line.look
    axes.errorbar(
        [cell.shape for cell in line.cells], list(values), yerr=spread, color=colour, marker=marker, linestyle=dash, markersize=points(8),
        linewidth=points(2), markeredgecolor="#ffffff", markeredgewidth=points(0.8), elinewidth=points(1.2), capsize=points(3),
    )  # fmt: skip


def _axes(axes: Axes, lines: Sequence[Line], title: str) -> None:
    sizes = sorted({cell.shape for line in lines for cell in line.cells})
    axes.set_xscale("log", base=2)
    if sizes:
        axes.set_xlim(sizes[0] / 1.25, sizes[-1] * 1.25)
    axes.xaxis.set_major_locator(FixedLocator(_apart(sizes)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(t("speed.plot.size"))
    axes.set_title(title, fontsize=points(TEXT + 1), color=INK, loc="left")
    grid(axes)


def _share_levels(places: Sequence[Axes], name: str) -> None:
    """The same heights in all panels, with their numbers at the first."""
    ends = [axes.get_ylim() for axes in places]
    for axes in places:
        axes.set_ylim(min(low for low, _ in ends), max(high for _, high in ends))
        axes.tick_params(labelleft=axes is places[0])
    places[0].set_ylabel(name)


def _apart(sizes: Sequence[int]) -> list[int]:
    """The sizes that have room for their number: on so narrow an axis neighbours need a quarter more than the last one."""
    shown: list[int] = []
    for size in sizes:
        if not shown or size >= 1.3 * shown[-1]:
            shown.append(size)
    return shown


def _plain_numbers(axes: Axes) -> None:
    low, high = axes.get_ylim()
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0,) if high / low > 300 else (1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_minor_locator(NullLocator())


def _said(line: Line) -> str:
    parts = ", ".join(f"{cell.shape} px {milliseconds(cell.inference_ms.p50)}" for cell in line.cells if cell.inference_ms)
    return f"{line.name} ({line.cells[0].batch}): {parts}"
