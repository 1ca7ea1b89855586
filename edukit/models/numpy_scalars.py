"""NumPy's numbers in a pickle, such as the best accuracy that a training script keeps beside its weights; read without NumPy."""
from __future__ import annotations

import re
import struct
from typing import Any

from edukit.models.pickle_reader import Call, Name

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
