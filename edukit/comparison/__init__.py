"""Measuring models side by side: accuracy, agreement, speed and size on the same pictures of the same machine."""
from edukit.comparison.accuracy_results import AccuracyComparison, Gap, PictureAnswers
from edukit.comparison.advice import SpeedAdvice, SpeedFinding
from edukit.comparison.comparing import compare
from edukit.comparison.comparing_accuracy import compare_accuracy
from edukit.comparison.explaining import explain_speed
from edukit.comparison.results import ChangedPicture, Comparison, Measured, Percentiles, Ratio
from edukit.comparison.speed_grid import compare_speed
from edukit.comparison.speed_results import SpeedCell, SpeedGrid

__all__ = [
    "AccuracyComparison", "ChangedPicture", "Comparison", "Gap", "Measured", "Percentiles", "PictureAnswers", "Ratio", "SpeedAdvice", "SpeedCell",
    "SpeedFinding", "SpeedGrid", "compare", "compare_accuracy", "compare_speed", "explain_speed",
]  # fmt: skip
