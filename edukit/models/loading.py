"""Checkpoints as a model format, and the verbs ``load_model`` and ``predict``; torch is imported only when a checkpoint is loaded."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from edukit.core.card import ModelCard
from edukit.core.errors import NotACheckpoint
from edukit.core.i18n import t
from edukit.core.packages import need
from edukit.core.parameters import Between, Metavar, PythonOnly, verb
from edukit.models.checkpoint_file import CheckpointFile
from edukit.models.checkpoint_reader import inspect_checkpoint
from edukit.models.inputs import ModelLike, check_pictures, loaded_or_file, model_file, predictor_of
from edukit.runtime import ModelFile, Prediction, Predictor
from edukit.runtime.formats import FORMATS, ModelFormat, format_of, load_file

__all__ = ["CHECKPOINT", "FORMATS", "check_checkpoint", "load_model", "predict"]


def _load(file: CheckpointFile, *, card: ModelCard | None, threads: int | None) -> Predictor:
    file.check(card or file.card)  # a bad file is told before torch is imported
    need("torch")
    from edukit.models.checkpoint import load_checkpoint

    return load_checkpoint(file, card=card, threads=threads)


CHECKPOINT = ModelFormat(name="PyTorch checkpoint", suffixes=(".pth",), inspect=inspect_checkpoint, load=_load, slow=True)
FORMATS.add(CHECKPOINT)


@verb
def load_model(
    path: ModelLike, *, card: Annotated[ModelCard | None, PythonOnly()] = None, threads: Annotated[int | None, Between(1, 1024)] = None
) -> Predictor:
    """Loads a model file of any format; PyTorch is imported only for a checkpoint.

    Args:
        path: A model file, or a result that has one.
        card: For a file from elsewhere that bears none.
        threads: How many the runtime may use; its own choice if None.

    Raises:
        UnknownModelFormat, BadArgument, and what loading that format raises.

    Example:
        >>> load_model("emoji-int8.onnx").predict("cat.jpg").label
        'animal'
    """
    return load_file(model_file(path, "path", card=card, need_card=True), card=card, threads=threads)


def check_checkpoint(model: ModelLike) -> CheckpointFile:
    """What a checkpoint tells, once it is known that its weights may be those that its card describes.

    Raises:
        NotACheckpoint: It is a model file of another format.
        NoCard, BadCard, WrongTask, UnknownBackbone, WrongBackbone, and what ``inspect_checkpoint`` raises.
    """
    file = model_file(model, "checkpoint", need_card=True)
    if not isinstance(file, CheckpointFile):
        raise NotACheckpoint(path=file.path, reason=t("models.file.not_zip"))
    return file


@verb
def predict(
    model: ModelLike,
    images: Annotated[Sequence[Any] | Any, Metavar("IMAGE")],
    *,
    top: Annotated[int, Between(1, 10_000)] = 3,
    threads: Annotated[int | None, Between(1, 1024)] = None,
) -> list[Prediction]:
    """The likeliest labels of each picture.

    Args:
        model: A model file, a result that has one, or a loaded model.
        images: One picture or a list: paths, bytes, or RGB arrays.
        top: How many labels.
        threads: Of the runtime; by default its own choice.

    Raises:
        BadArgument, NotFinite, and what loading a model and reading a picture raise.

    Example:
        >>> predict("emoji-int8.onnx", ["cat.jpg"])[0].label
        'animal'
    """
    pictures: list[Any] = list(images) if isinstance(images, (list, tuple)) else [images]
    opened = loaded_or_file(model)
    # A bad picture should be answered at once, not after the seconds that PyTorch takes to import.
    pictures = check_pictures(pictures, decode=isinstance(opened, ModelFile) and format_of(opened.path).slow)
    return predictor_of(opened, threads=threads).predict(pictures, top=top)
