"""Which lessons there are, and how far a student has come in each."""
from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from edukit.core.i18n import LANGUAGES
from edukit.core.limits import MAX_JSON_BYTES
from edukit.core.resources import resource
from edukit.core.workspace import Workspace

NAME = r"\d\d_[A-Za-z0-9_-]+"  # of a lesson: "01_first_model"; also what a URL may contain


@dataclass(frozen=True)
class Lesson:
    """One lesson in one language, as its notebook's metadata describes it.

    Args:
        name: The same in every language, such as ``"01_first_model"``.
        lang: ``"zh"`` or ``"en"``.
        number: Its place in the course.
        title, summary: For the card.
        minutes: How long it takes a class.
        art: One emoji that stands for it.
        chapter: The heading that it stands under; may be empty.
        steps: What its steps are called.
    """

    name: str
    lang: str
    number: int
    title: str
    minutes: int = 0
    art: str = "📘"
    summary: str = ""
    chapter: str = ""
    steps: tuple[str, ...] = ()

    def progress(self, workspace: Workspace) -> Progress:
        """How far the student of ``workspace`` has come."""
        return read_progress(workspace.of_lesson(self.name), len(self.steps))


@dataclass(frozen=True)
class Progress:
    """``step`` steps of ``steps`` are done, those at the places ``finished``; 0 of 0 when nothing is known."""

    step: int = 0
    steps: int = 0
    finished: frozenset[int] = frozenset()

    @property
    def done(self) -> bool:
        """Whether the lesson is finished."""
        return 0 < self.steps <= self.step

    @property
    def now(self) -> int:
        """The place of the first step that is not done."""
        return next((place for place in range(self.steps) if place not in self.finished), self.steps)

    @property
    def begun(self) -> bool:
        """Whether there is something to go on with."""
        return self.step > 0


def lessons_root() -> Path:
    """The folder that holds ``zh`` and ``en``."""
    return resource("lessons")


def find_lessons(lang: str, root: Path | None = None) -> list[Lesson]:
    """The lessons that exist in ``lang``, in the order of the course; a notebook that cannot be read is left out."""
    notebooks = [path for path in ((root or lessons_root()) / lang).glob("*.ipynb") if re.fullmatch(NAME, path.stem)]
    found = [_lesson(path, path.stat().st_mtime_ns, lang) for path in notebooks]
    return sorted((lesson for lesson in found if lesson), key=lambda lesson: (lesson.number, lesson.name))


def has_lesson(lang: str, name: str, root: Path | None = None) -> bool:
    """Whether there is a notebook for this lesson in this language."""
    return lang in LANGUAGES and re.fullmatch(NAME, name) is not None and ((root or lessons_root()) / lang / f"{name}.ipynb").is_file()


@lru_cache(maxsize=256)
def _lesson(path: Path, _changed: int, lang: str) -> Lesson | None:
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            return None
        told = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("edukit", {})
        return Lesson(
            name=path.stem,
            lang=lang,
            number=_whole(told.get("number"), int(path.stem[:2])),
            title=str(told.get("title") or path.stem[3:].replace("_", " ")),
            minutes=_whole(told.get("minutes"), 0),
            art=str(told.get("art") or "📘"),
            summary=str(told.get("summary") or ""),
            chapter=str(told.get("chapter") or ""),
            steps=_names(told.get("steps")),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _names(steps: Any) -> tuple[str, ...]:
    if not isinstance(steps, list):
        return ()
    return tuple(str(step.get("title") or step.get("name") or "") if isinstance(step, dict) else str(step) for step in steps)


def _whole(value: Any, otherwise: int) -> int:
    return value if type(value) is int and value >= 0 else otherwise


def read_progress(workspace: Workspace, steps: int) -> Progress:
    """Reads ``progress.json`` in the lesson's folder: ``{"step": finished steps, "steps": all, "done": true when finished}``.

    A student may do a later step first: ``"finished"`` lists the places of those that are done, from 0; without it they are the first ones.

    Args:
        workspace: Of the student and the lesson.
        steps: How many it has, for a file that does not say.
    """
    path = workspace.folder / "progress.json"
    try:
        told = json.loads(path.read_text(encoding="utf-8")) if path.stat().st_size <= MAX_JSON_BYTES else {}
        total = _whole(told.get("steps"), 0) or steps
        if told.get("done") is True:
            return Progress(total or 1, total or 1, frozenset(range(total)))
        step = _whole(told.get("step"), 0)
        step = min(step, total) if total else step
        places = told.get("finished")
        finished = (place for place in places if type(place) is int) if isinstance(places, list) else range(min(step, total))
        return Progress(step, total, frozenset(finished))
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return Progress(0, steps)
