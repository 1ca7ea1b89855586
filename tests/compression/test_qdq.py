"""The quantized graph: the original is left alone, and so is everybody's logging."""
import logging

import pytest
from onnx_files import SIDE, convolutions

from edukit.compression.qdq import quantize_graph
from edukit.runtime.onnx_graph import GraphError


def ranges():
    import numpy as np

    from edukit.compression.calibrating import observe

    batch = np.random.default_rng(0).normal(size=(1, 3, SIDE, SIDE)).astype(np.float32)
    return {name: one.range_of(1) for name, one in observe(convolutions(), iter([batch]), threads=1).items()}


def test_the_original_graph_and_the_root_logger_are_left_alone():
    model, handlers = convolutions(), list(logging.getLogger().handlers)
    small = quantize_graph(model, ranges(), reduce_range=True)
    assert model == convolutions() and {node.op_type for node in small.graph.node} >= {"QuantizeLinear", "DequantizeLinear", "Conv"}
    assert logging.getLogger().handlers == handlers and logging.root.manager.disable == 0


def test_a_graph_without_ranges_is_an_error_of_ours():
    with pytest.raises(GraphError):
        quantize_graph(convolutions(), {}, reduce_range=True)
