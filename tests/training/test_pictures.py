"""Pictures on their way into a network: the same input as at prediction, variations that keep the thing, batches that never leave one alone."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edukit.core.preprocess import Preprocess
from edukit.data import load_dataset
from edukit.data.picture_cache import PictureCache
from edukit.data.sample import with_cache
from edukit.tasks import find_task
from edukit.training.pictures import Pictures, batches_of, draw_variation, vary


@pytest.fixture
def pictures(folder):
    def make(cache_bytes=10**6, **options):
        samples = with_cache(load_dataset(folder).train.samples, PictureCache(cache_bytes))
        return Pictures(samples, find_task(), load_dataset(folder).classes, Preprocess(size=(20, 16)), **options)

    return make


def test_as_they_are_they_are_what_prediction_sees(pictures):
    made = pictures()
    expected = [Preprocess(size=(20, 16))(made.samples[i].image())[0] for i in (3, 0)]
    inputs, targets = made.batch([3, 0, 7])
    assert np.array_equal(inputs[:2], np.stack(expected)) and targets == [0, 0, 1]


def test_a_variation_is_always_the_same_whether_kept_in_memory_or_not(pictures):
    kept, fresh = pictures(random_seed=5), pictures(random_seed=5, cache_bytes=0)
    order = np.arange(len(kept))
    for varied in (1, 2, 1):
        assert np.array_equal(kept.batch(order, varied=varied)[0], fresh.batch(order[::-1], varied=varied)[0][::-1])
    assert not np.array_equal(kept.batch(order, varied=1)[0], kept.batch(order, varied=2)[0])
    assert not np.array_equal(kept.batch(order, varied=1)[0], pictures(random_seed=6).batch(order, varied=1)[0])
    assert fresh.samples[0].cache.size_bytes == 0 and kept.samples[0].cache.size_bytes >= len(kept) * 20 * 16 * 3


@given(st.integers(0, 2**32), st.sampled_from([1, 3]), st.integers(1, 40), st.integers(1, 40))
def test_a_variation_has_the_shape_of_the_picture(seed, channels, height, width):
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)
    varied, _ = vary(picture, draw_variation(np.random.default_rng(seed)))
    assert varied.shape == picture.shape and varied.dtype == np.uint8


def test_a_variation_keeps_the_thing_in_the_middle_and_its_lightness():
    picture = np.full((64, 64, 3), 255, np.uint8)
    picture[24:40, 24:40] = 0
    for seed in range(50):
        varied, matrix = vary(picture, draw_variation(np.random.default_rng(seed)))
        rows, columns = np.nonzero(varied[..., 0] < 100)
        middle = matrix @ (32, 32, 1)
        assert np.abs(middle - (columns.mean() + 0.5, rows.mean() + 0.5)).max() < 0.5
        assert varied[0, 0].mean() > 180 and 0.5 < (varied < 100).mean() / (16 * 16 / 64**2) < 1.7


def test_digits_and_letters_are_not_mirrored():
    mirrors = find_task().may_mirror
    assert not mirrors(tuple("0123456789")) and not mirrors(("b", "d")) and mirrors(("猫", "狗")) and mirrors(("cat", "d"))
    left = np.zeros((32, 32, 3), np.uint8)
    left[:, :8] = 255
    assert not mirrors(("turn left", "turn right")) and not mirrors(("左转", "右转", "直行")) and mirrors(("left", "bright"))
    drawn = {mirror: [draw_variation(np.random.default_rng(seed), mirror=mirror) for seed in range(30)] for mirror in (True, False)}
    sides = {mirror: {vary(left, how)[0][:, 16:].mean() > 60 for how in hows} for mirror, hows in drawn.items()}
    assert sides == {True: {True, False}, False: {False}}


@given(st.integers(2, 300), st.integers(2, 64))
def test_every_picture_is_in_one_batch_and_none_is_alone(count, size):
    pieces = batches_of(np.arange(count), size)
    sizes = [len(piece) for piece in pieces]
    assert np.concatenate(pieces).tolist() == list(range(count)) and min(sizes) >= 2 and max(sizes) <= size + 1
