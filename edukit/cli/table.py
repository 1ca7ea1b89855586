"""Plain tables for a terminal, in which Chinese characters take two columns."""
from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side, each as wide as its widest cell; all but the first are set to the right."""
    lines = [list(heads), *(list(row) for row in rows)]
    widths = [max(width(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell + pad if column == 0 else pad + cell for column, cell in enumerate(line) for pad in (" " * (widths[column] - width(cell)),)).rstrip()
        for line in lines
    )


def width(text: str) -> int:
    """How many columns ``text`` takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def cut(text: str, columns: int) -> str:
    """As much of ``text`` as fits."""
    used = 0
    for position, character in enumerate(text):
        used += width(character)
        if used > columns:
            return text[:position]
    return text
