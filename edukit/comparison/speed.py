"""Speed: a few runs of each model in turn, round after round, so that whatever the machine does meanwhile hits all of them."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from edukit.comparison.statistics import Times, speed_ratio, times_of
from edukit.comparison.subjects import Subject
from edukit.core.events import StepCounter

if TYPE_CHECKING:
    from edukit.data import Split

ROUNDS, LEAST_ROUNDS = 20, 10
NARROW = 1.03            # an interval of a ratio whose ends are no further apart than this needs no more rounds
RUNS_A_ROUND, MAX_RUNS_A_ROUND = 10, 50
ROUND_MS, QUICK_ROUND_MS = 400, 100   # a slow model is timed less often, a quick one more often, so that a turn takes about this long
WARM_UP_SECONDS = 1.0
MAX_PICTURES = 32        # different pictures that are timed; enough that no size of picture decides


class Timing(NamedTuple):
    """Times of one model in milliseconds, shape (rounds, runs a round): the whole ``predict()``, and the runtime's part."""

    latency: Times
    inference: Times


def rounds_of(runs: int | None) -> tuple[int, int | None]:
    """How many rounds, and how many runs each, so that there are at least ``runs``; None: decided after the warm-up, and no more rounds than are needed."""
    if runs is None:
        return ROUNDS, None
    a_round = max(1, runs // ROUNDS)
    return math.ceil(runs / a_round), a_round


def time_models(subjects: Sequence[Subject], data: Split | None, runs: int | None, batch_size: int, steps: StepCounter) -> tuple[int, list[Timing]]:
    """Times all models, ``batch_size`` pictures in a run; returns the rounds, and one timing a model."""
    paths = timed_pictures(data)
    slowest = max(s.process.ask(steps.reporter, "prepare", paths=paths, batch_size=batch_size, seconds=WARM_UP_SECONDS) for s in subjects)
    most, wanted = rounds_of(runs)
    a_round = wanted or runs_a_round(slowest)
    blocks: list[list[dict[str, Any]]] = [[] for _ in subjects]
    rounds = 0
    while rounds < most and (wanted or not narrow_enough([times_of(found, "latency_ns") for found in blocks], rounds)):
        for place in turn_order(len(subjects), rounds):
            blocks[place].append(subjects[place].process.ask(steps.reporter, "time", first=rounds * a_round, runs=a_round))
            steps.advance(stage="speed", model=subjects[place].name, round=rounds + 1, rounds=most)
        rounds += 1
    steps.finish(stage="speed", round=rounds, rounds=rounds)
    return rounds, [Timing(times_of(found, "latency_ns"), times_of(found, "inference_ns")) for found in blocks]


def narrow_enough(latencies: Sequence[Times], rounds: int) -> bool:
    """Whether more rounds would tell little more; asked only when every model was as often first and last as the others."""
    if rounds < LEAST_ROUNDS or rounds % (2 * len(latencies)):
        return False
    intervals = [speed_ratio(other, latencies[0])[1] for other in latencies[1:]]
    return all(high <= NARROW * low for low, high in intervals)


def runs_a_round(slowest_ms: float) -> int:
    """Ten, fewer of a slow model, more of a quick one."""
    slowest_ms = max(slowest_ms, 1e-6)
    return max(1, min(RUNS_A_ROUND, int(ROUND_MS / slowest_ms)), min(MAX_RUNS_A_ROUND, int(QUICK_ROUND_MS / slowest_ms)))


def turn_order(models: int, number: int) -> list[int]:
    """Who is timed when in a round: each model is first and last equally often, and the order is turned round once all have been first."""
    order = [(place + number) % models for place in range(models)]
    return order if (number // models) % 2 == 0 else order[::-1]


def timed_pictures(data: Split | None) -> list[str] | None:
    """Paths spread evenly over the data; None without data."""
    if data is None or not len(data):
        return None
    places = np.unique(np.linspace(0, len(data) - 1, min(len(data), MAX_PICTURES)).round().astype(int))
    return [str(data[int(place)].path) for place in places]
