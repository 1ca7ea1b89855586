"""Which files lie in a dataset's folders, by class folder. Names are listed; no file is opened."""
from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from edukit.core.errors import DatasetTooLarge, FileUnreadable
from edukit.data.naming import is_junk, label_of, natural_key, printable

MAX_FILES = 100_000  # of one dataset: someone who names a whole disk by mistake gets an answer, not an hour of waiting


@dataclass
class ClassFolders:
    """The class folders in one folder.

    Args:
        folder: A split's folder, or the dataset's own.
        folders: Label to its folder.
        files: Label to the files of that class, also those in subfolders.
        loose: Files beside the class folders.
    """

    folder: Path
    folders: dict[str, Path] = field(default_factory=dict)
    files: dict[str, list[Path]] = field(default_factory=dict)
    loose: list[Path] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        """The labels in natural order."""
        return sorted(self.folders, key=natural_key)


@dataclass
class Scan:
    """Lists folders below ``folder`` and keeps what is neither picture nor class.

    Args:
        folder: The dataset's folder.
        junk: Left-over files and folders.
        links: Symbolic links that were not followed: out of the dataset, into a loop, or to a folder.
    """

    folder: Path
    junk: list[Path] = field(default_factory=list)
    links: list[Path] = field(default_factory=list)
    _files: int = 0

    def class_folders(self, root: Path) -> ClassFolders:
        """The class folders in ``root``.

        Raises:
            DatasetTooLarge: More files than any dataset here has.
            FileUnreadable: A folder may not be listed.
        """
        found = ClassFolders(root)
        found.loose, folders = self._list(root)
        for folder in folders:
            label = label_of(folder.name)
            found.folders[label] = folder
            found.files.setdefault(label, []).extend(self._files_below(folder))
        return found

    def _files_below(self, folder: Path) -> list[Path]:
        found: list[Path] = []
        waiting = [folder]
        while waiting:
            files, folders = self._list(waiting.pop())
            found += files
            waiting += reversed(folders)
            self._files += len(files)
            if self._files > MAX_FILES:
                raise DatasetTooLarge(path=printable(self.folder), limit=f"{MAX_FILES:,}")
        return found

    def _list(self, folder: Path) -> tuple[list[Path], list[Path]]:
        """The files and the folders in ``folder``."""
        files: list[Path] = []
        folders: list[Path] = []
        for entry in entries(folder):
            path = Path(entry.path)
            if is_junk(entry.name):
                self.junk.append(path)
            elif entry.is_symlink() and not _stays_inside(path, self.folder):
                self.links.append(path)
            else:
                (folders if entry.is_dir() else files).append(path)
        return files, folders


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder, in natural order. Raises ``FileUnreadable``."""
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: natural_key(entry.name))
    except OSError as error:
        raise FileUnreadable(path=printable(folder), reason=os.strerror(error.errno or 0)) from error


def _stays_inside(link: Path, folder: Path) -> bool:
    """Whether a link leads to a file inside the dataset; links to folders may loop and are never followed."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # dangling, or a loop
        return False
    return target.is_file() and target.is_relative_to(folder.resolve())
