"""What is made of measurements: percentiles, throughput, and the intervals of a ratio and of a difference."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edukit.comparison.results import Percentiles

Times = NDArray[np.float64]  # milliseconds, shape (rounds, runs a round)
RESAMPLES = 4000


def times_of(blocks: Sequence[Mapping[str, Any]], part: str) -> Times:
    """The times of one part, such as ``"inference_ns"``, in what a measuring process answered, a block a round."""
    return np.array([block[part] for block in blocks], np.float64) / 1e6


def percentiles(times: Times) -> Percentiles:
    """Of all runs, in milliseconds, interpolated as ``numpy.percentile`` does."""
    p50, p90, p99 = (float(value) for value in np.percentile(times, (50, 90, 99)))
    return Percentiles(p50, p90, p99)


def block_times(times: Times) -> Times:
    """One time for each round, shape (rounds,): the median, so that one hiccup of the machine does not count."""
    return np.asarray(np.median(times, axis=1), np.float64)


def throughput(times: Times, batch_size: int) -> float:
    """Pictures a second, each round counting the same."""
    return float(1000 * batch_size / block_times(times).mean())


def paired_gap(first: NDArray[Any], other: NDArray[Any]) -> tuple[float, tuple[float, float]]:
    """How much more ``other`` has in the mean than ``first``, and its 95 % interval.

    Both were asked of the same pictures, so pictures are resampled in pairs (bootstrap; Efron and Tibshirani 1993, chapter 8). Where no picture tells the two
    apart the interval is what so few pictures leave open: three in their number (rule of three; Hanley and Lippman-Hand 1983).

    Args:
        first, other: A value of each picture, such as whether the answer is right.

    Example:
        >>> gap, (low, high) = paired_gap(np.array([1, 1, 0, 1]), np.array([1, 0, 0, 0]))
        >>> gap, low <= gap <= high
        (-0.5, True)
    """
    values, counts = np.unique(np.asarray(other, np.float64) - np.asarray(first, np.float64), return_counts=True)
    count = int(counts.sum())
    if not values.any():
        return 0.0, (-min(1.0, 3 / count), min(1.0, 3 / count))
    draws = np.random.default_rng(0).multinomial(count, counts / count, RESAMPLES) @ values / count
    low, high = (float(edge) for edge in np.percentile(draws, (2.5, 97.5)))
    return float(values @ counts / count), (low, high)


def speed_ratio(of: Times, to: Times, *, seed: int = 0) -> tuple[float, tuple[float, float]]:
    """Throughput of ``of`` divided by that of ``to``, and its 95 % interval.

    The two were measured in the same rounds, one shortly after the other, so a slow minute of the machine hits both: rounds are resampled
    in pairs (bootstrap; Efron and Tibshirani 1993, chapter 8, with the small-sample widening of Hesterberg 2015, section 3.1).

    Args:
        of, to: Times of the two models, with the same number of rounds.
        seed: Of the resampling.
    """
    pairs = np.stack([block_times(to), block_times(of)])
    ratio = float(pairs[0].mean() / pairs[1].mean())
    rounds = pairs.shape[1]
    if rounds < 2:
        return ratio, (0.0, float("inf"))
    picks = np.random.default_rng(seed).integers(rounds, size=(RESAMPLES, rounds))
    sums = pairs[:, picks].mean(axis=2)
    logs = np.log(sums[0] / sums[1])
    widening = float(np.sqrt(rounds / (rounds - 1)))
    low, high = (float(ratio * np.exp((edge - np.log(ratio)) * widening)) for edge in np.percentile(logs, (2.5, 97.5)))
    return ratio, (min(low, ratio), max(high, ratio))
