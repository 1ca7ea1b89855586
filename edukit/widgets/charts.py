"""Light charts as inline SVG: they follow the page's theme, need no library, and are redrawn several times a second while a model trains."""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edukit.core.i18n import t
from edukit.widgets.html import esc, percent

WIDTHS = {"desk": 600, "phone": 340}
LETTER = 8.5  # pixels that a letter of a name takes


@dataclass(frozen=True)
class Frame:
    """Where the data lie in a drawing: pixels of the left, right, top and bottom edge."""

    left: float
    right: float
    top: float
    bottom: float

    def x(self, share: float) -> float:
        """From 0..1 to pixels."""
        return round(self.left + share * (self.right - self.left), 1)

    def y(self, share: float) -> float:
        """From 0..1 (upwards) to pixels."""
        return round(self.bottom - share * (self.bottom - self.top), 1)


def both(draw: Callable[[str, int], str]) -> str:
    """The same drawing for a desk and for a phone; the stylesheet shows one of them."""
    return draw("desk", WIDTHS["desk"]) + draw("phone", WIDTHS["phone"])


LINES = {"train_top1": "stroke:var(--ek-soft);stroke-width:2.5;stroke-dasharray:6 5", "val_top1": "stroke:var(--ek-accent);stroke-width:3.5"}


def training_curve(history: Sequence[Mapping[str, Any]], epochs: int, *, kept: Mapping[str, Any] | None = None) -> str:
    """Training and validation accuracy by epoch, 0..100 %, with room for the epochs to come; a ring marks the epoch that was kept."""
    return both(lambda kind, width: _curve(kind, width, history, max(epochs, len(history), 1), kept))


def _curve(kind: str, width: int, history: Sequence[Mapping[str, Any]], epochs: int, kept: Mapping[str, Any] | None) -> str:
    frame = Frame(46, width - (124 if kind == "desk" else 16), 14, 206)
    parts = [_level(frame, share / 4, percent(share / 4)) for share in range(5)]
    step = max(1, math.ceil(epochs / (10 if kind == "desk" else 5)))
    parts += [f"<text x='{frame.x(epoch / epochs)}' y='230' text-anchor='middle'>{epoch}</text>" for epoch in range(0, epochs + 1, step)]
    parts.append(f"<text x='{frame.x(0.5)}' y='252' text-anchor='middle'>{esc(t('widgets.epoch_axis'))}</text>")
    ends = {}
    for name, style in LINES.items():
        points = [(frame.x(row["epoch"] / epochs), frame.y(row[name])) for row in history if isinstance(row.get(name), (int, float))]
        parts.append(f"<polyline points='{' '.join(f'{x},{y}' for x, y in points)}' fill='none' style='{style}' stroke-linejoin='round'/>")
        ends[name] = points[-1] if points else None
    parts.append(_ends(frame, ends, history, kind))
    if kept and kept is not history[-1] and isinstance(kept.get("val_top1"), (int, float)):  # at the end of the line its name says it
        parts.append(_ring(frame, kept, epochs))
    told = t("widgets.curve_told", epochs=history[-1]["epoch"] if history else 0, top1=percent(history[-1].get("val_top1") if history else None))
    return f"<svg class='ek-chart ek-{kind}' viewBox='0 0 {width} 258' role='img' aria-label='{esc(told)}'>{''.join(parts)}</svg>"


def _ends(frame: Frame, ends: Mapping[str, tuple[float, float] | None], history: Sequence[Mapping[str, Any]], kind: str) -> str:
    """The names of the lines: at their ends and kept apart, or on a phone in the corner that rising lines leave free."""
    if not ends["val_top1"]:
        return ""
    (x, val_y), train = ends["val_top1"], ends["train_top1"]
    dot = f"<circle cx='{x}' cy='{val_y}' r='5.5' style='fill:var(--ek-accent)'/>"
    name = f"{t('widgets.curve_val')} {percent(history[-1]['val_top1'])}"
    if kind == "phone":
        x, anchor, train_y, val_y = frame.right, "end", frame.bottom - 34, frame.bottom - 12
    else:
        x, anchor, (train_y, val_y) = x + 12, "start", _apart(train[1] if train else val_y, val_y, frame)
    return dot + (
        f"<text x='{x}' y='{val_y + 5}' text-anchor='{anchor}' class='name' style='fill:var(--ek-accent)'>{esc(name)}</text>"
        f"<text x='{x}' y='{train_y + 5}' text-anchor='{anchor}'>{esc(t('widgets.curve_train'))}</text>"
    )


def _ring(frame: Frame, kept: Mapping[str, Any], epochs: int) -> str:
    x, y = frame.x(kept["epoch"] / epochs), frame.y(kept["val_top1"])
    middle = min(max(x, frame.left + 30), frame.right - 30)
    name = esc(t("widgets.curve_kept", top1=percent(kept["val_top1"])))
    return (
        f"<circle cx='{x}' cy='{y}' r='8' style='fill:var(--ek-card);stroke:var(--ek-accent);stroke-width:3'/>"
        f"<text x='{middle}' y='{y + 28}' text-anchor='middle' class='name' style='fill:var(--ek-accent)'>{name}</text>"
    )


def _apart(first: float, second: float, frame: Frame, gap: float = 20) -> tuple[float, float]:
    """Two heights moved so far apart that their labels can be read."""
    if abs(first - second) >= gap:
        return first, second
    middle = min(max((first + second) / 2, frame.top + gap / 2), frame.bottom - gap / 2)
    return (middle - gap / 2, middle + gap / 2) if first <= second else (middle + gap / 2, middle - gap / 2)


