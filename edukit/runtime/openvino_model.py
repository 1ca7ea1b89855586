"""A model in OpenVINO's form, computed by OpenVINO."""
from __future__ import annotations

import os
from typing import Any

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.errors import BadModelFolder, EdukitError, ModelTooLarge, ModelTooSlow, OutOfMemory
from edukit.core.files import human_size
from edukit.core.packages import imported
from edukit.core.preprocess import Float32Array
from edukit.runtime.model_file import inspect_again
from edukit.runtime.onnx_graph import short
from edukit.runtime.onnx_session import thread_count, time_limit
from edukit.runtime.openvino_file import FORM, OpenVinoFile, inspect_openvino
from edukit.runtime.predictor import BasePredictor, by_rank, in_batches_of

_MAX_RESULTS_BYTES = 2_000_000_000  # what all operators together may put out for one picture


class OpenVinoModel(BasePredictor):
    """A model in OpenVINO's form; ``load_openvino`` makes it from a path.

    Args:
        file: What the files say of themselves, checked.
        card: How its input is prepared and what its outputs mean.
        threads: How many threads compute.
    """

    runtime = "OpenVINO"

    def __init__(self, file: OpenVinoFile, card: ModelCard, *, threads: int) -> None:
        super().__init__(file.path, card, size_bytes=file.size_bytes)
        self.file = file
        self.threads = threads
        self.fixed_batch = file.fixed_batch
        self._shapes = self.task.output_shapes(card)
        self._tensor = imported("openvino").Tensor
        try:
            self._requests = {self.fixed_batch or 1: self._request_for(self.fixed_batch or 1)}
        except EdukitError:
            raise
        except Exception as error:  # OpenVINO raises RuntimeError whatever it is
            raise _error(error, file) from error
        self._known = False  # whether it has answered once

    def run(self, batch: Float32Array) -> dict[str, Float32Array]:
        """The network's raw outputs by name for a batch (N, channels, height, width)."""
        return in_batches_of(self.fixed_batch, self._compute, batch)

    def _compute(self, batch: Float32Array) -> dict[str, Float32Array]:
        try:
            size = len(batch) if len(batch) in self._requests else -1  # one picture by itself: free sizes make every run of a small network slower
            if size not in self._requests:
                self._requests[size] = self._request_for(size)
            request = self._requests[size]
            if self._known:
                rows = np.require(batch, np.float32, ("C", "W"))  # named, for the tensor does not keep it alive
                request.set_input_tensor(self._tensor(rows, shared_memory=True))
                request.infer(share_outputs=True)  # a tensor set by hand: what infer does to an array takes a fifth of a small network's time
            else:
                self._first(request, batch)
            return by_rank([request.get_output_tensor(place).data.copy() for place in range(len(self._shapes))], self._shapes)
        except EdukitError:
            raise
        except Exception as error:
            raise _error(error, self.file) from error

    def _request_for(self, batch: int) -> Any:
        return _compiled(self.file, self.card, self.threads, batch).create_infer_request()

    def _first(self, request: Any, batch: Float32Array) -> None:
        """The first run, ended when it takes far longer than a network of this size can need."""
        seconds = time_limit(self.file.parameters, batch)
        request.start_async([batch])
        if not request.wait_for(int(1000 * seconds)):
            request.cancel()
            raise ModelTooSlow(path=self.path, seconds=round(seconds))
        self._known = True


def load_openvino(path: str | os.PathLike[str] | OpenVinoFile, *, card: ModelCard | None = None, threads: int | None = None) -> OpenVinoModel:
    """Loads an OpenVINO model that anyone may have made.

    Args:
        path: The .xml file, or what ``inspect_openvino`` gave.
        card: For files without a card; else their own counts.
        threads: How many threads compute; None takes all processors.

    Raises:
        PackageMissing, and what ``inspect_openvino`` and holding the files to the card raise.
    """
    count = thread_count(threads)
    file = inspect_again(path, OpenVinoFile, inspect_openvino)
    chosen = card or file.card
    file.check(chosen)
    return OpenVinoModel(file, chosen, threads=count)


def _compiled(file: OpenVinoFile, card: ModelCard, threads: int, batch: int) -> Any:
    core = imported("openvino").Core()
    model = core.read_model(os.fspath(file.path), os.fspath(file.weights))
    sizes = list(card.input_shape[1:])
    model.reshape([max(batch, 1), *sizes])
    _check_sizes(model, file)
    if batch < 0:
        model.reshape([-1, *sizes])
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1}
    return core.compile_model(model, "CPU", settings)  # f32: what it takes by default on a processor with AMX gives other answers


def _check_sizes(model: Any, file: OpenVinoFile) -> None:
    """Raises ``ModelTooLarge`` for a network whose operators put out more than a network can need: a file of a kilobyte can ask for a terabyte."""
    total = 0
    for node in model.get_ordered_ops():
        for output in node.outputs():
            shape = output.get_partial_shape()
            if shape.rank.is_dynamic:
                raise BadModelFolder(path=file.path, form=FORM, reason=f"{node.get_type_name()} {shape}")
            sizes = [one.get_max_length() if one.is_dynamic else one.get_length() for one in shape]
            product = output.get_element_type().size
            for size in sizes:
                product *= max(1, size)
            total += product
    if total > _MAX_RESULTS_BYTES:
        raise ModelTooLarge(path=file.path, found=human_size(total), limit=human_size(_MAX_RESULTS_BYTES))


def _error(error: Exception, file: OpenVinoFile) -> EdukitError:
    return OutOfMemory.meant_by(error, file.path.name) or BadModelFolder(path=file.path, form=FORM, reason=short(error))
