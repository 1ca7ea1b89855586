"""What a dataset is to everything above: three splits of pictures with their targets, and the classes they share."""
from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from edukit.core.card import CLASSIFICATION
from edukit.core.errors import EdukitError, SplitMissing, SplitNotInSet, UnknownChoice
from edukit.core.i18n import language, t
from edukit.data.copies import last_bytes
from edukit.data.naming import printable
from edukit.data.report_page import dataset_html, grid_html
from edukit.data.sample import ClassLabel, Sample
from edukit.data.samples import sample_sets
from edukit.tasks import find_task

SplitName = Literal["train", "validation", "test"]
SPLITS: tuple[SplitName, ...] = ("train", "validation", "test")
FOLDERS: dict[str, str] = {"train": "training_set", "validation": "val_set", "test": "test_set"}
_ONE_SIZE = (".bmp", ".dib", ".tif", ".tiff")
ClassNames = Mapping[str, Mapping[str, str]]  # language -> label -> name for people


class HasClassNames:
    """What knows names of its classes for people."""

    class_names: ClassNames

    def shown(self, label: str, lang: str) -> str:
        """The name of a class for people, in ``lang`` where it is known."""
        return self.class_names.get(lang, {}).get(label) or label


@dataclass(frozen=True)
class Split(HasClassNames, Sequence[Sample]):
    """The pictures of one purpose: to train on, to validate with, or to test with.

    Args:
        name: ``"train"``, ``"validation"`` or ``"test"``.
        samples: Its pictures, class by class, in stable order.
        classes: The labels in the order of a network's outputs; the same for every split of a dataset.
        dataset_name, folder: The dataset it is a part of.
        class_names: Names for people: language to label to name.
        warnings: Sentences to be read beside any figure measured on this split.
        training: The training pictures of the same dataset, which this split must not share.
        task: The task that its targets belong to.
    """

    name: SplitName
    samples: tuple[Sample, ...]
    classes: tuple[str, ...]
    dataset_name: str
    folder: Path
    class_names: ClassNames = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    training: tuple[Path, ...] = field(default=(), repr=False, compare=False)
    task: str = CLASSIFICATION

    def __len__(self) -> int:
        return len(self.samples)

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)

    @overload
    def __getitem__(self, index: int) -> Sample: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Sample, ...]: ...

    def __getitem__(self, index: int | slice) -> Sample | tuple[Sample, ...]:
        return self.samples[index]

    @property
    def labels(self) -> NDArray[np.int64]:
        """The index of every picture's class, shape (pictures,); classification only."""
        return np.array([sample.index for sample in self.samples], np.int64)

    @cached_property
    def targets(self) -> Any:
        """What the task makes of the pictures' targets, in their order."""
        return find_task(self.task).targets(self.samples, self.classes)

    def caption(self, index: int) -> str:
        """What picture number ``index`` shows, in words for people."""
        return self.shown(find_task(self.task).target_text(self.targets[index], self.classes), language())

    @property
    def counts(self) -> dict[str, int]:
        """Pictures of each class; empty where the task's targets are no classes."""
        if self.task != CLASSIFICATION:
            return {}
        found = np.bincount(self.labels, minlength=len(self.classes))
        return {label: int(count) for label, count in zip(self.classes, found)}

    def subset(self, indices: Iterable[int]) -> Split:
        """The split with only these pictures, in this order."""
        return replace(self, samples=tuple(self.samples[index] for index in indices))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over relative names, targets and sizes: cheap, and another one as soon as a picture is added, moved or replaced.

        Of formats that do not compress, whose files of one kind have one size, the last bytes count too.
        """
        digest = hashlib.sha256()
        for sample in self.samples:
            relative = os.fsencode(os.path.relpath(sample.path, self.folder)).replace(b"\\", b"/")
            size = sample.path.stat().st_size if sample.path.exists() else -1
            digest.update(b"%s\0%s\0%d\n" % (relative, str(sample.target).encode(), size))
            if size > 0 and sample.path.suffix.lower() in _ONE_SIZE:
                with suppress(OSError):  # not to be read: the verbs say so
                    digest.update(last_bytes(sample.path))
        return digest.hexdigest()

    def __repr__(self) -> str:
        return f"Split({self.dataset_name!r}, {self.name!r}: {len(self)} pictures, {len(self.classes)} classes)"

    def _repr_html_(self) -> str:
        return grid_html(self)


@dataclass(frozen=True)
class Dataset(HasClassNames):
    """Pictures to train on, to validate with and to test with, and the classes they belong to.

    Args:
        name: A sample set's name, or the folder's.
        folder: Where it lies; it is never written to.
        classes: The stable labels, in the order of a network's outputs.
        class_names: Names for people: language to label to name; may be empty.
        train, validation, test: The splits; one that the dataset lacks is empty.
        format: The reader's name: ``"imagenet"`` (folders training_set, val_set, test_set), ``"folders"`` (plain class folders, split in memory), ...
        notes: Sentences about what was done while loading, such as how the pictures were split.
        class_roots: The folders whose subfolders are classes: nothing else may be put there.
    """

    name: str
    folder: Path
    classes: tuple[str, ...]
    class_names: ClassNames
    train: Split
    validation: Split
    test: Split
    format: str
    notes: tuple[str, ...] = ()
    class_roots: tuple[Path, ...] = ()

    @property
    def task(self) -> str:
        """The task that its targets belong to, such as ``"classification"``."""
        return self.train.task

    def split(self, name: str) -> Split:
        """The split called ``name``.

        Raises:
            UnknownChoice: No split is called so.
            SplitMissing: This dataset has no pictures for it.
        """
        if name not in SPLITS:
            raise UnknownChoice.among("split", name, SPLITS)
        found: Split = getattr(self, name)
        if not found.samples:
            raise split_missing(self.folder, name)
        return found

    def with_split(self, split: Split) -> Dataset:
        """The dataset with another split of that name."""
        parts = {part.name: part for part in (self.train, self.validation, self.test)} | {split.name: split}
        return replace(self, train=parts["train"], validation=parts["validation"], test=parts["test"])

    @property
    def splits(self) -> tuple[Split, ...]:
        """The splits that have pictures."""
        return tuple(split for split in (self.train, self.validation, self.test) if split.samples)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the fingerprints of all splits."""
        return hashlib.sha256("\n".join(f"{split.name} {split.fingerprint}" for split in self.splits).encode()).hexdigest()

    def __repr__(self) -> str:
        sizes = ", ".join(f"{split.name} {len(split)}" for split in self.splits)
        return f"Dataset({self.name!r}: {len(self.classes)} classes; {sizes})"

    def _repr_html_(self) -> str:
        return dataset_html(self)


def split_missing(folder: Path, split: str) -> EdukitError:
    """The error for a split that a dataset folder does not have; sample sets that are for testing say so."""
    shown = t(f"data.split.{split}")
    known = next((sample for sample in sample_sets() if sample.folder == folder), None)
    if known:
        return SplitNotInSet(name=known.name, split=shown, train_on=sample_sets()[0].name)
    return SplitMissing(path=printable(folder), split=shown, folder=FOLDERS[split])


def without_empty_classes(dataset: Dataset) -> Dataset:
    """The dataset with only those classes that can be learned: where there is a training set, those with pictures in it."""
    if dataset.task != CLASSIFICATION:
        return dataset
    source = dataset.train if dataset.train.samples else dataset.splits[0]
    kept = tuple(label for label, count in source.counts.items() if count)
    if kept == dataset.classes:
        return dataset
    place = {label: index for index, label in enumerate(kept)}

    def narrow(split: Split) -> Split:
        samples = tuple(replace(sample, target=ClassLabel(sample.label, place[sample.label])) for sample in split if sample.label in place)
        return replace(split, samples=samples, classes=kept)

    return replace(dataset, classes=kept, train=narrow(dataset.train), validation=narrow(dataset.validation), test=narrow(dataset.test))
