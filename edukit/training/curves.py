"""Curves of a training: how right, or how wrong, after each epoch; they can grow while it goes on."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from edukit.core.formatting import UNKNOWN, score
from edukit.core.i18n import t
from edukit.core.svg import LINE, WIDE, Drawing, Scale, drawing, level_axis, round_levels, text, text_width
from edukit.tasks import Figure, count_in, task_in

Point = tuple[float, float]
PARTS = {
    "train": ("training", "var(--ek-soft)", "stroke-width:2.5;stroke-dasharray:6 5"),
    "val": ("validation", "var(--ek-accent)", "stroke-width:3.5"),
}  # fmt: skip
_LOSS = Figure(name="loss", label="plots.loss", higher_is_better=False, unit="loss")
TOP, FLOOR = 14, 206  # pixels


def training_curves(
    history: Sequence[Mapping[str, Any]], *, loss: bool = False, epochs: int | None = None, kept: Mapping[str, Any] | None = None, width: int = WIDE
) -> Drawing:
    """A figure on training and validation pictures by epoch.

    Args:
        history: A training's rows: ``epoch``, ``train_loss``, ``val_loss`` and the task's figures; it may be empty or hold None.
        loss: Whether the loss is drawn instead of the task's deciding figure.
        epochs: How many epochs the training will have; the axis reaches that far.
        kept: The row of the epoch that was kept; a ring marks it.
        width: In pixels.

    Example:
        >>> training_curves([{"epoch": 1, "train_loss": 0.5, "val_loss": 0.4}], loss=True).count("<polyline")
        4
    """
    task = task_in(history[-1] if history else {})
    figure, word = (_LOSS, t("plots.loss")) if loss else (task.best, task.best.words)
    lines = {part: _points(history, f"{part}_{figure.name}") for part in PARTS}
    values = [value for pairs in lines.values() for _, value in pairs]
    last = max([1, epochs or 1, *(round(epoch) for pairs in lines.values() for epoch, _ in pairs)])
    levels = [share / 4 for share in range(5)] if figure.is_share else round_levels(0, max(values, default=1.0), 4)
    ring = None if kept is None or (history and kept is history[-1]) else next(iter(_points([kept], f"val_{figure.name}")), None)
    last_values = {part: _shown(lines[part][-1][1], figure, count_in(history[-1], part)) for part in PARTS if lines[part]}
    ends = {part: t(f"plots.{PARTS[part][0]}", value=value) for part, value in last_values.items()}

    def draw(full: int, phone: bool) -> tuple[str, int]:
        room = 22 if phone else 24 + max(map(text_width, ends.values()), default=90)
        padding = 0.5 if last == 1 else 0.02 * last
        x, y = Scale(1 - padding, last + padding, 50, full - room), Scale(levels[0], levels[-1], FLOOR, TOP)
        drawn = [level_axis(x, y, levels, lambda value: _shown(value, figure))]
        step = max(1, math.ceil(last / (5 if phone else 10)))
        drawn += [text(x(epoch), FLOOR + 24, str(epoch), anchor="middle") for epoch in range(1, last + 1) if (last - epoch) % step == 0]
        drawn.append(text((x.start + x.end) / 2, FLOOR + 46, t("plots.epoch"), anchor="middle"))
        drawn += [_line(part, [(x(epoch), y(value)) for epoch, value in pairs]) for part, pairs in lines.items()]
        places = {part: (x(pairs[-1][0]), y(pairs[-1][1])) for part, pairs in lines.items() if pairs}
        drawn += _names(places, ends, x, falling=not figure.higher_is_better, phone=phone)
        if ring:
            drawn.append(_ring(x(ring[0]), y(ring[1]), x, t("plots.kept", value=_shown(ring[1], figure, count_in(kept)))))
        return "".join(drawn), FLOOR + 52

    return drawing(draw, t("plots.curves_alt", measure=word, epochs=len(history), last=last_values.get("val", UNKNOWN)), width)


def _points(history: Sequence[Mapping[str, Any]], key: str) -> list[Point]:
    pairs = ((row.get("epoch"), row.get(key)) for row in history)
    return [(float(x), float(y)) for x, y in pairs if isinstance(x, (int, float)) and isinstance(y, (int, float)) and math.isfinite(y)]


def _shown(value: float, figure: Figure, count: int = 0) -> str:
    if figure is _LOSS:
        return f"{value:.3g}" if value >= 1 else f"{value:.2f}"
    return score(value, count, 0) if figure.is_share else figure.text(value)


def _line(part: str, pixels: Sequence[Point]) -> str:
    _, paint, style = PARTS[part]
    path = " ".join(f"{x:g},{y:g}" for x, y in pixels)
    return f"<polyline points='{path}' style='fill:none;stroke:{paint};{style};stroke-linejoin:round'/>"


def _names(places: Mapping[str, Point], ends: Mapping[str, str], x: Scale, *, falling: bool, phone: bool) -> list[str]:
    """The names of the lines: at their ends and kept apart, or on a phone in the corner that the lines leave free."""
    drawn = [f"<circle cx='{at:g}' cy='{up:g}' r='5.5' style='fill:{PARTS[part][1]}'/>" for part, (at, up) in places.items() if part == "val" or len(ends) == 1]
    corner = TOP + 12 if falling else FLOOR - 12 - LINE * (len(places) - 1)
    heights = [corner + LINE * row for row in range(len(places))] if phone else _apart([up for _, up in places.values()])
    for (part, (at, _)), height in zip(places.items(), heights):
        at, anchor = (x.end, "end") if phone else (at + 12, "start")
        drawn.append(text(at, height + 5, ends[part], anchor=anchor, css="name" if part == "val" else "", paint=PARTS[part][1]))
    return drawn


def _apart(heights: list[float]) -> list[float]:
    """Two heights moved so far apart that their labels can be read."""
    gap = LINE + 2
    if len(heights) < 2 or abs(heights[0] - heights[1]) >= gap:
        return heights
    middle = min(max(sum(heights) / 2, TOP + gap / 2), FLOOR - gap / 2)
    return [middle - gap / 2, middle + gap / 2] if heights[0] <= heights[1] else [middle + gap / 2, middle - gap / 2]


def _ring(at: float, up: float, x: Scale, name: str) -> str:
    half = text_width(name) / 2
    below = up + 28 if up + 28 < FLOOR - 6 else up - 16
    return f"<circle cx='{at:g}' cy='{up:g}' r='8' style='fill:var(--ek-card);stroke:var(--ek-accent);stroke-width:3'/>" + text(
        min(max(at, x.start + half), x.end - half), below, name, anchor="middle", css="name", paint="var(--ek-accent)"
    )
