"""Making models smaller and faster: INT8 quantization."""
from edukit.compression.quantizing import quantize
from edukit.compression.results import Quantization

__all__ = ["Quantization", "quantize"]
