"""Networks without their head: ONNX Runtime gives the features of a picture, and a head that was solved on them makes a finished file. No torch."""
from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.errors import EdukitError, FileMissing
from edukit.core.files import make_folder, output_error, write_bytes
from edukit.core.images import as_image
from edukit.core.packages import imported
from edukit.core.preprocess import Float32Array
from edukit.core.subprocess_env import subprocess_env
from edukit.core.workspace import Workspace, current
from edukit.data import sample_model
from edukit.runtime import inspect_onnx
from edukit.runtime.onnx_file import parse_onnx
from edukit.runtime.onnx_graph import GraphError, serialize_with_card
from edukit.runtime.onnx_session import open_session, optimised_path, run_error, save_optimised, thread_count

if TYPE_CHECKING:
    import onnx

FEATURES, SCORES = "features", "scores"
_THROUGH = ("QuantizeLinear", "DequantizeLinear")


class Body:
    """A network without its head.

    Args:
        path: An ONNX file whose only output is the features (N, features).
        threads: How many threads compute; None takes all processors.

    Attributes:
        path: The file.
        card: How its input is prepared; classes and figures in it are those of the model that it was cut from.

    Raises:
        As ``inspect_onnx``.

    Example:
        >>> Body(int8_body(), threads=1).features(["cat.jpg"]).shape
        (1, 1280)
    """

    def __init__(self, path: Path, *, threads: int | None = 1) -> None:
        self.path, self._file = path, inspect_onnx(path)
        self.card = self._file.card
        self._session = open_session(self._file, thread_count(threads), sparing=True)

    def features(self, pictures: Sequence[Any]) -> Float32Array:
        """The features of pictures (paths, bytes, RGB arrays, samples), shape (N, features); one at a time, so that memory stays small."""
        return np.concatenate([self.run(self.card.preprocess(as_image(getattr(one, "path", one)))) for one in pictures])

    def run(self, batch: Float32Array) -> Float32Array:
        """The features of a prepared batch (N, channels, height, width)."""
        try:
            return np.asarray(self._session.run([FEATURES], {self._file.inputs[0].name: batch})[0], np.float32)
        except Exception as error:  # ONNX Runtime's errors have no common class of their own
            raise run_error(error, self._file) from error


def body_path(precision: str, workspace: Workspace | None = None) -> Path:
    """Where a body is kept for all students; it need not be there. ``precision`` is ``"int8"`` or ``"fp32"``."""
    return (workspace or current()).cache / "bodies" / f"EfficientNet-Lite0-{_digest_of(_sample())[:12]}-{precision}.onnx"


def int8_body(workspace: Workspace | None = None) -> Path:
    """The sample model without its head; cut once, by a process of its own (``onnx`` would stay in a lesson's kernel), and again where the file is damaged.

    Raises:
        FileMissing: edukit came without its sample model.
        OutputNotWritable, DiskFull, PackageMissing
    """
    path = body_path("int8", workspace)
    if not _is_ready(path):
        from filelock import FileLock

        try:
            with FileLock(make_folder(path.parent) / f"{path.stem}.lock"):  # a class opens the Studio at once: one kernel cuts, the others wait for its file
                words = [sys.executable, "-P", "-m", "edukit.training.bodies", str(path)]
                if not _is_ready(path) and subprocess.run(words, env=subprocess_env(), capture_output=True, check=False).returncode:
                    _cut_sample(path)  # says what is wrong
        except OSError as error:
            raise error if isinstance(error, EdukitError) else output_error(error, path) from error
    return path


def _is_ready(path: Path) -> bool:
    try:
        inspect_onnx(path)
    except EdukitError:  # not there, or half a file
        return False
    return optimised_path(path).is_file()


def _cut_sample(path: Path) -> None:
    sample = inspect_onnx(_sample())
    data = cut_head(imported("onnx").load(sample.path), sample.card)
    save_optimised(parse_onnx(data, path), data)
    write_bytes(path, data)


def cut_head(model: onnx.ModelProto, card: ModelCard) -> bytes:
    """The file of a network up to what its last linear layer sees. Raises ``GraphError`` where it does not end in one."""
    onnx = imported("onnx")
    makers = {output: node for node in model.graph.node for output in node.output}
    last = next((node for node in reversed(model.graph.node) if node.op_type == "Gemm"), None)
    if last is None:
        raise GraphError("no Gemm")
    name = last.input[0]
    while name in makers and makers[name].op_type in _THROUGH:
        name = makers[name].input[0]
    body = onnx.utils.Extractor(model).extract_model([model.graph.input[0].name], [name])
    for node in body.graph.node:
        for place, output in enumerate(node.output):
            node.output[place] = FEATURES if output == name else output
    weight = next(one for one in model.graph.initializer if one.name.startswith(last.input[1].removesuffix("_DequantizeLinear_Output")))
    del body.graph.output[:]
    body.graph.output.append(onnx.helper.make_tensor_value_info(FEATURES, onnx.TensorProto.FLOAT, ["batch", max(weight.dims)]))
    return serialize_with_card(body, card)


def with_head(body: Path, weight: Float32Array, bias: Float32Array, card: ModelCard) -> bytes:
    """The bytes of a finished model file: the body and one Gemm.

    Args:
        body: As ``Body`` takes it.
        weight, bias: Of the head, shapes (classes, features) and (classes,).
        card: Travels inside.
    """
    onnx = imported("onnx")
    model = onnx.load(body)
    values = {"classifier.weight": weight, "classifier.bias": bias}
    model.graph.initializer.extend(onnx.numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name) for name, value in values.items())
    model.graph.node.append(onnx.helper.make_node("Gemm", [FEATURES, *values], [SCORES], name="/classifier/Gemm", transB=1))
    del model.graph.output[:]
    model.graph.output.append(onnx.helper.make_tensor_value_info(SCORES, onnx.TensorProto.FLOAT, ["batch", len(bias)]))
    return serialize_with_card(model, card)


def read_head(path: Path) -> tuple[Float32Array, Float32Array]:
    """Weight and bias of a file that ``with_head`` made. Raises ``GraphError`` for others."""
    onnx = imported("onnx")
    found = {one.name: onnx.numpy_helper.to_array(one) for one in onnx.load(path).graph.initializer if one.name in ("classifier.weight", "classifier.bias")}
    if len(found) != 2:
        raise GraphError("classifier.weight")
    return np.asarray(found["classifier.weight"], np.float32), np.asarray(found["classifier.bias"], np.float32)


def _sample() -> Path:
    path = sample_model()
    if path is None:
        raise FileMissing(path="emoji-int8.onnx")
    return path


_digests: dict[Path, str] = {}


def _digest_of(path: Path) -> str:
    return _digests.setdefault(path, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    _cut_sample(Path(sys.argv[1]))
