"""Small ONNX files for tests, made by the onnx package."""
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from edukit.core.card import METADATA_KEY, ModelCard
from edukit.core.preprocess import Preprocess

CLASSES = ("猫", "dog <b>", "it's")
SIDE = 16


def card(**values):
    return ModelCard(**({"backbone": "LeNet", "classes": CLASSES, "preprocess": Preprocess(size=(SIDE, SIDE))} | values))


def network(*, batch="batch", side=SIDE, classes=len(CLASSES), opset=17, seed=0, weights=None):
    """Pool, flatten, Gemm: the smallest classifier, its logits differing with the picture's colour."""
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(3, classes)).astype(np.float32) if weights is None else weights
    nodes = [
        helper.make_node("GlobalAveragePool", ["input"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("Gemm", ["flat", "weights", "bias"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes, "net",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [batch, 3, side, side])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [batch, classes])],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(np.zeros(classes, np.float32), "bias")],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8, producer_name="tests")


def save(path, model=None, *, with_card=True, **values) -> Path:
    """Writes ``model`` (by default the small network) with a card."""
    model = model or network(**values)
    if with_card:
        text = with_card if isinstance(with_card, str) else card().to_json()
        model.metadata_props.add(key=METADATA_KEY, value=text)
    path.write_bytes(model.SerializeToString())
    return path
