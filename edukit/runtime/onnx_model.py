"""A model in an ONNX file, computed by ONNX Runtime."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from edukit.core.card import ModelCard
from edukit.core.errors import EdukitError, NotFinite
from edukit.core.i18n import t
from edukit.core.preprocess import Float32Array
from edukit.runtime.file_model import FileModel
from edukit.runtime.onnx_file import OnnxFile, inspect_onnx, parse_onnx
from edukit.runtime.onnx_session import first_run, open_session, run_error
from edukit.runtime.onnx_tensors import external_has_nan
from edukit.runtime.predictor import Source, picture_of


class OnnxModel(FileModel[OnnxFile]):
    """A model in an ONNX file; ``load_onnx`` makes it from a path.

    Args:
        file, card, threads: As for ``FileModel``; so many threads compute one operator.
        data: The file's bytes, if it is not written yet.

    Raises:
        UnsupportedOnnx, NotAnOnnxFile, WrongTask, WrongInput, NotFinite, and as ``FileModel``.
    """

    runtime = "ONNX Runtime"

    def __init__(self, file: OnnxFile, *, card: ModelCard | None = None, threads: int | None = None, data: bytes | None = None) -> None:
        super().__init__(file, card=card, threads=threads)
        if external_has_nan(file.path, file.tensors):
            raise NotFinite(path=file.path, where=t("runtime.weights"))
        self._session = open_session(file, self.threads, data)
        self._input, self._outputs = file.inputs[0].name, [output.name for output in file.outputs[: len(self.shapes)]]
        self.most_at_once = 1 if file.embeds_preprocess else None

    def prepare(self, source: Source) -> tuple[Any, tuple[int, int]]:
        """The input for one picture: (1, channels, height, width), or the picture itself (1, height, width, 3) where the file prepares it."""
        if not self.file.embeds_preprocess:
            return super().prepare(source)
        picture = picture_of(source)
        return picture[None], (picture.shape[0], picture.shape[1])

    def compute(self, batch: Float32Array) -> list[Any]:
        """The outputs for a batch that fits the file."""
        given = {self._input: batch[0] if self.file.embeds_preprocess else batch}
        try:
            found: list[Any] = self._session.run(self._outputs, given) if self.known else first_run(self._session, self._outputs, given, self.file)
            self.known = True
        except EdukitError:
            raise
        except Exception as error:  # ONNX Runtime's errors have no common class of their own
            raise run_error(error, self.file) from error
        return found


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
    if not isinstance(path, OnnxFile):
        path = inspect_onnx(path)
    elif not path.unchanged:
        path = inspect_onnx(path.path)
    return OnnxModel(path, card=card, threads=threads)


def load_onnx_bytes(data: bytes, path: Path, *, threads: int | None = None) -> OnnxModel:
    """The model in the bytes of an ONNX file that is not written yet; ``path`` is where it will lie. Raises as ``load_onnx``."""
    return OnnxModel(parse_onnx(data, path), threads=threads, data=data)
