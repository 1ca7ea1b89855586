"""Weights that an ONNX file keeps beside it: allowed only as plain files in its own folder."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edukit.core.errors import ExternalData, ModelTooLarge
from edukit.core.files import human_size
from edukit.core.limits import MAX_MODEL_BYTES
from edukit.runtime.onnx_tensors import StoredTensor, holds_nan

_CHUNK = 1 << 24


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
