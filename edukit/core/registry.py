"""Registries: the networks, model formats and so on that there are, each added in one place."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar


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
