"""Where work lives: ``EDUKIT_HOME/<student>/<lesson>/<run>/``, the same folder for both languages.

A ``Workspace`` is passed to what needs it. The one in use in this process is asked only where a verb has no explicit output: the environment is read once,
when it is first needed or where the command line starts, and a lesson that opens takes its place.
"""
from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from edukit.core.resources import resource

_current: list[Workspace] = []


@dataclass(frozen=True)
class Workspace:
    """The work of one student in one lesson.

    Args:
        home: The folder of all work on this machine. It is not made here.
        student: Whose work it is; the name of a folder.
        lesson: The lesson that is open.
        server: Which class server works for the student; that server ends the jobs that were started for it. Empty without one.
        lessons: The folder with ``zh`` and ``en`` full of notebooks; None for the lessons that came with edukit.
        expire_days: After how many days untouched a class server deletes the student's work; 0 for never.

    Example:
        >>> Workspace(Path("edukit"), lesson="01_first_model").folder.as_posix()
        'edukit/me/01_first_model'
    """

    home: Path
    student: str = "me"
    lesson: str = "work"
    server: str = ""
    lessons: Path | None = None
    expire_days: int = 0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Workspace:
        """What ``EDUKIT_HOME`` (else ``~/edukit``), ``EDUKIT_STUDENT``, ``EDUKIT_LESSON``, ``EDUKIT_SERVER``, ``EDUKIT_LESSONS`` and ``EDUKIT_EXPIRE`` say."""
        given = os.environ if environment is None else environment
        home = Path(given.get("EDUKIT_HOME") or Path.home() / "edukit").expanduser().absolute()
        lesson, lessons = _folder_name(given.get("EDUKIT_LESSON", "")) or "work", given.get("EDUKIT_LESSONS")
        days = given.get("EDUKIT_EXPIRE", "")
        made = cls(home, lesson=lesson, server=given.get("EDUKIT_SERVER", ""), lessons=Path(lessons) if lessons else None,
                   expire_days=int(days) if re.fullmatch(r"[0-9]{1,4}", days) else 0)  # fmt: skip
        return made.of_student(given.get("EDUKIT_STUDENT", ""))

    def to_environment(self) -> dict[str, str]:
        """The variables from which a child process makes the same workspace."""
        told = {"EDUKIT_HOME": str(self.home), "EDUKIT_STUDENT": self.student, "EDUKIT_LESSON": self.lesson, "EDUKIT_SERVER": self.server}
        return told | {"EDUKIT_LESSONS": str(self.lessons or ""), "EDUKIT_EXPIRE": str(self.expire_days)}

    def of_student(self, name: str) -> Workspace:
        """The same for another student; a name becomes one folder's name, and an empty one is ``"me"``."""
        return replace(self, student=_folder_name(name) or "me")

    def of_lesson(self, name: str) -> Workspace:
        """The same for another lesson."""
        return replace(self, lesson=name)

    @property
    def folder(self) -> Path:
        """Of the lesson that is open."""
        return self.lesson_folder(self.lesson)

    @property
    def datasets(self) -> Path:
        """The student's own datasets."""
        return self.home / self.student / "datasets"

    @property
    def cache(self) -> Path:
        """What can be computed again, for all students."""
        return self.home / ".cache"

    def lesson_folder(self, name: str) -> Path:
        """The student's folder for one lesson."""
        return self.home / self.student / name

    def new_run_folder(self, verb: str) -> Path:
        """A folder that does not exist yet, such as ``…/train-3``; it is not made here."""
        return self.folder / next_name(verb, self.folder)


def current() -> Workspace:
    """The workspace in use in this process; at first what the environment says."""
    return _current[0] if _current else use(Workspace.from_environment())


def use(workspace: Workspace) -> Workspace:
    """Makes ``workspace`` the one in use in this process, every thread of it, and returns it."""
    _current[:] = [workspace]
    return workspace


def output_beside(source: Path, ending: str, verb: str) -> Path:
    """Where a verb puts what it makes of a file if no place is given: beside it. Of a model that ships with edukit, in a run folder of the lesson.

    Args:
        source: The file that it is made of.
        ending: What the new name has in the place of the old suffix, such as ``"-int8.onnx"``.
        verb: What the run folder is called after.
    """
    shipped = source.resolve().is_relative_to(resource("datasets").resolve())
    return current().new_run_folder(verb) / f"best{ending}" if shipped else source.with_name(f"{source.stem}{ending}")


def numbered(verb: str, *folders: Path) -> list[Path]:
    """The files and folders ``train-1``, ``train-2`` … of ``verb="train"``, the highest number first."""
    found = [path for folder in folders for path in folder.glob(f"{verb}-*") if re.fullmatch(rf"{re.escape(verb)}-\d+", path.name)]
    return sorted(found, key=lambda path: int(path.name.rpartition("-")[2]), reverse=True)


def next_name(verb: str, *folders: Path) -> str:
    """The name that follows the highest number in any of ``folders``."""
    highest = next((path.name.rpartition("-")[2] for path in numbered(verb, *folders)), "0")
    return f"{verb}-{int(highest) + 1}"


def _folder_name(name: str) -> str:
    return re.sub(r"[^\w-]+", "_", name)[:60]
