"""Figures and reports from results. matplotlib is imported when the first figure is asked for."""
from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from edukit.core.packages import imported

if TYPE_CHECKING:
    from edukit.plots.bars import class_counts, file_sizes, score_bars
    from edukit.plots.confusions import confusion
    from edukit.plots.curves import training_curves
    from edukit.plots.pictures import picture_grid, wrong_pictures
    from edukit.plots.report import write_report
    from edukit.plots.theme import figure_png, figure_svg, model_style
    from edukit.plots.tradeoffs import tradeoff

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
    "class_counts": "bars", "file_sizes": "bars", "score_bars": "bars", "confusion": "confusions", "training_curves": "curves",
    "picture_grid": "pictures", "wrong_pictures": "pictures", "write_report": "report", "tradeoff": "tradeoffs",
    "figure_png": "theme", "figure_svg": "theme", "model_style": "theme",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    imported("matplotlib")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
