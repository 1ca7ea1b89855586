"""How good a model is, from its predictions alone: figures, mistakes, sureness, chance, and probes. ``evaluate`` answers first; the rest reads its answer."""
from edukit.evaluation.calibration import Reliability, ThresholdCost, at_threshold, coverage_curve, fit_temperature, reliability, scale, threshold_for
from edukit.evaluation.evaluation import evaluate
from edukit.evaluation.probes import BACKGROUNDS, SKIN_TONES, Probed, grid_of, probe
from edukit.evaluation.reasons import grad_cam, nearest
from edukit.evaluation.significance import McNemar, bootstrap_interval, f1_intervals, mcnemar
from edukit.tasks import Evaluation

__all__ = [
    "BACKGROUNDS", "SKIN_TONES", "Evaluation", "McNemar", "Probed", "Reliability", "ThresholdCost", "at_threshold", "bootstrap_interval", "coverage_curve",
    "evaluate", "f1_intervals", "fit_temperature", "grad_cam", "grid_of", "mcnemar", "nearest", "probe", "reliability", "scale", "threshold_for",
]  # fmt: skip
