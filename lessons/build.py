"""Builds the notebooks: one source with both languages side by side becomes zh/NAME.ipynb and en/NAME.ipynb.

    python lessons/build.py            writes what has changed
    python lessons/build.py --check    writes nothing; ends with 1 if a notebook is not what its source says
"""
from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jupytext

HERE = Path(__file__).resolve().parent
LANGUAGES = ("zh", "en")
COMMON = ("number", "name", "minutes", "art")
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(source: Path, lang: str) -> dict[str, Any]:
    """The lesson in one language: the cells of that language and those of both."""
    read = jupytext.read(source, fmt="py:percent")
    other = set(LANGUAGES) - {lang}
    kept = [cell for cell in read.cells if not other & set(cell.metadata.get("tags", []))]
    told = read.metadata["edukit"]
    about = {key: told[key] for key in COMMON} | told[lang] | {"lang": lang}
    return {"cells": [_cell(i, cell, lang) for i, cell in enumerate(kept)], "metadata": {**KERNEL, "edukit": about}, "nbformat": 4, "nbformat_minor": 5}


def _cell(number: int, cell: Any, lang: str) -> dict[str, Any]:
    tags = [tag for tag in cell.metadata.get("tags", []) if tag != lang]
    made: dict[str, Any] = {"cell_type": cell.cell_type, "id": str(number), "metadata": {"tags": tags} if tags else {}}
    if cell.cell_type == "code":
        made |= {"execution_count": None, "outputs": []}
    return made | {"source": cell.source.splitlines(keepends=True)}


def text_of(source: Path, lang: str) -> str:
    """The notebook file; the same bytes at every build."""
    return json.dumps(notebook(source, lang), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def stale(root: Path = HERE) -> dict[Path, str]:
    """The notebooks that are not what their sources say, and what they should be."""
    wanted = {root / lang / f"{source.stem}.ipynb": text_of(source, lang) for source in sorted((root / "src").glob("*.py")) for lang in LANGUAGES}
    return {path: text for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text}


def main(arguments: list[str]) -> int:
    """Builds, or checks."""
    changed = stale()
    for path, text in changed.items():
        print(path.relative_to(HERE))
        if "--check" not in arguments:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    return 1 if changed and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
