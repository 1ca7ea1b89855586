"""Small experiments that back what ``explain_speed`` says: the same work in 8 bits, with fixed sizes, with one thread."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.card import METADATA_KEY, ModelCard
from edukit.core.packages import imported
from edukit.core.preprocess import Preprocess
from edukit.runtime.onnx_file import OnnxFile

CHANNELS, SIDE, LAYERS = 64, 56, 3


def convolutions(folder: Path) -> tuple[Path, Path]:
    """Two files of the same convolutions, as a network has many: one computes in 32-bit floating point, one in 8-bit whole numbers."""
    paths = folder / "floats.onnx", folder / "int8.onnx"
    for path, quantized in zip(paths, (False, True)):
        path.write_bytes(_network(quantized=quantized))
    return paths


def with_fixed_sizes(file: OnnxFile, side: int, batch: int, folder: Path) -> Path:
    """A copy of a model whose input has a fixed batch, height and width."""
    from onnxruntime.tools.onnx_model_utils import make_input_shape_fixed

    onnx = imported("onnx")
    model = onnx.load(str(file.path))
    make_input_shape_fixed(model.graph, file.inputs[0].name, [batch, file.card.preprocess.channels, side, side])
    path = folder / "fixed.onnx"
    card = _sized(file.card, side)
    del model.metadata_props[:]
    model.metadata_props.add(key=METADATA_KEY, value=card.to_json())
    path.write_bytes(model.SerializeToString())
    return path


def has_free_sizes(file: OnnxFile) -> bool:
    """Whether batch, height or width of the input are left free."""
    return any(not isinstance(size, int) or size <= 0 for size in file.inputs[0].shape or ())


def _sized(card: ModelCard, side: int) -> ModelCard:
    return ModelCard.from_dict(card.to_dict() | {"preprocess": card.preprocess.to_dict() | {"size": (side, side)}})


def _network(*, quantized: bool) -> bytes:
    onnx = imported("onnx")
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    rng = np.random.default_rng(0)
    scale = numpy_helper.from_array(np.float32(0.02), "scale")
    stored = [scale, numpy_helper.from_array(np.uint8(128), "zero"), numpy_helper.from_array(np.int8(0), "weights_zero")]
    nodes: list[Any] = []
    name = "input"
    for layer in range(LAYERS):
        weights = rng.normal(scale=0.05, size=(CHANNELS, 3 if layer == 0 else CHANNELS, 3, 3)).astype(np.float32)
        kept, ours = f"w{layer}", f"w{layer}"
        if quantized:
            stored.append(numpy_helper.from_array(np.clip(np.round(weights / 0.02), -127, 127).astype(np.int8), kept))
            ours, inside = f"{kept}_float", f"{name}_float"
            nodes += [
                helper.make_node("QuantizeLinear", [name, "scale", "zero"], [f"{name}_q"]),
                helper.make_node("DequantizeLinear", [f"{name}_q", "scale", "zero"], [inside]),
                helper.make_node("DequantizeLinear", [kept, "scale", "weights_zero"], [ours]),
            ]
        else:
            stored.append(numpy_helper.from_array(weights, kept))
            inside = name
        nodes.append(helper.make_node("Conv", [inside, ours], [f"c{layer}"], pads=[1, 1, 1, 1]))
        name = f"c{layer}"
        if quantized:  # the output is quantized too: the whole convolution then runs in 8 bits
            nodes += [helper.make_node("QuantizeLinear", [name, "scale", "zero"], [f"{name}_out"]),
                      helper.make_node("DequantizeLinear", [f"{name}_out", "scale", "zero"], [f"{name}_back"])]
            name = f"{name}_back"
    nodes += [helper.make_node("GlobalAveragePool", [name], ["pooled"]), helper.make_node("Flatten", ["pooled"], ["logits"])]
    given = helper.make_tensor_value_info("input", onnx.TensorProto.FLOAT, ["batch", 3, SIDE, SIDE])
    answer = helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["batch", CHANNELS])
    model = helper.make_model(helper.make_graph(nodes, "convolutions", [given], [answer], stored), opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    card = ModelCard(
        backbone="", classes=tuple(f"c{number}" for number in range(CHANNELS)), preprocess=Preprocess(size=(SIDE, SIDE)),
        precision="int8" if quantized else "fp32",
    )  # fmt: skip
    model.metadata_props.add(key=METADATA_KEY, value=card.to_json())
    return bytes(model.SerializeToString())
