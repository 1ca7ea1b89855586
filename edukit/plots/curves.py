"""Curves of a training: how right, or how wrong, after each epoch."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from edukit.core.i18n import t
from edukit.plots.theme import ACCENT, SOFT, TEXT, PlotFigure, add_axes, bold, grid, new_figure, points, style, text_size

Point = tuple[float, float]
LINE_GAP = 19  # pixels between the labels of two lines that end close to each other


def training_curves(
    history: Sequence[Mapping[str, Any]], *, measure: Literal["top1", "loss"] = "top1", epochs: int | None = None, width: float = 620, height: float = 290
) -> PlotFigure:
    """Accuracy (or loss) on training and validation pictures by epoch.

    Args:
        history: A training's rows: ``epoch``, ``train_top1``, ``val_top1``, ``train_loss``, ``val_loss``; it may be empty or hold None.
        measure: What to draw.
        epochs: How many epochs the training will have; the axis reaches that far.
        width, height: In pixels.
    """
    train, validation = (_points(history, f"{part}_{measure}") for part in ("train", "val"))
    last = max([1, epochs or 1, *(round(x) for x, _ in (*train, *validation))])
    with mpl.rc_context(style()):
        figure = new_figure(width, height)
        room = max(text_size(figure, _end_text(key, [(1, 1.0)], measure))[0] for key in ("training", "validation")) + 22
        axes = add_axes(figure, left=58, top=14, right=min(room, width / 3), bottom=52)
        _frame(axes, measure, last, [y for _, y in (*train, *validation)])
        axes.plot(*_columns(train), color=SOFT, linewidth=points(2.5), linestyle=(0, (3, 2)), marker="o" if len(train) == 1 else "")
        axes.plot(*_columns(validation), color=ACCENT, linewidth=points(3.5), marker="o", markersize=points(10), markevery=[-1] if validation else None)
        _label_ends(axes, figure, train, validation, measure)
    figure.alt = t("plots.curves_alt", measure=t(f"plots.{measure}"), epochs=len(validation), last=_shown(validation[-1][1], measure) if validation else "–")
    return figure


def _points(history: Sequence[Mapping[str, Any]], key: str) -> list[Point]:
    pairs = ((row.get("epoch"), row.get(key)) for row in history)
    return [(float(x), float(y)) for x, y in pairs if x is not None and y is not None and math.isfinite(y)]


def _columns(pairs: list[Point]) -> tuple[list[float], list[float]]:
    return [x for x, _ in pairs], [y for _, y in pairs]


def _frame(axes: Axes, measure: str, last: int, values: list[float]) -> None:
    grid(axes, "y")
    axes.set_xlim(1 - 0.02 * last, last + 0.02 * last) if last > 1 else axes.set_xlim(0, 2)
    axes.set_xticks([1]) if last == 1 else axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, min_n_ticks=1))
    axes.set_xlabel(t("plots.epoch"))
    if measure == "top1":
        axes.set_ylim(0, 1.02)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}%"))
    else:
        axes.set_ylim(0, 1.08 * max(values, default=1) or 1)
        axes.yaxis.set_major_locator(MaxNLocator(4))


def _label_ends(axes: Axes, figure: PlotFigure, train: list[Point], validation: list[Point], measure: str) -> None:
    ends = [(pairs[-1], _end_text(key, pairs, measure), colour) for key, pairs, colour in
            (("training", train, SOFT), ("validation", validation, ACCENT)) if pairs]  # fmt: skip
    heights = [float(axes.transData.transform(end)[1]) for end, _, _ in ends]
    if len(ends) == 2 and abs(heights[0] - heights[1]) < LINE_GAP:
        middle, sign = sum(heights) / 2, 1 if heights[0] >= heights[1] else -1
        middle = min(max(middle, axes.bbox.y0 + LINE_GAP / 2), axes.bbox.y1 - LINE_GAP / 2)
        heights = [middle + sign * LINE_GAP / 2, middle - sign * LINE_GAP / 2]
    for (end, text, colour), height in zip(ends, heights):
        offset = (points(11), points(height - float(axes.transData.transform(end)[1])))
        weight = bold() if colour == ACCENT else {}
        axes.annotate(text, end, offset, textcoords="offset points", va="center", color=colour, fontsize=points(TEXT), annotation_clip=False, **weight)


def _end_text(key: str, pairs: list[Point], measure: str) -> str:
    return t(f"plots.{key}", value=_shown(pairs[-1][1], measure))


def _shown(value: float, measure: str) -> str:
    return f"{100 * value:.0f}%" if measure == "top1" else f"{value:.2f}"
