"""Charts of counts: pictures in each class, the scores of a prediction, the sizes of files, and which class is taken for which."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edukit.comparison.kinds import model_style
from edukit.core.files import human_size
from edukit.core.formatting import percent
from edukit.core.i18n import language, t
from edukit.core.svg import SIZE, WIDE, Drawing, Scale, centred, drawing, fitted, rectangle, text, text_width

if TYPE_CHECKING:
    from edukit.comparison import Comparison
    from edukit.data import Dataset
    from edukit.runtime import Prediction
    from edukit.tasks.classification_results import ClassEvaluation

ROW, BAR = 30, 19  # pixels
ACCENT, OTHER, WRONG = "var(--ek-accent)", "var(--ek-edge)", "var(--ek-torch)"
MAX_CLASSES = 60
SHADES = {"train": 1.0, "validation": 0.6, "test": 0.3}
LABEL_ROOM, MIN_CELL, MAX_CELL = 130, 17, 64  # pixels; in smaller cells letters shrink too
MAX_SHOWN, SHOWN_OF_MANY = 60, 40  # classes of a matrix
Part = tuple[float, str, float]  # of a bar: its value, colour and opacity


def score_bars(prediction: Prediction, *, width: int = WIDE) -> Drawing:
    """How likely each of the best labels is; the best one is blue."""
    names = [prediction.shown(label) for label in prediction.labels]
    rows = [[(score, OTHER if place else ACCENT, 1.0)] for place, score in enumerate(prediction.scores)]
    texts = [percent(score) for score in prediction.scores]
    return _bars(names, rows, texts, "; ".join(map(" ".join, zip(names, texts))), width, most=1.0)


def file_sizes(comparison: Comparison, *, width: int = WIDE) -> Drawing:
    """How large each model's file is."""
    models = comparison.models
    names, texts = [model.name for model in models], [human_size(model.size_bytes) for model in models]
    rows = [[(float(model.size_bytes), model_style(model.runtime, model.precision).paint, 1.0)] for model in models]
    return _bars(names, rows, texts, t("plots.sizes_alt", sizes="; ".join(map(" ".join, zip(names, texts)))), width)


def class_counts(dataset: Dataset, *, width: int = WIDE) -> Drawing:
    """How many pictures each class has in each split; of more than 60 classes those with the fewest."""
    counts = {split.name: split.counts for split in dataset.splits}
    totals = {label: sum(found.get(label, 0) for found in counts.values()) for label in dataset.classes}
    fewest = set(sorted(totals, key=lambda label: totals[label])[:MAX_CLASSES])
    labels = [label for label in dataset.classes if label in fewest]
    names, texts = [dataset.shown(label, language()) for label in labels], [str(totals[label]) for label in labels]
    rows = [[(float(found.get(label, 0)), ACCENT, SHADES[split]) for split, found in counts.items()] for label in labels]
    alt = t("plots.counts_alt", counts="; ".join(map(" ".join, zip(names, texts))))
    return _bars(names, rows, texts, alt, width, key=[(t(f"plots.split_{split}"), SHADES[split]) for split in counts])


def _bars(
    names: Sequence[str], rows: Sequence[Sequence[Part]], texts: Sequence[str], alt: str, width: int, *, most: float = 0, key: Sequence[tuple[str, float]] = ()
) -> Drawing:
    """A bar for each name, with a text at its end; ``key`` says in a line above them what shades mean."""

    def draw(full: int, phone: bool) -> tuple[str, int]:
        labels = [fitted(name, 0.36 * full) for name in names]
        left, right = (max(map(text_width, some), default=0) + 14 for some in (labels, texts))
        totals = [sum(value for value, _, _ in parts) for parts in rows]
        x, y, place, drawn = Scale(0, most or max(totals, default=0) or 1, left, full - right), 6, 0.0, []
        for words, shade in key:
            drawn += [rectangle(place, 6, 12, 12, ACCENT, shade), text(place + 18, 17, words)]
            place, y = place + 36 + text_width(words), 32
        for label, parts, total, said in zip(labels, rows, totals, texts):
            drawn += [text(left - 8, y + 14, label, anchor="end"), text(x(total) + 7, y + 14, said)]
            start = 0.0
            for value, paint, shade in parts:
                drawn.append(rectangle(x(start), y, x(start + value) - x(start), BAR, paint, shade))
                start += value
            y += ROW
        return "".join(drawn), y

    return drawing(draw, alt, width)


