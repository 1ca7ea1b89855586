"""Grids of pictures: a dataset's, and those that a model got wrong."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np

from edukit.core.errors import EdukitError
from edukit.core.i18n import language, t
from edukit.core.images import read_image, thumbnail
from edukit.core.preprocess import UInt8Image
from edukit.plots.lettering import fitted
from edukit.plots.theme import BAD, INK, SOFT, TEXT, PlotFigure, bold, new_figure, points, style
from edukit.tasks import find_task

if TYPE_CHECKING:
    from edukit.data import Split
    from edukit.tasks.classification_results import ClassEvaluation

CELL, GAP, LINE = 116, 14, 19  # pixels: a picture's side, the space between two, the height of a caption's line
Caption = tuple[tuple[str, str], ...]  # lines: text and colour


def picture_grid(split: Split, *, count: int = 18, width: float = 780) -> PlotFigure:
    """Some pictures of a split with their classes, as many of each class as fit; no chance is involved."""
    chosen = spread_over_classes(split, count)
    captions = [((split.caption(place), INK),) for place in chosen]
    figure = _grid([split[place].path for place in chosen], captions, width)
    figure.alt = t("plots.grid_alt", shown=len(chosen), count=len(split), classes=len(split.classes))
    return figure


def wrong_pictures(
    evaluation: ClassEvaluation, *, count: int = 12, class_names: Mapping[str, Mapping[str, str]] | None = None, width: float = 780
) -> PlotFigure:
    """The pictures that a model got wrong, those it was surest of first; under each the true class and the answer."""
    names = (class_names or {}).get(language(), {})
    worst = sorted(evaluation.wrong, key=lambda wrong: -wrong.score)[:count]
    captions = [
        ((names.get(wrong.label) or wrong.label, SOFT), (f"→ {names.get(wrong.predicted) or wrong.predicted} {100 * wrong.score:.0f}%", BAD)) for wrong in worst
    ]
    if not worst:
        return _message(t("plots.nothing_wrong", count=evaluation.count), width)
    figure = _grid([wrong.path for wrong in worst], captions, width)
    figure.alt = t("plots.wrong_alt", shown=len(worst), wrong=len(evaluation.wrong), count=evaluation.count)
    return figure


def spread_over_classes(split: Split, count: int) -> list[int]:
    """Places of ``count`` pictures: the first of each of the task's groups (classes), then the second of each, and so on; sorted."""
    by_group: dict[int, list[int]] = {}
    for place, group in enumerate(find_task(split.task).groups(split.targets)):
        by_group.setdefault(int(group), []).append(place)
    in_turn = sorted((turn, place) for places in by_group.values() for turn, place in enumerate(places))
    return sorted(place for _, place in in_turn[:count])


def small_picture(path: Path, side: int) -> UInt8Image | None:
    """A picture made small; None if it is gone or broken."""
    try:
        return thumbnail(read_image(path), side)
    except EdukitError:
        return None


def _grid(paths: Sequence[Path], captions: Sequence[Caption], width: float) -> PlotFigure:
    columns = max(1, min(len(paths), int((width + GAP - 8) // (CELL + GAP))))
    rows = max(1, math.ceil(len(paths) / columns))
    step = CELL + LINE * max((len(caption) for caption in captions), default=0) + 8 + GAP
    height = rows * step + 4
    with mpl.rc_context(style()):
        figure = new_figure(width, height)
        for place, (path, caption) in enumerate(zip(paths, captions)):
            left, top = 4 + (place % columns) * (CELL + GAP), 4 + (place // columns) * step
            axes = figure.add_axes((left / width, 1 - (top + CELL) / height, CELL / width, CELL / height))
            axes.set_axis_off()
            picture = small_picture(path, 2 * CELL)
            axes.imshow(_squared(picture) if picture is not None else np.full((2, 2, 3), 235, np.uint8), interpolation="lanczos")
            for line, (text, colour) in enumerate(caption):
                shown = fitted(figure, text, CELL)
                below = 1 - (top + CELL + 8 + LINE * line) / height
                figure.text(left / width, below, shown, color=colour, fontsize=points(TEXT), va="top", **(bold() if line else {}))
    return figure


def _squared(picture: UInt8Image) -> UInt8Image:
    """The picture in the middle of a square, on the grey that shows where it ends."""
    height, width = picture.shape[:2]
    side = max(height, width)
    square = np.full((side, side, 3), 244, np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = picture
    return square


def _message(text: str, width: float) -> PlotFigure:
    with mpl.rc_context(style()):
        figure = new_figure(width, 60)
        figure.text(0, 0.5, text, va="center", color=INK, fontsize=points(TEXT + 1))
    figure.alt = text
    return figure
