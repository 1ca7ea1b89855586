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
