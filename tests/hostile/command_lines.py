"""Command lines with bad input, each run in a process of its own: by tests/hostile and by benchmarks/bad_input_cost.py."""
import os
import subprocess
import sys
from pathlib import Path

from tests.hostile import files

ROOT = Path(__file__).resolve().parents[2]
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
    "unknown backbone": ("train", "G/data", "--backbone", "NoNet", "--out", "out"),
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


def make_good(folder: Path) -> Path:
    """A dataset, a picture, a model as .onnx and as .pth that are as they should be."""
    from edukit.core.preprocess import Preprocess
    from edukit.models import save_checkpoint
    from tests.networks import fresh
    from tests.onnx_files import card

    files.imagenet(folder / "data")
    files.picture(folder / "picture.png")
    files.good_onnx(folder / "model.onnx")
    network, _ = fresh("LeNet", len(files.CLASSES), pretrained=False, image_size=32)
    save_checkpoint(folder / "model.pth", network, card(classes=files.CLASSES, preprocess=Preprocess(size=(32, 32))))
    return folder


def make_hostile(folder: Path) -> Path:
    """All hostile files: pictures/, data/, onnx/, pth/."""
    for name in ("data", "onnx", "pth"):
        (folder / name).mkdir()
    for name in files.BAD_PICTURES:
        files.bad_picture(name, folder / "pictures")
    for name, make in files.BAD_DATASETS.items():
        make(folder / "data" / name)
    for name, make in (files.BAD_ONNX | files.SLOW_ONNX).items():
        (folder / "onnx" / f"{name}.onnx").write_bytes(make())
    for name, make in files.BAD_CHECKPOINTS.items():
        path = folder / "pth" / f"{name}.pth"
        path.write_bytes(make(path))
    return folder


def run_case(name: str, good: Path, hostile: Path, work: Path, temporary: Path) -> subprocess.CompletedProcess[bytes]:
    """Runs one of CASES in ``work``; the last line of its standard error is its peak of memory in kilobytes (0 where that is not known)."""
    words = [word.replace("G/", f"{good}/").replace("H/", f"{hostile}/") for word in CASES[name]]
    environment = os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", PROGRAM, *words, "--json"], cwd=work, capture_output=True, timeout=60, env=environment, check=False)
