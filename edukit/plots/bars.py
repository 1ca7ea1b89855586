"""Bars: pictures in each class, the scores of a prediction, the sizes of files."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.axes import Axes

from edukit.core.files import human_size
from edukit.core.formatting import percent
from edukit.core.i18n import language, t
from edukit.plots.lettering import fitted
from edukit.plots.theme import ACCENT, INK, SOFT, TEXT, PlotFigure, add_axes, bold, model_style, new_figure, points, style, text_size

if TYPE_CHECKING:
    from edukit.comparison import Comparison
    from edukit.data import Dataset
    from edukit.runtime import Prediction

ROW = 30  # pixels
MAX_CLASSES = 60
SPLIT_COLOURS = {"train": "#0b5cad", "validation": "#6fa3d6", "test": "#c3d8ee"}


def score_bars(prediction: Prediction, *, width: float = 460) -> PlotFigure:
    """How likely each of the best labels is; the best one is blue."""
    names = [prediction.shown(label) for label in prediction.labels]
    colours = [ACCENT, *["#b9bfca"] * (len(names) - 1)]
    figure = _bars(names, list(prediction.scores), [percent(score) for score in prediction.scores], colours, width, full=1.0)
    figure.alt = "; ".join(f"{name} {percent(score)}" for name, score in zip(names, prediction.scores))
    return figure


def file_sizes(comparison: Comparison, *, width: float = 460) -> PlotFigure:
    """How large each model's file is."""
    models = comparison.models
    texts = [human_size(model.size_bytes) for model in models]
    colours = [model_style(model).colour for model in models]
    figure = _bars([model.name for model in models], [float(model.size_bytes) for model in models], texts, colours, width)
    figure.alt = t("plots.sizes_alt", sizes="; ".join(f"{model.name} {text}" for model, text in zip(models, texts)))
    return figure


def class_counts(dataset: Dataset, *, width: float = 620) -> PlotFigure:
    """How many pictures each class has in each split; of more than 60 classes those with the fewest."""
    parts = [split for split in (dataset.train, dataset.validation, dataset.test) if len(split)]
    counts = {split.name: split.counts for split in parts}
    every = {label: sum(counts[split.name].get(label, 0) for split in parts) for label in dataset.classes}
    fewest = set(sorted(every, key=lambda label: every[label])[:MAX_CLASSES])
    labels = [label for label in dataset.classes if label in fewest]
    names, totals = [dataset.shown(label, language()) for label in labels], [every[label] for label in labels]
    with mpl.rc_context(style()):
        figure, axes = _frame(names, max(totals, default=1), width, top=34)
        starts = [0] * len(names)
        for split in parts:
            lengths = [counts[split.name].get(label, 0) for label in labels]
            axes.barh(range(len(names)), lengths, left=starts, height=0.62, color=SPLIT_COLOURS[split.name])
            starts = [start + length for start, length in zip(starts, lengths)]
        for row, total in enumerate(totals):
            axes.annotate(str(total), (total, row), (points(7), 0), textcoords="offset points", va="center", color=INK, fontsize=points(TEXT))
        _key(figure, [(t(f"plots.split_{split.name}"), SPLIT_COLOURS[split.name]) for split in parts])
    figure.alt = t("plots.counts_alt", counts="; ".join(f"{name} {total}" for name, total in zip(names, totals)))
    return figure


def _bars(names: Sequence[str], values: Sequence[float], texts: Sequence[str], colours: Sequence[str], width: float, full: float | None = None) -> PlotFigure:
    with mpl.rc_context(style()):
        figure, axes = _frame(names, full or max(values, default=1) or 1, width, room=max((len(text) for text in texts), default=0) * 8.5 + 14)
        axes.barh(range(len(names)), values, height=0.62, color=colours)
        for row, (value, text) in enumerate(zip(values, texts)):
            weight = bold() if row == 0 and full else {}
            axes.annotate(text, (value, row), (points(7), 0), textcoords="offset points", va="center", color=INK, fontsize=points(TEXT), **weight)
    return figure


def _frame(names: Sequence[str], highest: float, width: float, *, top: float = 6, room: float = 50) -> tuple[PlotFigure, Axes]:
    probe = new_figure(10, 10)
    labels = [fitted(probe, name, width * 0.36) for name in names]
    left = max((text_size(probe, label)[0] for label in labels), default=0) + 16
    figure = new_figure(width, top + ROW * max(1, len(names)) + 6)
    axes = add_axes(figure, left=left, top=top, right=room, bottom=6)
    axes.set_yticks(range(len(names)), labels, color=INK)
    axes.set_xticks([])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, highest)
    return figure, axes


def _key(figure: PlotFigure, entries: Sequence[tuple[str, str]]) -> None:
    """What the colours mean, in one line above the bars."""
    width, height = figure.get_size_inches() * figure.dpi
    place = 8.0
    for text, colour in entries:
        figure.text(place / width, 1 - 12 / height, "■", color=colour, fontsize=points(TEXT + 6), va="center")
        figure.text((place + 18) / width, 1 - 12 / height, text, color=SOFT, fontsize=points(TEXT), va="center")
        place += 18 + text_size(figure, text)[0] + 20
