"""The steps of a training keep their memory; afterwards the process gives it back as before."""
import ctypes
from types import SimpleNamespace

import pytest

from edukit.core.subprocess_env import MEMORY_BACK
from edukit.training.memory import MMAP_MAX, MMAP_THRESHOLD, TRIM_THRESHOLD, kept_memory


@pytest.mark.parametrize(("kernel", "trim"), [(True, 2**17), (False, 2**26)])
def test_what_is_set_for_a_training_is_set_back_whatever_happens(kernel, trim, monkeypatch):
    chosen, trimmed = {}, []
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace(mallopt=chosen.__setitem__, malloc_trim=trimmed.append))
    if kernel:
        monkeypatch.setenv(MEMORY_BACK, str(2**17))
    else:
        monkeypatch.delenv(MEMORY_BACK, raising=False)
    with pytest.raises(KeyError), kept_memory():
        assert chosen == {MMAP_MAX: 0, TRIM_THRESHOLD: -1} and not trimmed
        raise KeyError
    assert chosen == {MMAP_MAX: 2**16, MMAP_THRESHOLD: 2**25, TRIM_THRESHOLD: trim} and trimmed == [0]


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_where_the_library_has_no_such_options_nothing_happens(platform, monkeypatch):
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace())
    with kept_memory():
        pass
