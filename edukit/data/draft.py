"""A dataset read as far as it can be, with everything that is wrong with its structure: what every reader returns."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edukit.core.i18n import t
from edukit.core.imagenet import imagenet_names
from edukit.core.images import IMAGE_SUFFIXES
from edukit.data.dataset import SPLITS, Dataset, Split, SplitName
from edukit.data.naming import label_of
from edukit.data.problems import Problem, problem
from edukit.data.sample import ClassLabel, Sample
from edukit.data.samples import names_in, read_card
from edukit.data.scanning import Scan

Files = Mapping[str, Mapping[str, Sequence[Path]]]  # split -> label -> pictures


@dataclass(frozen=True)
class Draft:
    """What was read, before anyone decides whether that will do.

    Args:
        dataset: Its splits, with every file that may be a picture.
        found: The splits that are there, be they empty or damaged.
        expected: The splits that a dataset of this form has.
        problems: What is wrong with folders and text files.
        short: Class folders with too few pictures to be split, and how many each has.
        class_folders: Label to the folder of its training pictures, where there is one.
    """

    dataset: Dataset
    found: tuple[SplitName, ...] = SPLITS
    expected: tuple[SplitName, ...] = SPLITS
    problems: tuple[Problem, ...] = ()
    short: tuple[tuple[Path, int], ...] = ()
    class_folders: Mapping[str, Path] = field(default_factory=dict)


def class_dataset(
    folder: Path, form: str, classes: Sequence[str], files: Files, *, class_roots: Iterable[Path], notes: Iterable[str], name: str = ""
) -> Dataset:
    """A dataset whose pictures have one class each.

    Args:
        folder: Where it lies.
        form: The reader's name.
        classes: The labels in order.
        files: Split to label to pictures.
        class_roots, notes: As in ``Dataset``.
        name: Its name; by default what its card says, else the folder's.
    """
    card, labels = read_card(folder), tuple(classes)
    name = name or (card["name"] if isinstance(card.get("name"), str) else label_of(folder.name))
    class_names, targets = names_in(card) or imagenet_names(labels), [ClassLabel(label, index) for index, label in enumerate(labels)]

    def split(part: SplitName, training: Sequence[Sample] = ()) -> Split:
        inside = files.get(part, {})
        samples = tuple(Sample(path, target) for target in targets for path in inside.get(target.label, ()))
        return Split(part, samples, labels, name, folder, class_names, training=tuple(sample.path for sample in training))

    train = split("train")
    return Dataset(name, folder, labels, class_names, train, split("validation", train), split("test", train), form, tuple(notes), tuple(class_roots))


def scan_notes(scan: Scan, unused: Iterable[Path]) -> list[str]:
    """Sentences about links that were not followed and ``unused`` pictures, which lie beside the class folders."""
    loose = sum(path.suffix.lower() in IMAGE_SUFFIXES for path in unused)
    return ([t("data.note.loose", count=loose)] if loose else []) + ([t("data.note.links", count=len(scan.links))] if scan.links else [])


def scan_problems(scan: Scan) -> list[Problem]:
    """What systems left behind, and links that were not followed."""
    return [problem("junk_file", path) for path in scan.junk] + [problem("junk_file", path, variant="link") for path in scan.links]
