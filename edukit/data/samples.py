"""The sample sets that travel with edukit, each with a card that says where it comes from."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from edukit.core.files import read_record
from edukit.core.html import shown_alone, table
from edukit.core.i18n import language, t
from edukit.core.preprocess import Float32Array
from edukit.core.resources import resource

CARD = "card.json"
FIRST = "emoji"  # the set that lessons begin with


@dataclass(frozen=True)
class SampleSet:
    """A dataset that travels with edukit.

    Args:
        name: What ``load_dataset`` takes.
        title: Language to a title for people.
        folder: Where it lies.
        card: Its card: sources, licence, how it was built, classes, SHA-256 of its files.
    """

    name: str
    title: Mapping[str, str]
    folder: Path
    card: Mapping[str, Any] = field(repr=False)

    @property
    def for_training(self) -> bool:
        """Whether one can train on it; some are there to test with."""
        return "train" in (splits_in(self.card) or ("train",))


class SampleSets(tuple[SampleSet, ...]):
    """All of them; as the last line of a cell they are a short table."""

    def _rows(self) -> list[tuple[str, str, int, str]]:
        rows = []
        for one in self:
            splits = t("data.comma").join(t(f"data.split.{name}") for name in splits_in(one.card))
            rows.append((one.name, one.title.get(language(), ""), len(next(iter(names_in(one.card).values()), ())), splits))
        return rows

    def __repr__(self) -> str:
        return "\n".join(t("data.sample_set", name=name, title=title, classes=classes, splits=splits) for name, title, classes, splits in self._rows())

    def _repr_html_(self) -> str:
        heads = [t(f"data.sample_sets.{head}") for head in ("name", "title", "classes", "splits")]
        return shown_alone(table(heads, self._rows()))


@cache
def sample_sets() -> SampleSets:
    """Every sample set: the one that lessons begin with, others to train on, then those to test with."""
    found = []
    for folder in sorted(path.parent for path in resource("datasets").glob(f"*/{CARD}")):
        card = read_card(folder)
        found.append(SampleSet(folder.name, card.get("title", {}), folder, card))
    return SampleSets(sorted(found, key=lambda sample: (not sample.for_training, sample.name != FIRST, sample.name)))


def sample_set(name: str) -> SampleSet | None:
    """The sample set called ``name``."""
    return next((sample for sample in sample_sets() if sample.name == name), None)


def sample_model(name: str = "emoji") -> Path | None:
    """The INT8 model that ships with a sample set; any lesson can fall back to it."""
    path = resource("datasets", name, "model", f"{name}-int8.onnx")
    return path if path.is_file() else None


def sample_features(name: str = "emoji") -> dict[str, Float32Array]:
    """What the sample model's network makes of the set's training and validation pictures, in their order, and of their variants (``data/variants.py``).

    Arrays (pictures, 64): ``train`` and ``validation``, each also with ``_own`` (on a background that is its class's), ``train_any`` (on any background),
    ``validation_other`` (on another class's), ``validation_again`` (saved again) and ``validation_frame`` (a moment later).
    """
    import numpy as np

    with np.load(resource("datasets", name, "model", "features.npz"), allow_pickle=False) as found:
        return {key: found[key].astype(np.float32) for key in found}


def read_card(folder: Path) -> dict[str, Any]:
    """The card of a dataset folder; empty where there is none that can be read."""
    return read_record(folder / CARD)  # somebody else's card.json is no reason to refuse their pictures


def splits_in(card: Mapping[str, Any]) -> tuple[str, ...]:
    """The splits that a set is meant to have; empty where the card does not say."""
    named = card.get("splits")
    return tuple(name for name in named if isinstance(name, str)) if isinstance(named, list) else ()


def names_in(card: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The names of classes for people: language to label to name, only what is text."""
    languages = card.get("class_names")
    if not isinstance(languages, dict):
        return {}
    return {
        str(lang): {str(label): name for label, name in names.items() if isinstance(name, str)} for lang, names in languages.items() if isinstance(names, dict)
    }
