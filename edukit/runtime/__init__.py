"""Loading a model file and predicting with it: NumPy, OpenCV and ONNX Runtime, no torch."""
from edukit.runtime.onnx_file import OnnxFacts, card_of_onnx, made_of_onnx, read_onnx_facts
from edukit.runtime.onnx_model import OnnxModel, load_onnx, onnx_in
from edukit.runtime.predictor import BATCH_SIZE, BasePredictor, Predictor, batches
from edukit.tasks import Prediction

__all__ = [
    "BATCH_SIZE",
    "BasePredictor",
    "OnnxFacts",
    "OnnxModel",
    "Prediction",
    "Predictor",
    "batches",
    "card_of_onnx",
    "load_onnx",
    "made_of_onnx",
    "onnx_in",
    "read_onnx_facts",
]
