"""What the runtimes that compute a model file share: the file is held to its card, batches fit it, outputs bear the task's names."""
from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.preprocess import Float32Array
from edukit.runtime.model_file import ModelFile
from edukit.runtime.onnx_session import thread_count
from edukit.runtime.predictor import Predictor

F = TypeVar("F", bound=ModelFile)


class FileModel(Predictor, Generic[F]):
    """A model file that another runtime than PyTorch computes; a runtime adds how it computes a batch that fits the file (``compute``).

    Args:
        file: What the file says of itself.
        card: How its input is prepared and what its outputs mean, for a file without a card; else the file's own counts.
        threads: How many threads compute; None takes all processors.

    Attributes:
        fixed_batch: The only batch size that is computed at once; None if any.

    Raises:
        BadArgument, NoCard, BadCard, and what holding the file to the card raises.
    """

    def __init__(self, file: F, *, card: ModelCard | None = None, threads: int | None = None) -> None:
        self.threads = thread_count(threads)
        card = card or file.card
        file.check(card)
        super().__init__(file.path, card, size_bytes=file.size_bytes)
        self.file = file
        self.fixed_batch = file.fixed_batch
        self.shapes = self.task.output_shapes(card)
        self.known = False  # whether it has answered once

    @abstractmethod
    def compute(self, batch: Float32Array) -> Sequence[Any]:
        """The outputs for a batch that fits the file, in the order of ``shapes``."""

    def run(self, batch: Float32Array) -> dict[str, Float32Array]:
        """The network's raw outputs by name for a batch (N, channels, height, width)."""
        size = self.fixed_batch
        if size is None or len(batch) == size:
            return self._named(self.compute(batch))
        whole = np.resize(batch, (-(-len(batch) // size) * size, *batch.shape[1:]))  # repeats pictures to fill the last batch
        parts = [self._named(self.compute(whole[start : start + size])) for start in range(0, len(whole), size)]
        return {name: np.concatenate([part[name] for part in parts])[: len(batch)] for name in self.shapes}

    def _named(self, outputs: Sequence[Any]) -> dict[str, Float32Array]:
        return {name: _of_rank(np.asarray(output), len(shape)) for (name, shape), output in zip(self.shapes.items(), outputs)}


def _of_rank(output: Float32Array, rank: int) -> Float32Array:
    """Without axes of size 1 at the end, and with the axis of a lone picture."""
    if output.ndim == rank - 1:
        return output[None]
    return output if output.ndim == rank else output.reshape(*output.shape[: rank - 1], -1)
