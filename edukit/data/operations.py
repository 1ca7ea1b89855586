"""The log of what was done to a dataset that is being built: one JSON line a step, written before files move, so that any step can be finished or undone.

Steps are moves of files (relative to the dataset's folder; an empty place means "not there") and changes of the list of classes. The folder's files are the
truth; the log adds order, groups, and the way back.
"""
from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edukit.core.errors import OutputNotWritable
from edukit.core.files import json_text, output_error
from edukit.core.results import Result
from edukit.data.dataset import FOLDERS
from edukit.data.naming import same_name

LOG, LOCK, REMOVED = "operations.jsonl", "operations.lock", "removed"
LOCK_SECONDS = 60


@dataclass(frozen=True)
class Step(Result):
    """One thing that was done.

    Args:
        kind: Such as ``"add"``, ``"rename"``; the texts ``data.step.KIND`` tell it.
        moves: Files from and to.
        classes: Changes of the classes: ``("add", label)``, ``("drop", label, place)``, ``("rename", old, new)``.
        by: Which builder did it.
        group: The group of all pictures that were added.
        undoes: The number of the step that it takes back; -1 for none.
        split: Ratios and seed, where the set was split.
    """

    kind: str
    moves: tuple[tuple[str, str], ...] = ()
    classes: tuple[tuple[str, ...], ...] = ()
    by: str = ""
    group: str = ""
    undoes: int = -1
    split: Any = None

    def reverse(self, *, by: str, number: int) -> Step:
        """The step that takes this one back; files that were added go to the removed ones."""
        moves = tuple((to, origin or f"{REMOVED}/{number}/{to}") for origin, to in reversed(self.moves) if to)
        return Step("undo", moves, tuple(_invert(change) for change in reversed(self.classes)), by, undoes=number, split={} if self.split else None)


def _invert(change: tuple[str, ...]) -> tuple[str, ...]:
    if change[0] == "rename":
        return ("rename", change[2], change[1])
    return ("drop" if change[0] == "add" else "add", *change[1:])


@dataclass
class State:
    """What the steps so far lead to.

    Args:
        pictures: Name of each picture to its place, relative to the dataset's folder.
        groups: Name to group, where there is one.
        classes: The labels in order.
        split: Ratios and seed of the recorded split.
        steps: All steps.
        undone: The numbers of those that were taken back.
    """

    pictures: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)
    split: dict[str, Any] | None = None
    steps: list[Step] = field(default_factory=list)
    undone: set[int] = field(default_factory=set)

    @property
    def names_used(self) -> set[str]:
        """``same_name`` of every picture that is in the set or was: one that was deleted may come back by an undo."""
        return {same_name(place.rpartition("/")[2]) for step in self.steps for move in step.moves for place in move if place}

    def apply(self, step: Step) -> None:
        """Goes one step further."""
        for origin, to in step.moves:
            name, old = (to or origin).rpartition("/")[2], origin.rpartition("/")[2]
            if self.pictures.get(old) == origin:
                del self.pictures[old]
            if to and not to.startswith(REMOVED + "/"):
                self.pictures[name] = to
            if step.group:
                self.groups[name] = step.group
        for change in step.classes:
            self._change(*change)
        self._keep_classes(step)
        if step.split is not None:
            self.split = dict(step.split) or None
        if step.undoes >= 0:
            self.undone.add(step.undoes)
        self.steps.append(step)

    def _keep_classes(self, step: Step) -> None:
        """A class that has pictures is a class, whatever steps met: somebody added to one that another renamed or took back."""
        labels = dict.fromkeys(to.split("/")[1] for _, to in step.moves if to and not to.startswith(REMOVED + "/"))
        gone = {change[1] for change in step.classes if change[0] != "add"}
        if gone:
            labels |= dict.fromkeys(place.split("/")[1] for place in self.pictures.values() if place.split("/")[1] in gone)
        self.classes += [label for label in labels if label not in self.classes]

    def _change(self, what: str, label: str, new: str = "") -> None:
        if what == "add" and label not in self.classes:
            self.classes.insert(int(new) if new.isdecimal() else len(self.classes), label)
        elif what == "drop" and label in self.classes:
            self.classes.remove(label)
        elif what == "rename" and label in self.classes:
            place = self.classes.index(label)
            self.classes[place : place + 1] = [] if new in self.classes else [new]


