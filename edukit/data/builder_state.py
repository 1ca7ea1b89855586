"""The state of a set in the making: the steps that were taken, and what they lead to.

Steps are moves of files (relative to the dataset's folder; an empty place means "not there") and changes of the list of classes.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edukit.core.errors import UnknownChoice
from edukit.core.i18n import t
from edukit.core.results import Result
from edukit.data.dataset import FOLDERS
from edukit.data.naming import same_name
from edukit.data.preparing import checked_name
from edukit.data.splitting import group_finder, group_in, later_split

REMOVED = "removed"  # the folder for what was taken out
_SPLITS = {folder: split for split, folder in FOLDERS.items()}
Change = tuple[str, ...]  # of the classes


@dataclass(frozen=True)
class BuiltPicture:
    """One picture of a set in the making.

    Args:
        name: Its file name, which no other picture of the set has and which stays when it moves.
        label, split: Where it is now.
        group: What must not be torn apart when the set is split, such as one recording; empty for a picture of its own.
        path: The file.
    """

    name: str
    label: str
    split: str
    group: str
    path: Path


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
    classes: tuple[Change, ...] = ()
    by: str = ""
    group: str = ""
    undoes: int = -1
    split: Any = None

    def reverse(self, *, by: str, number: int) -> Step:
        """The step that takes this one back; files that were added go to the removed ones."""
        moves = tuple((to, origin or f"{REMOVED}/{number}/{to}") for origin, to in reversed(self.moves) if to)
        return Step("undo", moves, tuple(_invert(change) for change in reversed(self.classes)), by, undoes=number, split={} if self.split else None)


def _invert(change: Change) -> Change:
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
        return {same_name(name_in(place)) for step in self.steps for move in step.moves for place in move if place}

    def known_class(self, label: str) -> str | None:
        """The class of that name, whatever its case."""
        return next((known for known in self.classes if same_name(known) == same_name(label)), None)

    def existing_class(self, label: str) -> str:
        """The same where there has to be one. Raises ``UnknownChoice``."""
        found = self.known_class(str(label))
        if found is None:
            raise UnknownChoice.among(t("data.class"), label, self.classes)
        return found

    def class_meant(self, label: str, since: int) -> str:
        """The class meant by a name that may be out of date: somebody may have renamed it since step ``since``. Raises ``BadArgument``."""
        wanted = checked_name("label", label)
        if self.known_class(wanted) is None:
            for change in (change for step in self.steps[since:] for change in step.classes):
                if change[0] == "rename" and change[1] == wanted:
                    wanted = change[2]
        return self.known_class(wanted) or wanted

    def add_class(self, label: str) -> tuple[Change, ...]:
        """The change that makes a class, where it is not there."""
        return () if label in self.classes else (("add", label),)

    def drop_class(self, label: str) -> Change:
        """The change that takes a class away, and remembers its place."""
        return "drop", label, str(self.classes.index(label))

    def group_of(self, place: str, finder: re.Pattern[str] | None = None) -> str:
        """What must stay together with a picture: what the pattern finds, else what was recorded; a name of its own where there is nothing."""
        found = group_in(place.partition("/")[2], finder) if finder else self.groups.get(name_in(place))
        return found or f"/{name_in(place)}"

    def split_for(self, group: str, name: str = "") -> str:
        """The split of a picture that comes now: its group's, else one by its name; training until the set is split."""
        if self.split is None:
            return "train"
        finder = group_finder(self.split["group"]) if self.split.get("group") else None
        group = group or (group_in(name, finder) or "" if finder else "")
        for place in self.pictures.values() if group else ():
            if self.group_of(place, finder) == group:
                return split_in(place)
        return later_split(group or name, ratios=self.split["ratios"], random_seed=self.split["random_seed"])

    def apply(self, step: Step) -> None:
        """Goes one step further."""
        for origin, to in step.moves:
            name, old = name_in(to or origin), name_in(origin)
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
        labels = dict.fromkeys(label_in(to) for _, to in step.moves if to and not to.startswith(REMOVED + "/"))
        gone = {change[1] for change in step.classes if change[0] != "add"}
        if gone:
            labels |= dict.fromkeys(label_in(place) for place in self.pictures.values() if label_in(place) in gone)
        self.classes += [label for label in labels if label not in self.classes]

    def _change(self, what: str, label: str, new: str = "") -> None:
        if what == "add" and label not in self.classes:
            self.classes.insert(int(new) if new.isdecimal() else len(self.classes), label)
        elif what == "drop" and label in self.classes:
            self.classes.remove(label)
        elif what == "rename" and label in self.classes:
            place = self.classes.index(label)
            self.classes[place : place + 1] = [] if new in self.classes else [new]


def label_in(place: str) -> str:
    """The class in ``training_set/class/file``."""
    return place.split("/")[1]


def name_in(place: str) -> str:
    """The file's name in ``training_set/class/file``."""
    return place.rpartition("/")[2]


def split_in(place: str) -> str:
    """The split in ``training_set/class/file``."""
    return _SPLITS[place.partition("/")[0]]


def inside(moves: Sequence[tuple[str, str]]) -> bool:
    """Whether every place is a file of a class in one of the splits, or one that was removed."""
    return all(not place or (".." not in (parts := place.split("/")) and (parts[0] == REMOVED or (len(parts) == 3 and parts[0] in FOLDERS.values())))
               for move in moves for place in move)  # fmt: skip
