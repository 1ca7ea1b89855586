"""Bias correction: the shift that rounding brings is taken back."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import numpy_helper
from onnx_files import SIDE, convolutions

from edukit.compression.calibrating import observe
from edukit.compression.correcting import correct_biases, mean_shift, round_weight
from edukit.compression.qdq import quantize_graph


@pytest.fixture
def watched():
    model = convolutions(channels=16)
    batch = np.abs(np.random.default_rng(0).normal(size=(16, 3, SIDE, SIDE))).astype(np.float32)
    return model, batch, observe(model, iter([batch]), threads=1)


@given(st.integers(0, 999), st.booleans())
def test_rounding_is_near_and_uses_so_many_steps(seed, reduce_range):
    weight = np.random.default_rng(seed).normal(size=(4, 3, 3, 3)).astype(np.float32)
    weight[1] = 0
    near = round_weight(weight, reduce_range=reduce_range)
    peaks = np.abs(weight).reshape(4, -1).max(axis=1).reshape(4, 1, 1, 1)
    assert (np.abs(near - weight) <= peaks / (64 if reduce_range else 127) / 2 + 1e-6).all()


@pytest.mark.parametrize("reduce_range", [True, False])
def test_rounding_is_what_onnx_runtime_s_tool_does(watched, reduce_range):
    model, _, seen = watched
    small = quantize_graph(model, {name: one.range_of(1) for name, one in seen.items()}, reduce_range=reduce_range)
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in small.graph.initializer}
    weight = numpy_helper.to_array(model.graph.initializer[0])
    back = stored["w1_quantized"].astype(np.float32) * stored["w1_scale"].reshape(-1, 1, 1, 1)
    assert np.allclose(round_weight(weight, reduce_range=reduce_range), back, atol=1e-6)


def test_the_mean_of_every_output_comes_nearer(watched):
    import onnxruntime

    model, batch, seen = watched
    ranges = {name: one.range_of(1) for name, one in seen.items()}

    def means(graph):
        return onnxruntime.InferenceSession(graph.SerializeToString()).run(None, {"input": batch})[0].mean(axis=0)

    graphs = (model, correct_biases(model, seen, reduce_range=True))
    plain, better = (np.abs(means(quantize_graph(graph, ranges, reduce_range=True)) - means(model)).max() for graph in graphs)
    assert better < plain and model.graph.initializer[1] == convolutions(channels=16).graph.initializer[1]


def test_groups_meet_their_own_inputs():
    error = np.ones((4, 1, 1, 1), np.float32)
    assert mean_shift(error, np.array([1.0, 2, 3, 4]), groups=4).tolist() == [1, 2, 3, 4]
    assert mean_shift(np.ones((2, 2, 1, 1), np.float32), np.array([1.0, 2]), groups=1).tolist() == [3, 3]
    assert mean_shift(error, np.array([1.0]), groups=4) is None and mean_shift(error, None, groups=4) is None
