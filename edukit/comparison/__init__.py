"""Measuring models side by side: accuracy, agreement, speed and size on the same pictures of the same machine."""
from edukit.comparison.comparing import compare
from edukit.comparison.results import ChangedPicture, Comparison, Measured, Percentiles, Ratio
from edukit.comparison.speed_grid import compare_speed
from edukit.comparison.speed_results import SpeedCell, SpeedGrid

__all__ = ["ChangedPicture", "Comparison", "Measured", "Percentiles", "Ratio", "SpeedCell", "SpeedGrid", "compare", "compare_speed"]
