"""Which range each tensor takes."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx.reference import ReferenceEvaluator
from onnx_files import SIDE, convolutions

from edukit.compression.calibrating import SAMPLED, Observed, observe


def batches(count=3):
    return [np.random.default_rng(i).normal(size=(2, 3, SIDE, SIDE)).astype(np.float32) for i in range(count)]


def test_every_tensor_between_nodes_is_watched_exactly():
    model = convolutions()
    seen = observe(model, iter(batches()), threads=1)
    assert set(seen) == {"input", "c1", "r1", "c2", "pooled", "flat", "logits"} and len(model.graph.output) == 1
    assert seen["input"].highest == max(float(b.max()) for b in batches()) and seen["r1"].lowest == 0
    reference = ReferenceEvaluator(model)
    logits = [reference.run(None, {"input": b})[0] for b in batches()]
    assert seen["logits"].lowest == pytest.approx(min(float(b.min()) for b in logits), abs=1e-5)
    assert seen["logits"].channel_means == pytest.approx(np.mean(np.concatenate(logits), axis=0), abs=1e-5)


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=50), st.floats(0.5, 1))
def test_a_range_holds_zero_and_never_more_than_was_seen(values, share):
    seen = Observed()
    seen.add(np.array(values, np.float32).reshape(1, -1), np.random.default_rng(0))
    low, high = seen.range_of(share)
    assert low <= 0 <= high
    assert high <= max(*values, 0) + 1e-3 and low >= min(*values, 0) - 1e-3


def test_outliers_are_clipped_and_samples_stay_small():
    seen, rng = Observed(), np.random.default_rng(0)
    values = rng.normal(size=(1, 1, 300, 300)).astype(np.float32)
    values[0, 0, 0, 0] = 1000
    seen.add(values, rng)
    assert seen.range_of(1)[1] == 1000 and seen.range_of(0.999)[1] < 10 and seen.samples[0].size == SAMPLED
