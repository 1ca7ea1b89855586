"""A model in an ONNX file, computed by ONNX Runtime."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.errors import EdukitError, NotFinite, UnsupportedOnnx, WrongInput
from edukit.core.i18n import t
from edukit.core.preprocess import Float32Array
from edukit.runtime.onnx_external import check_external, external_nan
from edukit.runtime.onnx_file import OnnxFacts, card_in, facts_in, read_onnx_facts
from edukit.runtime.onnx_reader import TensorFacts
from edukit.runtime.onnx_session import first_run, open_session, run_error, thread_count
from edukit.runtime.predictor import BasePredictor
from edukit.tasks import find_task

MAX_FIXED_BATCH = 256  # a single picture is repeated to fill it


class OnnxModel(BasePredictor):
    """A model in an ONNX file; ``load_onnx`` makes it from a path.

    Args:
        facts: What the file says of itself, checked.
        card: How its input is prepared and what its outputs mean.
        threads: How many threads compute one operator.
        size_bytes: Of the file and what it keeps beside it.
        data: The file's bytes, if it is not written yet.

    Attributes:
        fixed_batch: The only batch size that the network takes; None if any.
    """

    runtime = "ONNX Runtime"

    def __init__(self, facts: OnnxFacts, card: ModelCard, *, threads: int, size_bytes: int, data: bytes | None = None) -> None:
        super().__init__(facts.path, card, size_bytes=size_bytes)
        self.facts = facts
        self.threads = threads
        self._session = open_session(facts, threads, data)
        self._shapes = self.task.output_shapes(card)
        self._input, self._outputs = facts.inputs[0].name, [output.name for output in facts.outputs[: len(self._shapes)]]
        self.fixed_batch = _fixed_batch(facts)
        self._known = False  # whether it has answered once

    def run(self, batch: Float32Array) -> dict[str, Float32Array]:
        """The network's raw outputs by name for a batch (N, channels, height, width)."""
        if self.fixed_batch is None or len(batch) == self.fixed_batch:
            return self._compute(batch)
        whole = np.resize(batch, (-(-len(batch) // self.fixed_batch) * self.fixed_batch, *batch.shape[1:]))  # repeats pictures to fill the last batch
        parts = [self._compute(whole[start : start + self.fixed_batch]) for start in range(0, len(whole), self.fixed_batch)]
        return {name: np.concatenate([part[name] for part in parts])[: len(batch)] for name in self._shapes}

    def _compute(self, batch: Float32Array) -> dict[str, Float32Array]:
        given = {self._input: batch}
        try:
            found: list[Any] = self._session.run(self._outputs, given) if self._known else first_run(self._session, self._outputs, given, self.facts)
            self._known = True
        except EdukitError:
            raise
        except Exception as error:  # ONNX Runtime's errors have no common class of their own
            raise run_error(error, self.facts) from error
        return {name: _of_rank(output, len(shape)) for (name, shape), output in zip(self._shapes.items(), found)}


def _of_rank(output: Float32Array, rank: int) -> Float32Array:
    """The output without axes of size 1 that the task does not know, such as (N, classes, 1, 1)."""
    return np.asarray(output if output.ndim == rank else output.reshape(*output.shape[: rank - 1], -1))


def load_onnx(path: str | os.PathLike[str], *, card: ModelCard | None = None, threads: int | None = None) -> OnnxModel:
    """Loads a model from an ONNX file that anyone may have made.

    Args:
        path: The file.
        card: What its preprocessing and classes are, for a file without a card; else the file's own card counts.
        threads: How many threads compute; None takes all processors.

    Raises:
        FileMissing, NotAFile, EmptyFile, FileTooLarge, NotAnOnnxFile, UnsupportedOnnx, NoCard, BadCard, WrongTask, WrongInput, NotFinite, ExternalData,
        ModelTooLarge, BadArgument

    Example:
        >>> load_onnx("emoji-int8.onnx").predict("cat.jpg").label
        'animal'
    """
    count = thread_count(threads)
    facts = read_onnx_facts(path)
    card = card or card_in(facts)
    return OnnxModel(facts, card, threads=count, size_bytes=facts.size_bytes + check_model(facts, card))


def onnx_in(data: bytes, path: Path, *, threads: int | None = None) -> OnnxModel:
    """The model in the bytes of an ONNX file that is not written yet; ``path`` is where it will lie. Raises as ``load_onnx``."""
    facts = facts_in(data, path)
    card = card_in(facts)
    return OnnxModel(facts, card, threads=thread_count(threads), size_bytes=len(data) + check_model(facts, card), data=data)


def check_model(facts: OnnxFacts, card: ModelCard) -> int:
    """Holds a file's facts to its card; the size in bytes of what it keeps beside it.

    Raises:
        WrongTask, UnsupportedOnnx, WrongInput, NotFinite, ExternalData, ModelTooLarge
    """
    task = find_task(card.task, path=facts.path)
    if "Loop" in facts.operators:  # it may run without end, and no network of ours needs it
        raise UnsupportedOnnx(path=facts.path, reason=t("runtime.loops"))
    beside = check_external(facts)
    wanted = TensorFacts("", "float32", (None, *card.input_shape[1:]))
    if len(facts.inputs) != 1 or not _fits(facts.inputs[0], wanted) or (_fixed_batch(facts) or 0) > MAX_FIXED_BATCH:
        raise WrongInput(path=facts.path, found=_told(facts.inputs), wanted=_told((wanted,)))
    promised = tuple(TensorFacts("", "float32", shape) for shape in task.output_shapes(card).values())
    found = facts.outputs[: len(promised)]
    if len(found) != len(promised) or not all(map(_fits, found, promised)):
        raise WrongInput(path=facts.path, found=_told(found), wanted=_told(promised))
    if facts.has_nan or external_nan(facts):
        raise NotFinite(path=facts.path, where=t("runtime.weights"))
    return beside


def _fits(found: TensorFacts, wanted: TensorFacts) -> bool:
    if found.type != wanted.type or found.shape is None or wanted.shape is None:
        return found.type == wanted.type
    head, tail = found.shape[: len(wanted.shape)], found.shape[len(wanted.shape) :]
    sizes_agree = all(not isinstance(have, int) or want is None or have == want for have, want in zip(head, wanted.shape))
    return len(head) == len(wanted.shape) and sizes_agree and all(size == 1 for size in tail)


def _told(tensors: tuple[TensorFacts, ...]) -> str:
    return "; ".join(f"{one.type} {' × '.join('?' if size is None else str(size) for size in one.shape or ('?',))}" for one in tensors) or "0"


def _fixed_batch(facts: OnnxFacts) -> int | None:
    shape = facts.inputs[0].shape
    return shape[0] if shape and isinstance(shape[0], int) and shape[0] > 0 else None
