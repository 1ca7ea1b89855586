"""Numbers as people read them: the one place that turns a figure into text."""
from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from functools import reduce

from edukit.core.i18n import t

UNKNOWN = "–"
FEW = 20  # pictures; below this one picture more or less moves a share by over five points, so that the count alone is told


def percent(share: float | None, digits: int = 1) -> str:
    """A fraction 0..1 as a percentage; a dash for one that is not known.

    Example:
        >>> percent(0.905), percent(0.905, 0), percent(None)
        ('90.5%', '90%', '–')
    """
    return UNKNOWN if share is None or not math.isfinite(share) else f"{100 * share:.{digits}f}%"


def right_of(right: int, count: int) -> str:
    """How many of some pictures are right: with the share, or, of few, with the remark that they are too few for one.

    Example:
        >>> from edukit.core.i18n import set_language
        >>> set_language("en"); right_of(87, 96), right_of(6, 6)
        ('87 of 96 right (90.6%)', '6 of 6 right: too few to say more')
    """
    return t("figures.right_of_few" if count < FEW else "figures.right_of", right=right, count=count, share=percent(right / max(1, count)))


def score(share: float | None, count: int, digits: int = 1) -> str:
    """A share of ``count`` pictures for a table; of few pictures the count, as a share of few claims too much. A count of 0 is one that is not known.

    Example:
        >>> score(0.9375, 96), score(1.0, 6), score(None, 6)
        ('93.8%', '6/6', '–')
    """
    return percent(share, digits) if share is None or not math.isfinite(share) or not 0 < count < FEW else f"{round(share * count)}/{count}"


def milliseconds(value: float) -> str:
    """A time, with more digits below 1 and none above 100.

    Example:
        >>> milliseconds(0.123), milliseconds(18.04), milliseconds(250.0)
        ('0.12 ms', '18.0 ms', '250 ms')
    """
    return f"{value:.2f} ms" if value < 1 else f"{value:.1f} ms" if value < 100 else f"{value:.0f} ms"


def times(ratio: float) -> str:
    """How many times.

    Example:
        >>> times(1.04), times(5.84), times(12.3)
        ('1.04', '5.8', '12')
    """
    return f"{ratio:.2f}" if ratio < 1.2 else f"{ratio:.1f}" if ratio < 10 else f"{ratio:.0f}"


def times_within(ratio: float, interval: Sequence[float]) -> str:
    """How many times, with the interval.

    Example:
        >>> times_within(2.0, (1.5, 2.5))
        '2.0× [1.5, 2.5]'
    """
    return f"{times(ratio)}× [{times(interval[0])}, {times(interval[1])}]"


def sentences(*said: str) -> str:
    """Sentences one after the other, as the language puts them; empty ones are left out."""
    return reduce(lambda first, second: t("comparison.sentences", first=first, second=second), filter(None, said))


def clock(seconds: float) -> str:
    """Seconds as minutes:seconds.

    Example:
        >>> clock(61.4)
        '1:01'
    """
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def columns(text: str) -> int:
    """How many columns of a terminal ``text`` takes: a Chinese character takes two.

    Example:
        >>> columns("ONNX 猫")
        7
    """
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def cut(text: str, width: int) -> str:
    """As much of ``text`` as fits into ``width`` columns.

    Example:
        >>> cut("模型文件", 5)
        '模型'
    """
    used = 0
    for position, character in enumerate(text):
        used += columns(character)
        if used > width:
            return text[:position]
    return text


def text_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side, each as wide as its widest cell; all but the first are set to the right. A head may have several lines."""
    parts = [head.split("\n") for head in heads]
    tall = max(map(len, parts), default=1)
    lines = [*zip(*([""] * (tall - len(part)) + part for part in parts)), *(list(row) for row in rows)]
    widths = [max(columns(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell + pad if column == 0 else pad + cell for column, cell in enumerate(line) for pad in (" " * (widths[column] - columns(cell)),)).rstrip()
        for line in lines
    )
