"""A model in ncnn's form (.param and .bin): read without ncnn, which trusts whatever it is given, and computed by ncnn, one picture after another."""
from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.errors import BadModelFolder, ModelTooSlow
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.core.preprocess import Float32Array
from edukit.core.subprocess_env import subprocess_env
from edukit.runtime.file_model import FileModel
from edukit.runtime.folder_file import FolderFile, UnknownLayerError, malformed_as, open_folder
from edukit.runtime.onnx_reader import TensorFacts
from edukit.runtime.onnx_session import time_limit
from edukit.runtime.onnx_tensors import holds_nan
from edukit.runtime.wire import MalformedError

FORM = "ncnn"
_MAGIC = "7767517"
_MAX_LAYERS, _MAX_BLOBS, _MAX_NUMBER = 20_000, 64, 100_000_000
# What networks are made of; others are refused. The number says under which key a layer tells how many weights it has.
_WEIGHTS = {
    "Convolution": 6, "ConvolutionDepthWise": 6, "Deconvolution": 6, "DeconvolutionDepthWise": 6, "InnerProduct": 2, "BatchNorm": 0, "Scale": 0, "PReLU": 0,
}  # fmt: skip
_NAMES = """
    Input Split Concat Slice Crop Padding Reshape Flatten Squeeze ExpandDims Permute ShuffleChannel Pooling Reduction BinaryOp UnaryOp Eltwise MemoryData
    ReLU Clip Sigmoid HardSigmoid HardSwish Swish Mish ELU GELU TanH Softmax Noop Dropout Interp Normalize LRN MatMul Gemm PixelShuffle
"""
OPERATORS = frozenset(_WEIGHTS) | frozenset(_NAMES.split())
_PROBE = Path(__file__).with_name("ncnn_probe.py")
_START_SECONDS = 30  # that a process may need before it computes
_MAX_MEMORY = 1_500_000_000  # what it may take besides the weights, which ncnn copies
_ALARM = getattr(signal, "SIGALRM", 0)
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # each thread takes memory of its own
_HALF = ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage")


@dataclass(frozen=True, kw_only=True)
class NcnnFile(FolderFile):
    """What an ncnn model says of itself.

    Args:
        source: The name of its input.
        results: The names of its outputs.
    """

    source: str
    results: tuple[str, ...]


def inspect_ncnn(path: str | os.PathLike[str]) -> NcnnFile:
    """Reads what an ncnn model says of itself, from untrusted bytes.

    Raises:
        FileMissing, NotAFile, FileTooLarge, FileUnreadable, ExternalData, ModelTooLarge
        BadModelFolder: No ncnn model, with layers that are not known, or with more weights than its file holds.

    Example:
        >>> from edukit.core.errors import FileMissing
        >>> try:
        ...     inspect_ncnn("nowhere.param")
        ... except FileMissing as error:
        ...     print(error.code)
        E101
    """
    found, text, weights = open_folder(path, FORM)
    with malformed_as(found, FORM):
        parsed = _Graph(text.decode("ascii").split("\n"))
        if parsed.parameters > len(weights):
            raise MalformedError("runtime.onnx_missing_values")
    whole = len(weights) // 4 * 4  # weights of 32 bits, each block behind four zeros; in other forms the outputs will tell
    has_nan = bool(whole) and not np.frombuffer(weights[:4], np.uint32)[0] and holds_nan(weights[:whole], 1, lone=True)
    return NcnnFile(
        path=found, size_bytes=len(text) + len(weights), inputs=(TensorFacts("", "float32", None),) * len(parsed.inputs), operators=parsed.operators,
        parameters=parsed.parameters, has_nan=has_nan, source=next(iter(parsed.inputs), ""), results=tuple(name for name in parsed.made if name in parsed.open),
    )  # fmt: skip


