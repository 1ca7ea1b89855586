"""How good a model is, from its predictions alone."""
from edukit.evaluation.evaluation import evaluate
from edukit.tasks import Evaluation

__all__ = ["Evaluation", "evaluate"]
