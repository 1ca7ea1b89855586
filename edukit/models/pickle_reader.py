"""What a pickle would build, read as plain data. Nothing is imported, called or allocated that the bytes ask for.

PyTorch stores a checkpoint's structure as a pickle, a small program for a stack machine. This machine runs only the harmless part of it: numbers, texts
and containers become themselves; a name stays a ``Name``, a call a ``Call``, a reference to a storage a ``Storage``.
The form is described in CPython's ``pickletools`` and in PyTorch's ``torch/_weights_only_unpickler.py``.
"""
from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

MAX_STEPS = 1_000_000  # a checkpoint of 20,000 tensors takes 800,000; more would cost seconds
_MARK = object()


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


class PickleReader:
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
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def read(self, stream: BinaryIO) -> Any:
        """The value that the pickle at the position of ``stream`` describes; the stream then stands behind it.

        Raises:
            PickleBroken
        """
        self.stack, self.memo = [], {}
        try:
            for steps, (opcode, argument, _) in enumerate(pickletools.genops(stream)):
                if steps > MAX_STEPS:
                    raise PickleBroken(f"more than {MAX_STEPS} steps")
                self._step(opcode.name, argument)
            return self.stack[-1]
        except PickleBroken:
            raise
        except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, MemoryError) as error:
            raise PickleBroken(f"{type(error).__name__}: {error}"[:80]) from error

    def _step(self, opcode: str, argument: Any) -> None:
        if opcode in _PUSHED:
            self.stack.append(argument)
        elif opcode in _FIXED:
            self.stack.append(_FIXED[opcode]())
        elif opcode in _ACTIONS:
            _ACTIONS[opcode](self, argument)
        elif opcode not in _NOTHING:
            raise PickleBroken(f"opcode {opcode}")

    def since_mark(self) -> list[Any]:
        """Takes what was pushed since the last mark off the stack."""
        for position in range(len(self.stack) - 1, -1, -1):
            if self.stack[position] is _MARK:
                items = self.stack[position + 1 :]
                del self.stack[position:]
                return items
        raise PickleBroken("no mark")

    def name(self, path: str) -> None:
        """Pushes a name."""
        self.names.add(path)
        self.stack.append(Name(path))

    def call(self) -> None:
        """Replaces function and arguments by a call."""
        arguments = self.stack.pop()
        self.calls.append(Call(self.stack.pop(), arguments))
        self.stack.append(self.calls[-1])

    def storage(self) -> None:
        """Replaces a storage's key by a reference to it."""
        self.storages.append(Storage(self.stack.pop()))
        self.stack.append(self.storages[-1])

    def build(self) -> None:
        """Gives the call on the stack its state."""
        state, target = self.stack.pop(), self.stack[-1]
        if not isinstance(target, Call):
            raise PickleBroken("state of what has none")
        target.state = state

    def set_items(self, items: list[Any]) -> None:
        """Puts keys and values into the dictionary on the stack."""
        target = self.stack[-1].items if isinstance(self.stack[-1], Call) else self.stack[-1]
        keys = items[::2]
        # A tuple of tuples of tuples can take years to hash; checkpoints have plain keys.
        if not isinstance(target, dict) or len(items) % 2 or not all(isinstance(key, (str, int, float, type(None))) for key in keys):
            raise PickleBroken("items of what has none")
        target.update(zip(keys, items[1::2]))

    def extend(self, items: list[Any]) -> None:
        """Puts elements into the list on the stack."""
        if not isinstance(self.stack[-1], list):
            raise PickleBroken("elements of what has none")
        self.stack[-1].extend(items)

    def group(self, count: int) -> None:
        """Makes the last ``count`` values a tuple."""
        if len(self.stack) < count:
            raise PickleBroken("too few elements")
        self.stack[-count:] = [tuple(self.stack[-count:])]


def _stack_global(reader: PickleReader) -> None:
    leaf, module = reader.stack.pop(), reader.stack.pop()
    reader.name(f"{module}.{leaf}")


def _two_items(reader: PickleReader) -> list[Any]:
    value, key = reader.stack.pop(), reader.stack.pop()
    return [key, value]


_NOTHING = {"PROTO", "FRAME", "STOP"}
_FIXED: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None, "NEWTRUE": lambda: True, "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple, "MARK": lambda: _MARK,
}  # fmt: skip
_PUSHED = {
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8",
    "BINBYTES", "SHORT_BINBYTES", "STRING", "BINSTRING", "SHORT_BINSTRING",
}  # fmt: skip
_ACTIONS: dict[str, Callable[[PickleReader, Any], None]] = {
    "GLOBAL": lambda m, argument: m.name(argument.replace(" ", ".")),
    "STACK_GLOBAL": lambda m, _: _stack_global(m),
    "REDUCE": lambda m, _: m.call(),
    "NEWOBJ": lambda m, _: m.call(),
    "BUILD": lambda m, _: m.build(),
    "BINPERSID": lambda m, _: m.storage(),
    "TUPLE": lambda m, _: m.stack.append(tuple(m.since_mark())),
    "TUPLE1": lambda m, _: m.group(1),
    "TUPLE2": lambda m, _: m.group(2),
    "TUPLE3": lambda m, _: m.group(3),
    "APPEND": lambda m, _: m.extend([m.stack.pop()]),
    "APPENDS": lambda m, _: m.extend(m.since_mark()),
    "SETITEM": lambda m, _: m.set_items(_two_items(m)),
    "SETITEMS": lambda m, _: m.set_items(m.since_mark()),
    "BINPUT": lambda m, argument: m.memo.__setitem__(argument, m.stack[-1]),
    "LONG_BINPUT": lambda m, argument: m.memo.__setitem__(argument, m.stack[-1]),
    "MEMOIZE": lambda m, _: m.memo.__setitem__(len(m.memo), m.stack[-1]),
    "BINGET": lambda m, argument: m.stack.append(m.memo[argument]),
    "LONG_BINGET": lambda m, argument: m.stack.append(m.memo[argument]),
    "POP": lambda m, _: m.stack.__delitem__(-1),
}
