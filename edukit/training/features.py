"""What a frozen network makes of pictures, kept on disk: trainings on the same pictures share it, and it can be computed before anyone trains."""
from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch
from torch import nn

from edukit.core.errors import EdukitError
from edukit.core.files import writing
from edukit.core.preprocess import Float32Array

MAX_BYTES = 200_000_000  # of all features on a machine: 40,000 pictures of EfficientNet-Lite0


class FeatureStore:
    """Features by the very numbers that went into the network, so that whatever changes them (picture, preparation, variation, weights) is seen.

    What cannot be kept or read is computed again: a full disk or a damaged file costs time only.

    Args:
        folder: Made when something is kept.
        body: The network without its head, as it measures.
        max_bytes: How much is kept; what was not used longest goes first.
    """

    def __init__(self, folder: Path, body: nn.Module, *, max_bytes: int = MAX_BYTES) -> None:
        self.folder, self.max_bytes = folder, max_bytes
        self._network = _digest_of(body)

    def features(self, batch: Float32Array, compute: Callable[[Float32Array], Float32Array]) -> Float32Array:
        """The features of a prepared batch (N, channels, height, width), shape (N, features): kept ones, or those that ``compute`` gives."""
        path = self.folder / f"{self._name(batch)}.npy"
        with suppress(OSError, ValueError, EOFError):
            found = np.load(path, allow_pickle=False)
            if found.dtype == np.float32 and found.ndim == 2 and len(found) == len(batch) and np.isfinite(found).all():
                os.utime(path)
                return np.asarray(found, np.float32)
        made = compute(batch)
        with suppress(OSError, EdukitError), writing(path) as temporary, temporary.open("wb") as stream:
            np.save(stream, made)
        return made

    def prune(self) -> None:
        """Removes what was not used longest until the rest is within the limit."""
        kept = []
        for path in self.folder.glob("*.npy"):
            with suppress(OSError):  # another training removed it
                found = path.stat()
                kept.append((found.st_mtime, found.st_size, path))
        room = self.max_bytes
        for _, size, path in sorted(kept, reverse=True):
            room -= size
            if room < 0:
                with suppress(OSError):
                    path.unlink()

    def _name(self, batch: Float32Array) -> str:
        digest = hashlib.blake2b(self._network, digest_size=16)
        digest.update(repr(batch.shape).encode())
        digest.update(np.ascontiguousarray(batch).data)
        return digest.hexdigest()


def _digest_of(body: nn.Module) -> bytes:
    """Of the network's structure and weights, and of the PyTorch that computes it."""
    digest = hashlib.blake2b(f"{torch.__version__} {body}".encode(), digest_size=16)
    for name, tensor in body.state_dict().items():
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(tensor.cpu().numpy()).data)
    return digest.digest()
