"""Preprocess as a part of the ONNX graph: the file then takes an 8-bit picture of any size, for programs that have no Preprocess.

Resizing is written as two matrix products, for ONNX's own Resize averages only from operator set 18 on and rounds in its own way. OpenCV and Pillow
compute it with whole numbers and the graph with float32: where a value lies half-way between two grey levels, the pixel may differ by one.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from edukit.conversion.results import Embedded
from edukit.core.errors import ParityFailed
from edukit.core.packages import imported
from edukit.core.preprocess import Preprocess, UInt8Image
from edukit.runtime.onnx_graph import GraphError, GraphWriter, Value, short
from edukit.runtime.onnx_session import open_graph
from edukit.runtime.predictor import picture_of

if TYPE_CHECKING:
    import onnx

    from edukit.conversion.parity import GateInputs
    from edukit.runtime import Predictor

PICTURE = "picture"
MOST_LEVELS = 2.001  # grey levels that a pixel may differ by: one for each rounding, and mixing to grey rounds again
_PREPARED = "_prepared"
_GREY = (0.299, 0.587, 0.114)  # of red, green and blue, as OpenCV mixes them


def embed_graph(model: onnx.ModelProto, preprocess: Preprocess) -> onnx.ModelProto:
    """The network behind a graph that does what ``preprocess`` does: it takes one picture, uint8 (height, width, 3), red first.

    Args:
        model: Takes one prepared picture (1, channels, height, width).
        preprocess: What the network was trained with.

    Raises:
        GraphError
    """
    try:
        before = preprocess_graph(model, preprocess)
        merged: onnx.ModelProto = imported("onnx.compose").merge_models(before, model, io_map=[(_PREPARED, model.graph.input[0].name)])
        del merged.opset_import[len(model.opset_import):]  # both models' are there, and each may stand once
        return merged
    except Exception as error:  # onnx's errors share no class
        raise GraphError(short(error)) from error


def check_embedded(original: Predictor, converted: Predictor, model: onnx.ModelProto, inputs: GateInputs) -> Embedded:
    """Compares pictures prepared in the graph with those that ``Preprocess`` prepares, and the answers to them.

    Args:
        original: The checkpoint.
        converted: The file that prepares pictures itself.
        model: Its versions.
        inputs: Whose pictures; random ones of several sizes where there are none.

    Raises:
        ParityFailed: A pixel differs by more than Preprocess's rounding explains.
    """
    preprocess = original.card.preprocess
    session = open_graph(preprocess_graph(model, preprocess))
    std = np.array(preprocess.std, np.float32).reshape(1, -1, 1, 1)
    agree = differing = pixels = 0
    worst = 0.0
    pictures: Sequence[Any] = inputs.split or _pictures(preprocess.size)
    for one in pictures:
        picture = picture_of(one)
        apart = np.abs(session.run(None, {PICTURE: picture})[0] - preprocess(picture)) * std
        worst, differing, pixels = max(worst, float(apart.max())), differing + int((apart > 0.5).sum()), pixels + apart.size
        agree += bool(original.task.same(original.predict_answers([picture]), converted.predict_answers([picture])).all())
    if worst > MOST_LEVELS:
        raise ParityFailed(differing=len(pictures) - agree, count=len(pictures), difference=f"{worst:.1f}", tolerance=f"{MOST_LEVELS:.0f}")
    return Embedded(len(pictures), agree, round(worst, 3), differing / pixels)


def _pictures(size: tuple[int, int]) -> list[UInt8Image]:
    """Blotches at two values of height and of width, larger and smaller than the input."""
    rng, (height, width) = np.random.default_rng(0), size
    sides = [(tall, wide) for tall in (height * 2 + 7, height // 2 + 1) for wide in (width * 3 + 5, width // 2 + 1)]
    coarse = [rng.integers(0, 256, (tall // 9 + 1, wide // 9 + 1, 3), dtype=np.uint8) for tall, wide in sides]
    return [one.repeat(9, 0).repeat(9, 1)[:tall, :wide] for one, (tall, wide) in zip(coarse, sides)]


def preprocess_graph(like: onnx.ModelProto, preprocess: Preprocess) -> onnx.ModelProto:
    """``preprocess`` alone as an ONNX graph, in the versions of ``like``."""
    onnx, graph = imported("onnx"), GraphWriter("preprocess")
    cut, target = _placed(graph, Value(graph, PICTURE, np.uint8), preprocess)
    planes = graph.op("Transpose", cut, perm=[2, 0, 1])
    fitted = _resized(graph, planes, target, preprocess)
    if preprocess.fit == "pad":
        spare = np.array(preprocess.size) - target
        before = graph.op("Div", spare, np.array(2))
        pads = graph.op("Concat", np.array([0]), before, np.array([0]), spare - before, axis=0)
        fitted = graph.op("Pad", fitted, pads, np.float32(preprocess.fill))
    shape = (1, preprocess.channels, *preprocess.size)
    if preprocess.channels == 1:
        mixed = graph.op("MatMul", np.array([_GREY], np.float32), graph.op("Reshape", fitted, np.array([3, -1])))
        fitted = graph.op("Round", mixed)
    std, mean = (np.array(values, np.float32).reshape(1, -1, 1, 1) for values in (preprocess.std, preprocess.mean))
    prepared = graph.op("Reshape", fitted, np.array(shape)) * (1 / std) - mean / std
    graph.op("Identity", prepared, output=_PREPARED)
    given = onnx.helper.make_tensor_value_info(PICTURE, onnx.TensorProto.UINT8, ["height", "width", 3])
    made = onnx.helper.make_tensor_value_info(_PREPARED, onnx.TensorProto.FLOAT, shape)
    whole = onnx.helper.make_graph(graph.nodes, "preprocess", [given], [made], graph.stored)
    return onnx.helper.make_model(whole, opset_imports=like.opset_import, ir_version=like.ir_version)


def _placed(graph: GraphWriter, picture: Value, preprocess: Preprocess) -> tuple[Value, Value]:
    """The part of the picture that is used, and to which (height, width) it is resized: ``Preprocess.placement`` in the graph, with float64 as there."""
    whole = graph.constant(np.array(preprocess.size))
    if preprocess.fit == "stretch":
        return picture, whole
    want = whole.cast(np.float64)
    sides = graph.op("Slice", graph.op("Shape", picture, kind=np.int64), np.array([0]), np.array([2])).cast(np.float64)
    if preprocess.fit == "crop":
        scale = graph.op("ReduceMax", want / sides, keepdims=1) / preprocess.crop_share
        part = graph.op("Max", graph.op("Round", want / scale), np.float64(1))
        begin = graph.op("Max", (sides - part) / 2.0, np.float64(0)).cast(np.int64)  # rounded down; ONNX Runtime 1.13 has no Floor for float64
        end = begin + graph.op("Min", part, sides).cast(np.int64)
        return graph.op("Slice", picture, begin, end, np.array([0, 1])), whole
    scale = graph.op("ReduceMin", want / sides, keepdims=1)
    side = graph.op("Max", graph.op("Round", sides * scale), np.float64(1))
    return picture, graph.op("Min", side, want).cast(np.int64)


def _resized(graph: GraphWriter, planes: Value, target: Value, preprocess: Preprocess) -> Value:
    """(3, height, width) resized to ``target``, as whole grey levels."""
    lengths = graph.op("Slice", graph.op("Shape", planes, kind=np.int64), np.array([1]), np.array([3]))
    axes = [_Axis(graph, lengths.at(place), target.at(place)) for place in (0, 1)]
    kinds: dict[str, Callable[[_Axis], Value]] = {"bilinear": _Axis.sampled, "pillow": _Axis.triangles}
    if preprocess.interpolation in kinds:
        rows, columns = map(kinds[preprocess.interpolation], axes)
    else:
        smaller = [graph.op("Less", axis.target, axis.length, kind=np.bool_) for axis in axes]
        larger = [graph.op("Less", axis.length, axis.target, kind=np.bool_) for axis in axes]
        shrinks, grows = graph.op("Or", *smaller), graph.op("Or", *larger)
        rows, columns = (
            graph.op("Where", shrinks, graph.op("Where", grows, axis.mixed(), axis.averaged()), axis.sampled(), kind=np.float32) for axis in axes
        )
    columns = graph.op("Transpose", columns, perm=[1, 0])
    wide = graph.op("MatMul", planes.cast(np.float32), columns)
    if preprocess.interpolation == "pillow":  # it makes whole numbers after each axis
        wide = graph.op("Round", wide)
    return graph.op("Round", graph.op("MatMul", rows, wide))


class _Axis:
    """One axis of a picture that is resized: matrices with a row for each pixel of the result and a column for each of the picture.

    Args:
        graph: Where their nodes go.
        length, target: How many pixels there are, and how many are wanted.
    """

    def __init__(self, graph: GraphWriter, length: Value, target: Value) -> None:
        self.graph, self.length, self.target = graph, length.cast(np.float32), target.cast(np.float32)
        self.scale = self.length / self.target  # pixels of the picture for one of the result
        self.old = graph.op("Range", np.float32(0), self.length, np.float32(1))
        self.new = graph.op("Reshape", graph.op("Range", np.float32(0), self.target, np.float32(1)), np.array([-1, 1]))

    def _between(self, position: Value, wide: Value | float = 1.0) -> Value:
        """Weights that fall from 1 at a position of the picture to 0 at the distance ``wide``."""
        distance = self.graph.op("Abs", position - self.old) / wide
        return self.graph.op("Relu", self.graph.constant(np.float32(1)) - distance)

    def sampled(self) -> Value:
        """OpenCV's INTER_LINEAR: the two pixels beside a point."""
        position = (self.new + 0.5) * self.scale - 0.5
        return self._between(self.graph.op("Min", self.graph.op("Relu", position), self.length - 1.0))

    def averaged(self) -> Value:
        """OpenCV's INTER_AREA where it shrinks: how much of each pixel lies in the pixel of the result."""
        end = self.graph.op("Min", (self.new + 1.0) * self.scale, self.old + 1.0)
        return self.graph.op("Relu", end - self.graph.op("Max", self.new * self.scale, self.old)) / self.scale

    def mixed(self) -> Value:
        """OpenCV's INTER_AREA where one side shrinks and the other grows: two pixels, at a point of its own choice."""
        first = self.graph.op("Floor", self.new * self.scale)
        share = self.graph.op("Relu", self.new + 1.0 - (first + 1.0) / self.scale)
        return self._between(self.graph.op("Min", first + share, self.length - 1.0))

    def triangles(self) -> Value:
        """Pillow's bilinear, which averages where it shrinks."""
        wide = self.graph.op("Max", self.scale, np.float32(1))
        weights = self._between((self.new + 0.5) * self.scale - 0.5, wide)
        ones = self.graph.op("Reshape", self.old * 0.0 + 1.0, np.array([-1, 1]))
        return weights / self.graph.op("MatMul", weights, ones)
