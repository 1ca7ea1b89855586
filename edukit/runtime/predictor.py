"""What every model can do once it is loaded, whatever file it came from."""
from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, overload

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.i18n import t
from edukit.core.images import as_image
from edukit.core.preprocess import Float32Array, Preprocess, UInt8Image
from edukit.tasks import Answers, find_task

if TYPE_CHECKING:
    from PIL.Image import Image

BATCH_SIZE = 16


class HasPath(Protocol):
    """A picture that knows its file, such as a sample of a split."""

    @property
    def path(self) -> Path:
        """The picture's file."""


Source: TypeAlias = "str | Path | bytes | UInt8Image | Image | HasPath"


class Predictor(ABC):
    """A loaded model of any task; a runtime adds only how a batch is computed (``run``).

    Args:
        path: The model file.
        card: What it says about itself.
        size_bytes: Its size, with what it keeps beside it, if that is not simply the size of ``path``.

    Attributes:
        task: What it does.
        runtime: What computes it: ``"PyTorch"``, ``"ONNX Runtime"``, ``"OpenVINO"`` or ``"ncnn"``.

    Raises:
        WrongTask: Nobody knows the card's task.
    """

    runtime = ""
    most_at_once: int | None = None  # pictures in a batch, where the file sets a limit

    def __init__(self, path: Path, card: ModelCard, *, size_bytes: int | None = None) -> None:
        self.path = path
        self.card = card
        self.task = find_task(card.task, path=path)
        self.size_bytes = path.stat().st_size if size_bytes is None else size_bytes

    @abstractmethod
    def run(self, batch: Float32Array) -> dict[str, Float32Array]:
        """The network's raw outputs by name for a batch (N, channels, height, width); the first axis of each is N."""

    def prepare(self, source: Source) -> tuple[Any, tuple[int, int]]:
        """What ``run`` takes for one picture, as a batch of 1, and the picture's (height, width)."""
        return input_of(source, self.card.preprocess)

    def answers(self, batch: Float32Array, shapes: Sequence[tuple[int, int]]) -> Answers:
        """What the task makes of the outputs for a batch: for classification probabilities (N, classes).

        Args:
            batch: Prepared pictures.
            shapes: The (height, width) of each before it was prepared.

        Raises:
            NotFinite: The network puts out NaN or infinity.
            WrongInput: It does not put out what the task needs.
        """
        outputs = self.run(batch)
        self.task.check_outputs(outputs, len(batch), self.card, self.path)
        return self.task.decode(outputs, self.card, shapes)

    @overload
    def predict(self, source: list[Source] | tuple[Source, ...], top: int = 3) -> list[Any]: ...
    @overload
    def predict(self, source: Source, top: int = 3) -> Any: ...
    def predict(self, source: Source | list[Source] | tuple[Source, ...], top: int = 3) -> Any:
        """What the model says about one picture, or about each in a list: for classification a ``Prediction`` with the likeliest labels.

        Args:
            source: A path, the bytes of a picture file, an RGB or grey uint8 array, a Pillow picture, or a list of these.
            top: How many labels; at most all are given.

        Raises:
            BadArgument, NotFinite, and what reading a picture raises.
        """
        if type(top) is not int or top < 1:
            raise BadArgument(name="top", value=top, wanted=t("runtime.positive_whole"))
        if isinstance(source, (list, tuple)):
            answers = self.predict_answers(source)
            return [self.task.prediction(answer, self.card, _name(one), top) for one, answer in zip(source, answers)]
        batch, shape = self.prepare(source)
        return self.task.prediction(self.answers(batch, [shape])[0], self.card, _name(source), top)

    def predict_answers(
        self, sources: Sequence[Source], *, batch_size: int = BATCH_SIZE, on_event: OnEvent | None = None, should_stop: ShouldStop | None = None
    ) -> Answers:
        """The task's answers to many pictures: for classification probabilities, shape (pictures, classes).

        Args:
            sources: What ``predict`` takes, or samples of a split.
            batch_size: How many are computed at once; memory grows with it.
            on_event: Told the progress, in pictures.
            should_stop: Asked before each batch; ``Stopped`` is raised when it says yes.
        """
        if type(batch_size) is not int or batch_size < 1:
            raise BadArgument(name="batch_size", value=batch_size, wanted=t("runtime.positive_whole"))
        reporter = Reporter(on_event, should_stop)
        parts = []
        for start, batch, shapes in batches(sources, self.card, min(batch_size, self.most_at_once or batch_size), self.prepare):
            reporter.check()
            parts.append(self.answers(batch, shapes))
            reporter.progress(start + len(batch), len(sources), "picture")
        return self.task.join(parts, self.card)


def batches(
    sources: Sequence[Source], card: ModelCard, batch_size: int, prepare: Callable[[Any], tuple[Any, tuple[int, int]]] | None = None
) -> Iterator[tuple[int, Float32Array, list[tuple[int, int]]]]:
    """Where each batch starts, the batch (N, channels, height, width) as ``card`` or ``prepare`` says, and the (height, width) of its pictures."""
    prepare = prepare or (lambda source: input_of(source, card.preprocess))
    for start in range(0, len(sources), batch_size):
        prepared = [prepare(sources[i]) for i in range(start, min(start + batch_size, len(sources)))]
        yield start, np.concatenate([rows for rows, _ in prepared]), [shape for _, shape in prepared]


def input_of(source: Any, preprocess: Preprocess) -> tuple[Float32Array, tuple[int, int]]:
    """The input (1, channels, height, width) made of a picture, and the picture's own (height, width)."""
    if getattr(source, "cache", None) is not None:  # a sample, which keeps the picture for the next model
        return preprocess.normalise(source.fit_image(preprocess)), source.shape
    image = picture_of(source)
    return preprocess(image), (image.shape[0], image.shape[1])


def picture_of(source: Any) -> UInt8Image:
    """The picture (height, width, 3) in what ``predict`` takes. Raises what reading a picture raises."""
    return as_image(_readable(source))


def _readable(source: object) -> object:
    return getattr(source, "path", source)  # a sample of a split


def _name(source: object) -> str:
    readable = _readable(source)
    return os.path.abspath(os.fspath(readable)) if isinstance(readable, (str, Path)) else ""  # noqa: PTH100 - ten times faster than pathlib's
