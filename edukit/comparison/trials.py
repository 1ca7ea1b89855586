"""What backs ``explain_speed``: the same work in 8 bits, a copy with fixed sizes, and where the time of a model goes by ONNX Runtime's own profiler."""
from __future__ import annotations

import json
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.packages import imported
from edukit.core.preprocess import Float32Array, Preprocess
from edukit.runtime.onnx_file import OnnxFile
from edukit.runtime.onnx_graph import GraphWriter, Value, serialize_with_card

CHANNELS, SIDE, LAYERS = 64, 56, 3
STEP = np.float32(0.02)  # between two 8-bit numbers
QUANTIZING = ("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear")
LAYOUT = ("Transpose", "ReorderInput", "ReorderOutput")
WARM_UP = 3


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


def profile_onnx(path: Path, batch: Float32Array, threads: int, runs: int) -> dict[str, Any]:
    """Runs an ONNX model with profiling on.

    Returns:
        ``"run_ms"``, the median of the profiler's ``model_run`` events; ``"nodes"`` a run; and shares of it: ``"between"`` (in no operator),
        ``"quantizing"`` (Q and DQ that stayed operators of their own, ``"quantizing_nodes"`` of them), ``"layout"`` (moving numbers into another order).
    """
    from edukit.runtime.onnx_session import options, runtime

    ort = runtime()
    chosen = options(ort, threads)
    chosen.enable_profiling = True
    with tempfile.TemporaryDirectory() as folder:
        chosen.profile_file_prefix = str(Path(folder) / "profile")
        session = ort.InferenceSession(str(path), chosen, providers=["CPUExecutionProvider"], disabled_optimizers=["ConstantFolding"])
        name = session.get_inputs()[0].name
        for _ in range(runs + WARM_UP):
            session.run(None, {name: batch})
        return shares_of(json.loads(Path(session.end_profiling()).read_text(encoding="utf-8")))


def shares_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    """What the profiler's events say of the runs after the warm-up."""
    whole = run_times(events)
    skipped = min(WARM_UP, len(whole) - 1)
    began = sorted(event["ts"] for event in events if event.get("name") == "model_run")[skipped]
    kept = whole[skipped:]
    total, runs = float(sum(kept)) or 1.0, len(kept)
    spent, count = Counter[str](), Counter[str]()
    for event in events:
        if event.get("cat") == "Node" and str(event.get("name", "")).endswith("_kernel_time") and event["ts"] >= began:
            spent[event["args"]["op_name"]] += event["dur"]
            count[event["args"]["op_name"]] += 1
    return {
        "run_ms": float(np.median(kept)) / 1000, "nodes": count.total() / runs, "between": max(0.0, 1 - spent.total() / total),
        "quantizing": sum(spent[one] for one in QUANTIZING) / total, "quantizing_nodes": sum(count[one] for one in QUANTIZING) / runs,
        "layout": sum(spent[one] for one in LAYOUT) / total,
    }  # fmt: skip


def run_times(events: list[dict[str, Any]]) -> list[int]:
    """Microseconds of each ``model_run`` event, in their order."""
    return [spent for _, spent in sorted((event["ts"], event["dur"]) for event in events if event.get("name") == "model_run")]
