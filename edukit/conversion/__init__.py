"""From a checkpoint to an ONNX file that is proved to be the same model."""
from edukit.conversion.converting import convert
from edukit.conversion.results import CloseCall, Conversion, Gate

__all__ = ["CloseCall", "Conversion", "Gate", "convert"]
