"""An open lesson: its language, the folder that its work goes to, its views, and what earlier lessons left."""
from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edukit.core.errors import BadArgument, FileMissing
from edukit.core.files import make_folder
from edukit.core.i18n import language, set_language, t
from edukit.core.lesson_header import LessonHeader, find_header
from edukit.core.registry import load_plugins
from edukit.core.workspace import Workspace, current, next_name, use

if TYPE_CHECKING:
    from edukit.widgets.work import Work

SOLUTION = "-solution"  # behind a lesson's name: the folder of what its solutions make


@dataclass(frozen=True)
class Lesson:
    """An open lesson.

    Args:
        header: What the lesson's notebook says of it.
        workspace: Of the learner's own work.
        folder: Where verbs without an explicit output write; it exists.
    """

    header: LessonHeader
    workspace: Workspace
    folder: Path

    @property
    def name(self) -> str:
        """Such as ``"01_first_model"``."""
        return self.header.name

    @property
    def lang(self) -> str:
        """``"zh"`` or ``"en"``."""
        return self.header.lang

    @property
    def work(self) -> Work:
        """What the lesson has on disk; all its views share it."""
        from edukit.widgets.work import work_of

        return work_of(self.workspace)

    def view(self, kind: str, name: str = "") -> Any:
        """A view of this lesson, as the last line of a cell.

        Args:
            kind: ``"train"``, ``"quiz"`` and so on, or an explorable's name.
            name: Which guess (quiz, check), where the lesson has several.

        Raises:
            UnknownChoice: There is no such view.
            PackageMissing: The packages that draw views are not installed.

        Example:
            >>> open_lesson("01_first_model", lang="en").view("quiz").kind
            'quiz'
        """
        from edukit.widgets import view_class

        view = view_class(kind)
        return view(self.work, name) if name else view(self.work)

    def exercise(self) -> Path:
        """A new folder for an exercise's training; it does not take the place of the learner's own models. It is not made here."""
        return self.folder / next_name("exercise", self.folder)

    def find(self, kind: str) -> Path:
        """A model that this lesson goes on with: the learner's own, else that of the lesson before, else the sample; says which it took.

        Args:
            kind: ``"checkpoint"``, ``"onnx"`` or ``"int8"``.

        Raises:
            FileMissing: There is none yet.
        """
        from edukit.widgets.artefacts import find_artefact, name_of

        found = find_artefact(kind, self.workspace, self.header)
        if found is None:
            raise FileMissing(path=self.workspace.folder / name_of(kind))
        print(found.origin_text)
        return found.path


def open_lesson(name: str, *, lang: str | None = None, solution: bool = False) -> Lesson:
    """Chooses the language and makes the lesson's folder the one that verbs write to.

    Args:
        name: The lesson's name, such as ``"01_first_model"``; both languages share its folder.
        lang: ``"zh"`` or ``"en"``; by default the language in use.
        solution: Whether verbs write to a folder of their own, beside the learner's work.

    Raises:
        BadArgument, UnknownChoice, OutputNotWritable

    Example:
        >>> open_lesson("01_first_model", lang="en").lang
        'en'
    """
    if not isinstance(name, str) or not re.fullmatch(r"[\w-]{1,80}", name):
        raise BadArgument(name="name", value=repr(name)[:80], wanted=t("verbs.wanted_lesson"))
    if lang is not None:
        set_language(lang)
    load_plugins()
    own = current().of_lesson(name)
    writing_to = own.of_lesson(f"{name}{SOLUTION}") if solution else own
    make_folder(writing_to.folder)
    use(writing_to)
    return Lesson(find_header(name, language(), own.lessons), own, writing_to.folder)
