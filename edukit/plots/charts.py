"""Charts of counts: pictures in each class, the sizes of files, and which class is taken for which."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from edukit.comparison.kinds import model_style
from edukit.core.files import human_size
from edukit.core.i18n import language, t
from edukit.core.svg import WIDE, Drawing, Scale, drawing, fitted, rectangle, text, text_width
from edukit.evaluation.showing import matrix_html

if TYPE_CHECKING:
    from edukit.comparison import Comparison
    from edukit.data import Dataset
    from edukit.tasks.classification_results import ClassEvaluation

ROW, BAR = 30, 19  # pixels
ACCENT = "var(--ek-accent)"
MAX_CLASSES = 60
SHADES = {"train": 1.0, "validation": 0.6, "test": 0.3}
Part = tuple[float, str, float]  # of a bar: its value, colour and opacity


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
    names: Sequence[str], rows: Sequence[Sequence[Part]], texts: Sequence[str], alt: str, width: int, *, key: Sequence[tuple[str, float]] = ()
) -> Drawing:
    """A bar for each name, with a text at its end; ``key`` says in a line above them what shades mean."""

    def draw(full: int, phone: bool) -> tuple[str, int]:
        labels = [fitted(name, 0.36 * full) for name in names]
        left, right = (max(map(text_width, some), default=0) + 14 for some in (labels, texts))
        totals = [sum(value for value, _, _ in parts) for parts in rows]
        x, y, place, drawn = Scale(0, max(totals, default=0) or 1, left, full - right), 6, 0.0, []
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


def confusion(evaluation: ClassEvaluation, *, class_names: Mapping[str, Mapping[str, str]] | None = None) -> Drawing:
    """How many pictures of each class (row) got each answer (column); right answers are blue, wrong ones orange.

    Of more than 60 classes the 40 with the most mistakes are shown.

    Args:
        evaluation: Its ``confusion`` and ``classes``.
        class_names: Names for people: language to label to name.
    """
    names, right = (class_names or {}).get(language(), {}), sum(row[place] for place, row in enumerate(evaluation.confusion))
    alt = t("plots.confusion_alt", right=right, count=sum(map(sum, evaluation.confusion)), classes=len(evaluation.classes))
    return Drawing(matrix_html(evaluation, lambda label: names.get(label) or label), alt)
