"""The deciding figure against time: the picture that answers whether the smaller model is worth it."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from edukit.comparison.kinds import ModelStyle, model_style
from edukit.core.formatting import milliseconds
from edukit.core.i18n import t
from edukit.core.placing import Box, place_labels
from edukit.core.svg import Drawing, Scale, drawing, fitted, level_axis, line, marker, middle_text, round_levels, text, text_width
from edukit.tasks import Figure, find_task

if TYPE_CHECKING:
    from edukit.comparison.results import Comparison, Measured

HALF = 9      # pixels: half of a marker
FAR = 26      # between a point and its name
AIR = 6.0     # between a line and a name; less than a name beside its own line has
Span = tuple[float, float, float]  # a figure and the ends of its interval


class Spot(NamedTuple):
    """A model in the chart, in pixels: its point and the ends of its two lines."""

    name: str
    look: ModelStyle
    x: float
    y: float
    left: float
    right: float
    low: float
    high: float


def tradeoff(comparison: Comparison) -> Drawing:
    """The task's deciding figure with its 95 % interval against the time of one prediction (p50, with a thin line to p90), on a logarithmic axis.

    Where only one of the two was measured, the models stand side by side.
    """
    models = comparison.models
    times = [(m.latency_ms.p50, m.latency_ms.p50, m.latency_ms.p90) for m in models if m.latency_ms]
    shares = [(m.value, *(m.interval or (m.value, m.value))) for m in models if m.value is not None]
    batch = comparison.environment.get("batch") or 1

    def draw(full: int, phone: bool) -> tuple[str, int]:
        floor = 230
        side, drawn = Scale(-0.6, len(models) - 0.2, 56, full - 20), []
        beside = [(float(place),) * 3 for place in range(len(models))]
        if times and shares:
            name = t("plots.time_axis") if batch == 1 else t("plots.time_axis_batch", batch=batch)
            side = _log(times, 56, full - 20)
            for value in _ticks(side):
                drawn += [line(side(value), 16, side(value), floor), text(side(value), floor + 20, f"{value:g}", anchor="middle")]
            drawn.append(middle_text(name, (side.start + side.end) / 2, side.end - 20, floor + 44))
        across = times if times and shares else beside
        up, axis = _figure_axis(comparison.task.best, shares, side, floor) if shares else _time_axis(times, side, floor)
        spots = [
            Spot(fitted(model.name, 0.5 * full), model_style(model.runtime, model.precision), side(x), up(y), side(left), side(right), up(low), up(high))
            for model, (x, left, right), (y, low, high) in zip(models, across, shares or times)
        ]
        drawn = [axis, *drawn, *(_point(spot) for spot in spots), *_labels(spots, Box(side.start, -floor, full, -4))]
        lines = 0 if not (times and shares) and shares else 1 + phone
        return "".join(drawn), floor + 32 + 20 * lines

    return drawing(draw, t("plots.tradeoff_alt", figure=comparison.task.say("heading"), models="; ".join(map(_said, models))))


def _log(spans: Sequence[Span], start: float, end: float) -> Scale:
    """A little wider than the values, and at least a factor of three, so that near neighbours look near."""
    low, high = math.log(min(min(span) for span in spans)), math.log(max(max(span) for span in spans))
    room = max(0.18 * (high - low), (math.log(3) - (high - low)) / 2, 0.2)
    return Scale(math.exp(low - room), math.exp(high + 1.6 * room), start, end, log=True)


def _ticks(scale: Scale) -> list[float]:
    choices = ((1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)) if scale.high / scale.low < 300 else ((1,),)
    for steps in choices:
        found = [step * 10.0**power for power in range(-4, 7) for step in steps if scale.low <= step * 10.0**power <= scale.high]
        if len(found) >= 3:
            break
    return found


def _figure_axis(figure: Figure, spans: Sequence[Span], x: Scale, floor: float) -> tuple[Scale, str]:
    levels = [level for level in round_levels(min(map(min, spans)), max(map(max, spans))) if level >= -1e-9 and (level <= 1 + 1e-9 or not figure.is_share)]
    levels = levels if len(levels) > 1 else [0.0, 1.0]
    scale, factor = Scale(levels[0], levels[-1], floor - 8, 24), 100 if figure.is_share else 1
    digits = 0 if all(abs(factor * level - round(factor * level)) < 1e-6 for level in levels) else 1
    return scale, level_axis(x, scale, levels, lambda level: figure.text(level, digits))


def _time_axis(spans: Sequence[Span], x: Scale, floor: float) -> tuple[Scale, str]:
    scale = _log(spans, floor, 16)
    name = middle_text(t("plots.time_upward"), (x.start + x.end) / 2, x.end - 20, floor + 24)
    return scale, level_axis(x, scale, _ticks(scale), lambda value: f"{value:g}") + name


def _point(spot: Spot) -> str:
    paint = spot.look.paint
    return (
        line(spot.left, spot.y, spot.right, spot.y, f"stroke:{paint};stroke-width:1.5;opacity:.6")
        + line(spot.x, spot.low, spot.x, spot.high, f"stroke:{paint};stroke-width:2") + marker(spot.look.marker, spot.x, spot.y, paint)
    )  # fmt: skip


def _labels(spots: Sequence[Spot], frame: Box) -> list[str]:
    """The names where they cover neither points nor lines nor each other; heights are turned, as ``place_labels`` counts upwards."""
    obstacles: list[Box] = []
    for spot in spots:
        at, up = spot.x, -spot.y
        obstacles += [Box(at - HALF, up - HALF, at + HALF, up + HALF), Box(at - AIR, -spot.low, at + AIR, -spot.high)]
        obstacles.append(Box(spot.left, up - 2, spot.right, up + 2))
    sizes = [(text_width(spot.name), 16.0) for spot in spots]
    boxes = place_labels([(spot.x, -spot.y) for spot in spots], sizes, obstacles, frame, gap=HALF + 5)
    drawn = []
    for spot, box in zip(spots, boxes):
        near = (min(max(spot.x, box.left), box.right), min(max(-spot.y, box.bottom), box.top))
        over = box.left < spot.x < box.right  # it stands on the end of the point's own line, which leads to it
        if not over and math.dist(near, (spot.x, -spot.y)) > FAR:  # a thin line leads to a point that has others between it and its name
            drawn.append(line(spot.x, spot.y, near[0], -near[1], f"stroke:{spot.look.paint};stroke-width:1"))
        drawn.append(text(round(box.left, 1), round(-box.bottom - 4, 1), spot.name, css="name", paint=spot.look.paint))
    return drawn


def _said(model: Measured) -> str:
    value = [find_task(model.task).cell(model.value, model.count)] if model.value is not None else []
    time = [milliseconds(model.latency_ms.p50)] if model.latency_ms else []
    return ", ".join([model.name, *value, *time])
