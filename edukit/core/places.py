"""Where a student's work lives: ``EDUKIT_HOME/<student>/<lesson>/<run>/``, the same folder for both languages."""
from __future__ import annotations

import os
import re
from pathlib import Path

_lesson: list[str] = ["work"]


def home() -> Path:
    """The folder of all work on this machine: ``EDUKIT_HOME``, else ``~/edukit``. It is not made here."""
    return Path(os.environ.get("EDUKIT_HOME") or Path.home() / "edukit").expanduser().absolute()


def student() -> str:
    """Whose work it is: ``EDUKIT_STUDENT`` as the class server sets it, else ``"me"``."""
    named = re.sub(r"[^\w-]+", "_", os.environ.get("EDUKIT_STUDENT", ""))[:60]
    return named or "me"


def lesson_folder(lesson: str | None = None) -> Path:
    """The folder of one lesson's work; without a name that of the lesson that is open."""
    return home() / student() / (lesson or _lesson[0])


def open_lesson_folder(lesson: str) -> Path:
    """Makes ``lesson`` the one whose folder verbs write to, and makes the folder."""
    _lesson[0] = lesson
    folder = lesson_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def new_run_folder(verb: str) -> Path:
    """A folder that does not exist yet, such as ``…/train-3``; it is not made here."""
    parent = lesson_folder()
    taken = {int(m[1]) for entry in parent.glob(f"{verb}-*") if (m := re.fullmatch(rf"{verb}-(\d+)", entry.name))}
    return parent / f"{verb}-{max(taken, default=0) + 1}"
