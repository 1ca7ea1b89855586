"""Model formats: an entry each says what its files are called, how one is inspected without being run, and how it is loaded."""
from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edukit.core.card import ModelCard
from edukit.core.errors import EdukitError, NotAFile, NotAnOnnxFile, OutputExists, UnknownModelFormat
from edukit.core.files import settle_output, user_path
from edukit.core.i18n import t
from edukit.core.registry import Registry
from edukit.runtime.model_file import ModelFile, stamp_of
from edukit.runtime.ncnn import NcnnModel, inspect_ncnn
from edukit.runtime.onnx_file import OnnxFile, inspect_onnx
from edukit.runtime.onnx_model import OnnxModel
from edukit.runtime.openvino import OpenVinoModel, inspect_openvino
from edukit.runtime.predictor import Predictor


@dataclass(frozen=True, kw_only=True)
class ModelFormat:
    """A format of model files.

    Args:
        name: As ``info`` shows it.
        suffixes: Of its files' names, in small letters.
        inspect: What a file tells, read from untrusted bytes and without running anything in it.
        load: Makes a predictor of what ``inspect`` gave, with ``card`` (for a file that bears none, else None) and ``threads`` (None: its own choice).
        slow: Whether loading takes seconds, so that pictures had better be looked at before.
        parted: Whether a model is several files in a folder of its own, which may be named in place of the one with that suffix.
        home: Where the entry stands, ``"package.module:NAME"``, if it is none of edukit's: a measuring process adds it from there.
    """

    name: str
    suffixes: tuple[str, ...]
    inspect: Callable[[Path], ModelFile]
    load: Callable[..., Predictor]
    slow: bool = False
    parted: bool = False
    home: str = ""


ONNX = ModelFormat(name="ONNX", suffixes=(".onnx",), inspect=inspect_onnx, load=OnnxModel)
OPENVINO = ModelFormat(name="OpenVINO", suffixes=(".xml",), inspect=inspect_openvino, load=OpenVinoModel, parted=True)
NCNN = ModelFormat(name="ncnn", suffixes=(".param",), inspect=inspect_ncnn, load=NcnnModel, parted=True)
FORMATS = Registry(ONNX, OPENVINO, NCNN)  # edukit.models adds checkpoints, which need torch


def format_of(path: Path) -> ModelFormat:
    """The format that a file's name tells.

    Raises:
        UnknownModelFormat: No model file has such a name.
        NotAFile: It is a folder.
    """
    is_folder = False
    with suppress(OSError):  # a name too long for the system: reading it says so
        is_folder = path.is_dir()
    if is_folder:
        raise NotAFile(path=path)
    for one in FORMATS:
        if path.suffix.lower() in one.suffixes:
            return one
    raise UnknownModelFormat(path=path, wanted=", ".join(suffix for one in FORMATS for suffix in one.suffixes))


def main_file(path: Path) -> Path:
    """The file that stands for the model in a folder, such as the .xml file of OpenVINO; ``path`` itself if it is no such folder."""
    suffixes = {suffix for one in FORMATS if one.parted for suffix in one.suffixes}
    found: list[Path] = []
    with suppress(OSError):
        found = [one for one in path.iterdir() if one.suffix.lower() in suffixes] if path.is_dir() else []
    return found[0] if len(found) == 1 else path


def inspect_model(model: str | os.PathLike[str] | ModelFile) -> ModelFile:
    """What a model file tells; one that was inspected already and has not changed since is given back.

    Raises:
        UnknownModelFormat, NotAFile, and what inspecting a file of its format raises.

    Example:
        >>> inspect_model("emoji.onnx").card.classes
        ('animal', 'building', 'face', 'food', 'tool', 'vehicle')
    """
    if isinstance(model, ModelFile) and model.unchanged:
        return model
    path = main_file(user_path(model.path if isinstance(model, ModelFile) else model))
    inspect = format_of(path).inspect
    stamp: tuple[int, ...] = ()
    with suppress(OSError, ValueError):  # inspecting says what is wrong
        stamp = stamp_of(path)
    return replace(inspect(path), stamp=stamp)


def as_onnx(file: ModelFile) -> OnnxFile:
    """The same file, if it is an ONNX one. Raises ``NotAnOnnxFile``."""
    if not isinstance(file, OnnxFile):
        raise NotAnOnnxFile(path=file.path, reason=t("runtime.other_format", format=format_of(file.path).name))
    return file


def load_file(file: ModelFile, *, card: ModelCard | None = None, threads: int | None = None) -> Predictor:
    """Loads a model file that was inspected; ``card`` counts in place of the file's own, for a file from elsewhere."""
    file = inspect_model(file)
    return format_of(file.path).load(file, card=card, threads=threads)


def settle_model(path: Path, form: ModelFormat, *, source: Path, overwrite: bool, made: Mapping[str, Any]) -> ModelFile | None:
    """Decides about a model file before it is made of another one.

    Args:
        path: Where it goes.
        form: Its format.
        source: The file that it is made of.
        overwrite: Whether the user said that what lies there may be replaced.
        made: What makes it: verb, options, and the inputs' SHA-256.

    Returns:
        The file that lies there, if it was made in the same way and may be kept as the answer; None if it is to be written.

    Raises:
        BadSuffix, OutputExists, OutputNotWritable
    """
    earlier: ModelFile | None = None
    with suppress(EdukitError):
        earlier = None if overwrite else inspect_model(path)
    keep = settle_output(path, suffix=form.suffixes[0], overwrite=overwrite, made=made, made_of=lambda _: earlier.made if earlier else None)
    if path.exists() and path.samefile(source):
        raise OutputExists(path=path)  # whatever overwrite says: it is the original
    return earlier if keep else None
