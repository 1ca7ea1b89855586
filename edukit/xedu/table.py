"""ONNX files of BaseNN networks for tables: rows in, rows out."""
from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edukit.core.errors import BadArgument, UnsupportedOnnx
from edukit.core.i18n import t
from edukit.core.preprocess import Float32Array
from edukit.models import load_model
from edukit.runtime import OnnxFile, inspect_model
from edukit.runtime.onnx_session import open_session, run_error
from edukit.xedu.answers import pictures_in

TABLE = "table"  # the task in the cards of networks for tables; no verb but info knows it


def rows_of(data: Any) -> Float32Array:
    """Numbers as rows, shape (rows, columns). Raises ``BadArgument``."""
    try:
        rows = np.atleast_2d(np.asarray(data, np.float32))
    except (TypeError, ValueError) as error:
        raise BadArgument(name="data", value=repr(data)[:60], wanted=t("xedu.wanted.rows")) from error
    if rows.ndim != 2 or not rows.size or not np.isfinite(rows).all():
        raise BadArgument(name="data", value=repr(data)[:60], wanted=t("xedu.wanted.rows"))
    return rows


def open_rows(path: str | os.PathLike[str] | None) -> Callable[[Any], NDArray[Any]]:
    """What computes rows of probabilities (or values) with a file of BaseNN's: of numbers, or of pictures.

    Raises:
        UnsupportedOnnx, NoCard, and what inspecting the file raises.
    """
    file = inspect_model(path)  # type: ignore[arg-type]  # None is told as such
    if not isinstance(file, OnnxFile) or file.card.task != TABLE:
        model = load_model(file)
        return lambda data: np.asarray(model.predict_answers(pictures_in(data)[0]))
    if "Loop" in file.operators:
        raise UnsupportedOnnx(path=file.path, reason=t("runtime.loops"))
    session = open_session(file, 1)

    def run(data: Any) -> NDArray[Any]:
        try:
            return np.asarray(session.run(None, {file.inputs[0].name: rows_of(data)})[0])
        except BadArgument:
            raise
        except Exception as error:  # ONNX Runtime's errors have no common class of their own
            raise run_error(error, file) from error

    return run
