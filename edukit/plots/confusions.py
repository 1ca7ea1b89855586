"""The confusion matrix: which class is taken for which."""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from numpy.typing import NDArray

from edukit.core.i18n import language, t
from edukit.plots.lettering import fitted
from edukit.plots.theme import ACCENT, CARD, INK, SOFT, TEXT, WARN, PlotFigure, add_axes, new_figure, points, style, text_size

if TYPE_CHECKING:
    from edukit.tasks.classification_results import ClassEvaluation

RIGHT = LinearSegmentedColormap.from_list("right", [CARD, ACCENT])
WRONG = LinearSegmentedColormap.from_list("wrong", [CARD, "#d55e00"])
MIN_CELL, MAX_CELL = 19, 64  # pixels
LABEL_ROOM, MIN_WIDTH = 130, 260
MAX_SHOWN, SHOWN_OF_MANY = 60, 40  # classes


def confusion(evaluation: ClassEvaluation, *, class_names: Mapping[str, Mapping[str, str]] | None = None, width: float = 620) -> PlotFigure:
    """How many pictures of each class (row) got each answer (column); right answers are blue, wrong ones orange.

    Of more than 60 classes the 40 with the most mistakes are drawn.

    Args:
        evaluation: Its ``confusion`` and ``classes``.
        class_names: Names for people: language to label to name.
        width: In pixels, at most; with many classes the figure grows beyond it.
    """
    whole = np.array(evaluation.confusion, np.int64).reshape(len(evaluation.classes), -1)
    kept = _most_confused(whole)
    counts, classes = whole[np.ix_(kept, kept)], len(kept)
    names = (class_names or {}).get(language(), {})
    shown = [names.get(evaluation.classes[place]) or evaluation.classes[place] for place in kept]
    with mpl.rc_context(style()):
        pixels = TEXT if classes <= 12 else 11.0
        probe = new_figure(10, 10)
        labels = [fitted(probe, name, LABEL_ROOM, pixels) for name in shown]
        longest = max(text_size(probe, label, pixels)[0] for label in labels)
        left = longest + 46
        cell = min(MAX_CELL, max(MIN_CELL, (width - left - 12) / classes))
        slanted = longest + 6 > cell
        bottom = (longest * 0.72 if slanted else 12) + 52
        side = classes * cell
        full, height = max(MIN_WIDTH, left + side + 12), side + bottom + 10
        figure = new_figure(full, height)
        axes = add_axes(figure, left=left, top=10, right=full - left - side, bottom=bottom)
        _cells(axes, counts, cell)
        _labels(axes, labels, slanted, pixels)
        if classes < len(whole):
            axes.set_xlabel(t("plots.most_confused", shown=classes, classes=len(whole)))
        figure.text(8 / full, 1 - (10 + side / 2) / height, t("plots.true_class"), rotation=90, ha="left", va="center", color=SOFT)
    figure.alt = t("plots.confusion_alt", right=int(np.trace(whole)), count=int(whole.sum()), classes=len(whole))
    return figure


def _most_confused(counts: NDArray[np.int64]) -> list[int]:
    """Places of the classes that are drawn: all, or of very many those with the most mistakes."""
    if len(counts) <= MAX_SHOWN:
        return list(range(len(counts)))
    mistakes = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diag(counts)
    return sorted(np.argsort(-mistakes, kind="stable")[:SHOWN_OF_MANY].tolist())


def _cells(axes: Axes, counts: NDArray[np.int64], cell: float) -> None:
    classes = len(counts)
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    colours = np.where(np.eye(classes, dtype=bool)[..., None], RIGHT(shares * 0.92)[..., :3], WRONG(np.where(shares > 0, 0.12 + 0.8 * shares, 0))[..., :3])
    colours[counts == 0] = to_rgb("#f7f6f2")
    axes.imshow(colours, aspect="auto", interpolation="nearest")
    for edge in np.arange(-0.5, classes):
        axes.axhline(edge, color=CARD, linewidth=points(2 if cell > 26 else 1))
        axes.axvline(edge, color=CARD, linewidth=points(2 if cell > 26 else 1))
    for row, column in zip(*np.nonzero(counts)):
        text = str(counts[row, column])
        size = min(TEXT + 1, cell * 0.5, cell * 1.5 / len(text))
        dark = np.dot(colours[row, column], (0.299, 0.587, 0.114)) < 0.6
        axes.text(column, row, text, ha="center", va="center", fontsize=points(size), color=CARD if dark else (INK if row == column else WARN))


def _labels(axes: Axes, labels: list[str], slanted: bool, pixels: float) -> None:
    places = range(len(labels))
    axes.set_yticks(places, labels, fontsize=points(pixels), color=INK)
    axes.set_xticks(places, labels, fontsize=points(pixels), color=INK)
    if slanted:
        for text in axes.get_xticklabels():
            text.set(rotation=45, ha="right", rotation_mode="anchor")
    axes.set_xlabel(t("plots.predicted_class"))
