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
from tests.hostile.command_lines import make_good, make_hostile


@dataclass
class Said:
    """What one command line answered."""

    code: int
    answer: Any
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
    return make_good(tmp_path_factory.mktemp("good"))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory) -> Path:
    return make_hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def watched(tmp_path, monkeypatch, capfd):
    """Runs a command line with ``--json`` in an empty folder, with an empty temporary folder; on an error nothing may be left in either."""
    work, temporary = tmp_path / "work", tmp_path / "tmp"
    work.mkdir()
    temporary.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)

    def run(*words: object, inputs: Path | None = None) -> Said:
        before = picture_of(inputs) if inputs else {}
        code = main([*(os.fspath(word) if isinstance(word, Path) else str(word) for word in words), "--json"])
        out, err = capfd.readouterr()
        said = Said(code, json.loads(out, parse_constant=_no_constant), err)
        if code == 2:
            assert set(said.answer) == {"error"} and set(said.answer["error"]) == {"code", "message", "remedy"}
            left = {**picture_of(work), **picture_of(temporary)}
            assert not [name for name in left if not name.startswith("torchinductor")], "an error left something behind"  # PyTorch's own, once it trains
        assert inputs is None or picture_of(inputs) == before, "an input was touched"
        assert "Traceback" not in err
        return said

    return run


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not strict JSON")
