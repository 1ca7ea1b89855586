"""Opening a lesson: its language and the folder that its work goes to."""
from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from edukit.core.errors import BadArgument
from edukit.core.files import output_error
from edukit.core.i18n import language, set_language, t
from edukit.core.workspace import current, use


@dataclass(frozen=True)
class Lesson:
    """An open lesson.

    Args:
        name: Such as ``"01_first_model"``.
        folder: Where verbs without an explicit output write; it exists.
        lang: ``"zh"`` or ``"en"``.
    """

    name: str
    folder: Path
    lang: str


def open_lesson(name: str, *, lang: str | None = None) -> Lesson:
    """Chooses the language and makes the lesson's folder the one that verbs write to.

    Args:
        name: The lesson's name, such as ``"01_first_model"``; both languages share its folder.
        lang: ``"zh"`` or ``"en"``; by default the language in use.

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
    folder = current().lesson_folder(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise output_error(error, folder) from error
    use(current().of_lesson(name))
    return Lesson(name, folder, language())
