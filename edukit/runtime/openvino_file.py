"""What an OpenVINO model (.xml and .bin) says of itself, read without OpenVINO, so that a hostile one is refused before OpenVINO sees it."""
from __future__ import annotations

import math
import os
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder, XMLParser

from edukit.runtime.folder_file import FolderFile, UnknownLayerError, malformed_as, open_folder
from edukit.runtime.onnx_reader import TensorFacts
from edukit.runtime.onnx_tensors import check_shape, holds_nan
from edukit.runtime.wire import MalformedError

FORM = "OpenVINO"
MAX_LAYERS = 20_000
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


class OpenVinoFile(FolderFile):
    """What an OpenVINO model says of itself."""

    @property
    def fixed_batch(self) -> int | None:
        """The only batch size that the network takes; None if any."""
        first = self.inputs[0].shape[0] if self.inputs[0].shape else None
        return first if isinstance(first, int) else None


class _Constant(NamedTuple):
    type: str
    shape: tuple[int, ...]
    offset: int
    size: int


class _Builder(TreeBuilder):
    """Builds a plain tree: a document type could define texts that grow without end."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> NoReturn:
        raise ValueError(name)


def inspect_openvino(path: str | os.PathLike[str]) -> OpenVinoFile:
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
    return OpenVinoFile(
        path=found, size_bytes=len(text) + len(weights), inputs=inputs, operators=Counter({kind: len(some) for kind, some in layers.items()}),
        parameters=sum(math.prod(one.shape) for one in constants), has_nan=any(_nan(one, weights) for one in constants),
    )  # fmt: skip


def _layers(text: bytes) -> dict[str, list[Element]]:
    """The ``data`` of all layers, by kind; a kind of a foreign operator set stands with its name before it."""
    parser = XMLParser(target=_Builder())
    parser.feed(text)
    tree = parser.close()
    if tree.tag != "net" or tree.get("version") not in ("10", "11"):
        raise ValueError(f"<{tree.tag[:40]} version={str(tree.get('version'))[:20]}>")
    found: dict[str, list[Element]] = {}
    for layer in _within(tree):
        version = layer.get("version", "")
        kind = layer.attrib["type"] if re.fullmatch(r"opset\d+", version) else f"{version}:{layer.attrib['type']}!"
        data = layer.find("data")
        found.setdefault(kind[:80], []).append(Element("data") if data is None else data)
    return found


def _within(tree: Element) -> Iterator[Element]:
    for number, layer in enumerate(tree.iter("layer")):
        if number >= MAX_LAYERS:
            raise MalformedError("runtime.onnx_too_many_parts")
        yield layer


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


def _nan(one: _Constant, weights: memoryview) -> bool:
    kind = _FLOATS.get(one.type)
    return kind is not None and holds_nan(weights[one.offset : one.offset + one.size], kind, lone=math.prod(one.shape) == 1)
