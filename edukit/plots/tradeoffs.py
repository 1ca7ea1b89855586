"""Accuracy against time: the picture that answers whether the smaller model is worth it."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from edukit.comparison.summary import milliseconds, percent
from edukit.core.i18n import t
from edukit.plots.lettering import fitted, wrapped
from edukit.plots.placing import Box, place_labels
from edukit.plots.theme import DPI, TEXT, PlotFigure, add_axes, bold, grid, model_style, new_figure, points, style, text_size

if TYPE_CHECKING:
    from edukit.comparison import Comparison, Measured

MARKER = 17   # pixels
NARROW = 480
FAR = 26      # between a point and its name
AIR = 6.0  # pixels between a line and a name; less than a name beside its own line has


def tradeoff(comparison: Comparison, *, width: float = 620, height: float = 320) -> PlotFigure:
    """Top-1 accuracy with its 95 % interval against the time of one prediction (p50, with a thin line to p90), on a logarithmic axis.

    Where only one of the two was measured, the models stand side by side.
    """
    models = comparison.models
    with_time, with_accuracy = models[0].latency_ms is not None, models[0].top1 is not None
    with mpl.rc_context(style()):
        figure = new_figure(width, height)
        axes = add_axes(figure, left=62, top=16, right=16, bottom=54 if width > NARROW else 72)
        grid(axes, "both" if with_time and with_accuracy else "y")
        across = _time_axis(axes, models, comparison) if with_time and with_accuracy else _side_by_side(axes, models)
        upward = _accuracy_axis(axes, models) if with_accuracy else _time_upward(axes, models)
        axes.set_xlabel(wrapped(figure, axes.get_xlabel(), width - 80))
        _points(axes, models, across, upward)
        _labels(figure, axes, models, across, upward)
    figure.alt = t("plots.tradeoff_alt", models="; ".join(_said(model) for model in models))
    return figure


def _time_axis(axes: Axes, models: Sequence[Measured], comparison: Comparison) -> list[tuple[float, float, float]]:
    batch = comparison.environment.get("batch") or 1
    axes.set_xlabel(t("plots.time_axis") if batch == 1 else t("plots.time_axis_batch", batch=batch))
    return _log_time(axes, "x", models)


def _log_time(axes: Axes, way: Literal["x", "y"], models: Sequence[Measured]) -> list[tuple[float, float, float]]:
    spans = [(m.latency_ms.p50, m.latency_ms.p50, m.latency_ms.p90) for m in models if m.latency_ms]
    low, high = _log_limits([value for span in spans for value in span])
    axes.set(**{f"{way}scale": "log", f"{way}lim": (low, high)})
    axis = axes.xaxis if way == "x" else axes.yaxis
    axis.set_major_locator(FixedLocator(_round_numbers(low, high)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    return spans


def _accuracy_axis(axes: Axes, models: Sequence[Measured]) -> list[tuple[float, float, float]]:
    spans = [(m.top1 or 0.0, *(m.top1_interval or (m.top1 or 0.0, m.top1 or 0.0))) for m in models]
    low, high = min(span[1] for span in spans), max(span[2] for span in spans)
    room = max(0.02, 0.12 * (high - low))
    axes.set_ylim(low - room, high + room)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.4g}%" if -1e-9 <= value <= 1 + 1e-9 else ""))
    return spans


def _time_upward(axes: Axes, models: Sequence[Measured]) -> list[tuple[float, float, float]]:
    axes.set_xlabel(t("plots.time_upward"))
    return _log_time(axes, "y", models)


def _side_by_side(axes: Axes, models: Sequence[Measured]) -> list[tuple[float, float, float]]:
    axes.set_xlim(-0.6, len(models) - 0.1)
    axes.set_xticks([])
    return [(float(place), float(place), float(place)) for place in range(len(models))]


def _points(axes: Axes, models: Sequence[Measured], across: Sequence[tuple[float, float, float]], upward: Sequence[tuple[float, float, float]]) -> None:
    for model, (x, left, right), (y, low, high) in zip(models, across, upward):
        look = model_style(model)
        axes.plot([left, right], [y, y], color=look.colour, linewidth=points(1.5), alpha=0.6)
        axes.plot([x, x], [low, high], color=look.colour, linewidth=points(2))
        axes.plot([x], [y], color=look.colour, marker=look.marker, markersize=points(MARKER), markeredgecolor="white", markeredgewidth=points(1.2))


def _labels(
    figure: PlotFigure, axes: Axes, models: Sequence[Measured], across: Sequence[tuple[float, float, float]], upward: Sequence[tuple[float, float, float]]
) -> None:
    figure.canvas.get_renderer()  # type: ignore[attr-defined] # fixes the transforms
    pixels = [axes.transData.transform((x, y)) for (x, _, _), (y, _, _) in zip(across, upward)]
    obstacles: list[Box] = []
    for (_, left, right), (_, low, high), (at, up) in zip(across, upward, pixels):
        (x0, y0), (x1, y1) = axes.transData.transform((left, low)), axes.transData.transform((right, high))
        half = MARKER / 2
        obstacles += [Box(at - half, up - half, at + half, up + half), Box(at - AIR, y0, at + AIR, y1), Box(x0, up - 2, x1, up + 2)]
    texts = [fitted(figure, model.name, 240) for model in models]
    sizes = [text_size(figure, text) for text in texts]
    frame = Box(*axes.bbox.extents)
    boxes = place_labels([(float(at), float(up)) for at, up in pixels], sizes, obstacles, frame, gap=MARKER / 2 + 6)
    width, height = figure.get_size_inches() * DPI
    for model, text, box, (at, up) in zip(models, texts, boxes, pixels):
        near = (min(max(at, box.left), box.right), min(max(up, box.bottom), box.top))
        over = box.left < at < box.right  # it stands on the end of the point's own line, which leads to it
        if not over and math.dist(near, (at, up)) > FAR:  # a thin line leads to a point that has others between it and its name
            figure.add_artist(Line2D((at / width, near[0] / width), (up / height, near[1] / height), color=model_style(model).colour, linewidth=points(1)))
        figure.text(box.left / width, (box.bottom + box.top) / 2 / height, text, color=model_style(model).colour, fontsize=points(TEXT), va="center", **bold())


def _log_limits(values: Sequence[float]) -> tuple[float, float]:
    """A little wider than the values, and at least a factor of three, so that near neighbours look near."""
    low, high = math.log(min(values)), math.log(max(values))
    room = max(0.18 * (high - low), (math.log(3) - (high - low)) / 2, 0.2)
    return math.exp(low - room), math.exp(high + room * 1.6)


def _round_numbers(low: float, high: float) -> list[float]:
    steps = (1, 2, 5) if high / low < 300 else (1,)
    numbers = [step * 10.0**power for power in range(-4, 7) for step in steps if low <= step * 10.0**power <= high]
    if len(numbers) < 3:
        numbers = [step * 10.0**power for power in range(-4, 7) for step in (1, 1.5, 2, 3, 4, 5, 7) if low <= step * 10.0**power <= high]
    return numbers


def _said(model: Measured) -> str:
    parts = [model.name] + ([percent(model.top1)] if model.top1 is not None else []) + ([milliseconds(model.latency_ms.p50)] if model.latency_ms else [])
    return ", ".join(parts)
