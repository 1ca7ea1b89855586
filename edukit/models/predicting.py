"""The verb ``predict``: the likeliest labels of pictures, from any model file."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from edukit.core.parameters import Between, Metavar, verb
from edukit.models.inputs import ModelLike, check_pictures, loaded_or_file, predictor_of
from edukit.runtime import ModelFile, Prediction
from edukit.runtime.formats import format_of


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
