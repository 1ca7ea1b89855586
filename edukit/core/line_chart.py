"""Lines over a common axis, such as the curves of several runs or a loss over the learning rate: one light SVG."""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edukit.core.svg import Drawing, Scale, drawing, level_axis, line, rectangle, round_levels, text

TOP, FLOOR = 14, 206  # pixels
PAINTS = tuple(f"var(--ek-{name})" for name in ("accent", "torch", "int8", "vino", "ncnn", "soft"))
DASHES = ("", ";stroke-dasharray:8 5", ";stroke-dasharray:2 5")


@dataclass(frozen=True)
class Line:
    """One line of a chart.

    Args:
        points: Places and heights, from left to right; heights that are not finite are left out.
        look: Which of the paints; beyond their number they come again, dashed.
        strong: Whether it stands out.
    """

    points: Sequence[tuple[float, float]]
    look: int = 0
    strong: bool = False

    @property
    def paint(self) -> str:
        """Its colour, for a legend."""
        return PAINTS[self.look % len(PAINTS)]

    @property
    def style(self) -> str:
        """Of its stroke."""
        return f"fill:none;stroke:{self.paint};stroke-width:{4 if self.strong else 2.2};stroke-linejoin:round{DASHES[self.look // len(PAINTS) % len(DASHES)]}"


def swatch(one: Line) -> str:
    """A short piece of the line, for a legend."""
    return f"<svg viewBox='0 0 30 12' width='30' height='12' aria-hidden='true'><line x1='2' x2='28' y1='6' y2='6' style='{one.style}'/></svg>"


def line_chart(
    lines: Sequence[Line], *, name: str, alt: str, levels: Sequence[float] | None = None, form: Callable[[float], str] = "{:g}".format,
    ticks: Sequence[float] | None = None, place_form: Callable[[float], str] = "{:g}".format, log: bool = False, mark: tuple[float, str] | None = None,
    bars: Sequence[tuple[float, float, float, str]] = (),
) -> Drawing:
    """Draws the lines.

    Args:
        lines: The strong ones are drawn last.
        name: Of what runs along the lower edge.
        alt: What the chart shows, in words.
        levels: Heights with a line of the grid; by default round ones that enclose the lines.
        form: How a level is written.
        ticks: Places that are named; by default whole numbers, of a logarithmic axis powers of ten.
        place_form: How such a place is written.
        log: Whether places are spread by their logarithm.
        mark: A place and its name, marked by an upright line.
        bars: Behind the lines: the places where each begins and ends, its height, and what is written above it.

    Example:
        >>> line_chart([Line([(1, 0.5), (2, 0.8)])], name="epoch", alt="it rises").count("<polyline")
        2
    """
    kept = [[point for point in one.points if math.isfinite(point[1])] for one in lines]
    places, heights = zip(*(point for points in kept for point in points)) if any(kept) else ((1.0,), (0.0, 1.0))
    places = (*places, *(ticks or ()))
    low, high = (min(places), max(places) if max(places) > min(places) else min(places) + 1)
    shown = list(levels) if levels else round_levels(min(0.0, *heights), max(heights), 4)
    named = list(ticks) if ticks is not None else _ticks(low, high, log=log)

    def draw(wide: int, phone: bool) -> tuple[str, int]:
        x, y = Scale(low, high, 56, wide - 22, log=log), Scale(shown[0], shown[-1], FLOOR, TOP)
        every = 2 if phone and len(named) > 5 else 1
        parts = [level_axis(x, y, shown, form), *(text(x(one), FLOOR + 24, place_form(one), anchor="middle") for one in named[::every])]
        for left, right, height, words in bars:
            parts.append(rectangle(x(left) + 2, y(height), x(right) - x(left) - 4, FLOOR - y(height), PAINTS[0]))
            parts.append(text((x(left) + x(right)) / 2, max(y(height) - 4, TOP), words, anchor="middle"))
        for one, points in sorted(zip(lines, kept), key=lambda pair: pair[0].strong):
            path = " ".join(f"{x(place):g},{y(min(max(height, shown[0]), shown[-1])):g}" for place, height in points)
            parts.append(f"<polyline points='{path}' style='{one.style}'/>")
            if len(points) == 1:
                parts.append(f"<circle cx='{x(points[0][0]):g}' cy='{y(points[0][1]):g}' r='{8 if one.strong else 5}' style='fill:{one.paint}'/>")
        if mark:
            at = x(mark[0])
            parts.append(line(at, TOP, at, FLOOR, "stroke:var(--ek-good);stroke-width:2.5;stroke-dasharray:5 4"))
            side = -8 if at > wide / 2 else 8
            parts.append(text(at + side, FLOOR - 10, mark[1], anchor="end" if side < 0 else "start", css="name", paint="var(--ek-good)"))
        return "".join(parts) + text((x.start + x.end) / 2, FLOOR + 46, name, anchor="middle"), FLOOR + 52

    return drawing(draw, alt)


def _ticks(low: float, high: float, *, log: bool) -> list[float]:
    if log:
        return [10.0**power for power in range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)]
    step = max(1, math.ceil((high - low) / 10))
    return [float(place) for place in range(math.ceil(low), math.floor(high) + 1) if (math.floor(high) - place) % step == 0]
