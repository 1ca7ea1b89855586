"""Measuring models side by side: accuracy, agreement, speed and size on the same pictures of the same machine."""
from edukit.comparison.comparing import compare
from edukit.comparison.results import ChangedPicture, Comparison, Measured, Percentiles, Ratio

__all__ = ["ChangedPicture", "Comparison", "Measured", "Percentiles", "Ratio", "compare"]
