"""Grids of pictures: a dataset's, and those that a model got wrong."""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from edukit.core.formatting import percent
from edukit.core.html import shots, tag
from edukit.core.i18n import language, t
from edukit.core.svg import Drawing
from edukit.tasks import find_task

if TYPE_CHECKING:
    from edukit.data import Split
    from edukit.tasks.classification_results import ClassEvaluation


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
