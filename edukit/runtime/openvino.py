"""A model in OpenVINO's form (.xml and .bin): read without OpenVINO, so that a hostile one is refused before OpenVINO sees it, and computed by OpenVINO."""
from __future__ import annotations

import math
import os
import re
from collections import Counter
from typing import Any, NamedTuple, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder, XMLParser

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.errors import BadModelFolder, EdukitError, ModelTooLarge, ModelTooSlow, OutOfMemory
from edukit.core.files import human_size
from edukit.core.packages import imported
from edukit.core.preprocess import Float32Array
from edukit.runtime.file_model import FileModel
from edukit.runtime.folder_file import FolderFile, UnknownLayerError, malformed_as, open_folder
from edukit.runtime.onnx_graph import short
from edukit.runtime.onnx_reader import TensorFacts
from edukit.runtime.onnx_session import time_limit
from edukit.runtime.onnx_tensors import check_shape, holds_nan
from edukit.runtime.wire import MalformedError

FORM = "OpenVINO"
MAX_LAYERS = 20_000
_MAX_RESULTS_BYTES = 2_000_000_000  # what all operators together may put out for one picture
_FLOATS = {"f32": 1, "f16": 10, "f64": 11, "bf16": 16}  # ONNX's numbers of these element types
# What networks are made of. Others are refused: some run without end, or need a program beside the file.
_NAMES = """
    Parameter Const Result Convert Convolution GroupConvolution ConvolutionBackpropData GroupConvolutionBackpropData MatMul BatchNormInference FakeQuantize
    Add Subtract Multiply Divide Maximum Minimum Power Sqrt Exp Log Negative Abs Floor Mod FloorMod Sign Round Ceiling
    ReLU PReLU Clamp Sigmoid HardSigmoid HSigmoid HSwish Swish Mish Elu Selu Gelu Tanh SoftPlus SoftMax Softmax LogSoftmax
    MaxPool AvgPool AdaptiveAvgPool AdaptiveMaxPool ReduceMean ReduceMax ReduceMin ReduceSum ReduceProd ReduceL2 MVN NormalizeL2 LRN
    Reshape Squeeze Unsqueeze Transpose Concat Split VariadicSplit StridedSlice Slice Gather GatherElements GatherND ScatterUpdate ScatterNDUpdate
    ScatterElementsUpdate ShapeOf Broadcast Tile Range Pad Interpolate ShuffleChannels DepthToSpace SpaceToDepth TopK NonMaxSuppression
    NonZero Select Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr LogicalNot LogicalXor ROIAlign
"""
OPERATORS = frozenset(_NAMES.split())


class _Constant(NamedTuple):
    type: str
    shape: tuple[int, ...]
    offset: int
    size: int


