import os

import pytest
from processes import living

from tests.comparisons import pictures
from tests.onnx_files import save


@pytest.fixture
def data(tmp_path):
    return pictures(tmp_path)


@pytest.fixture
def models(tmp_path):
    return [save(tmp_path / "first.onnx"), save(tmp_path / "second.onnx", seed=1)]


@pytest.fixture(autouse=True)
def no_process_is_left():
    """Whatever a test does, its measuring processes have ended when it is over."""
    yield
    assert not living(os.getpid(), "edukit.comparison.worker")


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory):
    """A small network that nobody trained."""
    from edukit.core.card import ModelCard
    from edukit.models import find_backbone, new_network, save_checkpoint

    backbone, path = find_backbone("LeNet"), tmp_path_factory.mktemp("checkpoint") / "lenet.pth"
    network, _ = new_network(backbone.describe(3), pretrained=False)
    save_checkpoint(path, network.eval(), ModelCard(backbone=backbone.name, classes=("a", "b", "c"), preprocess=backbone.preprocess))
    return path
