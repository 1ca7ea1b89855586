"""Speed: who is timed when, and how often. Whether the stopwatch is right: benchmarks/stopwatch.py."""
import pytest

from edukit.comparison.speed import plan_of, runs_a_round, timed_pictures, turn_order


@pytest.mark.parametrize("models", [2, 3, 5])
def test_every_model_is_first_and_follows_every_other_equally_often(models):
    orders = [turn_order(models, number) for number in range(2 * models)]
    assert all(sorted(order) == list(range(models)) for order in orders)
    assert {place: sum(order[0] == place for order in orders) for place in range(models)} == dict.fromkeys(range(models), 2)
    before = sum(order.index(0) < order.index(1) for order in orders)
    assert before == models


@pytest.mark.parametrize(("runs", "rounds", "a_round"), [(1, 1, 1), (19, 19, 1), (40, 20, 2), (200, 20, 10), (None, 20, None)])
def test_the_plan_has_at_least_the_runs_asked_for(runs, rounds, a_round):
    plan = plan_of(runs, 4)
    assert (plan.rounds, plan.runs_a_round) == (rounds, a_round) and plan.runs >= (runs or 0)


def test_slow_models_are_timed_less_often():
    assert [runs_a_round(ms) for ms in (0.1, 5, 20, 100, 5000)] == [50, 20, 10, 6, 1]


def test_the_timed_pictures_are_spread_over_the_data(data):
    assert timed_pictures(data) == [str(sample.path) for sample in data] and timed_pictures(None) is None