class _Builder(TreeBuilder):
    """Builds a plain tree: a document type could define texts that grow without end."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> NoReturn:
        raise ValueError(name)


def inspect_openvino(path: str | os.PathLike[str]) -> FolderFile:
    """Reads what an OpenVINO model says of itself, from untrusted bytes.

    Raises:
        FileMissing, NotAFile, FileTooLarge, FileUnreadable, ExternalData, ModelTooLarge
        BadModelFolder: No OpenVINO model, with operators that are not known, or with more weights than its file holds.

    Example:
        >>> from edukit.core.errors import FileMissing
        >>> try:
        ...     inspect_openvino("nowhere.xml")
        ... except FileMissing as error:
        ...     print(error.code)
        E101
    """
    found, text, weights = open_folder(path, FORM)
    with malformed_as(found, FORM):
        layers = _layers(text)
        unknown = next((kind for kind in layers if kind.rpartition(":")[2] not in OPERATORS), None)
        if unknown:
            raise UnknownLayerError(unknown)
        constants = [_constant(data, len(weights)) for data in layers.get("Const", [])]
        check_shape((sum(one.size for one in constants),))  # the same bytes may be named any number of times
        inputs = tuple(_input(data) for data in layers.get("Parameter", []))
    values = ((weights[one.offset : one.offset + one.size], _FLOATS.get(one.type, 0), math.prod(one.shape) == 1) for one in constants)
    return FolderFile(
        path=found, size_bytes=len(text) + len(weights), inputs=inputs, operators=Counter({kind: len(some) for kind, some in layers.items()}),
        parameters=sum(math.prod(one.shape) for one in constants), has_nan=any(holds_nan(data, kind, lone=lone) for data, kind, lone in values),
    )  # fmt: skip


def _layers(text: bytes) -> dict[str, list[Element]]:
    """The ``data`` of all layers, by kind; a kind of a foreign operator set stands with its name before it."""
    parser = XMLParser(target=_Builder())
    parser.feed(text)
    tree = parser.close()
    if tree.tag != "net" or tree.get("version") not in ("10", "11"):
        raise ValueError(f"<{tree.tag[:40]} version={str(tree.get('version'))[:20]}>")
    found: dict[str, list[Element]] = {}
    for number, layer in enumerate(tree.iter("layer")):
        if number >= MAX_LAYERS:
            raise MalformedError("runtime.onnx_too_many_parts")
        version = layer.get("version", "")
        kind = layer.attrib["type"] if re.fullmatch(r"opset\d+", version) else f"{version}:{layer.attrib['type']}!"
        data = layer.find("data")
        found.setdefault(kind[:80], []).append(Element("data") if data is None else data)
    return found


def _constant(data: Element, held: int) -> _Constant:
    one = _Constant(data.attrib["element_type"], _shape(data), int(data.attrib["offset"]), int(data.attrib["size"]))
    bits = 8 if one.type == "boolean" else int(re.sub(r"\D", "", one.type.partition("e")[0]))
    check_shape(one.shape, bits)
    if one.offset < 0 or one.offset + one.size > held or one.size != (math.prod(one.shape) * bits + 7) // 8:
        raise MalformedError("runtime.onnx_missing_values")
    return one


def _shape(data: Element) -> tuple[int, ...]:
    return tuple(int(size) for size in data.attrib["shape"].split(",") if size.strip())


def _input(data: Element) -> TensorFacts:
    kind = data.attrib["element_type"]
    sizes = tuple(int(size) if size.strip().isdecimal() else None for size in data.attrib["shape"].split(","))
    return TensorFacts("", {"f32": "float32", "f16": "float16", "u8": "uint8"}.get(kind, kind), sizes)


class OpenVinoModel(FileModel[FolderFile]):
    """A model in OpenVINO's form.

    Raises:
        PackageMissing, ModelTooLarge, BadModelFolder, and as ``FileModel``.
    """

    runtime = "OpenVINO"

    def __init__(self, file: FolderFile, *, card: ModelCard | None = None, threads: int | None = None) -> None:
        super().__init__(file, card=card, threads=threads)
        self._tensor = imported("openvino").Tensor
        try:
            self._requests = {self.fixed_batch or 1: self._request_for(self.fixed_batch or 1)}
        except EdukitError:
            raise
        except Exception as error:  # OpenVINO raises RuntimeError whatever it is
            raise _error(error, file) from error

    def compute(self, batch: Float32Array) -> list[Any]:
        """The outputs for a batch that fits the file."""
        try:
            size = len(batch) if len(batch) in self._requests else -1  # one picture by itself: free sizes make every run of a small network slower
            if size not in self._requests:
                self._requests[size] = self._request_for(size)
            request = self._requests[size]
            if self.known:
                rows = np.require(batch, np.float32, ("C", "W"))  # named, for the tensor does not keep it alive
                request.set_input_tensor(self._tensor(rows, shared_memory=True))
                request.infer(share_outputs=True)  # a tensor set by hand: what infer does to an array takes a fifth of a small network's time
            else:
                self._first(request, batch)
            return [request.get_output_tensor(place).data.copy() for place in range(len(self.shapes))]
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
        self.known = True


def _compiled(file: FolderFile, card: ModelCard, threads: int, batch: int) -> Any:
    core = imported("openvino").Core()
    model = core.read_model(os.fspath(file.path), os.fspath(file.weights))
    sizes = list(card.input_shape[1:])
    model.reshape([max(batch, 1), *sizes])
    _check_sizes(model, file)
    if batch < 0:
        model.reshape([-1, *sizes])
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1}
    return core.compile_model(model, "CPU", settings)  # f32: what it takes by default on a processor with AMX gives other answers


def _check_sizes(model: Any, file: FolderFile) -> None:
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


def _error(error: Exception, file: FolderFile) -> EdukitError:
    return OutOfMemory.meant_by(error, file.path.name) or BadModelFolder(path=file.path, form=FORM, reason=short(error))
