"""Measuring models side by side: accuracy, agreement, speed and size on the same pictures of the same machine."""
from edukit.comparison.advice import SpeedAdvice, SpeedFinding
from edukit.comparison.comparing import compare
from edukit.comparison.explaining import explain_speed
from edukit.comparison.results import ChangedPicture, Comparison, Measured, Percentiles, Ratio
from edukit.comparison.speed_grid import compare_speed
from edukit.comparison.speed_results import SpeedCell, SpeedGrid

__all__ = [
    "ChangedPicture", "Comparison", "Measured", "Percentiles", "Ratio", "SpeedAdvice", "SpeedCell", "SpeedFinding", "SpeedGrid", "compare", "compare_speed",
    "explain_speed",
]  # fmt: skip
