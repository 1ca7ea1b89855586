"""How every plot for print looks, and how it becomes bytes: our tokens, our Chinese font, no pyplot, nothing global changed."""
from __future__ import annotations

import io
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager, ft2font
from matplotlib.figure import Figure

INK, SOFT, CARD, GRID = "#1d2433", "#5b6475", "#ffffff", "#e7e5de"
FONT_FILE = Path(__file__).parent / "fonts" / "EdukitHei.ttf"
FONTS = ["Edukit Hei", "DejaVu Sans"]  # DejaVu, which matplotlib brings, has the signs that ours lacks
TEXT = 13.5  # pixels
DPI = 100
UNKNOWN = "〓"  # the printers' sign for a missing character
MAX_CHARACTERS = 200


@cache
def style() -> dict[str, Any]:
    """matplotlib's settings, for ``mpl.rc_context``; also registers the font."""
    font_manager.fontManager.addfont(FONT_FILE)
    return {
        "font.family": FONTS, "font.size": points(TEXT), "text.parse_math": False, "axes.unicode_minus": False, "text.color": INK,
        "axes.labelcolor": SOFT, "axes.facecolor": CARD, "figure.facecolor": CARD, "xtick.color": SOFT, "ytick.color": SOFT,
        "axes.labelsize": "medium", "xtick.labelsize": "medium", "ytick.labelsize": "medium", "axes.labelpad": points(6),
        "axes.titlesize": points(TEXT + 1), "axes.titlecolor": INK, "axes.titlelocation": "left", "axes.axisbelow": True, "axes.grid": True,
        "grid.color": GRID, "grid.linewidth": points(1), "xtick.major.size": 0, "ytick.major.size": 0, "xtick.major.pad": points(7),
        "ytick.major.pad": points(7), "axes.spines.left": False, "axes.spines.right": False, "axes.spines.top": False, "axes.spines.bottom": False,
        "legend.frameon": False, "figure.constrained_layout.w_pad": 0.12, "figure.constrained_layout.h_pad": 0.08,
        "svg.fonttype": "path", "svg.hashsalt": "edukit",
    }  # fmt: skip


def points(pixels: float) -> float:
    """A length in pixels as matplotlib's points."""
    return pixels * 72 / DPI


@cache
def _known() -> frozenset[int]:
    fonts = (str(FONT_FILE), font_manager.findfont("DejaVu Sans"))
    return frozenset(code for path in fonts for code in ft2font.FT2Font(path).get_charmap())


def drawable(text: object) -> str:
    """A user's text on one line with signs that our fonts have; an emoji becomes its name, what has none becomes 〓.

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


def figure_bytes(figure: Figure, kind: str) -> bytes:
    """The figure as ``"png"``, sharp on fine screens, or as ``"svg"``, its letters as outlines, so that it looks the same without our font."""
    stream = io.BytesIO()
    with mpl.rc_context(style()):
        figure.savefig(stream, format=kind, dpi=2 * DPI, metadata={"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}[kind])
    return stream.getvalue()
