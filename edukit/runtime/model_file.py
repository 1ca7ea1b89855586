"""A model file that was inspected: what every format tells of it before anything in it is run, handed down so that it is opened once."""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from edukit.core.card import ModelCard
from edukit.core.errors import BadCard, NoCard
from edukit.core.files import sha256
from edukit.tasks import find_task


@dataclass(frozen=True, kw_only=True)
class ModelFile(ABC):
    """A model file that was inspected; each format has a class of its own.

    Args:
        path: The file.
        size_bytes: Its size, with what it keeps beside it.
        stamp: Tells whether the file has been changed since; ``inspect_model`` sets it.
    """

    path: Path
    size_bytes: int
    stamp: tuple[int, ...] = field(default=(), compare=False, repr=False)

    @abstractmethod
    def own_card(self) -> ModelCard | None:
        """The card that the file bears; None if it bears none. Raises ``BadCard``."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """What the file itself tells, for ``info``: plain JSON values; ``"parameters"`` is the number of weights."""

    @property
    def foreign(self) -> Mapping[str, Any]:
        """What another tool wrote about the model."""
        return {}

    @property
    def fixed_batch(self) -> int | None:
        """The only batch size that the network takes; None if any."""
        return None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know of the file, in sentences."""
        return ()

    def check(self, card: ModelCard) -> None:
        """Raises what is wrong between the file and the card of its model, as far as it can be told at once."""
        find_task(card.task, path=self.path)

    @cached_property
    def card(self) -> ModelCard:
        """The card that the file bears, else one that a reader in ``CARD_READERS`` makes of what another tool wrote.

        Raises:
            NoCard, BadCard
        """
        own = self.own_card()
        cards = (reader(self) for reader in CARD_READERS)
        card = own or next((card for card in cards if card), None)
        if card is None:
            raise NoCard(path=self.path)
        return card

    @property
    def unchanged(self) -> bool:
        """Whether the file is still the one that was inspected."""
        try:
            return stamp_of(self.path) == self.stamp
        except OSError:
            return False

    @property
    def made(self) -> Mapping[str, Any] | None:
        """What made the file, as its card tells; None for a file that is not ours."""
        try:
            return self.card.made
        except (NoCard, BadCard):
            return None

    @cached_property
    def sha256(self) -> str:
        """Of the file, as hexadecimal digits."""
        return sha256(self.path)


CardReader = Callable[[ModelFile], ModelCard | None]
CARD_READERS: list[CardReader] = []  # each gives a card to files of a tool that writes none of ours, and None to all others


def stamp_of(path: Path) -> tuple[int, ...]:
    """Changes when the file does."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns
