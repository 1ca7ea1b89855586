"""The quantized graph itself: QuantizeLinear and DequantizeLinear around every operator, as ONNX Runtime's own tool sets them.

Source: https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
"""
from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING

from edukit.compression.calibrating import Ranges
from edukit.runtime.onnx_graph import GraphError, short
from edukit.runtime.onnx_session import runtime

if TYPE_CHECKING:
    import onnx

_MORE = ("Add", "GlobalAveragePool")  # ONNX Runtime has them for whole numbers, though its tool leaves them out: the last block of a network stays whole
_OPTIONS = {"OpTypesToExcludeOutputQuantization": ["Gemm"]}  # 256 steps would make equal scores, and cut off those beyond the range of calibration
LEAST_OPSET = 13  # earlier DequantizeLinear knows no scale per channel


def quantize_graph(model: onnx.ModelProto, ranges: Ranges, *, reduce_range: bool) -> onnx.ModelProto:
    """A copy of ``model`` that computes with whole numbers: activations QUInt8, weights QInt8 with a scale for each channel.

    Args:
        model: Simplified; its nodes have names.
        ranges: Lowest and highest value of every tensor between nodes.
        reduce_range: Weights use 7 bits: two products of 8 x 8 bits overflow the 16-bit sums of processors without VNNI.

    Raises:
        GraphError
    """
    runtime()
    from onnxruntime.quantization import CalibrationMethod, QuantType, TensorsData
    from onnxruntime.quantization.qdq_quantizer import QDQQuantizer
    from onnxruntime.quantization.registry import QDQRegistry

    data = TensorsData(CalibrationMethod.MinMax, dict(ranges))
    operators = [*QDQRegistry, *_MORE]
    with _quiet():
        try:
            quantizer = QDQQuantizer(deepcopy(model), True, reduce_range, QuantType.QInt8, QuantType.QUInt8, data, [], [], operators, dict(_OPTIONS))
            quantizer.quantize_model()
            quantizer.model.topological_sort()
        except Exception as error:  # ONNX Runtime's tool has no error class of its own
            raise GraphError(short(error)) from error
    result: onnx.ModelProto = quantizer.model.model
    return result


@contextmanager
def _quiet() -> Iterator[None]:
    # The tool reports through the root logger, whose first message would install a handler for everyone.
    root, disabled = logging.getLogger(), logging.root.manager.disable
    handlers = list(root.handlers)
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(disabled)
        root.handlers[:] = handlers
