"""A first convolution in blocks of pixels: the same numbers as before, and only where it is possible."""
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edukit.compression.first_layer import blocks_first
from edukit.runtime.onnx_session import open_graph


def graph(kernel, pads, *, size=(16, 16), stride=2, channels=3, group=1):
    weight = numpy_helper.from_array(np.random.default_rng(0).normal(size=(6, channels // group, kernel, kernel)).astype(np.float32), "w")
    node = helper.make_node("Conv", ["x", "w"], ["y"], strides=[stride, stride], pads=pads, group=group, kernel_shape=[kernel, kernel])
    values = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", channels, *size]), helper.make_tensor_value_info("y", TensorProto.FLOAT, [None] * 4)]
    made = helper.make_model(helper.make_graph([node], "g", values[:1], values[1:], [weight]), opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 8
    return made


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5, 7])
@pytest.mark.parametrize("pads", [[0, 0, 0, 0], [1, 1, 1, 1], [3, 3, 3, 3], [0, 0, 1, 1], [2, 1, 0, 3]])
def test_blocks_give_the_same_numbers(kernel, pads):
    before = graph(kernel, pads, size=(16, 22))
    after = blocks_first(before)
    assert [node.op_type for node in after.graph.node] == ["SpaceToDepth", "Conv"] and len(before.graph.node) == 1
    onnx.checker.check_model(after, full_check=True)
    batch = np.random.default_rng(1).normal(size=(2, 3, 16, 22)).astype(np.float32)
    wanted, found = (open_graph(one).run(None, {"x": batch})[0] for one in (before, after))
    assert wanted.shape == found.shape and np.allclose(wanted, found, atol=1e-5)


@pytest.mark.parametrize("how", [{"size": (15, 16)}, {"size": ("h", "w")}, {"stride": 1}, {"channels": 6}, {"channels": 3, "group": 3}])
def test_others_are_left_as_they_are(how):
    before = graph(3, [1, 1, 1, 1], **how)
    assert blocks_first(before) is before
