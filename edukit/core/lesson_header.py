"""What a lesson's notebook says of the lesson: its steps, what it needs and leaves, its quiz, guesses and checks."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from edukit.core.files import read_record
from edukit.core.i18n import LANGUAGES, t
from edukit.core.resources import resource

LESSON_NAME = r"\d\d_[A-Za-z0-9_-]+"
NAME = rf"{LESSON_NAME}|tools/[A-Za-z0-9_-]+"  # where a notebook lies in its language's folder; also what a URL may contain
FOLDERS = {"lesson": "", "tool": "tools/"}
ART = "📘"


@dataclass(frozen=True)
class Step:
    """One step of a lesson; a view of the same kind finishes it."""

    name: str
    title: str


@dataclass(frozen=True, kw_only=True)
class LessonHeader:
    """One lesson or tool page in one language, as its notebook's metadata describes it.

    Args:
        name: The same in every language, such as ``"01_first_model"``; a tool's has no number.
        lang: ``"zh"`` or ``"en"``.
        kind: ``"lesson"`` or ``"tool"``.
        number: Its place in the course.
        title, summary: For the card.
        minutes: How long it takes a class.
        art: What its card shows: names of pictures of its sample set, with spaces between; where there is no such set, a sign that stands for it.
        chapter: The heading that it stands under; may be empty.
        steps: In their order.
        dataset: The sample set that it works with until the student chooses another.
        base: The lesson whose artefacts it goes on with; may be empty.
        needs: The kinds of artefact that it goes on with: ``"checkpoint"``, ``"onnx"``, ``"int8"``.
        train: What its training is set to at first, as arguments of ``train``; the view's own values where it says nothing.
        parts: Quiz, guesses and checks by ``"quiz"`` or ``"guess:name"``, in this language.
    """

    name: str
    lang: str = "en"
    kind: str = "lesson"
    number: int = 0
    title: str = ""
    minutes: int = 0
    art: str = ART
    summary: str = ""
    chapter: str = ""
    steps: tuple[Step, ...] = ()
    dataset: str = "emoji"
    base: str = ""
    needs: tuple[str, ...] = ()
    train: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """What follows the language in its address: ``"01_first_model"``, ``"tools/studio"``."""
        return FOLDERS[self.kind] + self.name

    def where(self, step: str, otherwise: str) -> str:
        """Where a step is, for a sentence: ``"step 2, Train"``; ``otherwise`` where the lesson has no such step."""
        places = [(number, one.title) for number, one in enumerate(self.steps, 1) if one.name == step]
        return t("widgets.where", number=places[0][0], title=places[0][1]) if places else otherwise


def lessons_root() -> Path:
    """The folder with ``zh`` and ``en`` that came with edukit."""
    return resource("lessons")


def notebooks(lang: str, root: Path | None = None) -> list[Path]:
    """All notebooks in ``lang``, those in folders too; copies that JupyterLab keeps are none."""
    return sorted(path for path in ((root or lessons_root()) / lang).rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)


def find_header(name: str, lang: str, root: Path | None = None) -> LessonHeader:
    """The header of the lesson or tool called ``name``; one without steps and parts where there is no such notebook.

    Args:
        name: Such as ``"01_first_model"``.
        lang: ``"zh"`` or ``"en"``.
        root: The folder with ``zh`` and ``en``; by default the lessons that came with edukit.
    """
    for folder in FOLDERS.values():
        path = (root or lessons_root()) / lang / f"{folder}{name}.ipynb"
        if path.is_file() and (found := read_header(path, path.stat().st_mtime_ns)):
            return found
    return LessonHeader(name=name, lang=lang, title=name)


@lru_cache(maxsize=256)
def read_header(path: Path, _changed_ns: int) -> LessonHeader | None:
    """The header of a notebook ``<lang>/NN_name.ipynb`` or ``<lang>/tools/name.ipynb``; None where it cannot be read."""
    kind = "tool" if path.parent.name == "tools" else "lesson"
    lang = (path.parent.parent if kind == "tool" else path.parent).name
    try:
        header = read_record(path)["metadata"].get("edukit", {})
        needs = header.get("needs") if isinstance(header.get("needs"), dict) else {}
        number = int(path.stem[:2]) if re.match(r"\d\d_", path.stem) else 0
        return LessonHeader(
            name=path.stem, lang=lang if lang in LANGUAGES else "en", kind=kind, number=whole(header.get("number"), number),
            title=str(header.get("title") or path.stem.removeprefix(f"{number:02d}_").replace("_", " ")), minutes=whole(header.get("minutes"), 0),
            art=str(header.get("art") or ART), summary=str(header.get("summary") or ""), chapter=str(header.get("chapter") or ""),
            steps=_steps(header.get("steps")), dataset=str(needs.get("dataset") or "emoji"), base=str(needs.get("lesson") or ""),
            needs=tuple(map(str, needs.get("artefacts") or ())),
            train=header.get("train") if isinstance(header.get("train"), dict) else {},
            parts=header.get("parts") if isinstance(header.get("parts"), dict) else {},
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _steps(listed: Any) -> tuple[Step, ...]:
    steps = [step if isinstance(step, dict) else {"title": step} for step in listed] if isinstance(listed, list) else []
    return tuple(Step(str(step.get("name") or step.get("title") or ""), str(step.get("title") or step.get("name") or "")) for step in steps)


def whole(value: Any, otherwise: int) -> int:
    """``value`` if it is a whole number from 0 on."""
    return value if type(value) is int and value >= 0 else otherwise
