"""What a verb may be given as model, data or pictures: names, paths and results become files, predictors and splits."""
from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeAlias

from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument, NoCard, SplitMissing
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import input_file, user_path
from edukit.core.i18n import t
from edukit.core.limits import MAX_IMAGE_BYTES
from edukit.core.parameters import Metavar
from edukit.data import Dataset, Sample, Split, load_dataset, verify, verify_splits
from edukit.data.picture_cache import PictureCache
from edukit.runtime.formats import inspect_model, load_file
from edukit.runtime.model_file import ModelFile
from edukit.runtime.predictor import HasPath

if TYPE_CHECKING:
    from edukit.runtime import Predictor


class HasBest(Protocol):
    """What has a best checkpoint: the result of a training."""

    @property
    def best(self) -> Path:
        """The checkpoint's file."""


ModelLike: TypeAlias = Annotated[str | os.PathLike[str] | HasPath | HasBest, Metavar("MODEL")]
DataLike: TypeAlias = Annotated[str | os.PathLike[str] | Dataset | Split, Metavar("DATASET")]


def model_path(model: ModelLike, name: str = "model") -> Path:
    """The model file that ``model`` means: a path, a conversion, a loaded model, or the best checkpoint of a training."""
    for found in (model, getattr(model, "best", None), getattr(model, "path", None)):
        if isinstance(found, (str, os.PathLike)) and str(found):
            return user_path(found)
    raise BadArgument(name=name, value=repr(model)[:80], wanted=t("arguments.wanted.model"))


def model_file(model: ModelLike, name: str = "model", *, card: ModelCard | None = None, need_card: bool = False) -> ModelFile:
    """What the file that ``model`` means tells; what is wrong with it is raised before pictures are checked or PyTorch is imported.

    Args:
        model: A path, a result or a loaded model, or what ``inspect_model`` told already.
        name: The argument's name, for the error.
        card: For a file from elsewhere that bears none.
        need_card: Whether a file without a card is refused; else whoever loads it may know how.
    """
    file = inspect_model(model if isinstance(model, ModelFile) else model_path(model, name))
    try:
        file.check(card or file.card)
    except NoCard:
        if need_card:
            raise
    return file


def loaded_or_file(model: ModelLike) -> Predictor | ModelFile:
    """``model`` itself if it is loaded, else what its file tells, for ``predictor_of``."""
    if callable(getattr(model, "predict_answers", None)):
        return model  # type: ignore[return-value]  # a Predictor by its methods
    return model_file(model)


def predictor_of(model: Predictor | ModelFile, *, threads: int | None = None) -> Predictor:
    """``model`` itself if it is loaded, else the loaded file."""
    return load_file(model, threads=threads) if isinstance(model, ModelFile) else model


def split_of(
    data: DataLike,
    split: str,
    *,
    skip_bad: bool = False,
    name: str = "data",
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> Split:
    """The split of that name, its pictures checked.

    Args:
        data: A split, a dataset, a folder or a sample set's name.
        split: ``"train"``, ``"validation"`` or ``"test"``; used unless ``data`` is a split. Without test pictures the validation set stands in, with a
            warning.
        skip_bad: Go on without bad pictures instead of refusing.
        name: The argument's name, for the error.
        on_event, should_stop: As for every verb.
    """
    if isinstance(data, Split):
        return verify_splits([data], Reporter(on_event, should_stop), skip_bad=skip_bad)[0]
    if not isinstance(data, (str, os.PathLike, Dataset)):
        raise BadArgument(name=name, value=repr(data)[:80], wanted=t("arguments.wanted.data"))
    dataset, there = _with_pictures(data, split, skip_bad)
    found = verify(dataset, (there,), skip_bad=skip_bad, on_event=on_event, should_stop=should_stop).split(there)
    return found if there == split else replace(found, warnings=(*found.warnings, t("data.warning.no_test")))


def _with_pictures(data: str | os.PathLike[str] | Dataset, split: str, skip_bad: bool) -> tuple[Dataset, str]:
    """The dataset and the split to use: the validation set where test pictures are wanted and there are none."""
    try:
        return load_dataset(data, skip_bad=skip_bad, splits=(split,)), split
    except SplitMissing as missing:
        if split != "test":
            raise
        try:
            return load_dataset(data, skip_bad=skip_bad, splits=("validation",)), "validation"
        except SplitMissing:
            raise missing from None


def check_pictures(images: Iterable[Any], *, decode: bool) -> list[Any]:
    """Raises what is wrong with the picture files among ``images`` before a model is loaded.

    Args:
        images: Paths; what is not a path is left to the model.
        decode: Whether to read whole pictures, or only their first bytes.

    Returns:
        ``images``; paths that were decoded become samples that keep the picture for the model.
    """
    from edukit.core.images import sniff

    cache, checked = PictureCache(), list[Any]()
    for image in images:
        if not isinstance(image, (str, os.PathLike)):
            checked.append(image)
            continue
        path = input_file(image, max_bytes=MAX_IMAGE_BYTES)
        sample = Sample(Path(image), None, cache)
        if decode:
            sample.image()
        elif path.stat().st_size:
            with path.open("rb") as stream:
                sniff(stream.read(64), name=path)
        checked.append(sample if decode else image)
    return checked
