"""Texts from users in a figure: drawn as they are, never read as formulas, cut to a width, and without empty boxes for unknown signs."""
from __future__ import annotations

import unicodedata
from functools import cache

from matplotlib import font_manager, ft2font
from matplotlib.figure import Figure

from edukit.plots.theme import FONT_FILE, text_size

UNKNOWN = "〓"  # the printers' sign for a missing character
MAX_CHARACTERS = 200


@cache
def _known() -> frozenset[int]:
    fonts = (str(FONT_FILE), font_manager.findfont("DejaVu Sans"))
    return frozenset(code for path in fonts for code in ft2font.FT2Font(path).get_charmap())


def drawable(text: object) -> str:
    """``text`` on one line with signs that our fonts have; an emoji becomes its name, what has none becomes 〓.

    Example:
        >>> drawable("🐱 and 猫")
        '(cat face) and 猫'
    """
    pieces = []
    for sign in " ".join(str(text)[:MAX_CHARACTERS].split()):
        category = unicodedata.category(sign)
        if category in ("Cf", "Cc", "Cs", "Co", "Cn") or 0xFE00 <= ord(sign) <= 0xFE0F or 0x1F3FB <= ord(sign) <= 0x1F3FF:
            pieces.append(UNKNOWN if category in ("Cs", "Co", "Cn") else "")  # joiners and variants only change an emoji's look
        elif ord(sign) in _known() and not 0x1F000 <= ord(sign) <= 0x1FAFF:
            pieces.append(sign)
        else:
            pieces.append(f"({unicodedata.name(sign).lower()})" if category == "So" else UNKNOWN)
    return "".join(pieces).strip() or UNKNOWN


def fitted(figure: Figure, text: object, width: float) -> str:
    """``drawable`` text that is at most ``width`` pixels wide; what does not fit is cut and marked with an ellipsis."""
    whole = drawable(text)
    if text_size(figure, whole)[0] <= width:
        return whole
    low, high = 1, len(whole)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text_size(figure, whole[:middle] + "…")[0] <= width else (low, middle - 1)
    return whole[:low].rstrip() + "…"
