"""From a checkpoint to an ONNX file that is proved to be the same model."""
from edukit.conversion.converting import convert
from edukit.conversion.graph import Graph, inspect_graph
from edukit.conversion.results import CloseCall, Conversion, Gate
from edukit.conversion.sampling import SampleCode, write_sample_code

__all__ = ["CloseCall", "Conversion", "Gate", "Graph", "SampleCode", "convert", "inspect_graph", "write_sample_code"]
