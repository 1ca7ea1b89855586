"""Standard output is for the answer alone, whoever prints."""
import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from onnx_files import save

from edukit.cli.streams import MAX_CHATTER_BYTES, event_writer, quiet_stdout, say, visible
from edukit.core.files import json_text

ROOT = Path(__file__).resolve().parents[2]


def test_chatter_of_every_kind_goes_to_stderr(capfd):
    with quiet_stdout():
        print("python talks")
        os.write(1, b"C code talks\n")
        subprocess.run([sys.executable, "-c", "print('a child talks')"], check=True)
    say("the answer")
    out, err = capfd.readouterr()
    assert out == "the answer\n" and all(who in err for who in ("python", "C code", "a child"))


def test_stdout_is_as_before_after_an_error(capfd):
    before = sys.stdout
    try:
        with quiet_stdout():
            raise ValueError
    except ValueError:
        print("still here")
    assert sys.stdout is before and capfd.readouterr().out == "still here\n"


def test_json_is_strict_and_readable(capfd):
    say(json_text({"loss": float("nan"), "猫": [1, float("inf")]}))
    assert capfd.readouterr().out == '{"loss": null, "猫": [1, null]}\n'
    say(json_text(["caf\udce9"]))
    assert json.loads(capfd.readouterr().out) == ["caf\udce9"]


def test_names_cannot_command_the_terminal():
    assert visible("a\x1b[2Jb\rc\x07 猫🐱\n\t\x9b") == "a\\x1b[2Jb\\x0dc\\x07 猫🐱\n\t\\x9b"


def test_a_reader_that_went_away_is_no_error():
    code = "import os, sys; from edukit.cli.streams import say; r, w = os.pipe(); os.close(r); os.dup2(w, 1); say('x' * 100000); say('y'); sys.exit(5)"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (5, b"")


def test_chinese_reaches_a_pipe_on_any_machine():
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-m", "edukit", "info", "猫.onnx", "--json", "--lang", "zh"], env=environment, capture_output=True, timeout=60)
    assert "找不到" in json.loads(done.stdout.decode("utf-8"))["error"]["message"] and done.returncode == 2


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams_are_survived(closed):
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "{sys.executable}" -m edukit info nowhere.onnx --json {closed}'],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2 and b"Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize("words", ["--help", "info model.onnx --json", "info nowhere.onnx --json", "frobnicate --json"])
def test_an_answer_that_finds_no_room_is_told_on_stderr(words, tmp_path):
    save(tmp_path / "model.onnx")
    command = {"args": [sys.executable, "-m", "edukit", *words.split(), "--lang", "en"], "env": os.environ | {"PYTHONPATH": str(ROOT)}, "cwd": tmp_path}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(**command, stdout=full, stderr=subprocess.PIPE, timeout=60)
        assert subprocess.run(**command, stdout=full, stderr=full, timeout=60).returncode == 2
    assert done.returncode == 2 and b"[E503]" in done.stderr and b"Traceback" not in done.stderr


def test_a_jobs_chatter_lies_apart_and_cannot_outgrow_its_limit(tmp_path, capfd):
    with event_writer(tmp_path) as write:
        libc = ctypes.CDLL(None) if os.name != "nt" else None
        for _ in range(30):
            os.write(2, b"w" * 100_000)
            write('{"event": "progress"}\n')
        if libc:
            libc.perror(b"C talks")
    os.write(2, b"after\n")
    err = capfd.readouterr().err
    assert err.count("progress") == 30 and "w" not in err.replace("w\n", "") and err.endswith("after\n")
    assert (tmp_path / "chatter.txt").stat().st_size <= MAX_CHATTER_BYTES + 200_000
