"""Stored tensors: sizes of every element type, and what is a number."""
import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from edukit.runtime.onnx_tensors import ELEMENT_TYPES, check_shape, holds_nan, stored_tensor
from edukit.runtime.wire import MalformedError, Wire


def stored(tensor):
    return stored_tensor(Wire().message(memoryview(tensor.SerializeToString())))


@pytest.mark.parametrize("kind", [kind for kind in TensorProto.DataType.values() if kind in ELEMENT_TYPES and kind != TensorProto.STRING])
def test_every_element_type_s_size_is_the_one_that_onnx_writes(kind):
    tensor = numpy_helper.from_array(np.ones(5, helper.tensor_dtype_to_np_dtype(kind)), "t")
    found = stored(tensor)
    assert (found.kind, found.elements, found.size_bytes) == (tensor.data_type, 5, len(tensor.raw_data)) and not found.has_nan


def test_values_may_stand_in_lists():
    assert stored(helper.make_tensor("t", 1, [2, 2], [1, 2, 3, 4])).shape == (2, 2)
    assert stored(helper.make_tensor("t", 7, [3], [1, -2, 3])).type == "int64"
    assert stored(helper.make_tensor("t", 8, [2], ["a", "b"])).type == "string"
    assert stored(helper.make_tensor("t", 1, [0], [])).elements == 0


def test_too_few_values_or_senseless_sizes_are_refused():
    for tensor in (TensorProto(data_type=1, dims=[3], raw_data=b"12345678"), TensorProto(data_type=1, dims=[3]), TensorProto(data_type=1, dims=[-1])):
        with pytest.raises(MalformedError):
            stored(tensor)
    with pytest.raises(MalformedError):
        check_shape((1 << 20, 1 << 20), 32)


def test_numbers():
    values = np.zeros(9_000_000, np.float32)
    assert not holds_nan(memoryview(values.tobytes()), 1, lone=False)
    values[-1] = np.inf
    assert holds_nan(memoryview(values.tobytes()), 1, lone=False)
    assert not holds_nan(memoryview(values[-1:].tobytes()), 1, lone=True) and not holds_nan(memoryview(b"\xff" * 8), 7, lone=False)
