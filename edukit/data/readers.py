"""The forms that datasets come in: the first reader that recognises a path reads it."""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from edukit.core.errors import DatasetEmpty
from edukit.core.i18n import t
from edukit.data.archives import SUFFIXES, list_archive, unpack_into_cache
from edukit.data.class_folders import is_folder, read_class_folders
from edukit.data.csv_list import is_csv, read_csv
from edukit.data.draft import Draft
from edukit.data.imagenet import is_imagenet, read_imagenet
from edukit.data.naming import is_junk, printable
from edukit.data.own import is_unsplit, read_unsplit


@dataclass(frozen=True)
class Reader:
    """One form of datasets.

    Args:
        name: Stands in ``Dataset.format``.
        recognises: Whether a file or folder is of this form, told from names alone.
        read: Reads it (path, random seed of a split in memory) without opening pictures or writing anything.
    """

    name: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path, int], Draft]


def is_archive(path: Path) -> bool:
    """Whether the file's name is that of a zip or of a Teachable Machine project."""
    return path.suffix.lower() in SUFFIXES and path.is_file()


def read_archive(path: Path, random_seed: int) -> Draft:
    """Reads the dataset in a zip file, unpacked into the cache of this machine. Raises as ``list_archive`` and ``read_draft``."""
    try:
        draft = read_draft(unpack_into_cache(path), random_seed=random_seed)
    except DatasetEmpty as error:  # nobody knows the folder in the cache
        raise DatasetEmpty(path=printable(path)) from error
    missed = [name for name in list_archive(path).left_out if not any(is_junk(part) for part in re.split(r"[/\\]", name))]
    notes = [t("data.note.left_out", count=len(missed), name=printable(missed[0])[:80])] if missed else []
    return replace(draft, dataset=replace(draft.dataset, notes=(*draft.dataset.notes, *notes)))


READERS = [  # in this order; the last one takes any folder, so others are put before it
    Reader("zip", is_archive, read_archive),
    Reader("csv", is_csv, read_csv),
    Reader("unsplit", is_unsplit, read_unsplit),
    Reader("imagenet", is_imagenet, read_imagenet),
    Reader("folders", is_folder, read_class_folders),
]


def reader_of(path: Path) -> Reader | None:
    """The reader for this file or folder."""
    return next((reader for reader in READERS if reader.recognises(path)), None)


def read_draft(path: Path, *, random_seed: int = 0) -> Draft:
    """Reads a dataset of any form.

    Raises:
        DatasetEmpty, DatasetTooLarge, FileUnreadable
    """
    reader = reader_of(path)
    draft = reader.read(path, random_seed) if reader else None
    if draft is None or not draft.dataset.splits:
        raise DatasetEmpty(path=printable(path))
    return draft
