"""Builds what the lessons' sources say: notebooks in both languages, their solutions, the teachers' sheets, the tool pages.

    python lessons/build.py            writes what has changed
    python lessons/build.py --check    writes nothing; ends with 1 if a file is not what its source says

One source, ``src/NN_name.py``, gives ``<lang>/NN_name.ipynb``, ``<lang>/solutions/NN_name.ipynb`` and ``<lang>/teacher/NN_name.md``; a source of
``kind: tool`` gives ``<lang>/tools/name.ipynb``. How a source is written stands in CONTRIBUTING.md, "Adding a lesson".
"""
from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from lesson_source import LANGUAGES, WORDS, Cell, Source, SourceError, localised, read_source

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def outputs(source: Source, lang: str, root: Path) -> dict[Path, str]:
    """Every file that a source gives in one language, and its text."""
    if source.kind == "tool":
        return {root / lang / "tools" / f"{source.name}.ipynb": notebook_text(source, lang, lesson_cells(source, lang))}
    made = {root / lang / f"{source.name}.ipynb": notebook_text(source, lang, lesson_cells(source, lang))}
    if any("solution" in cell.tags for cell in source.cells):
        made[root / lang / "solutions" / f"{source.name}.ipynb"] = notebook_text(source, lang, solution_cells(source, lang))
    made[root / lang / "teacher" / f"{source.name}.md"] = teacher_sheet(source, lang)
    return made


def lesson_cells(source: Source, lang: str) -> list[Cell]:
    """The student's notebook: the first cell, how to run it, the set-up, the steps, then the source's other cells."""
    first, *rest = [cell for cell in source.in_language(lang) if not {"solution", "teacher"} & set(cell.tags)]
    up = "../../" if source.kind == "tool" else "../"
    other = f"{up}{'en' if lang == 'zh' else 'zh'}/{'tools/' if source.kind == 'tool' else ''}{source.name}.ipynb"
    how = Cell("markdown", WORDS["how"][lang].format(other=other), ("code",))
    steps = [Cell("code", 'lesson.view("steps")', ("steps",))] if source.about["steps"] else []
    return [first, how, set_up(source, lang), *steps, *rest]


def solution_cells(source: Source, lang: str) -> list[Cell]:
    """The solutions' notebook; what it makes goes to a folder of its own."""
    head = f"# {WORDS['solution'][lang]} · {localised(source.about['title'], lang)}\n\n{WORDS['solution_how'][lang]}"
    own = [Cell(cell.kind, cell.text, ()) for cell in source.in_language(lang) if "solution" in cell.tags]
    return [Cell("markdown", head, ()), set_up(source, lang, solution=True), *own]


def set_up(source: Source, lang: str, *, solution: bool = False) -> Cell:
    """The cell that every notebook begins with."""
    more = ", solution=True" if solution else ""
    return Cell("code", f'import edukit as ek\n\nlesson = ek.open_lesson("{source.name}", lang="{lang}"{more})', ("setup",))


def notebook_text(source: Source, lang: str, cells: list[Cell]) -> str:
    """The notebook file; the same bytes at every build."""
    made = {"cells": [_cell(i, cell) for i, cell in enumerate(cells)], "metadata": {**KERNEL, "edukit": source.metadata(lang)}}
    return json.dumps({**made, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _cell(number: int, cell: Cell) -> dict[str, Any]:
    made: dict[str, Any] = {"cell_type": cell.kind, "id": str(number), "metadata": {"tags": list(cell.tags)} if cell.tags else {}}
    if cell.kind == "code":
        made |= {"execution_count": None, "outputs": []}
    return made | {"source": cell.text.splitlines(keepends=True)}


def teacher_sheet(source: Source, lang: str) -> str:
    """Minutes a step, what the teacher's cells say, the answers of the quiz, the solutions."""
    words = {name: text[lang] for name, text in WORDS.items()}
    rows = "".join(f"| {i} · {localised(step, lang)['text']} | {step['minutes']} |\n" for i, step in enumerate(source.about["steps"], 1))
    rest = source.about["minutes"] - sum(step["minutes"] for step in source.about["steps"])
    parts = [
        f"# {words['teacher']} · {localised(source.about['title'], lang)}",
        f"| {words['step']} | {words['minutes']} |\n|---|---|\n{rows}| {words['rest']} | {rest} |",
        *(cell.text for cell in source.in_language(lang) if "teacher" in cell.tags),
        *_answers(source, lang, words["answers"]),
        *([f"## {words['solution']}"] if any("solution" in cell.tags for cell in source.cells) else []),
        *(f"```python\n{cell.text}\n```" if cell.kind == "code" else cell.text for cell in source.in_language(lang) if "solution" in cell.tags),
    ]
    return "\n\n".join(parts) + "\n"


def _answers(source: Source, lang: str, title: str) -> list[str]:
    lines = []
    for name, part in source.parts(lang).items():
        for question in part if name.partition(":")[0] == "quiz" else ():
            right = next(choice for choice in question["choices"] if choice.get("right"))
            lines.append(f"{len(lines) + 1}. {question['question']} **{right['text']}** {right['why']}")
    return [f"## {title}", "\n".join(lines)] if lines else []


def stale(root: Path = HERE) -> dict[Path, str]:
    """The files that are not what the sources say, and what they should be."""
    wanted: dict[Path, str] = {}
    for source in read_all(root / "src"):
        for lang in LANGUAGES:
            wanted |= outputs(source, lang, root)
    return {path: text for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text}


@cache
def _read(path: Path, _changed_ns: int, names: tuple[str, ...]) -> Source:
    return read_source(path, names)


def read_all(folder: Path) -> list[Source]:
    """All sources of a folder, in the order of the course.

    Raises:
        SourceError: One is not as CONTRIBUTING.md says; the message names it and what is wrong.
    """
    paths = sorted(folder.glob("*.py"))
    names = tuple(path.stem for path in paths)
    return [_read(path, path.stat().st_mtime_ns, names) for path in paths]


def left_over(root: Path = HERE) -> list[Path]:
    """Built files whose source is gone."""
    wanted = {path for source in read_all(root / "src") for lang in LANGUAGES for path in outputs(source, lang, root)}
    built = [path for lang in LANGUAGES for kind in ("*.ipynb", "*.md") for path in (root / lang).rglob(kind) if ".ipynb_checkpoints" not in path.parts]
    return sorted(set(built) - wanted)


def main(arguments: list[str]) -> int:
    """Builds, or checks."""
    try:
        changed, gone = stale(), left_over()
    except SourceError as error:
        print(error)
        return 1
    for path, text in changed.items():
        print(path.relative_to(HERE))
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    for path in gone:
        print(f"{path.relative_to(HERE)} has no source")
    return 1 if (changed or gone) and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
