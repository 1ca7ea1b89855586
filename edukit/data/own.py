"""One's own datasets: those that lie in the student's folder of datasets, and how one that was never split is read."""
from __future__ import annotations

from pathlib import Path

from edukit.core.workspace import Workspace, current
from edukit.data.class_folders import read_class_folders
from edukit.data.dataset import FOLDERS, SPLITS
from edukit.data.draft import Draft
from edukit.data.naming import is_junk, natural_key
from edukit.data.operations import LOG, Journal
from edukit.data.scanning import entries

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
    """Splits it in memory, with what was recorded together on one side. Raises as ``read_class_folders``."""
    return read_class_folders(folder / FOLDERS["train"], random_seed, dataset_folder=folder, groups=Journal(folder).peek().groups)
