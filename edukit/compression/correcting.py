"""Bias correction: rounding the weights shifts each channel's mean, and the bias can shift it back.

Source: M. Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction", section 4.2, with the inputs' means measured.
"""
from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edukit.compression.calibrating import Observed
from edukit.core.packages import imported
from edukit.core.preprocess import Float32Array

if TYPE_CHECKING:
    import onnx

_LARGEST = {True: 64, False: 127}  # of a whole-number weight, by reduce_range


def correct_biases(model: onnx.ModelProto, seen: Mapping[str, Observed], *, reduce_range: bool) -> onnx.ModelProto:
    """A copy whose biases take back what quantizing the weights will add on average.

    Args:
        model: Its Conv and Gemm nodes with a stored weight and bias are corrected, others are left.
        seen: What the tensors between nodes held; the mean of each channel is used.
        reduce_range: Whether weights will be quantized to 7 bits.
    """
    helper, copy = imported("onnx").numpy_helper, deepcopy(model)
    stored = {tensor.name: tensor for tensor in copy.graph.initializer}
    uses = [name for node in copy.graph.node for name in node.input]
    for node in copy.graph.node:
        bias = node.input[2] if node.op_type in ("Conv", "Gemm") and len(node.input) > 2 else ""
        if bias not in stored or node.input[1] not in stored or uses.count(bias) > 1 or node.input[0] not in seen:
            continue
        weight = helper.to_array(stored[node.input[1]])
        means = seen[node.input[0]].channel_means
        given = {attribute.name: attribute.i for attribute in node.attribute}
        if node.op_type == "Gemm" and not given.get("transB"):
            weight = weight.T
        error = round_weight(weight, reduce_range=reduce_range) - weight
        shift = mean_shift(error, means, groups=given.get("group", 1))
        if shift is not None:
            changed = helper.to_array(stored[bias]) - shift
            stored[bias].CopyFrom(helper.from_array(changed.astype(np.float32), bias))
    return copy


def round_weight(weight: Float32Array, *, reduce_range: bool) -> Float32Array:
    """What remains of a weight (outputs, …) after a symmetric whole-number form with one scale for each output channel."""
    largest = _LARGEST[reduce_range]
    peaks = np.abs(weight.reshape(len(weight), -1)).max(axis=1)
    scales = np.where(peaks > 0, peaks, 1).reshape(-1, *[1] * (weight.ndim - 1)) / np.float32(largest)
    return np.asarray(np.clip(np.round(weight / scales), -largest, largest) * scales, np.float32)


def mean_shift(error: Float32Array, means: NDArray[Any] | None, *, groups: int) -> NDArray[Any] | None:
    """How far a weight error (outputs, inputs / groups, …) moves each output channel, for inputs of these mean values; None where shapes do not fit."""
    taps = error.reshape(*error.shape[:2], -1).sum(axis=2)
    if means is None or len(means) != groups * taps.shape[1]:
        return None
    grouped = taps.reshape(groups, -1, taps.shape[1])
    return np.asarray(np.einsum("goi,gi->go", grouped, means.reshape(groups, -1)).reshape(-1))
