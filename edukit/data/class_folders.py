"""Plain class folders: one folder a class, split in memory."""
from __future__ import annotations

from pathlib import Path

from edukit.core.errors import DatasetEmpty
from edukit.core.i18n import t
from edukit.data.dividing import FEWEST, SHARES, divide
from edukit.data.draft import Draft, class_dataset, scan_notes, scan_problems
from edukit.data.label_files import read_classes
from edukit.data.naming import printable
from edukit.data.problems import problem
from edukit.data.scanning import Scan


def is_folder(path: Path) -> bool:
    """Any folder may hold class folders."""
    return path.is_dir()


def read_class_folders(folder: Path, random_seed: int, *, dataset_folder: Path | None = None) -> Draft:
    """Reads a folder of class folders; ``dataset_folder`` is the one above it, where that is the dataset. Raises ``DatasetEmpty`` if there are none."""
    scan, whole = Scan(folder), dataset_folder or folder
    inside = scan.class_folders(folder)
    if not inside.folders:
        raise DatasetEmpty(path=printable(folder))
    classes, problems = read_classes(whole / "classes.txt", inside)
    filled = {label: inside.files[label] for label in classes if inside.files.get(label)}
    problems += [problem("empty_class", inside.folders[label], label=label) for label in classes if label in inside.folders and label not in filled]
    shares = "/".join(f"{share * 100:.0f}" for share in SHARES.values())
    notes = [t("data.note.split", shares=shares, seed=random_seed), *scan_notes(scan, inside.loose)]
    return Draft(
        class_dataset(whole, "folders", classes, divide(filled, random_seed=random_seed), class_roots=[folder], notes=notes),
        problems=(*problems, *scan_problems(scan)),
        short=tuple((inside.folders[label], len(paths)) for label, paths in filled.items() if len(paths) < FEWEST),
        class_folders=inside.folders,
    )
