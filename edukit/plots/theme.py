"""How every figure looks, and how it becomes bytes: our tokens, our Chinese font, no pyplot, nothing global changed."""
from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK, SOFT, CARD, GRID = "#1d2433", "#5b6475", "#ffffff", "#e7e5de"
FONT_FILE = Path(__file__).parent / "fonts" / "EdukitHei.ttf"
FONTS = ["Edukit Hei", "DejaVu Sans"]  # DejaVu, which matplotlib brings, has the signs that ours lacks
TEXT = 13.5  # pixels
DPI = 100


class PlotFigure(Figure):
    """A matplotlib figure in our style; ``alt`` says in words what it shows. A notebook draws it without pyplot."""

    alt = ""

    def draw(self, renderer: Any) -> None:
        """Draws with our style whatever the surrounding program has set."""
        with mpl.rc_context(style()):
            super().draw(renderer)

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        width, height = (round(side * DPI) for side in self.get_size_inches())
        return figure_png(self), {"width": width, "height": height, "alt": self.alt}


@cache
def style() -> dict[str, Any]:
    """matplotlib's settings; also registers the font."""
    font_manager.fontManager.addfont(FONT_FILE)
    return {
        "font.family": FONTS, "font.size": points(TEXT), "text.parse_math": False, "axes.unicode_minus": False, "text.color": INK,
        "axes.labelcolor": SOFT, "axes.edgecolor": GRID, "axes.facecolor": CARD, "figure.facecolor": CARD, "xtick.color": SOFT, "ytick.color": SOFT,
        "axes.labelsize": points(TEXT), "xtick.labelsize": points(TEXT), "ytick.labelsize": points(TEXT), "axes.labelpad": points(6),
        "svg.fonttype": "path", "svg.hashsalt": "edukit", "path.simplify": True,
    }


def points(pixels: float) -> float:
    """A length in pixels as matplotlib's points."""
    return pixels * 72 / DPI


def new_figure(width: float, height: float) -> PlotFigure:
    """An empty figure; width and height in pixels."""
    with mpl.rc_context(style()):
        figure = PlotFigure(figsize=(width / DPI, height / DPI), dpi=DPI)
        FigureCanvasAgg(figure)
        return figure


def add_axes(figure: Figure, left: float, top: float, right: float, bottom: float) -> Axes:
    """Axes with these margins in pixels, without a box; call it within ``mpl.rc_context(style())``."""
    width, height = figure.get_size_inches() * DPI
    axes = figure.add_axes((left / width, bottom / height, max(1.0, width - left - right) / width, max(1.0, height - top - bottom) / height))
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, pad=points(7))
    axes.set_axisbelow(True)
    return axes


def grid(axes: Axes, axis: Literal["both", "x", "y"] = "both") -> None:
    """A light grid."""
    axes.grid(True, axis=axis, color=GRID, linewidth=points(1))


def text_size(figure: Figure, text: str, pixels: float = TEXT) -> tuple[float, float]:
    """Width and height of a text in pixels."""
    with mpl.rc_context(style()):
        drawn = figure.text(0, 0, text, fontsize=points(pixels))
        box = drawn.get_window_extent(FigureCanvasAgg(figure).get_renderer())
        drawn.remove()
    return float(box.width), float(box.height)


def figure_png(figure: Figure, scale: float = 2.0) -> bytes:
    """The figure as PNG; ``scale`` 2 is sharp on fine screens."""
    stream = io.BytesIO()
    with mpl.rc_context(style()):
        figure.savefig(stream, format="png", dpi=DPI * scale, metadata={"Software": None})
    return stream.getvalue()


def figure_svg(figure: Figure) -> str:
    """The figure as SVG, its letters as outlines, so that it looks the same without our font."""
    stream = io.StringIO()
    with mpl.rc_context(style()):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()
