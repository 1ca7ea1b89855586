"""Where the pictures of a dataset folder lie, before anyone asks what their labels are. Names are listed; no file is opened."""
from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from edukit.core.errors import DatasetEmpty, DatasetTooLarge, FileUnreadable
from edukit.data.dataset import FOLDERS
from edukit.data.junk import is_junk
from edukit.data.naming import natural_key, printable

MAX_FILES = 100_000  # of one dataset: someone who names a whole disk by mistake gets an answer, not an hour of waiting
_ALIASES = {
    "train": ("training_set", "trainning_set", "train", "training"),
    "validation": ("val_set", "validation_set", "val", "valid", "validation"),
    "test": ("test_set", "test", "testing"),
}


@dataclass
class Branch:
    """One folder of class folders.

    Args:
        folder: A split's folder, or the dataset's own for plain class folders.
        classes: Class folder's name to the files in it, also in its subfolders.
        loose: Files that lie beside the class folders.
    """

    folder: Path
    classes: dict[str, list[Path]] = field(default_factory=dict)
    loose: list[Path] = field(default_factory=list)


@dataclass
class Layout:
    """A dataset folder as it was found.

    Args:
        folder: The dataset's folder.
        format: ``"imagenet"`` or ``"folders"``.
        branches: For an ImageNet folder by split name; else one, called ``"all"``.
        junk: Left-over files and folders.
        links: Symbolic links that were not followed: out of the dataset, into a loop, or to a folder.
    """

    folder: Path
    format: Literal["imagenet", "folders"]
    branches: dict[str, Branch] = field(default_factory=dict)
    junk: list[Path] = field(default_factory=list)
    links: list[Path] = field(default_factory=list)
    files: int = 0


def read_layout(folder: Path) -> Layout:
    """Lists the folder.

    Raises:
        DatasetEmpty: No class folders.
        DatasetTooLarge: More files than any dataset here has.
        FileUnreadable: A folder may not be listed.
    """
    splits = _split_folders(folder)
    layout = Layout(folder, "imagenet" if splits else "folders")
    roots = splits or {"all": folder}
    if splits:
        layout.junk += [Path(entry.path) for entry in _entries(folder) if is_junk(entry.name)]
    for name, root in roots.items():
        layout.branches[name] = _read_branch(layout, root)
    if not any(branch.classes or (splits and branch.loose) for branch in layout.branches.values()):
        raise DatasetEmpty(path=printable(folder))
    return layout


def _split_folders(folder: Path) -> dict[str, Path]:
    """Split name to folder; empty where the subfolders are classes."""
    named = {entry.name.lower(): Path(entry.path) for entry in reversed(_entries(folder)) if entry.is_dir(follow_symlinks=False)}
    found = {split: named[next(alias for alias in aliases if alias in named)] for split, aliases in _ALIASES.items() if any(a in named for a in aliases)}
    # A class may be called "train" or "test": names other than the format's own count only where "train" holds class folders.
    if any(name in named for name in FOLDERS.values()) or ("train" in found and _has_folders(found["train"])):
        return found
    return {}


def _has_folders(root: Path) -> bool:
    return any(entry.is_dir(follow_symlinks=False) and not is_junk(entry.name) for entry in _entries(root))


def _read_branch(layout: Layout, root: Path) -> Branch:
    branch = Branch(root)
    files, folders = _sorted_out(layout, root)
    branch.loose = files
    for folder in folders:
        branch.classes[folder.name] = _files_below(layout, folder)
    return branch


def _files_below(layout: Layout, folder: Path) -> list[Path]:
    found: list[Path] = []
    waiting = [folder]
    while waiting:
        files, folders = _sorted_out(layout, waiting.pop())
        found += files
        waiting += reversed(folders)
        layout.files += len(files)
        if layout.files > MAX_FILES:
            raise DatasetTooLarge(path=printable(layout.folder), limit=f"{MAX_FILES:,}")
    return found


def _sorted_out(layout: Layout, folder: Path) -> tuple[list[Path], list[Path]]:
    """The files and the folders in ``folder``; what is neither picture nor class goes to the layout's junk and links."""
    files: list[Path] = []
    folders: list[Path] = []
    for entry in _entries(folder):
        path = Path(entry.path)
        if is_junk(entry.name):
            layout.junk.append(path)
        elif entry.is_symlink() and not _stays_inside(path, layout.folder):
            layout.links.append(path)
        elif entry.is_dir():
            folders.append(path)
        else:
            files.append(path)
    return files, folders


def _stays_inside(link: Path, folder: Path) -> bool:
    """Whether a link leads to a file inside the dataset; links to folders may loop and are never followed."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # dangling, or a loop
        return False
    return target.is_file() and target.is_relative_to(folder.resolve())


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: natural_key(entry.name))
    except OSError as error:
        raise FileUnreadable(path=printable(folder), reason=os.strerror(error.errno or 0)) from error
