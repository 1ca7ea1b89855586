"""Small ONNX files for tests, made by the onnx package."""
from pathlib import Path

import numpy as np
from onnx import TensorProto, external_data_helper, helper, numpy_helper

from edukit.core.card import METADATA_KEY, ModelCard
from edukit.core.preprocess import Preprocess

CLASSES = ("猫", "dog <b>", "it's")
SIDE = 16


def card(**values):
    return ModelCard(**({"backbone": "LeNet", "classes": CLASSES, "preprocess": Preprocess(size=(SIDE, SIDE))} | values))


def network(*, batch="batch", side=SIDE, classes=3, opset=17, seed=0, weights=None, head=()):
    """Pool, flatten, Gemm: the smallest classifier, its logits differing with the picture's colour."""
    weights = np.random.default_rng(seed).normal(size=(3, classes)).astype(np.float32) if weights is None else weights
    nodes = [
        *head,
        helper.make_node("GlobalAveragePool", ["changed" if head else "input"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("Gemm", ["flat", "weights", "bias"], ["logits"]),
    ]
    stored = [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(np.zeros(classes, np.float32), "bias")]
    return model_of(nodes, stored, [batch, 3, side, side], [batch, classes], opset)


def convolutions(*, classes=3, channels=8, seed=0):
    """Two convolutions and a head: something to quantize."""
    rng = np.random.default_rng(seed)
    shapes = {"w1": (channels, 3, 3, 3), "b1": (channels,), "w2": (channels, 1, 3, 3), "b2": (channels,), "w3": (classes, channels), "b3": (classes,)}
    stored = [numpy_helper.from_array(rng.normal(scale=0.5, size=shape).astype(np.float32), name) for name, shape in shapes.items()]
    nodes = [
        helper.make_node("Conv", ["input", "w1", "b1"], ["c1"], name="first", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c1"], ["r1"], name="relu"),
        helper.make_node("Conv", ["r1", "w2", "b2"], ["c2"], name="depthwise", pads=[1, 1, 1, 1], group=channels),
        helper.make_node("GlobalAveragePool", ["c2"], ["pooled"], name="pool"),
        helper.make_node("Flatten", ["pooled"], ["flat"], name="flatten"),
        helper.make_node("Gemm", ["flat", "w3", "b3"], ["logits"], name="head", transB=1),
    ]
    return model_of(nodes, stored, ["batch", 3, SIDE, SIDE], ["batch", classes])


def model_of(nodes, stored, input_shape, output_shape, opset=17):
    given = helper.make_tensor_value_info("input", TensorProto.FLOAT, input_shape)
    answer = helper.make_tensor_value_info("logits", TensorProto.FLOAT, output_shape)
    graph = helper.make_graph(nodes, "net", [given], [answer], stored)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8, producer_name="tests")


def calling(*bodies):
    """The small network behind functions of its own: each body lists the operators of one, the last is called."""
    model = network(head=[helper.make_node(f"F{len(bodies) - 1}", ["input"], ["changed"], domain="own")])
    for number, body in enumerate(bodies):
        nodes = [helper.make_node(name, [f"v{i}"], [f"v{i + 1}"], domain="own" if name[1:].isdigit() else "") for i, name in enumerate(body)]
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
        model.functions.append(helper.make_function("own", f"F{number}", ["v0"], [f"v{len(body)}"], nodes, opsets))
    model.opset_import.append(helper.make_opsetid("own", 1))
    return model


def save(path, model=None, *, with_card=True, **values) -> Path:
    """Writes ``model`` (by default the small network) with a card: the usual one, a given text, or none."""
    model = model or network(**values)
    if with_card:
        model.metadata_props.add(key=METADATA_KEY, value=with_card if isinstance(with_card, str) else card().to_json())
    path.write_bytes(model.SerializeToString())
    return path


def save_external(path, location, *, length=None, **values) -> Path:
    """Writes the small network with its weights said to lie in ``location``; they are written there if it is a plain name."""
    model = network(**values)
    tensor = model.graph.initializer[0]
    data = tensor.raw_data
    if "/" not in location and location:
        (path.parent / location).write_bytes(data)
    external_data_helper.set_external_data(tensor, location, offset=0, length=len(data) if length is None else length)
    tensor.ClearField("raw_data")
    return save(path, model)


def pictures(count=4, side=40, seed=0):
    return list(np.random.default_rng(seed).integers(0, 256, (count, side, side + 8, 3), dtype=np.uint8))
