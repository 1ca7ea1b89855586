"""Plain class folders: one folder a class, split in memory."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from edukit.core.errors import DatasetEmpty
from edukit.core.i18n import t
from edukit.data.dataset import SPLITS
from edukit.data.draft import Draft, class_dataset, scan_notes, scan_problems
from edukit.data.label_files import read_classes
from edukit.data.naming import printable
from edukit.data.problems import problem
from edukit.data.scanning import Scan
from edukit.data.splitting import FEWEST, RATIOS, Item, assign, divide


def is_folder(path: Path) -> bool:
    """Any folder may hold class folders."""
    return path.is_dir()


def read_class_folders(folder: Path, random_seed: int, *, dataset_folder: Path | None = None, groups: Mapping[str, str] | None = None) -> Draft:
    """Reads a folder of class folders.

    Args:
        folder: The class folders lie in it.
        random_seed: Of the split.
        dataset_folder: The folder above it, where that is the dataset.
        groups: File name to what was recorded together and stays on one side. A class that was recorded in one or two goes is split picture by picture, and
            the notes say what that means.

    Raises:
        DatasetEmpty: There are none.
    """
    whole = dataset_folder or folder
    scan = Scan(whole)
    inside = scan.class_folders(folder)
    if not inside.folders:
        raise DatasetEmpty(path=printable(folder))
    classes, problems = read_classes(whole / "classes.txt", inside)
    filled = {label: inside.files[label] for label in classes if inside.files.get(label)}
    problems += [problem("empty_class", inside.folders[label], label=label) for label in classes if label in inside.folders and label not in filled]
    if groups and filled:
        files, notes = _divide_groups(filled, groups, random_seed)
    else:
        shares = "/".join(f"{share * 100:.0f}" for share in RATIOS)
        files, notes = divide(filled, random_seed=random_seed), [t("data.note.split", shares=shares, seed=random_seed)]
    return Draft(
        class_dataset(whole, "folders", classes, files, class_roots=[folder], notes=[*notes, *scan_notes(scan, inside.loose)]),
        problems=(*problems, *scan_problems(scan)),
        short=tuple((inside.folders[label], len(paths)) for label, paths in filled.items() if len(paths) < FEWEST),
        class_folders=inside.folders,
    )


def _divide_groups(filled: Mapping[str, Sequence[Path]], groups: Mapping[str, str], random_seed: int) -> tuple[dict[str, dict[str, list[Path]]], list[str]]:
    items, few = [], []
    for label, paths in filled.items():
        apart = len({groups.get(path.name, path.name) for path in paths}) < FEWEST
        few += [label] if apart and len(paths) >= FEWEST else []
        items += [Item(str(path), label, f"/{path}" if apart else groups.get(path.name, f"/{path}")) for path in paths]
    placed = assign(items, random_seed=random_seed)
    files: dict[str, dict[str, list[Path]]] = {split: defaultdict(list) for split in SPLITS}
    for item in items:
        files[placed[item.name]][item.label].append(Path(item.name))
    return files, [t("data.note.grouped", seed=random_seed), *([t("data.note.one_go", labels=t("data.comma").join(few))] if few else [])]
