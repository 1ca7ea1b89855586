"""Charts of counts (pictures in each class, sizes of files, which class is taken for which), and grids of pictures."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from edukit.comparison.kinds import model_style
from edukit.core.files import human_size
from edukit.core.formatting import percent
from edukit.core.html import shots, tag
from edukit.core.i18n import language, t
from edukit.core.svg import WIDE, Drawing, Scale, drawing, fitted, rectangle, text, text_width
from edukit.evaluation.showing import matrix_html
from edukit.tasks import find_task

if TYPE_CHECKING:
    from edukit.comparison import Comparison
    from edukit.data import Dataset, Split
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


def class_counts(dataset: Dataset) -> Drawing:
    """How many pictures each class has in each split; of more than 60 classes those with the fewest."""
    counts = {split.name: split.counts for split in dataset.splits}
    totals = {label: sum(found.get(label, 0) for found in counts.values()) for label in dataset.classes}
    fewest = set(sorted(totals, key=lambda label: totals[label])[:MAX_CLASSES])
    labels = [label for label in dataset.classes if label in fewest]
    names, texts = [dataset.shown(label, language()) for label in labels], [str(totals[label]) for label in labels]
    rows = [[(float(found.get(label, 0)), ACCENT, SHADES[split]) for split, found in counts.items()] for label in labels]
    alt = t("plots.counts_alt", counts="; ".join(map(" ".join, zip(names, texts))))
    return _bars(names, rows, texts, alt, WIDE, key=[(t(f"plots.split_{split}"), SHADES[split]) for split in counts])


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


def picture_grid(split: Split, *, count: int = 18) -> Drawing:
    """Some pictures of a split with their classes, as many of each class as fit; no chance is involved."""
    chosen = spread_over_classes(split, count)
    alt = t("plots.grid_alt", shown=len(chosen), count=len(split), classes=len(split.classes))
    return Drawing(shots((split[place].path, split.caption(place), "") for place in chosen), alt)


def wrong_pictures(evaluation: ClassEvaluation, *, count: int = 12, class_names: Mapping[str, Mapping[str, str]] | None = None) -> Drawing:
    """The pictures that a model got wrong, those it was surest of first; under each the true class and the answer."""
    names = (class_names or {}).get(language(), {})
    worst = sorted(evaluation.wrong, key=lambda wrong: -wrong.score)[:count]
    if not worst:
        said = t("plots.nothing_wrong", count=evaluation.count)
        return Drawing(tag("p", said), said)
    pictures = [(one.path, names.get(one.label) or one.label, f"→ {names.get(one.predicted) or one.predicted} {percent(one.score, 0)}") for one in worst]
    return Drawing(shots(pictures), t("plots.wrong_alt", shown=len(worst), wrong=len(evaluation.wrong), count=evaluation.count))


def spread_over_classes(split: Split, count: int) -> list[int]:
    """Places of ``count`` pictures: the first of each of the task's groups (classes), then the second of each, and so on; sorted."""
    by_group: dict[int, list[int]] = {}
    for place, group in enumerate(find_task(split.task).groups(split.targets)):
        by_group.setdefault(int(group), []).append(place)
    in_turn = sorted((turn, place) for places in by_group.values() for turn, place in enumerate(places))
    return sorted(place for _, place in in_turn[:count])
