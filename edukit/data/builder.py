"""A dataset in the making: classes and pictures are added, renamed, moved and removed, each step written at once and undone if wanted.

What lies on the disk is a dataset in ImageNet format all the time: ``training_set`` until the set is split, then all three folders.
"""
from __future__ import annotations

import os
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from edukit.core.errors import UnknownChoice
from edukit.core.files import check_writable, write_bytes
from edukit.core.images import read_image_bytes
from edukit.core.workspace import Workspace, current
from edukit.data.blurring import blurred
from edukit.data.builder_state import REMOVED, BuiltPicture, Change, State, Step, label_in, name_in, split_in
from edukit.data.dataset import FOLDERS, SPLITS, Dataset
from edukit.data.loading import find_folder, load_dataset
from edukit.data.naming import free_name, safe_name
from edukit.data.operations import LOG, Journal
from edukit.data.preparing import checked_name, prepare_picture, readable_pictures
from edukit.data.readers import read_draft
from edukit.data.splitting import RATIOS, Item, assign, group_finder, read_ratios

UNDO_SECONDS = 86_400  # how long what was taken out lies there for an undo
_TAKING = ("delete", "delete_class")


class DatasetBuilder:
    """Opens a dataset of one's own to build it further, or begins it.

    Several builders may work on one set at the same time (two tabs): each step is one under a lock, and sees what the others did.

    Args:
        name: The set's name; it lies in the student's folder of datasets.
        workspace: Whose; by default the one in use.

    Raises:
        BadArgument: The name is no name for a folder.
        OutputNotWritable, DiskFull

    Example:
        >>> builder = DatasetBuilder("my cats")
        >>> builder.add_class("cat")
        >>> builder.add("cat", ["cat.jpg"])
        ('cat.jpg',)
        >>> builder.counts
        {'cat': 1}
    """

    def __init__(self, name: str, *, workspace: Workspace | None = None) -> None:
        self.name = checked_name("name", name)
        self.folder = (workspace or current()).datasets / self.name
        check_writable(self.folder / LOG)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._by = secrets.token_hex(4)
        self._sharp: dict[int, tuple[str, bytes]] = {}  # by step: a picture before it was blurred, in memory alone
        self._journal = Journal(self.folder)
        with self._journal.locked() as state:
            self._journal.finish()
            self._journal.forget(UNDO_SECONDS)
            self._journal.adopt()
            self._opened_at = len(state.steps)

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels in the order of a network's outputs."""
        return tuple(self._state().classes)

    @property
    def counts(self) -> dict[str, int]:
        """Pictures of each class, in all splits."""
        state = self._state()
        found = Counter(label_in(place) for place in state.pictures.values())
        return {label: found[label] for label in state.classes}

    @property
    def version(self) -> int:
        """How many steps were made so far, by anyone: a view looks again when it has changed."""
        return len(self._state().steps)

    def pictures(self, label: str | None = None) -> tuple[BuiltPicture, ...]:
        """All pictures, or those of one class, in the order in which they came."""
        state = self._state()
        found = []
        for name, place in state.pictures.items():
            if label in (None, label_in(place)):
                found.append(BuiltPicture(name, label_in(place), split_in(place), state.groups.get(name, ""), self.folder / place))
        return tuple(found)

    def dataset(self) -> Dataset:
        """The set as it is now. Raises as ``load_dataset``."""
        return load_dataset(self.folder)

    def add_class(self, label: str) -> None:
        """Adds an empty class; one that is there already stays as it is. Raises ``BadArgument``."""
        with self._journal.locked() as state:
            wanted = checked_name("label", label)
            if state.known_class(wanted) is None:
                self._journal.commit(Step("add_class", classes=(("add", wanted),), by=self._by))

    def add(self, label: str, pictures: Iterable[Any], *, group: str = "", names: Sequence[str] = ()) -> tuple[str, ...]:
        """Adds pictures to a class, which is made if it is not there; place, time and owner are taken out of each.

        Args:
            label: The class. If somebody renamed it meanwhile, the pictures go where it is now.
            pictures: Paths, bytes of files, or RGB arrays.
            group: What must stay on one side of a split, such as one recording.
            names: Their names, where they have none of their own.

        Returns:
            The names under which they are in the set.

        Raises:
            BadArgument; DiskFull, OutputNotWritable: Those before are in the set, as one group.
            EdukitError: One cannot be read; none of them was added then.
        """
        ready = [prepare_picture(picture, names[place] if place < len(names) else "") for place, picture in enumerate(pictures)]
        with self._journal.locked() as state:
            wanted = state.class_meant(label, self._opened_at)
            split = state.split_for(group) if group else None
            taken = state.names_used
            free = [free_name(name, taken) for name, _ in ready]
            moves = tuple(("", f"{FOLDERS[split or state.split_for('', name)]}/{wanted}/{name}") for name in free)
            self._journal.commit_new(Step("add", moves, state.add_class(wanted), self._by, group), [data for _, data in ready])
        return tuple(free)

    def add_dataset(self, source: str | os.PathLike[str] | Dataset) -> dict[str, int]:
        """Adds all pictures of another dataset (a folder, a zip, a CSV file, a Teachable Machine project), class by class.

        Recordings of one's own set stay whole.

        Returns:
            How many pictures came to each class; those that cannot be read are left out.

        Raises:
            As ``load_dataset``.
        """
        draft = read_draft(source.folder) if isinstance(source, Dataset) else read_draft(find_folder(source))
        folder = draft.dataset.folder
        groups = Journal(folder).peek().groups if (folder / LOG).is_file() else {}
        added: Counter[str] = Counter()
        for label in draft.dataset.classes:
            parts: dict[str, list[Path]] = defaultdict(list)
            for path in (sample.path for split in draft.dataset.splits for sample in split if sample.label == label):
                parts[f"{draft.dataset.name}/{groups[path.name]}" if path.name in groups else ""].append(path)
            for group, paths in parts.items():
                for names, good in readable_pictures(paths):
                    added[label] += len(self.add(safe_name(label), good, names=names, group=group))
        return dict(added)

    def rename_class(self, label: str, new: str) -> None:
        """Gives a class another name; if there is one of that name, the two become one. Raises ``BadArgument``, ``UnknownChoice``."""
        with self._journal.locked() as state:
            old, wanted = state.existing_class(label), checked_name("label", new)
            other = state.known_class(wanted)
            if other in (None, old) and wanted != old:  # a new name, or the old one in another case
                self._move(state, "rename", lambda place: wanted if label_in(place) == old else None, (("rename", old, wanted),))
            elif other is not None and other != old:
                self._move(state, "merge", lambda place: other if label_in(place) == old else None, (state.drop_class(old),))

    def merge_classes(self, labels: Iterable[str], into: str) -> None:
        """Puts the pictures of several classes into one. Raises ``BadArgument``, ``UnknownChoice``."""
        with self._journal.locked() as state:
            wanted = checked_name("label", into)
            wanted = state.known_class(wanted) or wanted
            gone = [label for label in map(state.existing_class, labels) if label != wanted]
            changes = (*map(state.drop_class, gone), *state.add_class(wanted))
            self._move(state, "merge", lambda place: wanted if label_in(place) in gone else None, changes)

    def relabel(self, names: Iterable[str], label: str) -> None:
        """Moves pictures to another class, which is made if it is not there. Raises ``BadArgument``."""
        chosen = set(names)
        with self._journal.locked() as state:
            wanted = state.class_meant(label, self._opened_at)
            self._move(state, "relabel", lambda place: wanted if name_in(place) in chosen else None, state.add_class(wanted))

    def delete(self, names: Iterable[str]) -> None:
        """Takes pictures out of the set; ``undo`` brings them back until ``forget_removed``, or until the set is opened a day later."""
        with self._journal.locked() as state:
            self._remove(state, "delete", [name for name in dict.fromkeys(names) if name in state.pictures])

    def delete_class(self, label: str) -> None:
        """Takes a class with all its pictures out of the set. Raises ``UnknownChoice``."""
        with self._journal.locked() as state:
            gone = state.existing_class(label)
            names = [name for name, place in state.pictures.items() if label_in(place) == gone]
            self._remove(state, "delete_class", names, (state.drop_class(gone),))

    def blur(self, name: str, box: Sequence[float]) -> None:
        """Makes a part of a picture unrecognisable in its file. The disk keeps nothing of what was there; ``undo`` knows it as long as this builder lives.

        Args:
            name: Of the picture.
            box: x1, y1, x2, y2 in pixels of the upright picture.

        Raises:
            BadArgument, UnknownChoice, OutputNotWritable, DiskFull, and as ``read_image``.
        """
        with self._journal.locked() as state:
            if name not in state.pictures:
                raise UnknownChoice.among("name", name, state.pictures)
            path = self.folder / state.pictures[name]
            before = read_image_bytes(path)
            write_bytes(path, blurred(before, box))
            self._sharp[len(state.steps)] = (name, before)
            self._journal.commit(Step("blur", by=self._by))

    def forget_removed(self) -> int:
        """Really deletes what was taken out, and returns how many files that were; nothing brings them back."""
        with self._journal.locked():
            self._sharp.clear()
            return self._journal.forget()

    @property
    def can_undo(self) -> bool:
        """Whether ``undo`` has something to take back."""
        return self._last_step(self._state()) is not None

    def undo(self) -> str | None:
        """Takes back this builder's last step that still stands, and returns what it was; None if there is none.

        After them come deletions from before it was opened, for a day: closing a page by mistake loses nothing.
        """
        with self._journal.locked() as state:
            number = self._last_step(state)
            if number is None:
                return None
            back = state.steps[number].reverse(by=self._by, number=number)
            name, sharp = self._sharp.pop(number, ("", b""))
            if place := state.pictures.get(name):
                write_bytes(self.folder / place, sharp)
            moves = tuple((origin, to) for origin, to in back.moves if (self.folder / origin).is_file() and not (self.folder / to).exists())
            self._journal.commit(Step(back.kind, moves, back.classes, back.by, undoes=number, split=back.split))
            return state.steps[number].kind

    def split(self, ratios: str | Sequence[float] = RATIOS, *, group: str = "", random_seed: int = 0) -> dict[str, dict[str, int]]:
        """Divides the pictures into training, validation and test, once; later pictures join their group's split, else one by their name.

        Args:
            ratios: Shares of training, validation and test.
            group: A pattern that finds the group in ``class/file.jpg``; without one what was recorded together stays together.
            random_seed: Another seed, another split.

        Returns:
            Split to class to number of pictures. Raises ``BadArgument``.
        """
        shares = read_ratios(ratios)
        with self._journal.locked() as state:
            finder = group_finder(group, [place.partition("/")[2] for place in state.pictures.values()]) if group else None
            record = {"ratios": list(shares), "group": group, "random_seed": random_seed}
            if record != state.split:  # else nothing moves
                items = [Item(name, label_in(place), state.group_of(place, finder)) for name, place in state.pictures.items()]
                placed = assign(items, ratios=shares, random_seed=random_seed)
                moves = [(place, f"{FOLDERS[placed[name]]}/{place.partition('/')[2]}") for name, place in state.pictures.items()]
                self._journal.commit(Step("split", tuple(move for move in moves if move[0] != move[1]), by=self._by, split=record))
            counts = {split: Counter(label_in(place) for place in state.pictures.values() if split_in(place) == split) for split in SPLITS}
        return {split: dict(found) for split, found in counts.items() if found}

    def _state(self) -> State:
        with self._journal.locked() as state:
            return state

    def _last_step(self, state: State) -> int | None:
        """The number of the last step of this builder that still stands; of those before it was opened, one that took pictures out which still lie there."""
        own = (
            i for i, step in enumerate(state.steps)
            if i not in state.undone and step.kind != "undo"
            and (step.by == self._by if i >= self._opened_at else step.kind in _TAKING and (self.folder / REMOVED / str(i)).is_dir())
        )  # fmt: skip
        return max(own, default=None)

    def _move(self, state: State, kind: str, label_for: Callable[[str], str | None], changes: tuple[Change, ...]) -> None:
        labels = {place: label_for(place) or label_in(place) for place in state.pictures.values()}
        moves = tuple((place, f"{place.partition('/')[0]}/{label}/{name_in(place)}") for place, label in labels.items() if label != label_in(place))
        self._journal.commit(Step(kind, moves, changes, self._by))

    def _remove(self, state: State, kind: str, names: Sequence[str], changes: tuple[Change, ...] = ()) -> None:
        moves = tuple((state.pictures[name], f"{REMOVED}/{len(state.steps)}/{state.pictures[name]}") for name in names)
        self._journal.commit(Step(kind, moves, changes, self._by))
