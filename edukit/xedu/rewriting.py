"""The verb behind ``edukit xedu FILE``: the import lines of a script or notebook, written anew."""
from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from edukit.core.errors import BadArgument, OutputExists
from edukit.core.files import input_file, user_path, write_text
from edukit.core.i18n import t
from edukit.core.limits import MAX_JSON_BYTES
from edukit.core.parameters import Metavar, verb
from edukit.core.results import Result

_RULES = (  # an import line, and what it becomes; the first that fits counts
    (r"^(\s*(?:>>> )?)from\s+(?:MMEdu|BaseNN|BaseDT(?:\.\w+)?|XEdu(?:\.\w+)*)\s+import\s+(.+)$", r"\1from edukit.xedu import \2"),
    (r"^(\s*)import\s+BaseDeploy\b(.*)$", r"\1from edukit.xedu import BaseDeploy\2"),
    (r"^(\s*)import\s+(?:MMEdu|BaseNN|BaseDT|XEdu|BaseData)\b\s+as\s+(\w+)(.*)$", r"\1import edukit.xedu as \2\3"),
    (r"^(\s*)import\s+(MMEdu|BaseNN|BaseDT|XEdu|BaseData)\b(.*)$", r"\1import edukit.xedu as \2\3"),
)


@dataclass(frozen=True, kw_only=True)
class Rewritten(Result):
    """What was changed.

    Args:
        path: The new file.
        changes: ``{"line", "before", "after"}`` each; of a notebook lines are counted through its code cells.
    """

    path: Path
    changes: tuple[Mapping[str, Any], ...]


@verb
def rewrite_imports(
    file: Annotated[str | os.PathLike[str], Metavar("FILE")], out: str | os.PathLike[str] | None = None, *, overwrite: bool = False
) -> Rewritten:
    """Rewrites the import lines of a script (.py) or notebook (.ipynb) made for XEdu; everything else stays as it is.

    Args:
        file: The script or notebook; it stays.
        out: By default ``<name>_edukit`` beside it.
        overwrite: Replace whatever lies at ``out``.

    Raises:
        BadArgument: Neither a script nor a notebook, or one that cannot be read.
        OutputExists, FileMissing, FileTooLarge
    """
    source = input_file(file, max_bytes=MAX_JSON_BYTES * 100)
    target = user_path(out, output=True) if out is not None else source.with_name(f"{source.stem}_edukit{source.suffix}")
    if source.suffix.lower() not in (".py", ".ipynb"):
        raise BadArgument(name="file", value=source.name, wanted=".py / .ipynb")
    if target.exists() and (not overwrite or target.samefile(source)):
        raise OutputExists(path=target)
    changes: list[Mapping[str, Any]] = []
    try:
        text = source.read_text("utf-8-sig")
        content = _notebook(text, changes) if source.suffix.lower() == ".ipynb" else _script(text, changes)
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadArgument(name="file", value=source.name, wanted=t("xedu.wanted.script")) from error
    write_text(target, content)
    return Rewritten(path=target, changes=tuple(changes))


def new_line(line: str) -> str:
    """One line of code with its import, if it is one of XEdu's, taken from edukit.

    Example:
        >>> new_line("from MMEdu import MMClassification as cls")
        'from edukit.xedu import MMClassification as cls'
        >>> new_line("import BaseDeploy as bd"), new_line("import cv2")
        ('from edukit.xedu import BaseDeploy as bd', 'import cv2')
    """
    return next((re.sub(pattern, new, line) for pattern, new in _RULES if re.match(pattern, line)), line)


def _script(text: str, changes: list[Mapping[str, Any]], first: int = 1) -> str:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if (after := new_line(line)) != line:
            changes.append({"line": first + number, "before": line.strip(), "after": after.strip()})
            lines[number] = after
    return "\n".join(lines)


def _notebook(text: str, changes: list[Mapping[str, Any]]) -> str:
    notebook, first = json.loads(text), 1
    for cell in notebook["cells"]:
        if cell.get("cell_type") != "code":
            continue
        code = "".join(cell["source"])
        cell["source"] = _script(code, changes, first).splitlines(keepends=True)
        first += code.count("\n") + 1
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