class _Graph:
    """The lines of a .param file."""

    def __init__(self, lines: Sequence[str]) -> None:
        if lines[0].strip() != _MAGIC:
            raise MalformedError("runtime.not_ncnn")
        layers, blobs = (int(word) for word in lines[1].split())
        body = [line.split() for line in lines[2:] if line.strip()]
        if len(body) != layers or layers > _MAX_LAYERS:
            raise MalformedError("runtime.onnx_ends_early")
        self.operators: Counter[str] = Counter()
        self.inputs: list[str] = []
        self.made: dict[str, None] = {}  # the names of all values, in their order
        self.open: set[str] = set()      # those that no layer has taken yet
        self.parameters = 0
        for words in body:
            self._layer(words[0], words[1], int(words[2]), int(words[3]), words[4:])
        if len(self.made) != blobs:
            raise MalformedError("runtime.not_ncnn")

    def _layer(self, kind: str, name: str, taken: int, given: int, rest: Sequence[str]) -> None:
        if kind not in OPERATORS:
            raise UnknownLayerError(kind[:80])
        if not 0 <= taken <= _MAX_BLOBS or not 0 <= given <= _MAX_BLOBS or len(rest) < taken + given or (taken == 0) != (kind in ("Input", "MemoryData")):
            raise ValueError(name[:80])
        for source in rest[:taken]:
            self.open.remove(source)  # a value that is not there, or that two layers take, is a KeyError
        for result in (names := rest[taken : taken + given]):
            if result in self.made:
                raise ValueError(result[:80])
            self.made[result] = None
            self.open.add(result)
        self.inputs += names if kind == "Input" else ()
        self.operators[kind] += 1
        numbers = dict(_numbers(word) for word in rest[taken + given :])
        held = numbers.get(_WEIGHTS[kind], 0) if kind in _WEIGHTS else 0
        if kind == "MemoryData":
            held = int(np.prod([max(1, numbers.get(key, 0)) for key in (0, 1, 11, 2)], dtype=np.float64))
        self.parameters += int(held)


def _numbers(word: str) -> tuple[int, float]:
    """A setting, ``key=number`` or, with a key under -23300, ``key=count,number,…``."""
    key, _, value = word.partition("=")
    numbers = [float(part) for part in value.split(",")]
    if not all(abs(number) <= _MAX_NUMBER or abs(number) in (2147483648.0, 2147483647.0) or "e" in value for number in numbers):
        raise ValueError(word[:80])
    if int(key) <= -23300 and (numbers[0] != len(numbers) - 1 or len(numbers) > _MAX_BLOBS):
        raise ValueError(word[:80])
    return int(key), numbers[0]


class NcnnModel(FileModel[NcnnFile]):
    """A model in ncnn's form.

    Raises:
        PackageMissing, ModelTooSlow, BadModelFolder, and as ``FileModel``.
    """

    runtime = "ncnn"

    def __init__(self, file: NcnnFile, *, card: ModelCard | None = None, threads: int | None = None) -> None:
        super().__init__(file, card=card, threads=threads)
        self.fixed_batch = 1
        self._ncnn = imported("ncnn")
        _probe(file, self.card)
        self._net = self._ncnn.Net()
        self._net.opt.num_threads = self.threads
        for name in _HALF:  # numbers of 16 bits would give other answers than the original
            setattr(self._net.opt, name, False)
        if self._net.load_param(os.fspath(file.path)) or self._net.load_model(os.fspath(file.weights)):
            raise BadModelFolder(path=file.path, form=FORM, reason=t("runtime.not_ncnn"))

    def compute(self, batch: Float32Array) -> list[Any]:
        """The outputs for a batch of one picture."""
        extractor: Any = self._net.create_extractor()
        picture = np.require(batch[0], np.float32, ("C", "W"))  # held here: ncnn looks at its memory, whatever is in it
        extractor.input(self.file.source, self._ncnn.Mat(picture))
        found = []
        for name in self.file.results[: len(self.shapes)]:
            failed, output = extractor.extract(name)
            if failed:
                raise BadModelFolder(path=self.path, form=FORM, reason=name)
            found.append(np.array(output)[None])
        return found


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
