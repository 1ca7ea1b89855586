"""Writing a dataset in any form, as a folder or a zip; pictures keep their bytes."""
from __future__ import annotations

import csv
import io
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Protocol

from edukit.core.errors import OutputExists
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import check_writable, json_text, output_error, read_record, user_path, write_json, writing
from edukit.core.parameters import PATH, AsOption, Metavar, Names, verb
from edukit.core.results import Result
from edukit.data.csv_list import HEAD
from edukit.data.dataset import FOLDERS, Dataset
from edukit.data.loading import DatasetLike, find_folder
from edukit.data.naming import free_name, is_junk, safe_name
from edukit.data.readers import read_draft
from edukit.data.sample import Sample
from edukit.data.samples import CARD
from edukit.data.text_files import text_files

MADE = "edukit.json"  # marks a folder that was written here, so that it may be written anew
_LICENCES = ("NOTICE", "LICENSE", "LICENSE.txt", "licenses")


class Target(Protocol):
    """Where an export goes: a folder or a zip."""

    def copy(self, path: Path, name: str) -> None:
        """Puts a file there, byte for byte."""

    def text(self, name: str, text: str) -> None:
        """Puts a text there, as UTF-8."""

    def data(self, name: str, data: bytes) -> None:
        """Puts a file with these bytes there."""


Exporter = Callable[[Dataset, Target, Callable[[Sample], None]], None]  # the dataset, where it goes, and what to call after each picture


@dataclass(frozen=True)
class Exported(Result):
    """What ``export_dataset`` wrote.

    Args:
        path: The folder or zip.
        format: Its form.
        images: How many pictures.
        by_split: Split to class to number of pictures.
    """

    path: Path
    format: str
    images: int
    by_split: Mapping[str, Mapping[str, int]]


