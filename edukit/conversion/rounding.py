"""How far two runtimes may lie apart on one INT8 model: what rounding itself does to the outputs, measured on the same inputs.

A runtime is free to keep a value in float32 where another rounds it to 8 bits (fused layers, a first layer, an addition), and to round halves either way. So
each lies about as far from the network without rounded activations as rounding takes it, E, and two of them lie at most about 2 E apart.
"""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from edukit.conversion.parity import GateInputs
from edukit.core.packages import imported
from edukit.runtime import Predictor, load_onnx_bytes
from edukit.runtime.onnx_graph import serialize_with_card

if TYPE_CHECKING:
    import onnx

_OTHERWISE = 0.05  # for INT8 files whose operators round by themselves


def rounding_tolerance(original: Predictor, inputs: GateInputs, *, threads: int) -> float:
    """Allowed difference between two runtimes, relative to the largest output (at least 1): twice what rounding the activations does, but less than
    what tells two pictures apart.

    Args:
        original: An INT8 model, in ONNX Runtime.
        inputs: What the two will be compared on.
        threads: How many compute.
    """
    graph, card = imported("onnx").load(original.path), original.card
    if not unround(graph):
        return _OTHERWISE
    exact, shares = load_onnx_bytes(serialize_with_card(graph, card), original.path, threads=threads), [0.0]
    batches = [batch for _, batch in inputs.batches(card)]
    wanted, found = ([model.run(batch) for batch in batches] for model in (exact, original))
    for name in wanted[0]:
        without, values = (np.concatenate([outputs[name] for outputs in some]) for some in (wanted, found))
        between_pictures = math.sqrt(2) * float(without.std(axis=0).max()) if len(without) > 1 else math.inf
        shares.append(min(2 * float(np.abs(values - without).max()), between_pictures) / max(1.0, float(np.abs(values).max())))
    return max(shares)


def unround(model: onnx.ModelProto) -> int:
    """Lets activations keep their values: QuantizeLinear and DequantizeLinear in a row become the Clip that is a part of them. Returns how many pairs."""
    onnx, graph = imported("onnx"), model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    rounding = {node.output[0]: node for node in graph.node if node.op_type == "QuantizeLinear" and len(node.input) == 3}
    count = 0
    for node in graph.node:
        before = rounding.get(node.input[0]) if node.op_type == "DequantizeLinear" else None
        if before is None or not {*before.input[1:]} <= stored.keys():
            continue
        scale, zero = (onnx.numpy_helper.to_array(stored[name]) for name in before.input[1:])
        if scale.size > 1 or zero.dtype.kind not in "iu":
            continue
        ends = [f"{node.output[0]}_{end}" for end in ("low", "high")]
        limits = np.iinfo(zero.dtype)
        for name, level in zip(ends, (limits.min, limits.max)):
            graph.initializer.append(onnx.numpy_helper.from_array(((level - float(zero)) * scale).astype(scale.dtype).reshape(()), name))
        node.CopyFrom(onnx.helper.make_node("Clip", [before.input[0], *ends], [node.output[0]], name=node.name))
        count += 1
    return count
