"""The tensors stored in an ONNX file, or in plain files of its own folder: do they hold what they claim, and are their values numbers?"""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edukit.core.errors import ExternalData, ModelTooLarge
from edukit.core.files import human_size
from edukit.core.limits import MAX_MODEL_BYTES
from edukit.runtime.wire import MalformedError, Message

ELEMENT_TYPES = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 8: "string", 9: "bool", 10: "float16", 11: "float64",
    12: "uint32", 13: "uint64", 14: "complex64", 15: "complex128", 16: "bfloat16", 17: "float8e4m3fn", 18: "float8e4m3fnuz", 19: "float8e5m2",
    20: "float8e5m2fnuz", 21: "uint4", 22: "int4", 23: "float4e2m1", 24: "float8e8m0", 25: "uint2", 26: "int2",
}  # fmt: skip
_BITS = {1: 32, 4: 16, 5: 16, 6: 32, 7: 64, 10: 16, 11: 64, 12: 32, 13: 64, 14: 64, 15: 128, 16: 16, 21: 4, 22: 4, 23: 4, 25: 2, 26: 2}  # others: 8
_KINDS = {name: number for number, name in ELEMENT_TYPES.items()}
_FLOATS: dict[int, np.dtype[Any]] = {1: np.dtype("<f4"), 10: np.dtype("<f2"), 11: np.dtype("<f8"), 14: np.dtype("<f4"), 15: np.dtype("<f8")}
_CHUNK = 1 << 24  # bytes looked at together: the check must not double the file in memory


@dataclass(frozen=True)
class StoredTensor:
    """A weight or constant in an ONNX file.

    Args:
        name: Its name; empty for a constant inside a node.
        type: Element type such as ``"float32"``.
        shape: Its sizes.
        has_nan: Whether a value is NaN, or infinite where it is not a lone bound. Values kept in another file are not looked at.
        location, offset, length: Where its values are kept, if in another file; length None means up to the end of that file.
    """

    name: str
    type: str
    shape: tuple[int, ...]
    has_nan: bool = False
    location: str | None = None
    offset: int = 0
    length: int | None = None

    @property
    def elements(self) -> int:
        """How many numbers."""
        return math.prod(self.shape)

    @property
    def kind(self) -> int:
        """ONNX's number of its element type; 0 for one that is not known."""
        return _KINDS.get(self.type, 0)

    @property
    def size_bytes(self) -> int:
        """What its values take."""
        return (self.elements * _BITS.get(self.kind, 8) + 7) // 8


def stored_tensor(message: Message) -> StoredTensor:
    """A TensorProto.

    Raises:
        MalformedError: It claims more values than it holds, or sizes that no tensor has.
    """
    kind, shape = message.integer(2), tuple(message.integers(1))
    check_shape(shape, _BITS.get(kind, 8))
    tensor = StoredTensor(message.text(8), ELEMENT_TYPES.get(kind, str(kind)), shape)
    if message.integer(14) == 1:
        return tensor
    raw = message.blobs(9)
    if raw:
        if len(raw[-1]) != tensor.size_bytes:
            raise MalformedError("runtime.onnx_missing_values")
    elif tensor.elements > sum(message.size(field) for field in (4, 5, 6, 7, 10, 11)):
        raise MalformedError("runtime.onnx_missing_values")
    values = raw or message.blobs({1: 4, 11: 10, 14: 4, 15: 10}.get(kind, 0))
    bad = any(holds_nan(blob, kind, lone=tensor.elements == 1) for blob in values)
    return StoredTensor(tensor.name, tensor.type, shape, has_nan=bad)


def check_shape(shape: tuple[int, ...], bits: int = 8) -> None:
    """Raises ``MalformedError`` for sizes that no tensor within the limit has."""
    if len(shape) > 64 or any(size < 0 for size in shape) or math.prod(shape) * bits // 8 > MAX_MODEL_BYTES:
        raise MalformedError("runtime.onnx_missing_values")


def holds_nan(data: memoryview, kind: int, *, lone: bool) -> bool:
    """Whether ``data`` holds NaN, or infinity; a lone infinity is a bound (of Clip) and allowed."""
    for start in range(0, len(data), _CHUNK):
        values = _floats(data[start : start + _CHUNK], kind)
        if values is not None and bool(np.isnan(values).any() if lone else not np.isfinite(values).all()):
            return True
    return False


def _floats(data: memoryview, kind: int) -> NDArray[Any] | None:
    if kind == 16:  # bfloat16 is the upper half of a float32
        return (np.frombuffer(data, "<u2", len(data) // 2).astype("<u4") << 16).view("<f4")
    form = _FLOATS.get(kind)
    return None if form is None else np.frombuffer(data, form, len(data) // form.itemsize)


def check_external(path: Path, size_bytes: int, tensors: Sequence[StoredTensor]) -> int:
    """Size in bytes of the files in which the ONNX file at ``path`` keeps weights, once they are known to be harmless.

    Args:
        path: The ONNX file.
        size_bytes: Its own size.
        tensors: All that it stores.

    Raises:
        ExternalData: A name leads out of the model's folder, is a link, or its file is too short.
        ModelTooLarge: With them the model is over the limit.
    """
    outside = [tensor for tensor in tensors if tensor.location is not None]
    size = 0
    for name in dict.fromkeys(tensor.location or "" for tensor in outside):
        beside = path.parent / name
        if not name or "\0" in name or name in (".", "..") or any(mark in name for mark in "/\\:") or beside.is_symlink() or not beside.is_file():
            raise ExternalData(path=path, name=name)
        size += beside.stat().st_size
    largest = size_bytes + max(size, sum(tensor.size_bytes for tensor in outside))
    if outside and largest > MAX_MODEL_BYTES:
        raise ModelTooLarge(path=path, found=human_size(largest), limit=human_size(MAX_MODEL_BYTES))
    for tensor in outside:
        if not _fits(tensor, (path.parent / (tensor.location or "")).stat().st_size):
            raise ExternalData(path=path, name=tensor.location)
    return size


def external_has_nan(path: Path, tensors: Sequence[StoredTensor]) -> bool:
    """Whether a weight kept beside the model is not a number; to be asked after ``check_external``."""
    return any(_nan_at(path.parent / tensor.location, tensor) for tensor in tensors if tensor.location is not None)


def _fits(tensor: StoredTensor, file_size: int) -> bool:
    length = tensor.size_bytes if tensor.length is None else tensor.length
    return tensor.offset >= 0 and length == tensor.size_bytes and tensor.offset + length <= file_size


def _nan_at(path: Path, tensor: StoredTensor) -> bool:
    with path.open("rb") as stream:
        stream.seek(tensor.offset)
        left = tensor.size_bytes
        while left > 0:
            data = stream.read(min(left, _CHUNK))
            if not data or holds_nan(memoryview(data), tensor.kind, lone=tensor.elements == 1):
                return bool(data)
            left -= len(data)
    return False