@verb
def export_dataset(
    source: Annotated[DatasetLike, Metavar("DATASET")],
    *,
    out: Annotated[PATH, AsOption(), Metavar("DIR|FILE.zip")],
    format: Annotated[str, Names(lambda: EXPORTERS), Metavar("NAME")] = "imagenet",
    random_seed: int = 0,
    overwrite: bool = False,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> Exported:
    """Writes a dataset in another form.

    Args:
        source: The name of a set, a folder, zip or CSV file, or a ``Dataset``.
        out: The folder, or the zip file, to write; an existing one is replaced only with ``overwrite``, and a folder only if it was written here.
        format: ``"imagenet"``, ``"splits"`` (train, val, test), ``"folders"`` (class folders without splits) or ``"csv"``.
        random_seed: Of the split in memory of a dataset that has none.
        overwrite: Whether ``out`` may be replaced.
        on_event, should_stop: Progress, one ``"picture"`` at a time, and the wish to stop.

    Raises:
        UnknownChoice, OutputExists, OutputNotWritable, DiskFull, and as ``load_dataset``.
        Stopped: The user asked to stop; nothing is left behind.

    Example:
        >>> export_dataset("emoji", out="emoji.zip", format="folders").images
        377
    """
    exporter = find_exporter(format)
    dataset = source if isinstance(source, Dataset) else read_draft(find_folder(source), random_seed=random_seed).dataset
    target = user_path(out, output=True)
    write_dataset(dataset, target, exporter, overwrite=overwrite, reporter=Reporter(on_event, should_stop))
    counts: dict[str, dict[str, int]] = {split.name: split.counts for split in dataset.splits}
    return Exported(target, format, sum(map(len, dataset.splits)), counts)


def find_exporter(name: str) -> Exporter:
    """The exporter of that name. Raises ``UnknownChoice``."""
    from edukit.core.errors import UnknownChoice

    if name not in EXPORTERS:
        raise UnknownChoice.among("format", name, EXPORTERS)
    return EXPORTERS[name]


def write_dataset(
    dataset: Dataset, out: Path, exporter: Exporter, *, overwrite: bool = False, reporter: Reporter | None = None, more: Mapping[str, str] | None = None,
    record: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Writes ``dataset`` at ``out``: all of it, or nothing.

    Args:
        dataset, out, exporter, overwrite, reporter: As in ``export_dataset``.
        more: Further text files: name to text.
        record: What else is to be known of a folder that was made here.
    """
    total, done = sum(map(len, dataset.splits)), 0

    def copied(_: Sample) -> None:
        nonlocal done
        done += 1
        if reporter:
            reporter.check()
            reporter.progress(done, total, "picture")

    with filling(out, overwrite, record) as target:
        _fill(dataset, target, exporter, copied, more or {})


@contextmanager
def filling(out: Path, overwrite: bool, record: Mapping[str, Any] | None = None) -> Iterator[Target]:
    """A folder, or a zip where ``out`` ends so, that is being filled: it appears when it is whole, and not at all if anything goes wrong.

    Raises:
        OutputExists, OutputNotWritable, and what writing raises.
    """
    settle_folder(out, overwrite)
    try:
        if out.suffix.lower() == ".zip":
            with writing(out) as temporary, zipfile.ZipFile(temporary, "w") as archive:
                yield ZipTarget(archive)
            return
        temporary, old = (out.parent / f".ek-{secrets.token_hex(4)}" for _ in range(2))
        try:
            temporary.mkdir(parents=True)
            yield FolderTarget(temporary)
            write_json(temporary / MADE, {**(record or {}), "made_by": "edukit", "files": _count(temporary)})
            if out.exists():
                out.replace(old)
            temporary.replace(out)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise output_error(error, out) from error


def settle_folder(out: Path, overwrite: bool) -> None:
    """Raises ``OutputExists`` where something lies that may not be replaced, ``OutputNotWritable`` where nothing can be written."""
    check_writable(out)
    if out.suffix.lower() == ".zip":
        if out.is_dir() or (out.exists() and not overwrite):
            raise OutputExists(path=out)
    elif out.exists() and not (out.is_dir() and (not any(out.iterdir()) or (overwrite and _is_ours(out)))):
        raise OutputExists(path=out)


def _is_ours(folder: Path) -> bool:
    """Whether all that lies there was written here: a picture that somebody added is not to be lost."""
    made = read_record(folder / MADE)
    return made.get("made_by") == "edukit" and made.get("files") == _count(folder)


def _count(folder: Path) -> int:
    return sum(path.is_file() and path.name != MADE and not is_junk(path.name) for path in folder.rglob("*"))


def _fill(dataset: Dataset, target: Target, exporter: Exporter, copied: Callable[[Sample], None], more: Mapping[str, str]) -> None:
    exporter(dataset, target, copied)
    for name, text in more.items():
        target.text(name, text)
    for name in _LICENCES:  # pictures of others travel with their terms
        path = dataset.folder / name
        for file in [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file() and not is_junk(file.name)]:
            target.copy(file, file.relative_to(dataset.folder).as_posix())


class FolderTarget:
    """A folder that is being filled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy(self, path: Path, name: str) -> None:
        """Puts a file there, byte for byte."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)

    def text(self, name: str, text: str) -> None:
        """Puts a text there, as UTF-8."""
        self.data(name, text.encode())

    def data(self, name: str, data: bytes) -> None:
        """Puts a file with these bytes there."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


class ZipTarget:
    """A zip that is being filled; pictures are compressed already."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive

    def copy(self, path: Path, name: str) -> None:
        """Puts a file there, byte for byte; without its date, so that the same dataset is the same zip."""
        with self.archive.open(zipfile.ZipInfo(name), "w") as out, path.open("rb") as stream:
            shutil.copyfileobj(stream, out, 1 << 20)

    def text(self, name: str, text: str) -> None:
        """Puts a text there, as UTF-8."""
        self.data(name, text.encode())

    def data(self, name: str, data: bytes) -> None:
        """Puts a file with these bytes there."""
        self.archive.writestr(zipfile.ZipInfo(name), data)


def place_pictures(dataset: Dataset, target: Target, copied: Callable[[Sample], None], folders: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Copies every picture into its class folder below ``folders[split]``, under a name that every system takes; split to ``(file, label)``."""
    taken: dict[str, set[str]] = {}
    placed: dict[str, list[tuple[str, str]]] = {}
    for split in dataset.splits:
        for sample in split:
            label = safe_name(sample.label)
            folder = f"{folders[split.name]}{label}"
            name = free_name(safe_name(sample.path.name), taken.setdefault(folder, set()))
            target.copy(sample.path, f"{folder}/{name}")
            copied(sample)
            placed.setdefault(split.name, []).append((f"{label}/{name}", label))
    return placed


def _card(dataset: Dataset, target: Target, splits: list[str]) -> None:
    """What the source says of itself, and which splits it is meant to have; nothing where the folders say it all."""
    known = {key: value for key, value in read_record(dataset.folder / CARD).items() if key not in ("sha256", "files", "model")}
    if known or dataset.class_names or len(splits) not in (0, 3):
        more: dict[str, Any] = {"splits": splits} if splits else {}
        target.text(CARD, json_text(known | {"name": dataset.name, "class_names": dataset.class_names} | more, indent=1) + "\n")


def _in_folders(folders: Mapping[str, str], *, listed: bool = False) -> Exporter:
    """The form of class folders below a folder for each split (``""``: one for all), with lists of the files where programs expect them."""

    def export(dataset: Dataset, target: Target, copied: Callable[[Sample], None]) -> None:
        placed = place_pictures(dataset, target, copied, folders)
        for name, text in text_files([safe_name(label) for label in dataset.classes], placed if listed else {}).items():
            target.text(name, text)
        _card(dataset, target, list(placed) if any(folders.values()) else [])

    return export


def _export_csv(dataset: Dataset, target: Target, copied: Callable[[Sample], None]) -> None:
    placed = place_pictures(dataset, target, copied, {split: f"{split}/" for split in FOLDERS})
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows([f"{split}/{file}", label, split] for split, files in placed.items() for file, label in files)
    target.text(f"{safe_name(dataset.name)}.csv", stream.getvalue())


EXPORTERS: dict[str, Exporter] = {
    "imagenet": _in_folders({split: f"{folder}/" for split, folder in FOLDERS.items()}, listed=True),
    "splits": _in_folders({"train": "train/", "validation": "val/", "test": "test/"}), "folders": _in_folders(dict.fromkeys(FOLDERS, "")),
    "csv": _export_csv,
}  # fmt: skip
