"""A first convolution that moves by two pixels, computed on blocks of 2 × 2 pixels: the same sums, in an order that suits whole-number kernels.

ONNX Runtime copies the pixels under each kernel into a row before it multiplies; three channels make many copies of a few bytes, which takes longer than
the products. Four times the channels at half the size make few, longer ones.
Source: the "space-to-depth" input of MLPerf's ResNet50, https://arxiv.org/abs/1909.09756, section 3.
"""
from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edukit.core.packages import imported

if TYPE_CHECKING:
    import onnx

_MOST_CHANNELS = 4  # of a picture; more need no blocks


def blocks_first(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy whose first convolution takes blocks of pixels; the model itself where that convolution is of another kind, or sizes are free or odd."""
    onnx, copy = imported("onnx"), deepcopy(model)
    users = [node for node in copy.graph.node if copy.graph.input[0].name in node.input]
    stored = {tensor.name: tensor for tensor in copy.graph.initializer}
    sizes = [dimension.dim_value for dimension in copy.graph.input[0].type.tensor_type.shape.dim][2:]
    if len(users) != 1 or users[0].op_type != "Conv" or users[0].input[1] not in stored or len(sizes) != 2 or any(size % 2 or not size for size in sizes):
        return model
    conv, weight = users[0], stored[users[0].input[1]]
    given = {one.name: onnx.helper.get_attribute_value(one) for one in conv.attribute}
    shared = sum(list(node.input).count(weight.name) for node in copy.graph.node) > 1
    fits = given.get("strides") == [2, 2] and given.get("group", 1) == 1 and set(given.get("dilations", [1])) == {1}
    if shared or not fits or given.get("auto_pad", b"NOTSET") != b"NOTSET" or weight.dims[1] > _MOST_CHANNELS:
        return model
    pads = given.get("pads", [0, 0, 0, 0])
    blocks, begin, end = _in_blocks(onnx.numpy_helper.to_array(weight), sizes, pads[:2], pads[2:])
    weight.CopyFrom(onnx.numpy_helper.from_array(blocks, weight.name))
    del conv.attribute[:]
    settings = {"kernel_shape": blocks.shape[2:], "strides": [1, 1], "pads": [*begin, *end]}
    conv.attribute.extend(onnx.helper.make_attribute(name, value) for name, value in settings.items())
    conv.input[0] = "_blocks"
    copy.graph.node.insert(0, onnx.helper.make_node("SpaceToDepth", [copy.graph.input[0].name], ["_blocks"], name="_blocks", blocksize=2))
    return copy


def _in_blocks(weight: NDArray[Any], sizes: list[int], begin: list[int], end: list[int]) -> tuple[NDArray[Any], list[int], list[int]]:
    """A kernel of stride 2 as one of stride 1 over blocks, and the blocks to pad with before and after the picture."""
    taps, before, after = [(0, 0), (0, 0)], [], []
    for size, kernel, first, last in zip(sizes, weight.shape[2:], begin, end, strict=True):
        lead = first % 2  # a kernel that begins in the middle of a block gets a row of zeros
        length = (lead + kernel + 1) // 2
        taps.append((lead, 2 * length - lead - kernel))
        before.append((first + 1) // 2)
        after.append((size + first + last - kernel) // 2 + length - size // 2 - before[-1])  # as many results as before
    outputs, channels, rows, columns = (padded := np.pad(weight, taps)).shape
    split = padded.reshape(outputs, channels, rows // 2, 2, columns // 2, 2).transpose(0, 3, 5, 1, 2, 4)  # SpaceToDepth: row, column, channel
    return np.ascontiguousarray(split.reshape(outputs, 4 * channels, rows // 2, columns // 2)), before, after