def _level(frame: Frame, share: float, label: str) -> str:
    y = frame.y(share)
    line = f"<line class='grid' x1='{frame.left}' x2='{frame.right}' y1='{y}' y2='{y}'/>"
    return f"{line}<text x='{frame.left - 8}' y='{y + 5}' text-anchor='end'>{esc(label)}</text>"


@dataclass(frozen=True)
class Point:
    """One model in the trade-off chart: its style, its time for one picture, its accuracy with interval."""

    name: str
    colour: str
    marker: str
    latency_ms: float
    top1: float
    low: float
    high: float


def tradeoff(points: Sequence[Point]) -> str:
    """Accuracy against time for one picture (log scale), each model with its own marker, its name and its interval."""
    return both(lambda kind, width: _tradeoff(kind, width, points)) if points else ""


def _tradeoff(kind: str, width: int, points: Sequence[Point]) -> str:
    floor = {"desk": 0, "phone": 20}[kind]  # room for names below the lowest interval
    frame = Frame(50, width - 20, 18, 200)
    low, high, step = _accuracy_range(points)
    times = [point.latency_ms for point in points]
    left, right = math.log(min(times) / 1.7), math.log(max(times) * (2.2 if kind == "desk" else 1.8))
    parts = [_level(frame, (value - low) / (high - low), percent(value)) for value in _levels(low, high, step)]
    for value in _log_ticks(math.exp(left), math.exp(right)):
        x = frame.x((math.log(value) - left) / (right - left))
        parts.append(f"<line class='grid' x1='{x}' x2='{x}' y1='{frame.top}' y2='{frame.bottom}'/>")
        parts.append(f"<text x='{x}' y='{220 + floor}' text-anchor='middle'>{value:g}</text>")
    parts.append(f"<text x='{frame.x(0.5)}' y='{244 + floor}' text-anchor='middle'>{esc(t('widgets.latency_axis_' + kind))}</text>")
    ordered = sorted(points, key=lambda one: one.latency_ms)
    places = [frame.x((math.log(point.latency_ms) - left) / (right - left)) for point in ordered]
    for point, x, side in zip(ordered, places, _sides(kind, ordered, places)):
        parts.append(_point(frame, x, [(value - low) / (high - low) for value in (point.low, point.top1, point.high)], point, side))
    told = "; ".join(t("widgets.point_told", name=p.name, ms=f"{p.latency_ms:.1f}", top1=percent(p.top1, 1)) for p in points)
    return f"<svg class='ek-chart ek-{kind}' viewBox='0 0 {width} {250 + floor}' role='img' aria-label='{esc(told)}'>{''.join(parts)}</svg>"


def _sides(kind: str, points: Sequence[Point], places: Sequence[float]) -> list[str]:
    """Where each name stands so that it does not run into the next point's line: beside its own point where there is room, else above or below it."""
    if kind == "phone":
        return ["above" if i % 2 else "below" for i in range(len(points))]
    sides: list[str] = []
    for point, x, following in zip(points, places, [*places[1:], math.inf]):
        crowded = x + 14 + LETTER * len(point.name) >= following - 6
        sides.append("right" if not crowded else "below" if sides[-1:] == ["above"] else "above")
    return sides


def _point(frame: Frame, x: float, shares: Sequence[float], point: Point, side: str) -> str:
    low, y, high = (frame.y(min(1, max(0, share))) for share in shares)
    paint = f"fill:{point.colour}"
    at_x, at_y, anchor = {"right": (x + 14, y - 7, "start"), "above": (x, high - 6, "middle"), "below": (x, low + 16, "middle")}[side]
    return (
        f"<line x1='{x}' x2='{x}' y1='{low}' y2='{high}' style='stroke:{point.colour};stroke-width:2'/>{_marker(point.marker, x, y, paint)}"
        f"<text class='name' x='{at_x}' y='{at_y}' text-anchor='{anchor}' style='{paint}'>{esc(point.name)}</text>"
    )


def _marker(marker: str, x: float, y: float, paint: str) -> str:
    """Drawn, not typed: a character of a font never sits exactly on its point."""
    if marker == "s":
        return f"<rect x='{x - 8}' y='{y - 8}' width='16' height='16' style='{paint}'/>"
    if marker == "^":
        return f"<polygon points='{x},{y - 10} {x + 10},{y + 8} {x - 10},{y + 8}' style='{paint}'/>"
    if marker == "D":
        return f"<polygon points='{x},{y - 10} {x + 10},{y} {x},{y + 10} {x - 10},{y}' style='{paint}'/>"
    if marker == "P":
        return f"<path d='M{x - 3},{y - 9}h6v6h6v6h-6v6h-6v-6h-6v-6h6z' style='{paint}'/>"
    return f"<circle cx='{x}' cy='{y}' r='9' style='{paint}'/>"


def _accuracy_range(points: Sequence[Point]) -> tuple[float, float, float]:
    low, high = min(p.low for p in points), max(p.high for p in points)
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.25) if (high - low) / step <= 5 or step == 0.25)
    bottom = min(max(0.0, math.floor(low / step) * step), 1 - step)
    return bottom, max(bottom + step, min(1.0, math.ceil(high / step) * step)), step


def _levels(low: float, high: float, step: float) -> list[float]:
    return [low + i * step for i in range(round((high - low) / step) + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [value for decade in decades for value in (10.0**decade, 2 * 10.0**decade, 5 * 10.0**decade) if low <= value <= high]
