"""A model in an ONNX file, computed by ONNX Runtime."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from edukit.core.card import ModelCard
from edukit.core.errors import EdukitError, NotFinite
from edukit.core.i18n import t
from edukit.core.preprocess import Float32Array
from edukit.runtime.model_file import inspect_again
from edukit.runtime.onnx_external import external_has_nan
from edukit.runtime.onnx_file import OnnxFile, inspect_onnx, parse_onnx
from edukit.runtime.onnx_session import first_run, open_session, run_error, thread_count
from edukit.runtime.predictor import BasePredictor, Source, by_rank, in_batches_of, picture_of


class OnnxModel(BasePredictor):
    """A model in an ONNX file; ``load_onnx`` makes it from a path.

    Args:
        file: What the file says of itself, checked.
        card: How its input is prepared and what its outputs mean.
        threads: How many threads compute one operator.
        data: The file's bytes, if it is not written yet.

    Attributes:
        fixed_batch: The only batch size that the network takes; None if any.
    """

    runtime = "ONNX Runtime"

    def __init__(self, file: OnnxFile, card: ModelCard, *, threads: int, data: bytes | None = None) -> None:
        super().__init__(file.path, card, size_bytes=file.size_bytes)
        self.file = file
        self.threads = threads
        self._session = open_session(file, threads, data)
        self._shapes = self.task.output_shapes(card)
        self._input, self._outputs = file.inputs[0].name, [output.name for output in file.outputs[: len(self._shapes)]]
        self.fixed_batch = file.fixed_batch
        self._known = False  # whether it has answered once
        self.most_at_once = 1 if file.embeds_preprocess else None

    def prepare(self, source: Source) -> tuple[Any, tuple[int, int]]:
        """The input for one picture: (1, channels, height, width), or the picture itself (1, height, width, 3) where the file prepares it."""
        if not self.file.embeds_preprocess:
            return super().prepare(source)
        picture = picture_of(source)
        return picture[None], (picture.shape[0], picture.shape[1])

    def run(self, batch: Float32Array) -> dict[str, Float32Array]:
        """The network's raw outputs by name for a batch (N, channels, height, width)."""
        return in_batches_of(self.fixed_batch, self._compute, batch)

    def _compute(self, batch: Float32Array) -> dict[str, Float32Array]:
        given = {self._input: batch[0] if self.file.embeds_preprocess else batch}
        try:
            found: list[Any] = self._session.run(self._outputs, given) if self._known else first_run(self._session, self._outputs, given, self.file)
            self._known = True
        except EdukitError:
            raise
        except Exception as error:  # ONNX Runtime's errors have no common class of their own
            raise run_error(error, self.file) from error
        return by_rank(found, self._shapes)


def load_onnx(path: str | os.PathLike[str] | OnnxFile, *, card: ModelCard | None = None, threads: int | None = None) -> OnnxModel:
    """Loads a model from an ONNX file that anyone may have made.

    Args:
        path: The file, or what ``inspect_onnx`` gave.
        card: What its preprocessing and classes are, for a file without a card; else the file's own card counts.
        threads: How many threads compute; None takes all processors.

    Raises:
        FileMissing, NotAFile, EmptyFile, FileTooLarge, NotAnOnnxFile, UnsupportedOnnx, NoCard, BadCard, WrongTask, WrongInput, NotFinite, ExternalData,
        ModelTooLarge, BadArgument

    Example:
        >>> load_onnx("emoji-int8.onnx").predict("cat.jpg").label
        'animal'
    """
    count = thread_count(threads)
    file = inspect_again(path, OnnxFile, inspect_onnx)
    return _check_and_open(file, card or file.card, count)


def load_onnx_bytes(data: bytes, path: Path, *, threads: int | None = None) -> OnnxModel:
    """The model in the bytes of an ONNX file that is not written yet; ``path`` is where it will lie. Raises as ``load_onnx``."""
    file = parse_onnx(data, path)
    return _check_and_open(file, file.card, thread_count(threads), data)


def _check_and_open(file: OnnxFile, card: ModelCard, threads: int, data: bytes | None = None) -> OnnxModel:
    file.check(card)
    if external_has_nan(file.path, file.tensors):
        raise NotFinite(path=file.path, where=t("runtime.weights"))
    return OnnxModel(file, card, threads=threads, data=data)
