"""A model file becomes a predictor; its suffix says which runtime. torch is imported only for a .pth."""
from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

from edukit.core.card import METADATA_KEY, ModelCard
from edukit.core.errors import NotAFile, UnknownModelFormat
from edukit.core.packages import need
from edukit.core.parameters import Between, PythonOnly, verb
from edukit.models.inputs import ModelLike, model_path
from edukit.runtime.predictor import Predictor

SUFFIXES = (".pth", ".onnx")


def check_suffix(path: Path) -> None:
    """Raises ``UnknownModelFormat`` for a name that no model file has, ``NotAFile`` for a folder."""
    is_folder = False
    with suppress(OSError):  # a name too long for the system: reading it says so
        is_folder = path.is_dir()
    if is_folder:
        raise NotAFile(path=path)
    if path.suffix.lower() not in SUFFIXES:
        raise UnknownModelFormat(path=path, wanted=", ".join(SUFFIXES))


def check_file(path: Path, *, card: ModelCard | None = None, need_card: bool = True) -> None:
    """Raises what is wrong with a model file as far as it can be told without torch and without running it.

    Args:
        path: A ``.pth`` or ``.onnx`` file.
        card: For a file from elsewhere that bears none.
        need_card: Whether a file without a card is refused; else whoever reads it may know how.
    """
    check_suffix(path)
    if path.suffix.lower() == ".pth":
        from edukit.models.checkpoint_reader import inspect_checkpoint

        inside = inspect_checkpoint(path)
        if card or need_card or METADATA_KEY in inside.content:
            inside.check(card or inside.card)
        return
    from edukit.runtime.onnx_file import card_in, read_onnx_facts

    facts = read_onnx_facts(path)
    if need_card and card is None:
        card_in(facts)


@verb
def load_model(
    path: ModelLike, *, card: Annotated[ModelCard | None, PythonOnly()] = None, threads: Annotated[int | None, Between(1, 1024)] = None
) -> Predictor:
    """Loads a model file, .pth or .onnx; PyTorch is imported only for .pth.

    Args:
        path: A ``.pth`` or ``.onnx`` file, or a result that has one.
        card: For a file from elsewhere that bears none.
        threads: How many the runtime may use; its own choice if None.

    Raises:
        UnknownModelFormat, BadArgument, and what loading that format raises.

    Example:
        >>> load_model("emoji-int8.onnx").predict("cat.jpg").label
        'animal'
    """
    found = model_path(path, "path")
    if found.suffix.lower() == ".onnx":
        from edukit.runtime import load_onnx

        return load_onnx(found, card=card, threads=threads)
    check_file(found, card=card)  # a bad file is told before torch is imported
    need("torch")
    from edukit.models.torch_model import load_checkpoint

    return load_checkpoint(found, card=card, threads=threads)
