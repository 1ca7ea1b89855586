"""Bad input as a user meets it, in a process of its own: how long it takes, how much memory, and that PyTorch never came into it."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.conftest import SLOWEST, processor_seconds

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 1_000_000_000  # over an idle process
PROGRAM = """
import sys
from edukit.cli.main import main
code = main(sys.argv[1:])
peak = next((line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), "0") if sys.platform == "linux" else "0"
print(peak, file=sys.stderr)  # kilobytes; the system's own count would include the parent's
sys.exit(77 if "torch" in sys.modules else code)
"""

CASES = {
    "missing dataset": ("train", "nowhere", "--backbone", "LeNet", "--out", "out"),
    "bad pictures": ("train", "H/data/bad-pictures", "--backbone", "LeNet", "--out", "out"),
    "bad epochs": ("train", "G/data", "--epochs", "0", "--out", "out"),
    "unknown backbone": ("train", "G/data", "--backbone", "VGG", "--out", "out"),
    "no output folder": ("train", "G/data", "--backbone", "LeNet", "--out", "/proc/self/run"),
    "checkpoint bomb": ("predict", "H/pth/bomb.pth", "G/picture.png"),
    "checkpoint with code": ("convert", "H/pth/zip-pickle-code.pth", "--out", "out.onnx"),
    "checkpoint of another task": ("evaluate", "H/pth/another-task.pth", "G/data"),
    "picture bomb": ("predict", "G/model.onnx", "H/pictures/bomb.tiff"),
    "picture for a checkpoint": ("predict", "G/model.pth", "H/pictures/truncated.jpg"),
    "memory in a model": ("predict", "H/onnx/huge-constant.onnx", "G/picture.png"),
    "folding without end": ("predict", "H/onnx/folds-for-hours.onnx", "G/picture.png", "--threads", "1"),
    "work without end": ("predict", "H/onnx/works-for-hours.onnx", "G/picture.png", "--threads", "1"),
    "nested model": ("info", "H/onnx/deeply-nested.onnx"),
    "demo on nothing": ("demo", "--out", "out", "--dataset", "nowhere"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_bad_input_costs_little(good, hostile, tmp_path, name):
    work, temporary = tmp_path / "work", tmp_path / "tmp"
    work.mkdir()
    temporary.mkdir()
    words = [word.replace("G/", f"{good}/").replace("H/", f"{hostile}/") for word in CASES[name]]
    began = processor_seconds()
    child = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words, "--json"], cwd=work, capture_output=True, timeout=60,
        env=os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    seconds = processor_seconds() - began
    assert child.returncode == 2, child
    assert json.loads(child.stdout)["error"]["code"].startswith("E") and child.stdout.count(b"\n") == 1 and b"Traceback" not in child.stderr
    assert seconds <= SLOWEST and int(child.stderr.split()[-1]) * 1000 <= MOST_BYTES
    assert list(work.iterdir()) == [] and list(temporary.iterdir()) == []
