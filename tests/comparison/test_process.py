"""The measuring process: ends with its parent, says why it died, and is not led astray by what lies around."""
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from edukit.comparison.process import MeasuringProcess, error_of, measuring_environment
from edukit.core.errors import BadArgument, NoCard, WorkerFailed
from edukit.core.events import Reporter
from edukit.core.subprocess_env import SWITCHES

PARENT = """
import sys, time
from pathlib import Path
from edukit.comparison.process import MeasuringProcess
from edukit.core.events import Reporter
with MeasuringProcess(Path(sys.argv[1]), 1) as worker:
    worker.ask(Reporter(), "load", path=sys.argv[1], threads=1, card=None)
    worker.ask(Reporter(), "prepare", paths=None, batch_size=1, seconds=0.0)
    worker.send("time", first=0, runs=10_000_000)
    print(worker.pid, flush=True)
    time.sleep(60)
"""


def gone(pid, seconds=60.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_its_parent_even_in_the_middle_of_a_long_block(models, how):
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(models[0])], stdout=subprocess.PIPE, text=True, env=measuring_environment(1))
    pid = int(parent.stdout.readline())
    assert psutil.pid_exists(pid)
    parent.send_signal(how)
    parent.wait(60)
    parent.stdout.close()
    assert gone(pid)


def test_leaving_the_block_ends_it_even_while_it_works(models):
    with MeasuringProcess(models[0], 1) as worker:
        worker.ask(Reporter(), "load", path=str(models[0]), threads=1, card=None)
        worker.ask(Reporter(), "prepare", paths=None, batch_size=1, seconds=0.0)
        worker.send("time", first=0, runs=10_000_000)
    assert gone(worker.pid)  # its work would take hours


def test_a_process_that_was_killed_is_an_error_with_a_code(models):
    with MeasuringProcess(models[0], 1) as worker:
        worker.ask(Reporter(), "load", path=str(models[0]), threads=1, card=None)
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(WorkerFailed) as caught:
            worker.ask(Reporter(), "scores", paths=[], batch_size=1)
            worker.ask(Reporter(), "scores", paths=[], batch_size=1)
    assert caught.value.code == "E704" and "first.onnx" in caught.value.message


def test_a_surprise_in_the_child_becomes_an_error_with_a_code(models):
    with MeasuringProcess(models[0], 1) as worker, pytest.raises(WorkerFailed, match="IndexError"):
        worker.ask(Reporter(), "facts")


def test_it_has_a_session_of_its_own_and_the_threads_it_was_given(models):
    with MeasuringProcess(models[0], 3) as worker:
        worker.ask(Reporter(), "load", path=str(models[0]), threads=3, card=None)  # before it has answered its environment may not be readable yet
        assert os.getsid(worker.pid) == worker.pid != os.getsid(0)
        environment = psutil.Process(worker.pid).environ()
    assert {environment[name] for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")} == {"3"}
    assert (environment["OMP_WAIT_POLICY"], environment["GOMP_SPINCOUNT"]) == ("PASSIVE", "1000") and SWITCHES.items() <= environment.items()


def test_a_students_numpy_py_in_the_current_folder_is_not_imported(models, tmp_path, monkeypatch):
    (tmp_path / "numpy.py").write_text("raise SystemExit('the wrong numpy')")
    monkeypatch.chdir(tmp_path)
    with MeasuringProcess(models[0], 1) as worker:
        assert worker.ask(Reporter(), "load", path=str(models[0]), threads=1, card=None)["runtime"] == "ONNX Runtime"


def test_an_error_crosses_the_pipe_whole():
    error = error_of("E304", {"path": "a.onnx"})
    assert type(error) is NoCard and error.found == {"path": "a.onnx"}
    assert type(error_of("E401", {"name": "x", "value": "1", "wanted": "2"})) is BadArgument


def test_what_a_library_prints_does_not_disturb_the_answers(models, tmp_path, monkeypatch):
    loud = tmp_path / "loud"
    loud.mkdir()
    (loud / "sitecustomize.py").write_text("import atexit\nprint('hello from a library')\n")
    monkeypatch.setenv("PYTHONPATH", str(loud))
    with MeasuringProcess(Path(models[0]), 1) as worker:
        assert worker.ask(Reporter(), "load", path=str(models[0]), threads=1, card=None)["size_bytes"] == models[0].stat().st_size
