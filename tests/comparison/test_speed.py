"""Speed: who is timed when, and how often. Whether the stopwatch is right: benchmarks/stopwatch.py."""
import numpy as np
import pytest

from edukit.comparison.speed import narrow_enough, rounds_of, runs_a_round, timed_pictures, turn_order
from edukit.comparison.worker import steady


@pytest.mark.parametrize("models", [2, 3, 5])
def test_every_model_is_first_and_follows_every_other_equally_often(models):
    orders = [turn_order(models, number) for number in range(2 * models)]
    assert all(sorted(order) == list(range(models)) for order in orders)
    assert {place: sum(order[0] == place for order in orders) for place in range(models)} == dict.fromkeys(range(models), 2)
    before = sum(order.index(0) < order.index(1) for order in orders)
    assert before == models


@pytest.mark.parametrize(("runs", "rounds", "a_round"), [(1, 1, 1), (19, 19, 1), (40, 20, 2), (200, 20, 10), (None, 20, None)])
def test_the_plan_has_at_least_the_runs_asked_for(runs, rounds, a_round):
    assert rounds_of(runs) == (rounds, a_round) and rounds * (a_round or 0) >= (runs or 0)


def test_slow_models_are_timed_less_often():
    assert [runs_a_round(ms) for ms in (0.1, 5, 20, 100, 5000)] == [50, 20, 10, 4, 1]


def test_the_timed_pictures_are_spread_over_the_data(data):
    assert timed_pictures(data) == [str(sample.path) for sample in data] and timed_pictures(None) is None


def test_rounds_end_when_the_ratios_are_known_and_every_model_was_first_equally_often():
    rng = np.random.default_rng(0)
    calm = [1 + 0.002 * rng.random((12, 5)) for _ in range(3)]
    noisy = [calm[0], calm[1], 1 + rng.random((12, 5)) * np.arange(1, 13)[:, None]]
    assert narrow_enough(calm, 12) and not narrow_enough(noisy, 12)
    assert not narrow_enough([times[:11] for times in calm], 11) and not narrow_enough([times[:6] for times in calm], 6)
    assert narrow_enough(calm[:1], 12), "a model alone has no ratio"


def test_a_model_is_warm_when_its_runs_take_the_same_time():
    assert steady([9, 5] + [1.0] * 8) and not steady([1.0] * 9) and not steady([9, 5, 3, 2, 1, 1, 1, 1, 1, 1])
