"""The pages around the lessons: the index of cards and the pages that say what went wrong. HTML from values, no server needed."""
from __future__ import annotations

import mimetypes
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from glob import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from edukit.classroom.lessons import Progress, read_progress
from edukit.core import html
from edukit.core.files import nearest_folder
from edukit.core.i18n import LANGUAGES, texts
from edukit.core.lesson_header import LessonHeader
from edukit.core.resources import resource
from edukit.core.workspace import Workspace, current

LEAST_FREE_BYTES = 5_000_000
MOST_PICTURES = 6  # on a card
HERE = Path(__file__).resolve().parent
TEMPLATES = HERE / "share" / "voila" / "templates" / "edukit"


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What stands around every page.

    Args:
        lang: The page's language.
        base: The server's base URL, ``"/"`` unless it stands behind another server.
        other: What follows the language in the address: ``""`` for the index, ``"01_first_model"`` for a lesson.
        local: Whether browser and server are one computer.
        known: The languages that have this page; the switch leads to the index of the others.
        workspace: Of the student who looks at it.
    """

    lang: str = "en"
    base: str = "/"
    other: str = ""
    local: bool = True
    known: tuple[str, ...] = LANGUAGES
    workspace: Workspace = field(default_factory=current)

    def text(self, key: str, **values: object) -> str:
        """A text in the page's language, whatever language the server itself speaks."""
        return texts()[f"classroom.{key}"][self.lang].format(**values)

    def values(self) -> dict[str, Any]:
        """What the templates need."""
        addresses = {lang: f"{self.base}{lang}/{self.other if lang in self.known else ''}" for lang in LANGUAGES}
        languages = [(lang, replace(self, lang=lang).text("language_name"), address) for lang, address in addresses.items()]
        saved = can_save(self.workspace)
        return {
            "lang": self.lang,
            "html_lang": "zh-CN" if self.lang == "zh" else "en",
            "base": self.base,
            "text": self.text,
            "languages": languages,
            "saved": saved,
            "saved_text": self.saved_text(saved),
            "folder": str(self.workspace.home),
            "expires": self.text("expires", days=self.workspace.expire_days) if self.workspace.expire_days else "",
            "look": stylesheet(),
        }

    def saved_text(self, saved: bool) -> str:
        """What the pill in the header says."""
        if not saved:
            return self.text("not_saved")
        if not any((self.workspace.home / self.workspace.student).glob("*/*.json")):  # a visit alone is nothing to save
            return self.text("saves_itself")
        return self.text("saved_here" if self.local else "saved_there")


def can_save(workspace: Workspace) -> bool:
    """Whether work can be written now; the pill in the header must be true."""
    folder = nearest_folder(workspace.home / workspace.student)
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free > LEAST_FREE_BYTES


@cache
def stylesheet() -> str:
    """The look of views and pages, as it stands in every page's head."""
    return html.stylesheet("results", "look") + (HERE / "static" / "page.css").read_text(encoding="utf-8")


@cache
def _environment() -> Any:
    import jinja2

    return jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def page(template: str, frame: Frame, **values: Any) -> str:
    """One of our pages, filled in."""
    return str(_environment().get_template(template).render(**frame.values(), **values))


def index_page(frame: Frame, lessons: Sequence[LessonHeader]) -> str:
    """All lessons as cards, then the tools, under a large card for the lesson to go on with; a course of one lesson needs no second card for it."""
    progress = {lesson.name: read_progress(frame.workspace.of_lesson(lesson.name), len(lesson.steps)) for lesson in lessons}
    course, tools = ([lesson for lesson in lessons if lesson.kind == kind] for kind in ("lesson", "tool"))
    chapters = [(name, list(group)) for name, group in groupby(course, lambda lesson: lesson.chapter)] if len(course) > 1 else []
    chapters += [(frame.text("tools"), tools)] if tools else []
    return page("cards.html", frame, chapters=chapters, progress=progress, pictures=pictures_of, next=next_lesson(course, progress))


def pictures_of(lesson: LessonHeader) -> list[str]:
    """For its card: the pictures of its sample set that its header names, before others of each class; none where there is no such set."""
    return _pictures(lesson.dataset, lesson.number, tuple(lesson.art.split()))


@cache
def _pictures(dataset: str, number: int, names: tuple[str, ...]) -> list[str]:
    folder = resource("datasets", dataset)
    classes = [sorted(path.iterdir()) for path in sorted(folder.glob("test_set/*")) if path.is_dir()]
    named = [path for name in names for path in sorted(folder.glob(f"*_set/*/{escape(name)}.*"))[:1]]
    others = [paths[number % len(paths)] for paths in classes if paths]
    found = list(dict.fromkeys([*named, *others]))[:MOST_PICTURES]
    return [html.data_uri(path.read_bytes(), mimetypes.guess_type(path.name)[0] or "image/webp") for path in found]


def next_lesson(lessons: Sequence[LessonHeader], progress: Mapping[str, Progress]) -> LessonHeader | None:
    """The lesson that was begun last in the course and is not finished; else the first that is not begun; else the first."""
    begun = [lesson for lesson in lessons if progress[lesson.name].step and not progress[lesson.name].done]
    fresh = [lesson for lesson in lessons if not progress[lesson.name].step]
    return next(iter([*reversed(begun), *fresh, *lessons]), None)


def problem_page(frame: Frame, status: int, kind: str = "") -> str:
    """What a browser shows instead of a page that cannot be given; ``kind`` says more than the status."""
    kind = kind or {403: "refused", 404: "missing", 405: "missing", 410: "phone_over"}.get(status, "broken")
    return page("problem.html", frame, status=status, what=frame.text(kind), remedy=frame.text(f"{kind}_remedy"))


def preferred_language(header: str, otherwise: str) -> str:
    """The language that a browser's ``Accept-Language`` likes best among ours."""
    wishes: list[tuple[float, str]] = []
    for part in header.split(",")[:40]:
        name, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        wishes += [(weight, name[:2].lower())] if name[:2].lower() in LANGUAGES and weight > 0 else []
    return max(wishes, key=lambda wish: wish[0])[1] if wishes else otherwise
