"""Registries: the networks, model formats and so on that there are, each added in one place, by edukit or by modules of others."""
from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Generic, Protocol, TypeVar

PLUGINS = "EDUKIT_PLUGINS"  # names of modules, separated by commas; children inherit it


class Named(Protocol):
    """What a registry holds."""

    @property
    def name(self) -> str:
        """As users type it and files hold it."""


Entry = TypeVar("Entry", bound=Named)


class Registry(Generic[Entry]):
    """Entries by name, in the order in which they were added.

    Args:
        entries: Those that edukit itself brings.
    """

    def __init__(self, *entries: Entry) -> None:
        self._entries = {entry.name.lower(): entry for entry in entries}

    def add(self, entry: Entry) -> None:
        """Adds an entry, in place of one of the same name."""
        self._entries[entry.name.lower()] = entry

    def find(self, name: object) -> Entry | None:
        """The entry of that name, whatever its case; None if there is none."""
        return self._entries.get(name.strip().lower()) if isinstance(name, str) else None

    @contextmanager
    def added(self, entry: Entry) -> Iterator[None]:
        """An entry that is there for the time of the block, for a test or a trial."""
        before = dict(self._entries)
        self.add(entry)
        try:
            yield
        finally:
            self._entries = before

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries.values()))


def load_plugins(environment: Mapping[str, str] = os.environ) -> None:
    """Imports the modules of others that the environment names, where a process of ours starts; what they add is known from then on.

    Raises:
        ImportError: One of them is not there.
    """
    for name in filter(None, map(str.strip, environment.get(PLUGINS, "").split(","))):
        import_module(name)
