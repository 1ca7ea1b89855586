"""Heads from features that are there: those of the sample pictures travel with edukit, those of one's own are computed once. A training takes milliseconds."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edukit.core.errors import EdukitError
from edukit.core.i18n import t
from edukit.core.preprocess import Float32Array
from edukit.core.workspace import Workspace
from edukit.data import Dataset, Split, load_dataset, sample_features
from edukit.training.bodies import Body, int8_body
from edukit.training.head import fit_head

Places = NDArray[np.int64]
CLASSES, MOST, EXAM = 6, 20, 60  # as much of one's own set as is quickly learnt
FEWEST, FEWEST_EXAM = 5, 4       # training pictures of a class, and validation pictures in all, below which a curve says nothing


class SampleHeads:
    """The sample set ``emoji`` or another, its features, and what a head knows that learnt from some of them.

    Args:
        dataset: The set; its test pictures are not used.
        features: As ``sample_features`` gives them.

    Attributes:
        targets, exam: The classes of the training and of the validation pictures, by their place in ``dataset.classes``.

    Example:
        >>> heads = SampleHeads()
        >>> bool(heads.known(heads.features["train"], heads.targets).mean() > 0.7)
        True
    """

    def __init__(self, dataset: Dataset | None = None, features: Mapping[str, Float32Array] | None = None) -> None:
        self.dataset, self.features = dataset or load_dataset("emoji"), features or sample_features("emoji")
        self.targets, self.exam = (self._targets(split) for split in (self.dataset.train, self.dataset.validation))

    @property
    def most(self) -> int:
        """How many training pictures every class has, ``MOST`` at most."""
        return min(MOST, int(np.bincount(self.targets).min()))

    def order(self, seed: int) -> list[Places]:
        """The training pictures of each class in an order of chance."""
        chance = np.random.default_rng(seed)
        return [chance.permutation(np.flatnonzero(self.targets == place)) for place in range(len(self.dataset.classes))]

    def known(self, rows: Float32Array, targets: Places, exam: str = "validation") -> NDArray[np.bool_]:
        """Which validation pictures a head knows, (pictures,), that learnt from ``rows`` with these ``targets``."""
        head = fit_head(rows, [self.dataset.classes[place] for place in targets], classes=self.dataset.classes)
        return np.asarray(head.probabilities(self.features[exam]).argmax(axis=1) == self.exam, np.bool_)

    def _targets(self, split: Split) -> Places:
        return np.array([self.dataset.classes.index(sample.label) for sample in split], np.int64)


def own_heads(dataset: Dataset, workspace: Workspace) -> SampleHeads | None:
    """The same for one's own set, for ``CLASSES`` of it, ``MOST`` training pictures of each and ``EXAM`` validation pictures in all; None if it is too small.

    Raises:
        EdukitError: A picture cannot be read.
    """
    classes = dataset.classes[:CLASSES]
    train, exam = (_some(split, classes, most) for split, most in ((dataset.train, MOST), (dataset.validation, EXAM // max(1, len(classes)))))
    if len(classes) < 2 or len(exam) < FEWEST_EXAM or min(train.counts.values()) < FEWEST or not all(exam.counts.values()):
        return None
    body = Body(int8_body(workspace))
    features: dict[str, Float32Array] = {split.name: body.features(split) for split in (train, exam)}
    return SampleHeads(replace(dataset, classes=classes).with_split(train).with_split(exam), features)


def _some(split: Split, classes: tuple[str, ...], most: int) -> Split:
    mine = [[place for place, sample in enumerate(split) if sample.label == label] for label in classes]
    return replace(split.subset(place for places in mine for place in places[:: -(-len(places) // most) or 1]), classes=classes)


def heads_for(source: str, sample: SampleHeads, workspace: Workspace) -> tuple[SampleHeads, str]:
    """Heads for the chosen set; else for the sample pictures, with the sentence that says why."""
    if source == sample.dataset.name:
        return sample, t("curve.none")
    try:
        found = own_heads(load_dataset(source), workspace)
    except EdukitError as error:
        return sample, f"{error.message} {t('curve.instead')}"
    return (found, "") if found else (sample, f"{t('curve.too_small', least=FEWEST, exam=FEWEST_EXAM)} {t('curve.instead')}")


def different(count: int, alike: int) -> int:
    """How many of so many pictures are no repeats."""
    return max(1, round(count * (1 - alike / 100)))


def taken(order: Sequence[Places], count: int, alike: int, wrong: int) -> tuple[list[int], list[int]]:
    """The training pictures, class after class, and the labels that they bear; the last ones of a class bear another class's."""
    rows = [int(mine[place % different(count, alike)]) for mine in order for place in range(count)]
    good, others = count - round(count * wrong / 100), len(order) - 1
    return rows, [kind if place < good else (kind + 1 + place % others) % len(order) for kind in range(len(order)) for place in range(count)]
