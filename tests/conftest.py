"""What every test stands on: a work folder of its own, English, one thread."""
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import settings

from edukit.core import i18n, workspace
from edukit.core.subprocess_env import silence

silence()
settings.register_profile("edukit", deadline=None)  # a busy machine must not fail a property
settings.load_profile("edukit")


@pytest.fixture(autouse=True)
def one_processor(monkeypatch):
    """Computing takes one thread, as if there were one processor: threads of several workers would wait for each other, which costs more than it brings."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch):
    """Each test works in its own EDUKIT_HOME and speaks English until it says otherwise."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("EDUKIT_HOME", str(home))
    workspace.use(workspace.Workspace(home))
    monkeypatch.setenv("EDUKIT_LANG", "en")
    i18n.set_language("en")


def pytest_collection_modifyitems(items):
    """Whole lessons and browsers first: pytest-xdist hands out files in this order, and a long one must not come last."""
    items.sort(key=lambda item: not (item.get_closest_marker("lesson") or item.get_closest_marker("browser")))
