"""The sources that all tests of lessons run over: those of the course, and a small second one that no file of edukit names."""
from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LESSONS = ROOT / "lessons"
SECOND = Path(__file__).parent / "lessons" / "second"
LANGUAGES = ("zh", "en")


def build() -> Any:
    """``lessons/build.py`` as a module."""
    if "lessons_build" not in sys.modules:
        spec = importlib.util.spec_from_file_location("lessons_build", LESSONS / "build.py")
        assert spec and spec.loader
        sys.modules["lessons_build"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules["lessons_build"]


def copy_sources(root: Path) -> Path:
    """All sources in ``root/src``, as one course."""
    (root / "src").mkdir(parents=True)
    for path in [*(LESSONS / "src").glob("*.py"), *SECOND.glob("*.py")]:
        shutil.copy(path, root / "src")
    return root


def build_all(root: Path) -> Path:
    """The course with the second lesson, built into ``root``."""
    for path, text in build().stale(copy_sources(root)).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return root


@cache
def built() -> dict[str, str]:
    """Every built file of the course with the second lesson: ``"zh/solutions/01_first_model.ipynb"`` to its text."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        root = copy_sources(Path(folder) / "course")
        return {path.relative_to(root).as_posix(): text for path, text in build().stale(root).items()}


def names(kind: str = "lesson") -> list[str]:
    """The names of all lessons (or tools)."""
    paths = sorted([*(LESSONS / "src").glob("*.py"), *SECOND.glob("*.py")], key=lambda path: path.stem)
    return [path.stem for path in paths if path.stem[:2].isdigit() == (kind == "lesson")]


def notebook(name: str, lang: str, folder: str = "") -> dict[str, Any]:
    """A built notebook."""
    return dict(json.loads(built()[f"{lang}/{folder}{name}.ipynb"]))


def tags(cell: dict[str, Any]) -> list[str]:
    return list(cell["metadata"].get("tags", []))


def text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def code(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [cell for cell in cells if cell["cell_type"] == "code"]
