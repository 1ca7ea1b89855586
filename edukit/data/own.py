"""One's own datasets: those that lie in the student's folder of datasets, and how one that was never split is read."""
from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from edukit.core.i18n import t
from edukit.core.workspace import Workspace, current
from edukit.data.class_folders import read_class_folders
from edukit.data.dataset import FOLDERS, SPLITS
from edukit.data.draft import Draft, class_dataset, scan_notes, scan_problems
from edukit.data.label_files import read_classes
from edukit.data.naming import is_junk, natural_key
from edukit.data.operations import LOG, Journal
from edukit.data.problems import problem
from edukit.data.scanning import Scan, entries
from edukit.data.splitting import FEWEST_GROUPS, Item, assign

MY_SET = "my-pictures"  # what one's first set is called until one gives it a name


def own_sets(workspace: Workspace | None = None) -> tuple[str, ...]:
    """The names of the student's own sets, in natural order.

    Args:
        workspace: Whose; by default the one in use.
    """
    folder = (workspace or current()).datasets
    found = [entry.name for entry in entries(folder) if entry.is_dir() and not is_junk(entry.name)] if folder.is_dir() else []
    return tuple(sorted(found, key=natural_key))


def own_set(name: str) -> Path | None:
    """The folder of one's own set of that name."""
    folder = current().datasets / name if name and name not in (".", "..") and Path(name).name == name and not is_junk(name) else None
    try:
        return folder if folder is not None and folder.is_dir() else None
    except (OSError, ValueError):  # a name that no file system takes
        return None


def is_unsplit(path: Path) -> bool:
    """Whether the folder is a set in the making that was not split yet."""
    return (path / LOG).is_file() and (path / FOLDERS["train"]).is_dir() and not any((path / FOLDERS[split]).exists() for split in SPLITS[1:])


def read_unsplit(folder: Path, random_seed: int) -> Draft:
    """Splits it in memory, with what was recorded together on one side. A class that was recorded in one or two goes is split picture by picture, and the
    notes say what that means. Raises as ``read_class_folders``."""
    groups = Journal(folder).peek().groups
    root = folder / FOLDERS["train"]
    scan = Scan(folder)
    inside = scan.class_folders(root)
    classes, problems = read_classes(folder / "classes.txt", inside)
    if not groups or not any(inside.files.get(label) for label in classes):
        return read_class_folders(root, random_seed, dataset_folder=folder)
    items, few = [], []
    for label in classes:
        paths = inside.files.get(label, [])
        apart = len({groups.get(path.name, path.name) for path in paths}) < FEWEST_GROUPS
        few += [label] if apart and len(paths) >= FEWEST_GROUPS else []
        items += [Item(str(path), label, f"/{path}" if apart else groups.get(path.name, f"/{path}")) for path in paths]
    placed = assign(items, random_seed=random_seed)
    files: dict[str, dict[str, list[Path]]] = {split: defaultdict(list) for split in SPLITS}
    for item in items:
        files[placed[item.name]][item.label].append(Path(item.name))
    problems += [problem("empty_class", inside.folders[label], label=label) for label in classes if label in inside.folders and not inside.files.get(label)]
    notes = [t("data.note.grouped", seed=random_seed), *([t("data.note.one_go", labels=t("data.comma").join(few))] if few else [])]
    short = tuple((inside.folders[label], len(inside.files[label])) for label in classes if 0 < len(inside.files.get(label, ())) < FEWEST_GROUPS)
    dataset = class_dataset(folder, "folders", classes, files, class_roots=[root], notes=[*notes, *scan_notes(scan, inside.loose)])
    return Draft(dataset, problems=(*problems, *scan_problems(scan)), short=short, class_folders=inside.folders)