def confusion(evaluation: ClassEvaluation, *, class_names: Mapping[str, Mapping[str, str]] | None = None, width: int = WIDE) -> Drawing:
    """How many pictures of each class (row) got each answer (column); right answers are blue, wrong ones orange.

    Of more than 60 classes the 40 with the most mistakes are drawn.

    Args:
        evaluation: Its ``confusion`` and ``classes``.
        class_names: Names for people: language to label to name.
        width: In pixels.
    """
    whole = np.array(evaluation.confusion, np.int64).reshape(len(evaluation.classes), -1)
    kept = _most_confused(whole)
    counts, names = whole[np.ix_(kept, kept)], (class_names or {}).get(language(), {})
    labels = [fitted(names.get(evaluation.classes[place]) or evaluation.classes[place], LABEL_ROOM) for place in kept]
    below = t("plots.predicted_class") if len(kept) == len(whole) else t("plots.most_confused", shown=len(kept), classes=len(whole))
    longest = max(map(text_width, labels))

    def draw(full: int, phone: bool) -> tuple[str, int]:
        cell = min(MAX_CELL, (full - longest - 44) / len(kept))
        if cell < MIN_CELL:
            cell = (full - 44) / (len(kept) + longest / MIN_CELL)
        share = min(1.0, cell / MIN_CELL)
        left, side, size = 34 + longest * share, cell * len(kept), SIZE * share
        drawn = [text(12, 4 + side / 2, t("plots.true_class"), anchor="middle", turn=-90), *_cells(counts, left, cell)]
        slanted = longest * share + 6 > cell
        for place, label in enumerate(labels):
            middle = (place + 0.5) * cell
            drawn.append(text(left - 8, 4 + middle + 0.35 * size, label, anchor="end", size=size))
            anchor, turn = ("end", -45) if slanted else ("middle", 0)
            drawn.append(text(left + middle + 0.3 * size * slanted, side + 8 + size, label, anchor=anchor, size=size, turn=turn))
        bottom = side + 34 + (longest * share * 0.72 if slanted else size)
        broken = text_width(below) > full
        drawn.append(centred(below, full / 2 if broken else min(left + side / 2, full - text_width(below) / 2), full, bottom))
        return "".join(drawn), round(bottom + 12 + 20 * broken)

    return drawing(draw, t("plots.confusion_alt", right=int(np.trace(whole)), count=int(whole.sum()), classes=len(whole)), width)


def _most_confused(counts: NDArray[np.int64]) -> list[int]:
    """Places of the classes that are drawn: all, or of very many those with the most mistakes."""
    if len(counts) <= MAX_SHOWN:
        return list(range(len(counts)))
    mistakes = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diag(counts)
    return sorted(np.argsort(-mistakes, kind="stable")[:SHOWN_OF_MANY].tolist())


def _cells(counts: NDArray[np.int64], left: float, cell: float) -> list[str]:
    """The squares with their numbers; the larger the share of a row, the stronger its colour."""
    drawn, edge = [], 2 if cell > 26 else 1 if cell > 10 else 0
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    for (row, column), count in np.ndenumerate(counts):
        x, y, share = left + column * cell, 4 + row * cell, float(shares[row, column])
        strength = 0.92 * share if row == column else 0.12 + 0.8 * share
        paint = ACCENT if row == column else WRONG
        drawn.append(rectangle(x, y, cell - edge, cell - edge, paint if count else "var(--ek-sunk)", strength if count else 1.0))
        if count:
            size = min(SIZE + 1, cell * 0.5, cell * 1.5 / len(str(count)))
            ink = "var(--ek-card)" if strength > 0.55 else "var(--ek-ink)" if row == column else "var(--ek-warn)"
            drawn.append(text(x + (cell - edge) / 2, y + (cell - edge) / 2 + 0.36 * size, str(count), anchor="middle", size=size, paint=ink))
    return drawn
