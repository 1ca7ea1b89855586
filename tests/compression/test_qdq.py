"""The quantized graph: the original is left alone, so is everybody's logging, and scores are not rounded."""
import logging

import numpy as np
import onnxruntime as ort
import pytest
from onnx_files import SIDE, convolutions

from edukit.compression.qdq import quantize_graph
from edukit.runtime.onnx_graph import GraphError

BATCH = np.random.default_rng(0).normal(size=(1, 3, SIDE, SIDE)).astype(np.float32)


def ranges():
    from edukit.compression.calibrating import observe

    return {name: one.range_of(1) for name, one in observe(convolutions(), iter([BATCH]), threads=1).items()}


def test_the_original_graph_and_the_root_logger_are_left_alone():
    model, handlers = convolutions(), list(logging.getLogger().handlers)
    small = quantize_graph(model, ranges(), reduce_range=True)
    assert model == convolutions() and {node.op_type for node in small.graph.node} >= {"QuantizeLinear", "DequantizeLinear", "Conv"}
    assert logging.getLogger().handlers == handlers and logging.root.manager.disable == 0


def test_scores_are_no_steps_and_may_leave_the_range_of_calibration():
    narrow = {"logits": tuple(np.float32([-0.01, 0.01]))}
    models = (convolutions(), quantize_graph(convolutions(), ranges() | narrow, reduce_range=False))
    sessions = [ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]) for model in models]
    wanted, found = (session.run(None, {"input": BATCH})[0] for session in sessions)
    assert np.abs(wanted).max() > 0.1 and np.allclose(found, wanted, atol=0.05 * np.abs(wanted).max())


def test_a_graph_without_ranges_is_an_error_of_ours():
    with pytest.raises(GraphError):
        quantize_graph(convolutions(), {}, reduce_range=True)
