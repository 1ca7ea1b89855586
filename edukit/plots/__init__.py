"""Figures and reports from results. Curves and trade-offs are light SVG, one drawing for page, report and notebook; matplotlib is imported for the others."""
from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from edukit.core.packages import imported

if TYPE_CHECKING:
    from edukit.comparison.tradeoffs import tradeoff
    from edukit.plots.bars import class_counts, file_sizes, score_bars
    from edukit.plots.confusions import confusion
    from edukit.plots.pictures import picture_grid, wrong_pictures
    from edukit.plots.report import write_report
    from edukit.plots.theme import figure_png, figure_svg, model_style
    from edukit.training.curves import training_curves

__all__ = [
    "class_counts",
    "confusion",
    "figure_png",
    "figure_svg",
    "file_sizes",
    "model_style",
    "picture_grid",
    "score_bars",
    "tradeoff",
    "training_curves",
    "write_report",
    "wrong_pictures",
]  # fmt: skip

_HOMES = {
    "class_counts": "bars", "file_sizes": "bars", "score_bars": "bars", "confusion": "confusions",
    "picture_grid": "pictures", "wrong_pictures": "pictures", "write_report": "report",
    "figure_png": "theme", "figure_svg": "theme", "model_style": "theme",
}  # fmt: skip
_LIGHT = {"tradeoff": "edukit.comparison.tradeoffs", "training_curves": "edukit.training.curves"}


def __getattr__(name: str) -> Any:
    if name in _LIGHT:
        return getattr(import_module(_LIGHT[name]), name)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    imported("matplotlib")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
