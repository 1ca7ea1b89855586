"""A model file becomes a predictor; its suffix says which runtime. torch is imported only for a .pth."""
from __future__ import annotations

import os
from pathlib import Path

from edukit.core.card import ModelCard
from edukit.core.errors import UnknownModelFormat
from edukit.core.packages import need
from edukit.runtime.onnx_session import thread_count
from edukit.runtime.predictor import Predictor

SUFFIXES = (".pth", ".onnx")


def load_model(path: str | os.PathLike[str], *, card: ModelCard | None = None, threads: int | None = None) -> Predictor:
    """Loads a checkpoint or an ONNX file.

    Args:
        path: A ``.pth`` or ``.onnx`` file.
        card: For a file from elsewhere that bears none.
        threads: How many the runtime may use; its own choice if None.

    Raises:
        UnknownModelFormat, BadArgument, and what loading that format raises.

    Example:
        >>> load_model("emoji.onnx").predict("cat.jpg").label  # doctest: +SKIP
        'cat'
    """
    if threads is not None:
        thread_count(threads)
    found = Path(path)
    suffix = found.suffix.lower()
    if suffix == ".onnx":
        from edukit.runtime import load_onnx

        return load_onnx(found, card=card, threads=threads)
    if suffix == ".pth":
        from edukit.models.checkpoint_file import inspect_checkpoint

        inspected = inspect_checkpoint(found)  # a bad file is told before torch is imported
        card = card or inspected.card
        inspected.check_backbone(card)
        need("torch")
        from edukit.models.torch_model import load_checkpoint

        return load_checkpoint(found, card=card, threads=threads)
    raise UnknownModelFormat(path=found, suffix=suffix or "-", wanted=", ".join(SUFFIXES))
