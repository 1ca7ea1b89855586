"""Small experiments that back what ``explain_speed`` says: the same work in 8 bits, with fixed sizes, with one thread."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.packages import imported
from edukit.core.preprocess import Preprocess
from edukit.runtime.onnx_file import OnnxFile
from edukit.runtime.onnx_graph import GraphWriter, Value, serialize_with_card

CHANNELS, SIDE, LAYERS = 64, 56, 3
STEP = np.float32(0.02)  # between two 8-bit numbers


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
    card = file.card.replace(preprocess=replace(file.card.preprocess, size=(side, side)))
    path.write_bytes(serialize_with_card(model, card))
    return path


def has_free_sizes(file: OnnxFile) -> bool:
    """Whether batch, height or width of the input are left free."""
    return any(not isinstance(size, int) or size <= 0 for size in file.inputs[0].shape or ())


def _network(*, quantized: bool) -> bytes:
    onnx, graph, rng = imported("onnx"), GraphWriter("trial"), np.random.default_rng(0)

    def rounded(value: Value, *steps: Any) -> Value:
        return graph.op("DequantizeLinear", graph.op("QuantizeLinear", value, *steps), *steps) if quantized else value

    values = Value(graph, "input", np.float32)
    for layer in range(LAYERS):
        weights: Any = rng.normal(scale=0.05, size=(CHANNELS, 3 if layer == 0 else CHANNELS, 3, 3)).astype(np.float32)
        if quantized:
            weights = graph.op("DequantizeLinear", np.clip(np.round(weights / STEP), -127, 127).astype(np.int8), STEP, np.int8(0))
        found = graph.op("Conv", rounded(values, STEP, np.uint8(128)), weights, pads=[1, 1, 1, 1])
        values = rounded(found, STEP, np.uint8(128))  # the output is quantized too: the whole convolution then runs in 8 bits
    graph.op("Flatten", graph.op("GlobalAveragePool", values), output="logits")
    given = onnx.helper.make_tensor_value_info("input", onnx.TensorProto.FLOAT, ["batch", 3, SIDE, SIDE])
    answer = onnx.helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["batch", CHANNELS])
    whole = onnx.helper.make_graph(graph.nodes, "convolutions", [given], [answer], graph.stored)
    card = ModelCard(
        backbone="", classes=tuple(f"c{number}" for number in range(CHANNELS)), preprocess=Preprocess(size=(SIDE, SIDE)),
        precision="int8" if quantized else "fp32",
    )  # fmt: skip
    return serialize_with_card(onnx.helper.make_model(whole, opset_imports=[onnx.helper.make_opsetid("", 17)]), card, ir_version=8)
