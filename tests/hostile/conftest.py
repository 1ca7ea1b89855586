"""One place that is watched: good inputs, hostile ones, and a way to run the command line and see what it touched."""
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edukit.cli.main import main
from tests.hostile import files

SLOWEST = 5.0  # seconds of a processor that a bad input may cost; the clock on the wall would measure the other tests too


def processor_seconds() -> float:
    """What this process and its ended children have cost so far."""
    return sum(os.times()[:4])


@dataclass
class Said:
    """What one command line answered."""

    code: int
    answer: Any
    seconds: float
    stderr: str

    @property
    def error(self) -> str:
        return self.answer["error"]["code"] if isinstance(self.answer, dict) and "error" in self.answer else ""


def picture_of(folder: Path) -> dict[str, str]:
    """Every entry below ``folder`` with its content's hash."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = os.fsdecode(path.relative_to(folder))
        found[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "entry"
    return found


@pytest.fixture(scope="session")
def good(tmp_path_factory) -> Path:
    """A dataset, a picture, a model as .onnx and as .pth that are as they should be."""
    folder = tmp_path_factory.mktemp("good")
    files.imagenet(folder / "data")
    files.picture(folder / "picture.png")
    files.good_onnx(folder / "model.onnx")
    _good_checkpoint(folder / "model.pth")
    return folder


def _good_checkpoint(path: Path) -> None:
    from edukit.core.preprocess import Preprocess
    from edukit.models import save_checkpoint
    from tests.networks import fresh
    from tests.onnx_files import card

    network, _ = fresh("LeNet", len(files.CLASSES), pretrained=False, image_size=32)
    save_checkpoint(path, network, card(classes=files.CLASSES, preprocess=Preprocess(size=(32, 32))))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory) -> Path:
    """All hostile files: pictures/, data/, onnx/, pth/."""
    folder = tmp_path_factory.mktemp("hostile")
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


@pytest.fixture
def watched(tmp_path, monkeypatch, capfd):
    """Runs a command line with ``--json`` in an empty folder, with an empty temporary folder; on an error nothing may be left in either."""
    work, temporary = tmp_path / "work", tmp_path / "tmp"
    work.mkdir()
    temporary.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)

    def run(*words: object, inputs: Path | None = None, limit: float = SLOWEST) -> Said:
        before = picture_of(inputs) if inputs else {}
        began = processor_seconds()
        code = main([*(os.fspath(word) if isinstance(word, Path) else str(word) for word in words), "--json"])
        seconds = processor_seconds() - began
        out, err = capfd.readouterr()
        said = Said(code, json.loads(out, parse_constant=_no_constant), seconds, err)
        if code == 2:
            assert set(said.answer) == {"error"} and set(said.answer["error"]) == {"code", "message", "remedy"}
            left = {**picture_of(work), **picture_of(temporary)}
            assert not [name for name in left if not name.startswith("torchinductor")], "an error left something behind"  # PyTorch's own, once it trains
            assert seconds <= limit
        assert inputs is None or picture_of(inputs) == before, "an input was touched"
        assert "Traceback" not in err
        return said

    return run


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not strict JSON")
