"""What a builder asks of the state of its set: classes by any spelling, groups, and what lies in the folders without a step that put it there."""
from __future__ import annotations

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from edukit.core.errors import UnknownChoice
from edukit.core.i18n import t
from edukit.data.dataset import FOLDERS, SPLITS
from edukit.data.label_files import LABEL_FILES, write_text_files
from edukit.data.naming import free_name, same_name
from edukit.data.operations import REMOVED, State, Step
from edukit.data.preparing import checked_name
from edukit.data.scanning import Scan
from edukit.data.splitting import RATIOS, group_finder, group_in, later_split

FOLDER_SPLITS = {folder: split for split, folder in FOLDERS.items()}
UNDO_SECONDS = 86_400  # how long what was taken out lies there for an undo
Files = dict[str, list[tuple[str, str]]]  # split -> ("class/file", class)


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


def label_in(place: str) -> str:
    """The class in ``training_set/class/file``."""
    return place.split("/")[1]


def name_in(place: str) -> str:
    """The file's name in ``training_set/class/file``."""
    return place.rpartition("/")[2]


def known_class(label: str, state: State) -> str | None:
    """The class of that name, whatever its case."""
    return next((known for known in state.classes if same_name(known) == same_name(label)), None)


def existing_class(label: str, state: State) -> str:
    """The same where there has to be one. Raises ``UnknownChoice``."""
    found = known_class(str(label), state)
    if found is None:
        raise UnknownChoice.among(t("data.class"), label, state.classes)
    return found


def add_class(label: str, state: State) -> tuple[tuple[str, ...], ...]:
    """The change that makes a class, where it is not there."""
    return () if label in state.classes else (("add", label),)


def drop_class(label: str, state: State) -> tuple[str, ...]:
    """The change that takes a class away, and remembers its place."""
    return ("drop", label, str(state.classes.index(label)))


def group_of(place: str, state: State, finder: re.Pattern[str] | None = None) -> str:
    """What must stay together with a picture: what the pattern finds, else what was recorded; a name of its own where there is nothing."""
    found = group_in(place.partition("/")[2], finder) if finder else state.groups.get(name_in(place))
    return found or f"/{name_in(place)}"


def split_for(group: str, state: State, name: str = "") -> str:
    """The split of a picture that comes now: its group's, else one by its name; training until the set is split."""
    if state.split is None:
        return "train"
    finder = group_finder(state.split["group"]) if state.split.get("group") else None
    group = group or (group_in(name, finder) or "" if finder else "")
    for place in state.pictures.values() if group else ():
        if group_of(place, state, finder) == group:
            return FOLDER_SPLITS[place.partition("/")[0]]
    return later_split(group or name, ratios=state.split["ratios"], random_seed=state.split["random_seed"])


def files_of(state: State) -> Files:
    """The pictures of each split as text files name them."""
    files: Files = {split: [] for split in SPLITS}
    for place in state.pictures.values():
        files[FOLDER_SPLITS[place.partition("/")[0]]].append((place.partition("/")[2], label_in(place)))
    return files


def adoption_step(folder: Path, state: State) -> Step | None:
    """The step that brings the state into line with the folders, where somebody put files there or took some away by hand.

    Files whose names are in the set already, or that lie deeper than in a class folder, get a place and a name of their own.
    """
    scan, places = Scan(folder), []
    labels: dict[str, None] = dict.fromkeys(state.classes)
    for part in FOLDERS.values():
        inside = scan.class_folders(folder / part) if (folder / part).is_dir() else None
        for label, paths in inside.files.items() if inside else ():
            labels.setdefault(label)
            places += [(path.relative_to(folder).as_posix(), part, label) for path in paths]
    there = {place for place, _, _ in places}
    moves = [(place, "") for place in state.pictures.values() if place not in there]
    known = {place for place in state.pictures.values() if place in there}
    taken = state.names_used
    for place, part, label in places:
        if place not in known:
            to = f"{part}/{label}/{free_name(name_in(place), taken)}"
            moves.append((place if place != to else "", to))
    changes = tuple(("add", label) for label in labels if label not in state.classes)
    if not moves and not changes:
        return None
    divided = state.split is None and any(FOLDER_SPLITS[part] != "train" for _, part, _ in places)
    return Step("adopt", tuple(moves), changes, split={"ratios": list(RATIOS), "group": "", "random_seed": 0} if divided else None)


def forget(folder: Path, seconds: float = 0) -> int:
    """Really deletes what was taken out of a set so many seconds ago or longer, and returns how many files that were."""
    old = [part for part in (folder / REMOVED).glob("*") if time.time() - part.stat().st_mtime >= seconds]
    count = sum(path.is_file() for part in old for path in part.rglob("*"))
    for part in old:
        shutil.rmtree(part, ignore_errors=True)
    return count


def class_meant(label: str, state: State, since: int) -> str:
    """The class meant by a name that may be out of date: somebody may have renamed it since step ``since``. Raises ``BadArgument``."""
    wanted = checked_name("label", label)
    if known_class(wanted, state) is None:
        for change in (change for step in state.steps[since:] for change in step.classes):
            if change[0] == "rename" and change[1] == wanted:
                wanted = change[2]
    return known_class(wanted, state) or wanted


def tidy(folder: Path, state: State) -> None:
    """Class folders and text files follow the steps; the text files of pictures only where somebody had them written."""
    for split, part in FOLDERS.items():
        if split == "train" or state.split:
            for label in state.classes:
                (folder / part / label).mkdir(parents=True, exist_ok=True)
    listed = [split for split, name in LABEL_FILES.items() if (folder / name).exists()]
    files = files_of(state) if listed else {}
    write_text_files(folder, state.classes, {split: files[split] for split in listed})
