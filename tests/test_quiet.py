"""Nothing calls home: no library's telemetry, no connection to the outside, in this process and in those it starts."""
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edukit.core.subprocess_env import SWITCHES
from edukit.jobs import start
from tests.hostile import files

ROOT = Path(__file__).resolve().parent.parent

# An audit hook sees every connection and every look-up of a name that Python code makes, also in libraries.
WATCH = """
import sys, json
tried = []
def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        place = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[:2]
        if not (isinstance(place, (str, bytes)) or str(place[0]) in ("127.0.0.1", "::1", "localhost")):
            tried.append([event, repr(place)])
sys.addaudithook(watch)
from edukit.cli.main import main
codes = [main([*words, "--json"]) for words in json.loads(sys.argv[1])]
import os
print(json.dumps({"codes": codes, "tried": tried, "environment": dict(os.environ)}), file=sys.stderr)
"""

# Where one of these is set, ONNX Runtime takes the machine for a build server and leaves its telemetry off by itself.
BUILD_SERVERS = {
    "CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "TRAVIS", "JENKINS_URL", "CODEBUILD_BUILD_ID", "BUILDKITE", "TEAMCITY_VERSION",
    "APPVEYOR", "BITBUCKET_BUILD_NUMBER",
}  # fmt: skip


@pytest.fixture
def fresh(tmp_path):
    """An environment of a user who has just arrived: an empty home, an empty temporary folder, no switches set by anyone."""
    left_out = BUILD_SERVERS | set(SWITCHES)
    environment = {name: value for name, value in os.environ.items() if name not in left_out and not name.startswith(("XDG_", "EDUKIT_"))}
    for name in ("home", "tmp"):
        (tmp_path / name).mkdir()
    return environment | {"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp"), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def watched(environment, *lines):
    """Runs command lines one after the other in one new process."""
    words = json.dumps([[str(word) for word in line] for line in lines])
    done = subprocess.run([sys.executable, "-c", WATCH, words], capture_output=True, text=True, env=environment, timeout=120)
    seen = json.loads(done.stderr.strip().splitlines()[-1])
    assert not any(seen["codes"]), done
    return seen


def traces(environment) -> list[str]:
    """What telemetry leaves behind."""
    home, temporary = Path(environment["HOME"]), Path(environment["TMPDIR"])
    found = [*home.rglob("*"), *temporary.rglob("*")]
    return [str(path) for path in found if path.name == ".ses" or "Microsoft" in path.parts or "telemetry" in path.name.lower()]


def has_telemetry() -> bool:
    """Whether the compiled library of the installed ONNX Runtime knows the switch: then it has something to switch off."""
    package = Path(importlib.util.find_spec("onnxruntime").origin).parent
    return any(b"ORT_DISABLE_TELEMETRY" in path.read_bytes() for path in (package / "capi").glob("onnxruntime_pybind11_state*"))


@pytest.mark.parametrize("switches", [{}, SWITCHES], ids=["off", "on"])
def test_onnxruntime_leaves_traces_unless_the_switch_is_set(fresh, switches):
    """The control of the tests below: traces are found where telemetry runs."""
    subprocess.run([sys.executable, "-c", "import onnxruntime"], env=fresh | switches, check=True, timeout=60)
    assert bool(traces(fresh)) == (has_telemetry() and not switches)


def test_predicting_leaves_no_trace_and_calls_nobody(fresh, tmp_path):
    model, picture = files.good_onnx(tmp_path / "model.onnx"), files.picture(tmp_path / "picture.png")
    seen = watched(fresh, ("predict", model, picture))
    assert seen["tried"] == [] and traces(fresh) == []
    assert {name: seen["environment"].get(name) for name in SWITCHES} == SWITCHES
    assert list(Path(fresh["HOME"]).iterdir()) == []


def test_training_converting_and_comparing_call_nobody(fresh, tmp_path):
    data = files.imagenet(tmp_path / "data", splits={"training_set": 6, "val_set": 2, "test_set": 2})
    out = tmp_path / "out"
    seen = watched(
        fresh,
        ("train", data, "--backbone", "MobileNetV3-Small", "--image-size", "32", "--epochs", "1", "--out", out / "other"),  # its weights are not here
        ("train", data, "--backbone", "LeNet", "--epochs", "1", "--out", out / "run"),
        ("convert", out / "run" / "best.pth", "--out", out / "model.onnx", "--data", data),
        ("quantize", out / "model.onnx", "--out", out / "small.onnx", "--calibration", data),
        ("compare", out / "model.onnx", out / "small.onnx", "--data", data, "--runs", "4"),
    )
    assert seen["tried"] == [] and traces(fresh) == []


def test_jobs_are_silenced_too(tmp_path, monkeypatch):
    for name in SWITCHES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    model, picture = files.good_onnx(tmp_path / "model.onnx"), files.picture(tmp_path / "picture.png")
    job = start("predict", {"model": model, "images": [picture]}, tmp_path / "job").wait(60)
    assert job.state == "done" and traces({"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path)}) == []
