"""A dataset folder read as far as it can be, with everything that is wrong with its structure. No picture is opened."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edukit.core.errors import DatasetEmpty
from edukit.core.i18n import t
from edukit.core.images import IMAGE_SUFFIXES
from edukit.data.agreement import Labelled, classes_of, labelled_split
from edukit.data.dataset import FOLDERS, SPLITS, Dataset, Split, SplitName
from edukit.data.dividing import FEWEST, SHARES, divide
from edukit.data.labels import LABEL_FILES
from edukit.data.layout import Branch, Layout, read_layout
from edukit.data.naming import label_of, printable
from edukit.data.problems import Problem, problem
from edukit.data.sample import ClassLabel, Sample
from edukit.data.samples import names_in, read_card, splits_in


@dataclass(frozen=True)
class Draft:
    """What a folder holds, before anyone decides whether that will do.

    Args:
        dataset: Its splits, with every file that may be a picture.
        expected: The splits that a folder of this kind has.
        problems: What is wrong with folders and label files.
        short: Class folders of plain folders with too few pictures to be split, and how many each has.
        class_folders: Split to label to folder; plain class folders stand under every split.
    """

    dataset: Dataset
    expected: tuple[SplitName, ...]
    problems: tuple[Problem, ...]
    short: tuple[tuple[Path, int], ...] = ()
    class_folders: Mapping[str, Mapping[str, Path]] = field(default_factory=dict)


def read_draft(folder: Path, *, random_seed: int = 0) -> Draft:
    """Reads a dataset folder.

    Raises:
        DatasetEmpty, DatasetTooLarge, FileUnreadable
    """
    layout = read_layout(folder)
    draft = _from_imagenet(layout) if layout.format == "imagenet" else _from_folders(layout, random_seed)
    if not draft.dataset.splits:
        raise DatasetEmpty(path=printable(folder))
    return draft


def _from_imagenet(layout: Layout) -> Draft:
    named = splits_in(read_card(layout.folder))
    expected = tuple(split for split in SPLITS if split in named) or SPLITS
    classes, problems = classes_of(layout)
    splits: dict[str, Labelled] = {}
    for name in SPLITS:
        branch = layout.branches.get(name)
        if branch is None:
            splits[name] = Labelled({})
            if name in expected:
                problems.append(problem("missing_class", layout.folder / FOLDERS[name], split=name, variant="folder", folder=FOLDERS[name]))
            continue
        splits[name] = labelled_split(name, branch, classes, layout.folder / LABEL_FILES[name])
        problems += splits[name].problems
    problems += _absent(layout, classes, splits)
    dataset = _dataset(layout, classes, {name: found.files for name, found in splits.items()}, _notes(layout))
    folders = {name: {label_of(inner): branch.folder / inner for inner in branch.classes} for name, branch in layout.branches.items()}
    return Draft(dataset, expected, tuple(problems + _left_over(layout)), class_folders=folders)


def _absent(layout: Layout, classes: Sequence[str], splits: Mapping[str, Labelled]) -> list[Problem]:
    """Classes without pictures, split by split."""
    first = next(iter(layout.branches))
    present = [label for label in classes if splits[first].files.get(label)] if first == "train" else list(classes)
    found = []
    for name, branch in layout.branches.items():
        folders = {label_of(inner): branch.folder / inner for inner in branch.classes}
        for label in classes:
            if splits[name].files.get(label):
                continue
            if label in folders:
                found.append(problem("empty_class", folders[label], split=name, label=label))
            elif label in present:
                found.append(problem("missing_class", branch.folder / label, split=name, label=label, split_name=t(f"data.split.{name}")))
    return found


def _from_folders(layout: Layout, random_seed: int) -> Draft:
    branch = layout.branches["all"]
    classes, problems = classes_of(layout)
    labelled = labelled_split("all", branch, classes, None)
    folders = {label_of(name): branch.folder / name for name in branch.classes}
    empty = [label for label in classes if label in folders and not labelled.files.get(label)]
    problems += [problem("empty_class", folders[label], label=label) for label in empty]
    filled = {label: labelled.files[label] for label in classes if labelled.files.get(label)}
    short = tuple((folders[label], len(paths)) for label, paths in filled.items() if len(paths) < FEWEST)
    shares = "/".join(f"{share * 100:.0f}" for share in SHARES.values())
    notes = (t("data.note.split", shares=shares, seed=random_seed), *_notes(layout))
    dataset = _dataset(layout, classes, divide(filled, random_seed=random_seed), notes)
    return Draft(dataset, SPLITS, tuple(problems + _left_over(layout)), short, dict.fromkeys(SPLITS, folders))


def _dataset(layout: Layout, classes: Sequence[str], files: Mapping[str, Mapping[str, Sequence[Path]]], notes: tuple[str, ...]) -> Dataset:
    card = read_card(layout.folder)
    name = card["name"] if isinstance(card.get("name"), str) else label_of(layout.folder.name)
    labels, class_names = tuple(classes), names_in(card)

    def split(part: SplitName, training: Sequence[Sample] = ()) -> Split:
        samples = tuple(Sample(path, ClassLabel(label, index)) for index, label in enumerate(labels) for path in files[part].get(label, ()))
        return Split(part, samples, labels, name, layout.folder, class_names, training=tuple(sample.path for sample in training))

    train = split("train")
    return Dataset(name, layout.folder, labels, class_names, train, split("validation", train), split("test", train), layout.format, notes)


def _left_over(layout: Layout) -> list[Problem]:
    junk = [problem("junk_file", path) for path in layout.junk]
    return junk + [problem("junk_file", path, variant="link") for path in layout.links]


def _notes(layout: Layout) -> tuple[str, ...]:
    loose = sum(_is_picture_name(path) for path in _unused(layout.branches.values(), layout))
    notes = [t("data.note.loose", count=loose)] if loose else []
    return (*notes, *([t("data.note.links", count=len(layout.links))] if layout.links else []))


def _unused(branches: Iterable[Branch], layout: Layout) -> list[Path]:
    """Files beside class folders that no label file can name."""
    listed = {name for name, file in LABEL_FILES.items() if (layout.folder / file).is_file()}
    return [path for name, branch in layout.branches.items() if name not in listed for path in branch.loose]


def _is_picture_name(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES
