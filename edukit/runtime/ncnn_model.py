"""A model in ncnn's form, computed by ncnn, one picture after another."""
from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.errors import BadModelFolder, ModelTooSlow
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.core.preprocess import Float32Array
from edukit.core.subprocess_env import subprocess_env
from edukit.runtime.model_file import inspect_again
from edukit.runtime.ncnn_file import FORM, NcnnFile, inspect_ncnn
from edukit.runtime.onnx_session import thread_count, time_limit
from edukit.runtime.predictor import BasePredictor, by_rank, in_batches_of

_PROBE = Path(__file__).with_name("ncnn_probe.py")
_START_SECONDS = 30  # that a process may need before it computes
_MAX_MEMORY = 1_500_000_000  # what it may take besides the weights, which ncnn copies
_ALARM = getattr(signal, "SIGALRM", 0)
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # each thread takes memory of its own
_HALF = ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage")


class NcnnModel(BasePredictor):
    """A model in ncnn's form; ``load_ncnn`` makes it from a path.

    Args:
        file: What the files say of themselves, checked.
        card: How its input is prepared and what its outputs mean.
        threads: How many threads compute.
    """

    runtime = "ncnn"

    def __init__(self, file: NcnnFile, card: ModelCard, *, threads: int) -> None:
        super().__init__(file.path, card, size_bytes=file.size_bytes)
        self.file = file
        self.threads = threads
        self._shapes = self.task.output_shapes(card)
        self._ncnn = imported("ncnn")
        _probe(file, card)
        self._net = self._ncnn.Net()
        self._net.opt.num_threads = threads
        for name in _HALF:  # numbers of 16 bits would give other answers than the original
            setattr(self._net.opt, name, False)
        if self._net.load_param(os.fspath(file.path)) or self._net.load_model(os.fspath(file.weights)):
            raise BadModelFolder(path=file.path, form=FORM, reason=t("runtime.not_ncnn"))

    def run(self, batch: Float32Array) -> dict[str, Float32Array]:
        """The network's raw outputs by name for a batch (N, channels, height, width)."""
        return in_batches_of(1, self._compute, batch)

    def _compute(self, batch: Float32Array) -> dict[str, Float32Array]:
        extractor: Any = self._net.create_extractor()
        picture = np.require(batch[0], np.float32, ("C", "W"))  # held here: ncnn looks at its memory, whatever is in it
        extractor.input(self.file.source, self._ncnn.Mat(picture))
        found = []
        for name in self.file.results[: len(self._shapes)]:
            failed, output = extractor.extract(name)
            if failed:
                raise BadModelFolder(path=self.path, form=FORM, reason=name)
            found.append(np.array(output)[None])
        return by_rank(found, self._shapes)


def load_ncnn(path: str | os.PathLike[str] | NcnnFile, *, card: ModelCard | None = None, threads: int | None = None) -> NcnnModel:
    """Loads an ncnn model that anyone may have made.

    Args:
        path: The .param file, or what ``inspect_ncnn`` gave.
        card: For files without a card; else their own counts.
        threads: How many threads compute; None takes all processors.

    Raises:
        PackageMissing, ModelTooSlow, and what ``inspect_ncnn`` and holding the files to the card raise.
    """
    count = thread_count(threads)
    file = inspect_again(path, NcnnFile, inspect_ncnn)
    chosen = card or file.card
    file.check(chosen)
    return NcnnModel(file, chosen, threads=count)


def _probe(file: NcnnFile, card: ModelCard) -> None:
    """Has another process answer once: raises ``BadModelFolder`` where it cannot, ``ModelTooSlow`` where it takes too long."""
    _, *sizes = card.input_shape
    seconds = math.ceil(time_limit(file.parameters, np.empty((1, *sizes), np.float32)))
    limits = [str(seconds), str(_MAX_MEMORY + 3 * file.size_bytes)]
    words = [os.fspath(file.path), os.fspath(file.weights), file.source, *map(str, sizes), " ".join(file.results), *limits]
    try:
        done = subprocess.run(
            [sys.executable, "-P", os.fspath(_PROBE), *words], env=subprocess_env() | _ONE_THREAD, timeout=_START_SECONDS + seconds, capture_output=True,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ModelTooSlow(path=file.path, seconds=seconds) from error
    if _ALARM and done.returncode == -_ALARM:
        raise ModelTooSlow(path=file.path, seconds=seconds)
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise BadModelFolder(path=file.path, form=FORM, reason=last[0][:120] if last else f"exit {done.returncode}")
