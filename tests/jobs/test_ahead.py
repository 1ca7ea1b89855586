"""Features computed ahead: a training then computes none, and any job goes first."""
import pytest
from dataset_files import imagenet

from edukit.core.workspace import current
from edukit.jobs import ahead, machine_slot, start_ahead
from edukit.training import train
from edukit.training.ahead import compute_features


@pytest.fixture
def pets(tmp_path):
    return str(imagenet(tmp_path / "pets", "cat", "dog"))


def kept():
    return len(list((current().cache / "features").glob("*.npy")))


def test_the_next_training_computes_nothing(pets, tmp_path, monkeypatch):
    process = start_ahead(pets, "EfficientNet-Lite0", current())
    assert process.wait(300) == 0 and kept()
    monkeypatch.setattr("edukit.training.learners.HeadOnFeatures._compute", lambda *_: pytest.fail("computed again"))
    assert len(train(pets, epochs=5, out=tmp_path / "run").history) == 5


def test_it_gives_way_to_a_job_and_to_another_of_its_kind(pets):
    with machine_slot(current(), lambda place: None):
        ahead.main(pets, "EfficientNet-Lite0")
    assert not kept()
    assert compute_features(pets, "EfficientNet-Lite0", lambda: True) is False and not kept()


def test_a_network_that_would_learn_as_a_whole_is_left_alone(pets):
    assert compute_features(pets, "LeNet") is False and not kept()


def test_what_is_wrong_is_left_for_the_training_to_tell(tmp_path):
    ahead.main(str(tmp_path / "nowhere"), "EfficientNet-Lite0")
    ahead.main("emoji", "no network")


def test_short_memory_is_left_to_others(pets, monkeypatch):
    monkeypatch.setattr(ahead, "LEAST_FREE_BYTES", 1 << 60)
    assert start_ahead(pets, "EfficientNet-Lite0", current()) is None
