"""Statistics: against NumPy, and by simulation where the truth is known."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from edukit.comparison.statistics import percentiles, speed_ratio, throughput

times_of = hnp.arrays(np.float64, st.tuples(st.integers(1, 12), st.integers(1, 6)), elements=st.floats(0.01, 1000))


@given(times_of)
def test_percentiles_are_numpys(times):
    found = percentiles(times)
    assert (found.p50, found.p90, found.p99) == pytest.approx(tuple(np.quantile(times.ravel(), [0.5, 0.9, 0.99])))


@given(times_of, st.integers(1, 32))
def test_throughput_is_pictures_over_time(times, batch):
    assert throughput(times, batch) == pytest.approx(1000 * batch / np.mean([sorted_median(row) for row in times]))


def sorted_median(row):
    row = np.sort(row)
    return (row[(len(row) - 1) // 2] + row[len(row) // 2]) / 2


@given(times_of, st.floats(0.2, 5))
def test_the_ratio_is_that_of_the_throughputs_and_lies_in_its_interval(times, factor):
    of, to = times, times[::-1] * factor
    ratio, (low, high) = speed_ratio(of, to)
    assert ratio == pytest.approx(throughput(of, 1) / throughput(to, 1)) and low <= ratio <= high


def test_a_constant_factor_is_found_exactly_however_the_machine_wavers():
    wavering = np.random.default_rng(0).lognormal(3, 0.5, (20, 1)) * np.ones((1, 5))
    ratio, (low, high) = speed_ratio(wavering, 2.5 * wavering)
    assert ratio == pytest.approx(2.5) and low == pytest.approx(2.5) and high == pytest.approx(2.5)


def test_one_hiccup_does_not_count():
    of, to = np.full((20, 5), 10.0), np.full((20, 5), 30.0)
    of[3, 2] = 5000
    assert speed_ratio(of, to)[0] == pytest.approx(3)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    held = 0
    for trial in range(300):
        machine = rng.lognormal(0, 0.2, (20, 1))
        of, to = (mean * machine * rng.lognormal(0, 0.08, (20, 5)) for mean in (10, 20))
        low, high = speed_ratio(of, to, seed=trial)[1]
        held += low <= 2 <= high
    assert 0.90 <= held / 300 <= 0.99


def test_one_round_tells_nothing_about_the_spread():
    assert speed_ratio(np.ones((1, 5)), np.ones((1, 5)))[1] == (0, float("inf"))
