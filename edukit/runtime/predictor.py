"""What every model can do once it is loaded, whatever file it came from."""
from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias, overload

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument, NotFinite, WrongInput
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.i18n import t
from edukit.core.images import as_image
from edukit.core.preprocess import Float32Array, Preprocess, UInt8Image
from edukit.runtime.prediction import Prediction, best

if TYPE_CHECKING:
    from PIL.Image import Image

BATCH_SIZE = 16


class HasPath(Protocol):
    """A picture that knows its file, such as a sample of a split."""

    @property
    def path(self) -> Path:
        """The picture's file."""


Source: TypeAlias = "str | Path | bytes | UInt8Image | Image | HasPath"


class Predictor(Protocol):
    """A loaded model: what evaluation, comparison and the views need to know of it.

    Attributes:
        card: What the model file says about itself.
        path: The model file.
        runtime: What computes it: ``"PyTorch"`` or ``"ONNX Runtime"``.
        size_bytes: Size of the model file, with what it keeps beside it.
    """

    card: ModelCard
    path: Path
    runtime: str
    size_bytes: int

    def run(self, batch: Float32Array) -> Float32Array:
        """The network's raw output (N, classes) for a batch (N, channels, height, width)."""

    def scores(self, batch: Float32Array) -> Float32Array:
        """Probabilities (N, classes) for a batch."""

    @overload
    def predict(self, source: list[Source] | tuple[Source, ...], top: int = 3) -> list[Prediction]: ...
    @overload
    def predict(self, source: Source, top: int = 3) -> Prediction: ...

    def predict_scores(
        self, sources: Sequence[Source], *, batch_size: int = BATCH_SIZE, on_event: OnEvent | None = None, should_stop: ShouldStop | None = None
    ) -> Float32Array:
        """Probabilities (N, classes) of many pictures."""


class Classifier(ABC):
    """A predictor of classes; a runtime adds only how a batch is computed (``run``).

    Args:
        path: The model file.
        card: What it says about itself.
        size_bytes: Its size, if it is not simply that of ``path``.
    """

    runtime = ""

    def __init__(self, path: Path, card: ModelCard, *, size_bytes: int | None = None) -> None:
        self.path = path
        self.card = card
        self.size_bytes = path.stat().st_size if size_bytes is None else size_bytes

    @abstractmethod
    def run(self, batch: Float32Array) -> Float32Array:
        """The network's raw output (N, classes) for a batch (N, channels, height, width)."""

    def scores(self, batch: Float32Array) -> Float32Array:
        """Probabilities (N, classes) for a batch.

        Raises:
            NotFinite: The network puts out NaN or infinity.
            WrongInput: It does not put out one score a class.
        """
        output = self.run(batch)
        if output.shape != (len(batch), len(self.card.classes)):
            found, wanted = (" × ".join(map(str, shape)) for shape in (output.shape, (len(batch), len(self.card.classes))))
            raise WrongInput(path=self.path, found=t("runtime.output", shape=found), wanted=t("runtime.output", shape=wanted))
        if not np.isfinite(output).all():
            raise NotFinite(path=self.path, where=t("runtime.outputs"))
        return output if self.card.scores == "probabilities" else softmax(output)

    @overload
    def predict(self, source: list[Source] | tuple[Source, ...], top: int = 3) -> list[Prediction]: ...
    @overload
    def predict(self, source: Source, top: int = 3) -> Prediction: ...
    def predict(self, source: Source | list[Source] | tuple[Source, ...], top: int = 3) -> Prediction | list[Prediction]:
        """The likeliest labels of one picture, or of each in a list.

        Args:
            source: A path, the bytes of a picture file, an RGB or grey uint8 array, a Pillow picture, or a list of these.
            top: How many labels; at most all are given.

        Raises:
            BadArgument, NotFinite, and what reading a picture raises.
        """
        if type(top) is not int or top < 1:
            raise BadArgument(name="top", value=top, wanted=t("runtime.positive_whole"))
        if isinstance(source, (list, tuple)):
            rows = self.predict_scores(source)
            return [best(_name(one), row, self.card.classes, top, self.card.class_names) for one, row in zip(source, rows)]
        row = self.scores(_input_of(source, self.card.preprocess))[0]
        return best(_name(source), row, self.card.classes, top, self.card.class_names)

    def predict_scores(
        self, sources: Sequence[Source], *, batch_size: int = BATCH_SIZE, on_event: OnEvent | None = None, should_stop: ShouldStop | None = None
    ) -> Float32Array:
        """Probabilities of many pictures, shape (N, classes).

        Args:
            sources: What ``predict`` takes, or samples of a split.
            batch_size: How many are computed at once; memory grows with it.
            on_event: Told the progress, in pictures.
            should_stop: Asked before each batch; ``Stopped`` is raised when it says yes.
        """
        if type(batch_size) is not int or batch_size < 1:
            raise BadArgument(name="batch_size", value=batch_size, wanted=t("runtime.positive_whole"))
        reporter = Reporter(on_event, should_stop)
        rows = np.empty((len(sources), len(self.card.classes)), np.float32)
        for start, batch in batches(sources, self.card, batch_size):
            reporter.check()
            rows[start : start + len(batch)] = self.scores(batch)
            reporter.progress(start + len(batch), len(sources), "picture")
        return rows


def batches(sources: Sequence[Source], card: ModelCard, batch_size: int) -> Iterator[tuple[int, Float32Array]]:
    """Where each batch starts, and the batch: (N, channels, height, width), prepared as ``card`` says."""
    for start in range(0, len(sources), batch_size):
        yield start, np.concatenate([_input_of(sources[i], card.preprocess) for i in range(start, min(start + batch_size, len(sources)))])


def softmax(logits: Float32Array) -> Float32Array:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def _input_of(source: object, preprocess: Preprocess) -> Float32Array:
    if callable(fit := getattr(source, "fit_image", None)):  # a sample, which may keep the picture for the next model
        return preprocess.normalise(fit(preprocess))
    return preprocess(as_image(_readable(source)))


def _readable(source: object) -> object:
    return getattr(source, "path", source)  # a sample of a split


def _name(source: object) -> str:
    readable = _readable(source)
    return os.path.abspath(os.fspath(readable)) if isinstance(readable, (str, Path)) else ""  # noqa: PTH100 - ten times faster than pathlib's
