"""What a pickle would build, read as plain data. Nothing is imported, called or allocated that the bytes ask for.

PyTorch stores a checkpoint's structure as a pickle, a small program for a stack machine. Python's own machine runs it here with its harmless part alone:
numbers, texts and containers become themselves; a name stays a ``Name``, a call a ``Call``, a reference to a storage a ``Storage``.
The form is described in CPython's ``pickletools`` and in PyTorch's ``torch/_weights_only_unpickler.py``.
"""
from __future__ import annotations

import pickle
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

MAX_STEPS = 1_000_000  # a checkpoint of 20,000 tensors takes 800,000; more would cost seconds
_Machine: Any = pickle._Unpickler  # type: ignore[attr-defined, unused-ignore]  # the one written in Python; each of its steps can be replaced


class PickleBroken(ValueError):
    """The bytes are no pickle, or use a part of the form that checkpoints do not need."""


@dataclass(frozen=True)
class Name:
    """Something in a Python module that the pickle asks for, such as ``torch._utils._rebuild_tensor_v2``."""

    path: str


@dataclass(eq=False)
class Call:
    """A call that the pickle asks for; it is never made. ``items`` are what is put in afterwards, ``state`` what is set by BUILD."""

    function: Any
    arguments: Any
    items: dict[Any, Any] = field(default_factory=dict)
    state: Any = None


@dataclass(frozen=True, eq=False)
class Storage:
    """A reference to the numbers of a tensor, which lie elsewhere in the file."""

    key: Any


class PickleReader(_Machine):  # type: ignore[misc]
    """Reads one pickle after another.

    Attributes:
        names: Everything they ask for by name.
        calls: Every call they ask for, also those whose result is thrown away.
        storages: Every storage that they refer to.
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.calls: list[Call] = []
        self.storages: list[Storage] = []

    def load_from(self, stream: BinaryIO) -> Any:
        """The value that the pickle at the position of ``stream`` describes; the stream then stands behind it.

        Raises:
            PickleBroken
        """
        super().__init__(stream, encoding="latin1")
        self.dispatch = _Steps(_ACTIONS)
        try:
            return self.load()
        except PickleBroken:
            raise
        except (pickle.UnpicklingError, struct.error, EOFError, LookupError, TypeError, AttributeError, ValueError, OverflowError, MemoryError) as error:
            raise PickleBroken(f"{type(error).__name__}: {error}"[:80]) from error

    def find_class(self, module: str, name: str) -> Name:
        """A name stays a name."""
        self.names.add(f"{module}.{name}")
        return Name(f"{module}.{name}")

    def persistent_load(self, key: Any) -> Storage:
        """A storage's key becomes a reference to it."""
        self.storages.append(Storage(key))
        return self.storages[-1]

    def load_call(self) -> None:
        """Replaces function and arguments by a call."""
        arguments = self.stack.pop()
        self.calls.append(Call(self.stack.pop(), arguments))
        self.append(self.calls[-1])

    def load_state(self) -> None:
        """Gives the call on the stack its state."""
        state, target = self.stack.pop(), self.stack[-1]
        if not isinstance(target, Call):
            raise PickleBroken("state of what has none")
        target.state = state

    def load_items(self) -> None:
        """Puts what stands behind the last mark into the dictionary before it."""
        self._set_items(self.pop_mark())

    def load_item(self) -> None:
        """Puts one key and its value into the dictionary on the stack."""
        value, key = self.stack.pop(), self.stack.pop()
        self._set_items([key, value])

    def skip_frame(self) -> None:
        """A frame's length is not believed: what stands in it is read from the stream itself."""
        self.read(8)

    def _set_items(self, items: list[Any]) -> None:
        target = self.stack[-1].items if isinstance(self.stack[-1], Call) else self.stack[-1]
        keys = items[::2]
        # A tuple of tuples of tuples can take years to hash; checkpoints have plain keys.
        if not isinstance(target, dict) or len(items) % 2 or not all(isinstance(key, (str, int, float, type(None))) for key in keys):
            raise PickleBroken("items of what has none")
        target.update(zip(keys, items[1::2]))


class _Steps(dict[int, Callable[[PickleReader], None]]):
    """What each opcode does; counts how often it is asked."""

    taken = 0

    def __getitem__(self, opcode: int) -> Callable[[PickleReader], None]:
        self.taken += 1
        if self.taken > MAX_STEPS:
            raise PickleBroken(f"more than {MAX_STEPS} steps")
        return super().__getitem__(opcode)

    def __missing__(self, opcode: int) -> Callable[[PickleReader], None]:
        raise PickleBroken(f"opcode {bytes([opcode])!r}")


_PLAIN = (
    "PROTO STOP MARK POP NONE NEWTRUE NEWFALSE EMPTY_DICT EMPTY_LIST EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 APPEND APPENDS GLOBAL STACK_GLOBAL BINPERSID "
    "BINPUT LONG_BINPUT MEMOIZE BINGET LONG_BINGET INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8 "
    "BINBYTES SHORT_BINBYTES STRING BINSTRING SHORT_BINSTRING"
)
_ACTIONS = {getattr(pickle, name)[0]: _Machine.dispatch[getattr(pickle, name)[0]] for name in _PLAIN.split()} | {
    pickle.REDUCE[0]: PickleReader.load_call, pickle.NEWOBJ[0]: PickleReader.load_call, pickle.BUILD[0]: PickleReader.load_state,
    pickle.SETITEM[0]: PickleReader.load_item, pickle.SETITEMS[0]: PickleReader.load_items, pickle.FRAME[0]: PickleReader.skip_frame,
}  # fmt: skip

SCALARS = ("numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar")  # NumPy 1 and 2


def item_type(call: Any) -> str | None:
    """The type, such as ``"f8"``, that a call of ``numpy.dtype`` names; None if it is no plain number's."""
    if not isinstance(call, Call) or call.function != Name("numpy.dtype") or call.items or not isinstance(call.arguments, tuple):
        return None
    kind, *rest = call.arguments or (None,)
    plain = isinstance(kind, str) and re.fullmatch(r"[biuf][1248]", kind) and all(isinstance(one, (bool, int)) for one in rest)
    state = call.state
    good = state is None or (isinstance(state, tuple) and len(state) == 8 and state[1] in ("<", "|", "=") and state[2:5] == (None, None, None))
    return kind if plain and good else None


def scalar_in(call: Call) -> float | None:
    """The number that a call of NumPy's ``scalar`` makes."""
    if not isinstance(call.arguments, tuple) or len(call.arguments) != 2 or (kind := item_type(call.arguments[0])) is None:
        return None
    data = call.arguments[1]
    if isinstance(data, Call) and data.function == Name("_codecs.encode") and isinstance(data.arguments, tuple) and data.arguments[1:] == ("latin1",):
        data = data.arguments[0]
    raw = data.encode("latin1", "replace") if isinstance(data, str) else data
    if not isinstance(raw, bytes) or len(raw) != int(kind[1]) or kind == "f1":
        return None
    code = {"f2": "e", "f4": "f", "f8": "d", "b1": "?"}.get(kind) or {"1": "b", "2": "h", "4": "i", "8": "q"}[kind[1]]
    number: float = struct.unpack("<" + (code.upper() if kind[0] == "u" else code), raw)[0]
    return number
