"""The ImageNet format: training_set, val_set and test_set with class folders, and text files that name classes and pictures."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from edukit.core.errors import DatasetEmpty
from edukit.core.i18n import t
from edukit.data.dataset import FOLDERS, SPLITS, SplitName
from edukit.data.draft import Draft, Files, class_dataset, scan_notes, scan_problems
from edukit.data.label_files import LABEL_FILES, compare_labels, numbered_classes, read_classes
from edukit.data.naming import is_junk, printable
from edukit.data.problems import Problem, problem
from edukit.data.samples import read_card, splits_in
from edukit.data.scanning import ClassFolders, Scan, entries

ALIASES: dict[SplitName, tuple[str, ...]] = {
    "train": ("training_set", "trainning_set", "train", "training"),
    "validation": ("val_set", "validation_set", "val", "valid", "validation"),
    "test": ("test_set", "test", "testing"),
}


def is_imagenet(path: Path) -> bool:
    """Whether the folder holds folders of splits."""
    return path.is_dir() and bool(_split_folders(path))


def read_imagenet(folder: Path, random_seed: int = 0) -> Draft:
    """Reads a folder in ImageNet format. Raises ``DatasetEmpty`` if no split holds anything."""
    del random_seed  # nothing is drawn: the folders are the splits
    scan = Scan(folder, junk=[Path(entry.path) for entry in entries(folder) if is_junk(entry.name)])
    parts = {split: scan.class_folders(root) for split, root in _split_folders(folder).items()}
    if not any(part.folders or part.loose for part in parts.values()):
        raise DatasetEmpty(path=printable(folder))
    listed = {split: folder / name for split, name in LABEL_FILES.items() if (folder / name).is_file()}
    classes, problems = read_classes(folder / "classes.txt", next(iter(parts.values())))
    classes = classes or numbered_classes(path for split, path in listed.items() if split in parts)
    named = splits_in(read_card(folder))
    expected = tuple(split for split in SPLITS if split in named) or SPLITS
    files: dict[str, dict[str, list[Path]]] = {}
    for split in SPLITS:
        if split in parts:
            files[split], wrong = _split_files(split, parts[split], classes, listed.get(split))
            problems += wrong
        elif split in expected:
            problems.append(problem("missing_class", folder / FOLDERS[split], split=split, variant="folder", folder=FOLDERS[split]))
    problems += [*_absent_classes(parts, classes, files), *scan_problems(scan)]
    notes = scan_notes(scan, [path for split, part in parts.items() if split not in listed for path in part.loose])
    roots = [part.folder for split, part in parts.items() if any(files[split].values())]
    dataset = class_dataset(folder, "imagenet", classes, files, class_roots=roots, notes=notes)
    return Draft(dataset, tuple(parts), expected, tuple(problems), class_folders=parts["train"].folders if "train" in parts else {})


def _split_folders(folder: Path) -> dict[SplitName, Path]:
    """Split name to folder; empty where the subfolders are classes."""
    named = {entry.name.lower(): Path(entry.path) for entry in reversed(entries(folder)) if entry.is_dir(follow_symlinks=False)}
    found = {split: named[next(alias for alias in aliases if alias in named)] for split, aliases in ALIASES.items() if any(a in named for a in aliases)}
    # A class may be called "train" or "test": names other than the format's own count only where "train" holds class folders.
    own = any(name in named for name in FOLDERS.values())
    return found if own or ("train" in found and any(e.is_dir(follow_symlinks=False) and not is_junk(e.name) for e in entries(found["train"]))) else {}


def _split_files(split: str, part: ClassFolders, classes: Sequence[str], listed: Path | None) -> tuple[dict[str, list[Path]], list[Problem]]:
    """The pictures of one split by label: those in class folders first, then those that only its text file names."""
    files = {label: list(part.files.get(label, ())) for label in classes}
    problems = [
        problem("missing_class", part.folders[label], split=split, variant="extra", label=label)
        for label, paths in part.files.items() if label not in files and paths
    ]  # fmt: skip
    return files, problems + (compare_labels(listed, split, part, files) if listed else [])


def _absent_classes(parts: Mapping[SplitName, ClassFolders], classes: Sequence[str], files: Files) -> list[Problem]:
    """Classes without pictures, split by split; one that training lacks too is missed nowhere unless it has a folder."""
    first = next(iter(parts))
    present = [label for label in classes if first != "train" or files[first].get(label)]
    found = []
    for split, part in parts.items():
        for label in classes:
            if files[split].get(label):
                continue
            if label in part.folders:
                found.append(problem("empty_class", part.folders[label], split=split, label=label))
            elif label in present:
                found.append(problem("missing_class", part.folder / label, split=split, label=label, split_name=t(f"data.split.{split}")))
    return found
