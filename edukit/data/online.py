"""Well-known datasets that are fetched when somebody asks for them: which there are (``online.json``), and whether they are on this machine."""
from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from edukit.core.files import human_size, read_record
from edukit.core.workspace import current
from edukit.data.naming import is_junk

MIRROR = "EDUKIT_DATASETS_URL"  # a server of the school's own, or file:///…: there <set>/<file> lies


@dataclass(frozen=True)
class OnlineSet:
    """A dataset on the internet.

    Args:
        name: What ``load_dataset`` takes once it was fetched.
        title: Language to a title for people.
        reader: Which reader of ``online_readers.READERS`` understands its files.
        images: How many pictures it has.
        licence, source: Its terms, empty where its makers name none, and who made it.
        mirrors: Addresses of folders that hold the files.
        files: ``{"name", "size", "sha256"}`` of each.
        names: ``"labels"`` in the order of the classes, and their names for people by language.
    """

    name: str
    title: Mapping[str, str]
    reader: str
    images: int
    licence: str
    source: str
    mirrors: tuple[str, ...]
    files: tuple[Mapping[str, Any], ...]
    names: Mapping[str, list[str]]

    @property
    def size(self) -> str:
        """What is downloaded, for people.

        Example:
            >>> online_sets()["mnist"].size
            '11.6 MB'
        """
        return human_size(sum(file["size"] for file in self.files))

    def urls(self, file: str) -> list[str]:
        """Where one of its files is to be had: the mirror that was set, else the makers' own."""
        mirror = os.environ.get(MIRROR)
        return [f"{mirror.rstrip('/')}/{self.name}/{file}"] if mirror else [f"{base}{file}" for base in self.mirrors]


@cache
def online_sets() -> dict[str, OnlineSet]:
    """Every online set, by its name."""
    return {name: OnlineSet(name, **told) for name, told in read_record(Path(__file__).with_suffix(".json")).items()}


def fetched_folder() -> Path:
    """Where fetched sets lie, for all students of this machine."""
    return current().cache / "sets"


def fetched_sets() -> tuple[str, ...]:
    """The names of those that are on this machine, such as ``mnist`` or ``mnist-100``."""
    folder = fetched_folder()
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir() and not is_junk(path.name))) if folder.is_dir() else ()
