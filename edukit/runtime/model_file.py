"""A model file that was inspected: what every format tells of it before anything in it is run, handed down so that it is opened once."""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from edukit.core.card import ModelCard
from edukit.core.errors import BadCard, NoCard, NotFinite, WrongInput
from edukit.core.files import sha256
from edukit.core.i18n import t
from edukit.runtime.onnx_reader import TensorFacts
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


@dataclass(frozen=True, kw_only=True)
class GraphFile(ModelFile):
    """A model file that holds a graph of operators.

    Args:
        inputs: Of the network; an input with a stored value is not counted.
        operators: How many nodes of each kind, in all graphs.
        parameters: How many numbers are stored.
        has_nan: Whether a stored weight is NaN, or infinite where it is not a lone bound.
    """

    inputs: tuple[TensorFacts, ...]
    operators: Mapping[str, int]
    parameters: int
    has_nan: bool

    @property
    def node_count(self) -> int:
        """Nodes of all graphs."""
        return sum(self.operators.values())

    @property
    def fixed_batch(self) -> int | None:
        """The only batch size that the network takes; None if any."""
        first = (self.inputs[0].shape or (None,))[0] if self.inputs else None
        return first if isinstance(first, int) and first > 0 else None

    def facts(self) -> dict[str, Any]:
        """What ``info`` tells of the file itself."""
        return {
            "inputs": [asdict(one) for one in self.inputs], "node_count": self.node_count, "operators": dict(self.operators),
            "parameters": self.parameters, "has_nan": self.has_nan,
        }  # fmt: skip

    @property
    def warnings(self) -> tuple[str, ...]:
        """Weights that are no numbers."""
        return (t("verbs.info.nan"),) if self.has_nan else ()

    def input_for(self, card: ModelCard) -> TensorFacts:
        """The input that the card of the model promises."""
        return TensorFacts("", "float32", (None, *card.input_shape[1:]))

    def check(self, card: ModelCard) -> None:
        """Holds the input to the card of the model.

        Raises:
            WrongTask, WrongInput, NotFinite
        """
        super().check(card)
        wanted = self.input_for(card)
        if len(self.inputs) != 1 or not self.inputs[0].fits(wanted):
            raise WrongInput(path=self.path, found="; ".join(map(str, self.inputs)) or "0", wanted=wanted)
        if self.has_nan:
            raise NotFinite(path=self.path, where=t("runtime.weights"))


CardReader = Callable[[ModelFile], ModelCard | None]
CARD_READERS: list[CardReader] = []  # each gives a card to files of a tool that writes none of ours, and None to all others


def stamp_of(path: Path) -> tuple[int, ...]:
    """Changes when the file does."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns
