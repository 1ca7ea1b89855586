"""Figures of a classifier, computed from its scores with NumPy."""
from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Z = 1.959964  # so many deviations hold 95 % of a normal distribution


def top_k_accuracy(scores: NDArray[np.floating], labels: NDArray[np.integer], k: int = 1) -> float:
    """The share of pictures whose true class is among the ``k`` best; of equal scores the first class wins, as with argmax.

    Args:
        scores: Shape (pictures, classes).
        labels: Index of the true class, shape (pictures,).
        k: With ``k`` at least the number of classes the answer is 1.

    Example:
        >>> top_k_accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
        0.5
    """
    if not len(labels):
        return math.nan
    best = np.argsort(-np.asarray(scores, np.float64), axis=1, kind="stable")[:, :k]
    return float((best == np.asarray(labels)[:, None]).any(axis=1).mean())


def confusion_matrix(labels: NDArray[np.integer], predicted: NDArray[np.integer], classes: int) -> NDArray[np.int64]:
    """How often each true class (row) was taken for each class (column), shape (classes, classes)."""
    counts = np.bincount(np.asarray(labels, np.int64) * classes + np.asarray(predicted, np.int64), minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int64)


def precision_and_recall(confusion: NDArray[np.integer]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each class: the share of its predictions that are right, and the share of its pictures that were found; NaN where there are none."""
    right = np.diag(confusion).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return right / confusion.sum(axis=0), right / confusion.sum(axis=1)


def f1_scores(confusion: NDArray[np.integer]) -> NDArray[np.float64]:
    """Of each class the harmonic mean of precision and recall: 2 right ÷ (pictures of the class + answers of the class); NaN where there are neither.

    Example:
        >>> f1_scores(np.array([[3, 1], [0, 2]])).round(2).tolist()
        [0.86, 0.8]
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(2 * np.diag(confusion) / (confusion.sum(axis=0) + confusion.sum(axis=1)), np.float64)


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share, after Wilson 1927; honest for few pictures too, where the usual one runs over 1.

    Example:
        >>> low, high = wilson_interval(45, 50)
        >>> round(low, 2), round(high, 2)
        (0.79, 0.96)
    """
    if n <= 0:
        return 0.0, 1.0
    share, z2 = successes / n, Z**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)