class Journal:
    """The log file of one folder, read as far as anyone has written it.

    Args:
        folder: The dataset's folder.
    """

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock

        self.folder, self.state = folder, State()
        self._read_bytes = 0
        self._lock = FileLock(folder / LOCK, timeout=LOCK_SECONDS)

    @contextmanager
    def locked(self) -> Iterator[State]:
        """The state, all steps of other builders included, while nobody else may change it."""
        from filelock import Timeout

        try:
            with self._lock:
                self._read()
                yield self.state
        except Timeout as error:
            raise OutputNotWritable(path=self.folder, reason="operations.lock") from error
        except OSError as error:
            raise output_error(error, self.folder) from error

    def peek(self) -> State:
        """The state as somebody last left it, read without lock and without touching anything."""
        try:
            for step in _steps((self.folder / LOG).read_bytes().splitlines()):
                self.state.apply(step)
        except OSError as error:
            raise output_error(error, self.folder) from error
        return self.state

    def commit(self, step: Step) -> None:
        """Writes the step, moves its files, and applies it; after a failure everything is as before. The lock must be held."""
        path = self.folder / LOG
        before = path.stat().st_size if path.exists() else 0
        line = (json_text(step.to_dict()) + "\n").encode()
        done: list[tuple[str, str]] = []
        try:
            with path.open("ab") as stream:
                stream.write(line)
            for origin, to in step.moves:
                if origin and to:
                    self.move(origin, to)
                    done.append((origin, to))
        except OSError:
            for origin, to in reversed(done):
                with suppress(OSError):  # the disk failed once already; what cannot go back is found where it lies when the set is opened
                    self.move(to, origin)
            with suppress(OSError):
                os.truncate(path, before)
            self._clear([to for _, to in step.moves])
            raise
        self.state.apply(step)
        self._clear([origin for origin, _ in step.moves], *step.classes)
        self._read_bytes = before + len(line)

    def move(self, origin: str, to: str) -> None:
        """Moves a file inside the folder."""
        target = self.folder / to
        target.parent.mkdir(parents=True, exist_ok=True)
        (self.folder / origin).replace(target)

    def finish(self) -> None:
        """Does the moves of the last step that a crash kept from being done."""
        if not self.state.steps:
            return
        last = self.state.steps[-1]
        for origin, to in last.moves:
            if origin and to and (self.folder / origin).is_file() and not (self.folder / to).exists():
                self.move(origin, to)
        self._clear([origin for origin, _ in last.moves], *last.classes)

    def _clear(self, places: Iterable[str], *changes: tuple[str, ...]) -> None:
        """Removes the empty folders of classes that a step left behind."""
        old = {place.rpartition("/")[0] for place in places if place} | {f"{part}/{change[1]}" for part in FOLDERS.values() for change in changes}
        for parent in old:
            if parent.rpartition("/")[2] not in self.state.classes:
                with suppress(OSError):  # not there, or not empty
                    (self.folder / parent).rmdir()

    def _read(self) -> None:
        path = self.folder / LOG
        size = path.stat().st_size if path.exists() else 0
        if size < self._read_bytes:  # somebody put an older log there: begin anew
            self.state, self._read_bytes = State(), 0
        if size == self._read_bytes:
            return
        with path.open("rb") as stream:
            stream.seek(self._read_bytes)
            data = stream.read()
        whole = data[: data.rfind(b"\n") + 1]
        for step in _steps(whole.splitlines()):
            self.state.apply(step)
        self._read_bytes += len(whole)
        if len(whole) < len(data):  # the power went in the middle of a line
            os.truncate(path, self._read_bytes)


def _steps(lines: Iterable[bytes]) -> Iterator[Step]:
    for line in lines:
        with suppress(ValueError, TypeError, KeyError, IndexError):  # a damaged line: the folder's files tell what it would have said
            step = Step.from_dict(json.loads(line))
            if inside(step.moves):  # a log may come with somebody else's dataset
                yield step


def inside(moves: Sequence[tuple[str, str]]) -> bool:
    """Whether every place is a file of a class in one of the splits, or one that was removed."""
    return all(not place or (".." not in (parts := place.split("/")) and (parts[0] == REMOVED or (len(parts) == 3 and parts[0] in FOLDERS.values())))
               for move in moves for place in move)  # fmt: skip
