"""Light charts as inline SVG: they follow the page's theme by its CSS variables, need no library, and can be redrawn several times a second."""
from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from edukit.core.formatting import columns, cut
from edukit.core.html import esc, shown_alone

WIDE, PHONE = 600, 340  # pixels
LETTER = 7.6  # pixels that a narrow letter takes at the size of our charts; a Chinese character takes two
LINE = 18  # pixels of a line of text
_MARKERS = {  # around (0, 0)
    "o": "circle r='9'", "s": "rect x='-8' y='-8' width='16' height='16'", "^": "polygon points='0,-10 10,8 -10,8'",
    "D": "polygon points='0,-10 10,0 0,10 -10,0'", "P": "path d='M-3,-9h6v6h6v6h-6v6h-6v-6h-6v-6h6z'",
}  # fmt: skip


class Drawing(str):
    """A chart or pictures as HTML, which a notebook shows; ``alt`` says in words what it shows."""

    alt: str

    def __new__(cls, drawn: str, alt: str = "") -> Drawing:  # noqa: D102 - the class says it
        made = super().__new__(cls, drawn)
        made.alt = alt
        return made

    def _repr_html_(self) -> str:
        return shown_alone(self)


def drawing(draw: Callable[[int, bool], tuple[str, int]], alt: str, width: int = WIDE) -> Drawing:
    """Draws for a desk and for a phone; the style sheet shows one of them, so that letters stay readable.

    Args:
        draw: Given the width in pixels and whether it is for a phone; returns what lies inside the SVG, and its height.
        alt: What it shows, in words.
        width: Of the desk's, in pixels.
    """
    parts, alt = [], one_line(alt)
    for kind, wide in (("desk", width), ("phone", PHONE)):
        inside, height = draw(wide, kind == "phone")
        size = f"viewBox='0 0 {wide} {height}' style='max-width:{round(1.27 * wide)}px'"
        parts.append(f"<svg class='ek-chart ek-{kind}' {size} role='img' aria-label='{esc(alt)}'>{inside}</svg>")
    return Drawing("".join(parts), alt)


@dataclass(frozen=True)
class Scale:
    """From values to pixels: ``low`` lies at ``start``, ``high`` at ``end``.

    Example:
        >>> Scale(0, 1, 200, 0)(0.25)
        150.0
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """The pixel of a value."""
        low, high, value = (math.log(one) if self.log else one for one in (self.low, self.high, value))
        return round(self.start + (value - low) / (high - low) * (self.end - self.start), 1)


def text(x: float, y: float, words: str, *, anchor: str = "start", css: str = "", paint: str = "") -> str:
    """A line of text that begins, has its middle, or ends at (x, y)."""
    extra = (f" class='{css}'" if css else "") + (f" style='fill:{paint}'" if paint else "")
    return f"<text x='{x:g}' y='{y:g}' text-anchor='{anchor}'{extra}>{esc(words)}</text>"


def middle_text(words: str, x: float, width: float, y: float) -> str:
    """A text with its middle at ``x``: on one line, or where that is wider than ``width`` on two, broken before its brackets."""
    first, bracket, rest = words.partition("（" if "（" in words else "(")
    halves = [first.strip(), bracket + rest] if bracket and text_width(words) > width else [words]
    return "".join(text(x, y + 20 * row, half, anchor="middle") for row, half in enumerate(halves))


def rectangle(x: float, y: float, width: float, height: float, paint: str, opacity: float = 1.0) -> str:
    """A filled rectangle from its upper left corner."""
    return f"<rect x='{x:.5g}' y='{y:.5g}' width='{width:.5g}' height='{height:.5g}' style='fill:{paint};fill-opacity:{opacity:.2g}'/>"


def line(x1: float, y1: float, x2: float, y2: float, style: str = "") -> str:
    """A straight line; without a style it belongs to the grid."""
    how = f"style='{style}'" if style else "class='grid'"
    return f"<line x1='{x1:g}' x2='{x2:g}' y1='{y1:g}' y2='{y2:g}' {how}/>"


def level_axis(x: Scale, y: Scale, levels: Iterable[float], form: Callable[[float], str]) -> str:
    """Level lines of the grid with their values at the left."""
    return "".join(line(x.start, y(value), x.end, y(value)) + text(x.start - 8, y(value) + 5, form(value), anchor="end") for value in levels)


def marker(kind: str, x: float, y: float, paint: str) -> str:
    """A model's marker (``"o"``, ``"s"``, ``"^"``, ``"D"``, ``"P"``), drawn: a character of a font never sits exactly on its point."""
    return f"<{_MARKERS[kind]} transform='translate({x:g} {y:g})' style='fill:{paint};stroke:var(--ek-card);stroke-width:1.2'/>"


def text_width(words: str) -> float:
    """About how many pixels a text takes in a chart."""
    return LETTER * columns(words)


def fitted(words: str, width: float) -> str:
    """A user's text on one line, cut to about ``width`` pixels."""
    whole = one_line(words)
    short = cut(whole, int(width / LETTER))
    return short if short == whole else cut(whole, int(width / LETTER) - 1).rstrip() + "…"


def one_line(words: str) -> str:
    """A user's text without line breaks and without signs that have no look."""
    return "".join(sign if sign.isprintable() else " " for sign in " ".join(words.split()))


def round_levels(low: float, high: float, most: int = 5) -> list[float]:
    """At most ``most`` + 2 round values that enclose ``low`` and ``high``; two or more also where these are equal."""
    span = max(high - low, 1e-3 * abs(high), 1e-6)
    sizes = (step * 10.0**power for power in range(math.floor(math.log10(span)) - 2, math.ceil(math.log10(span)) + 2) for step in (1, 2, 5))
    step = next(size for size in sizes if span / size <= most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 9) for number in range(first, max(last, first + 1) + 1)]
