"""Loading a model file and predicting with it: NumPy, OpenCV and a runtime, no torch."""
from edukit.runtime.formats import FORMATS, NCNN, ONNX, OPENVINO, ModelFormat, inspect_model, settle_model
from edukit.runtime.model_file import CARD_READERS, ModelFile
from edukit.runtime.onnx_file import OnnxFile, inspect_onnx
from edukit.runtime.onnx_model import OnnxModel, load_onnx, load_onnx_bytes
from edukit.runtime.predictor import BATCH_SIZE, Predictor, batches
from edukit.tasks import Prediction

__all__ = [
    "BATCH_SIZE", "CARD_READERS", "FORMATS", "NCNN", "ONNX", "OPENVINO", "ModelFile", "ModelFormat", "OnnxFile", "OnnxModel", "Prediction", "Predictor",
    "batches", "inspect_model", "inspect_onnx", "load_onnx", "load_onnx_bytes", "settle_model",
]  # fmt: skip
