"""How good a model is, from its predictions alone."""
from edukit.evaluation.evaluation import Evaluation, WrongPicture, evaluate
from edukit.evaluation.metrics import confusion_matrix, precision_and_recall, top_k_accuracy, wilson_interval

__all__ = ["Evaluation", "WrongPicture", "confusion_matrix", "evaluate", "precision_and_recall", "top_k_accuracy", "wilson_interval"]
