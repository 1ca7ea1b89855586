"""Loading a model file and predicting with it: NumPy, OpenCV and ONNX Runtime, no torch."""
from edukit.runtime.prediction import Prediction
from edukit.runtime.predictor import BATCH_SIZE, Classifier, Predictor, batches, softmax

__all__ = ["BATCH_SIZE", "Classifier", "Prediction", "Predictor", "batches", "softmax"]
