"""Features of a frozen network: computed once a machine, and computed again whenever anything that decides about them has changed."""
import numpy as np
import pytest
import torch

from edukit.core import workspace
from edukit.training import train
from edukit.training.features import FeatureStore

OPTIONS = {"backbone": "EfficientNet-Lite0", "image_size": 32, "epochs": 2}


@pytest.fixture
def body():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 4))


class Count:
    """Computes features and counts how often."""

    def __init__(self, body):
        self.body, self.calls = body, 0

    def __call__(self, batch):
        self.calls += 1
        return self.body(torch.from_numpy(batch)).detach().numpy()


@pytest.fixture
def batch():
    return np.random.default_rng(0).normal(size=(3, 3, 2, 2)).astype(np.float32)


def test_a_second_training_on_the_same_pictures_computes_nothing_and_learns_the_same(folder, tmp_path, monkeypatch):
    first = train(folder, out=tmp_path / "a", **OPTIONS)
    kept = sorted((workspace.current().cache / "features").glob("*.npy"))
    monkeypatch.setattr("edukit.training.learners.HeadOnFeatures._compute", lambda *_: pytest.fail("computed again"))
    second = train(folder, out=tmp_path / "b", **OPTIONS)
    assert kept and [row["val_loss"] for row in first.history] == [row["val_loss"] for row in second.history]
    with pytest.raises(pytest.fail.Exception):
        train(folder, out=tmp_path / "c", **OPTIONS | {"random_seed": 1})  # a few pictures are varied, and the seed decides how


def test_other_numbers_and_other_weights_are_computed_anew(tmp_path, body, batch):
    count = Count(body)
    store = FeatureStore(tmp_path, body)
    assert np.array_equal(store.features(batch, count), store.features(batch, count)) and count.calls == 1
    store.features(batch + np.float32(1e-6), count)
    store.features(batch[:2], count)
    with torch.no_grad():
        body[1].weight[0, 0] += 1e-6
    FeatureStore(tmp_path, body).features(batch, count)
    assert count.calls == 4


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"no array at all", "other", "nan", "pickle"])
def test_a_damaged_file_is_computed_again(tmp_path, body, batch, damage):
    count = Count(body)
    wanted = FeatureStore(tmp_path, body).features(batch, count)
    (path,) = tmp_path.glob("*.npy")
    if isinstance(damage, bytes):
        path.write_bytes(damage)
    else:
        np.save(path, {"other": wanted[:1], "nan": wanted * np.nan, "pickle": np.array([{}], object)}[damage], allow_pickle=True)
    assert np.array_equal(FeatureStore(tmp_path, body).features(batch, count), wanted) and count.calls == 2


def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path, body, batch):
    (tmp_path / "file").write_text("in the way")
    store = FeatureStore(tmp_path / "file" / "features", body)
    assert store.features(batch, Count(body)).shape == (3, 4)
    store.prune()


def test_what_was_not_used_longest_goes_first(tmp_path, body, batch):
    import os

    count = Count(body)
    store = FeatureStore(tmp_path, body, max_bytes=400)  # two of three files of 176 bytes
    for number in range(3):
        store.features(batch + number, count)
        for age, path in enumerate(sorted(tmp_path.glob("*.npy"), key=lambda path: path.stat().st_mtime)):
            os.utime(path, (1000 + age, 1000 + age))
    store.features(batch, count)  # used again: now the newest
    store.prune()
    assert len(list(tmp_path.glob("*.npy"))) == 2 and count.calls == 3
    store.features(batch, count)
    assert count.calls == 3
    store.features(batch + 1, count)
    assert count.calls == 4
