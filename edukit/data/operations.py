"""The log of what was done to a dataset that is being built: one JSON line a step, written before files move, so that any step can be finished or undone.

The folder's files are the truth; the log adds order, groups, and the way back.
"""
from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from edukit.core.errors import EdukitError, OutputNotWritable
from edukit.core.files import json_text, output_error, write_bytes
from edukit.data.builder_state import REMOVED, State, Step, inside, label_in, name_in, split_in
from edukit.data.dataset import FOLDERS
from edukit.data.label_files import LABEL_FILES, read_lines, write_text_files
from edukit.data.naming import free_name
from edukit.data.scanning import Scan
from edukit.data.splitting import RATIOS

LOG, LOCK = "operations.jsonl", "operations.lock"
LOCK_SECONDS = 60


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
        before, done = self._write(step), []
        try:
            for origin, to in step.moves:
                if origin and to:
                    self.move(origin, to)
                    done.append((origin, to))
        except OSError:
            for origin, to in reversed(done):
                with suppress(OSError):  # the disk failed once already; what cannot go back is found where it lies when the set is opened
                    self.move(to, origin)
            with suppress(OSError):
                os.truncate(self.folder / LOG, before)
            self._clear([to for _, to in step.moves])
            raise
        self._apply(step)

    def commit_new(self, step: Step, contents: Sequence[bytes]) -> None:
        """Writes the step, then the pictures that it adds, in their order; if that ends early, the step is of those that were written."""
        before, written = self._write(step), 0  # first: on a disk that gets full there is room for the shorter line then
        try:
            for (_, to), data in zip(step.moves, contents):
                write_bytes(self.folder / to, data)
                written += 1
        finally:
            if written < len(step.moves):
                os.truncate(self.folder / LOG, before)
                self._clear([step.moves[written][1]])
                step = replace(step, moves=step.moves[:written])
                if written:
                    self._write(step)
            if written or not contents:
                self._apply(step)

    def _write(self, step: Step) -> int:
        """Adds a line to the log, or nothing, and returns how long the log was before."""
        path = self.folder / LOG
        before = path.stat().st_size if path.exists() else 0
        try:
            with path.open("ab") as stream:
                stream.write((json_text(step.to_dict()) + "\n").encode())
        except OSError:
            with suppress(OSError):
                os.truncate(path, before)
            raise
        return before

    def _apply(self, step: Step) -> None:
        self.state.apply(step)
        self._clear([origin for origin, _ in step.moves], *step.classes)
        self._read_bytes = (self.folder / LOG).stat().st_size
        self._tidy()

    def move(self, origin: str, to: str) -> None:
        """Moves a file inside the folder."""
        target = self.folder / to
        target.parent.mkdir(parents=True, exist_ok=True)
        (self.folder / origin).replace(target)

    def finish(self) -> None:
        """Does what a crash or a full disk kept the last step from doing."""
        if not self.state.steps:
            return
        last = self.state.steps[-1]
        for origin, to in last.moves:
            if origin and to and (self.folder / origin).is_file() and not (self.folder / to).exists():
                self.move(origin, to)
        self._clear([origin for origin, _ in last.moves], *last.classes)
        with suppress(OSError, EdukitError):  # still full: the set can be looked at all the same
            self._tidy()

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

    def adopt(self) -> None:
        """Brings the state into line with the folders, where somebody put files there or took some away by hand.

        Files whose names are in the set already, or that lie deeper than in a class folder, get a place and a name of their own.
        """
        scan, places, state = Scan(self.folder), [], self.state
        labels: dict[str, None] = dict.fromkeys(state.classes)
        for part in FOLDERS.values():
            inside = scan.class_folders(self.folder / part) if (self.folder / part).is_dir() else None
            for label, paths in inside.files.items() if inside else ():
                labels.setdefault(label)
                places += [(path.relative_to(self.folder).as_posix(), part, label) for path in paths]
        there = {place for place, _, _ in places}
        moves = [(place, "") for place in state.pictures.values() if place not in there]
        known = {place for place in state.pictures.values() if place in there}
        taken = state.names_used
        for place, part, label in places:
            if place not in known:
                to = f"{part}/{label}/{free_name(name_in(place), taken)}"
                moves.append((place if place != to else "", to))
        order = self._listed()
        changes = tuple(("add", label) for label in sorted(labels, key=lambda label: order.get(label, len(order))) if label not in state.classes)
        if moves or changes:
            divided = state.split is None and any(part != FOLDERS["train"] for _, part, _ in places)
            self.commit(Step("adopt", tuple(moves), changes, split={"ratios": list(RATIOS), "group": "", "random_seed": 0} if divided else None))

    def _listed(self) -> dict[str, int]:
        """The place of each label in the order that somebody wrote down."""
        path = self.folder / "classes.txt"
        with suppress(EdukitError):
            return {line.text.strip(): place for place, line in enumerate(read_lines(path))} if path.is_file() else {}
        return {}

    def forget(self, seconds: float = 0) -> int:
        """Really deletes what was taken out of the set so many seconds ago or longer, and returns how many files that were."""
        old = [part for part in (self.folder / REMOVED).glob("*") if time.time() - part.stat().st_mtime >= seconds]
        count = sum(path.is_file() for part in old for path in part.rglob("*"))
        for part in old:
            shutil.rmtree(part, ignore_errors=True)
        return count

    def _tidy(self) -> None:
        """Class folders and text files follow the steps; the text files of pictures only where somebody had them written."""
        for split, part in FOLDERS.items():
            if split == "train" or self.state.split:
                for label in self.state.classes:
                    (self.folder / part / label).mkdir(parents=True, exist_ok=True)
        files: dict[str, list[tuple[str, str]]] = {split: [] for split, name in LABEL_FILES.items() if (self.folder / name).exists()}
        for place in self.state.pictures.values():
            if split_in(place) in files:
                files[split_in(place)].append((place.partition("/")[2], label_in(place)))
        write_text_files(self.folder, self.state.classes, files)


def _steps(lines: Iterable[bytes]) -> Iterator[Step]:
    for line in lines:
        with suppress(ValueError, TypeError, KeyError, IndexError):  # a damaged line: the folder's files tell what it would have said
            step = Step.from_dict(json.loads(line))
            if inside(step.moves):  # a log may come with somebody else's dataset
                yield step
