"""Which lessons and tool pages there are, and how far a student has come in each."""
from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from edukit.core.files import read_record
from edukit.core.i18n import LANGUAGES
from edukit.core.lesson_header import NAME, LessonHeader, lessons_root, notebooks, read_header, whole
from edukit.core.workspace import Workspace


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


def find_lessons(lang: str, root: Path | None = None) -> list[LessonHeader]:
    """The lessons that exist in ``lang``, in the order of the course, then the tool pages; a notebook that cannot be read is left out."""
    folder = (root or lessons_root()) / lang
    ours = [path for path in notebooks(lang, root) if re.fullmatch(NAME, path.relative_to(folder).with_suffix("").as_posix())]
    found = [read_header(path, path.stat().st_mtime_ns) for path in ours]
    return sorted((header for header in found if header), key=lambda header: (header.kind, header.number, header.name))


def has_lesson(lang: str, address: str, root: Path | None = None) -> bool:
    """Whether there is a notebook at this address, such as ``"01_first_model"`` or ``"tools/studio"``, in this language."""
    return lang in LANGUAGES and re.fullmatch(NAME, address) is not None and ((root or lessons_root()) / lang / f"{address}.ipynb").is_file()


def read_progress(workspace: Workspace, steps: int) -> Progress:
    """How far a student has come, by ``progress.json`` in the lesson's folder: ``{"step": finished steps, "steps": all, "done": true when finished}``.

    A student may do a later step first: ``"finished"`` lists the places of those that are done, from 0; without it they are the first ones.

    Args:
        workspace: Of the student and the lesson.
        steps: How many it has, for a file that does not say.
    """
    progress = read_record(workspace.folder / "progress.json")
    total = whole(progress.get("steps"), 0) or steps
    if progress.get("done") is True:
        return Progress(total or 1, total or 1, frozenset(range(total)))
    step = whole(progress.get("step"), 0)
    step = min(step, total) if total else step
    places = progress.get("finished")
    finished = (place for place in places if type(place) is int) if isinstance(places, list) else range(min(step, total))
    return Progress(step, total, frozenset(finished))
