"""A verb in a notebook's cell shows how it goes on, an interrupt ends in one sentence; scripts stay quiet."""
import contextlib
import subprocess
import sys
import time

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

import edukit as ek
from edukit.cli import live as module
from edukit.core.events import Event, Stopped
from tests.hostile import files

SETUP = "import edukit as ek; ek.set_language('en')"
TRAIN = "run = ek.train({!r}, 'LeNet', epochs={}, out={!r}, threads=1)"
INTERRUPT = """
import os, signal, threading, time
from pathlib import Path
def press():
    while not {}: time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=press, daemon=True).start()
"""


@pytest.fixture
def data(tmp_path):
    return str(files.imagenet(tmp_path / "data"))


def outputs(tmp_path, *cells):
    """The outputs of the last cell."""
    notebook = new_notebook(cells=[new_code_cell(text) for text in (SETUP, *cells)])
    with contextlib.suppress(CellExecutionError):
        NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    return notebook.cells[-1].outputs


def test_a_training_leaves_its_curve_in_the_cell_and_a_check_its_time(tmp_path, data):
    shown = outputs(tmp_path, f"ek.check_dataset({data!r});", TRAIN.format(data, 2, str(tmp_path / "run")))
    page = shown[0].data["text/html"]
    assert len(shown) == 1 and "<svg" in page and "train: done in" in page and "<progress" not in page


def test_an_interrupted_training_is_kept_and_says_so_in_a_sentence(tmp_path, data):
    folder = tmp_path / "run"
    last = outputs(tmp_path, INTERRUPT.format(f"Path({str(folder / 'best.pth')!r}).exists()"), TRAIN.format(data, 5000, str(folder)) + "\nprint(run.stopped)")
    assert [one.output_type for one in last] == ["display_data", "stream"] and last[1].text == "True\n"
    assert "Stopped, and kept what is done" in last[0].data["text/html"] and "<svg" in last[0].data["text/html"]


def test_an_interrupt_before_there_is_a_result_is_one_sentence_and_no_traceback(tmp_path, data):
    last = outputs(tmp_path, "from edukit.cli.live import live\nfrom edukit.core.events import Stopped\nimport time",
                   "def compare(*, on_event=None, should_stop=None):\n    globals()['ready'] = 1\n    while not should_stop(): pass\n    raise Stopped",
                   INTERRUPT.format("globals().get('ready')"), "live(compare)()")  # fmt: skip
    error = last[-1]
    assert error.output_type == "error" and error.traceback == ["Interrupted before there was a result."]


def test_scripts_are_quiet_and_events_go_where_they_are_asked_for(tmp_path, data):
    code = f"{SETUP}\n{TRAIN.format(data, 1, str(tmp_path / 'run'))}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == done.stderr == ""
    seen = []
    ek.check_dataset(data, on_event=seen.append)
    assert seen


def test_at_a_prompt_a_bar_is_drawn_and_wiped(monkeypatch, data):
    told = []
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("edukit.cli.progress.write_stderr", told.append)
    assert (ek.check_dataset(data).counts["images"] and told == ["", *told[1:]]) or (any("#" in line for line in told) and told[-1].endswith("\x1b[K"))


def test_a_wish_to_stop_of_ones_own_still_counts(monkeypatch):
    display = module.ProgressText.on_stderr()
    monkeypatch.setattr(module, "_display_here", lambda verb: display)

    def compare(*, on_event=None, should_stop=None):
        on_event(Event(event="progress", done=1, total=2, unit="run"))
        end = time.monotonic() + 20
        while not should_stop() and time.monotonic() < end:
            time.sleep(0.01)
        raise Stopped

    with pytest.raises(Stopped):
        module.live(compare)(should_stop=lambda: True)


def test_in_a_lesson_the_views_show_what_the_cells_have_found(tmp_path, data, monkeypatch):
    """Also a view that was drawn before."""
    monkeypatch.setenv("EDUKIT_HOME", str(tmp_path / "home"))
    shown = outputs(
        tmp_path,
        "lesson = ek.open_lesson('01_first_model', lang='en'); convert, compare = lesson.view('convert'), lesson.view('compare')",
        f"trained = ek.train({data!r}, 'LeNet', epochs=1, threads=1)",
        f"onnx = ek.convert(trained.best, data={data!r}); small = ek.quantize(onnx, calibration={data!r})",
        f"result = ek.compare([trained.best, onnx, small], {data!r}, runs=4)\nfound = ek.check_dataset(ek.load_dataset({data!r}))",
        "from edukit import jobs\nchecked = jobs.find(lesson.work.jobs('check')[0])\n"
        "print('the same' in convert.body, '<svg' in compare.body, checked.state, checked.arguments['source'])",
    )
    assert shown[-1].text.split() == ["True", "True", "done", data]


def test_the_curve_is_drawn_once_where_the_cell_ends_in_the_result(tmp_path, data):
    first = f"run = ek.train({data!r}, 'LeNet', epochs=1, out={str(tmp_path / 'run')!r}, threads=1)"
    live, result = outputs(tmp_path, first + "\nrun")
    assert "<svg" not in live.data["text/html"] and "done in" in live.data["text/html"] and "<svg" in result.data["text/html"]
