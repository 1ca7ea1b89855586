"""How a dataset looks in a notebook: a few pictures of each class, each with its label, in one piece of HTML; of one's own sets, words alone."""
from __future__ import annotations

from edukit.core.html import answer, shots, shown_alone, tag
from edukit.core.i18n import language, t
from edukit.core.workspace import current
from edukit.data.dataset import Dataset, Split

SHOWN = 12  # pictures of a split


def dataset_html(dataset: Dataset) -> str:
    """The dataset's name, size and classes, and a few pictures of its first split."""
    names = t("data.comma").join(dataset.shown(label, language()) for label in dataset.classes)
    sizes = t("data.comma").join(f"{t('data.split.' + split.name)} {len(split)}" for split in dataset.splits)
    notes = "".join(tag("p", note) for note in dataset.notes)
    return shown_alone(answer(dataset.name, f"· {sizes}"), tag("p", names), notes, _pictures(dataset.splits[0]) if dataset.splits else "")


def grid_html(split: Split) -> str:
    """A few pictures, taken evenly from all classes, with their labels."""
    return shown_alone(_pictures(split))


def _pictures(split: Split) -> str:
    if split.folder.absolute().is_relative_to(current().datasets):  # a notebook is saved and handed on with what it shows
        return tag("p", t("data.own_not_shown"))
    step = max(1, len(split) // SHOWN)
    return shots((split[i].path, split.caption(i), "") for i in range(0, len(split), step)[:SHOWN])
