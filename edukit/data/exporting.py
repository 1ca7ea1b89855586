"""Writing a dataset in any form, as a folder or a zip; pictures keep their bytes."""
from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Self

from edukit.core.errors import BadArgument, OutputExists, UnknownChoice
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import check_writable, input_file, json_text, read_record, user_path, write_json, writing, writing_folder
from edukit.core.i18n import t
from edukit.core.limits import MAX_IMAGE_BYTES
from edukit.core.parameters import PATH, AsOption, Metavar, Names, verb
from edukit.core.results import Result
from edukit.data.csv_list import HEAD
from edukit.data.dataset import FOLDERS, Dataset
from edukit.data.label_files import text_files
from edukit.data.loading import DatasetLike, find_folder
from edukit.data.naming import free_name, is_junk, printable, safe_name
from edukit.data.readers import read_draft
from edukit.data.samples import CARD

MADE = "edukit.json"  # marks a folder that was written here, so that it may be written anew
_LICENCES = ("NOTICE", "LICENSE", "LICENSE.txt", "licenses")


Content = Path | bytes | str  # a file to copy byte for byte, bytes, or a text for UTF-8
Put = Callable[[str, Content], None]  # puts a file of this name, folders included, into what is being written
Exporter = Callable[[Dataset], Iterator[tuple[str, Content]]]  # the files to write; a path is a picture


@dataclass(frozen=True)
class Written(Result):
    """A dataset that was written.

    Args:
        path: The folder or zip.
        images: How many pictures.
        by_split: Split to class to number of pictures.
    """

    path: Path
    images: int
    by_split: Mapping[str, Mapping[str, int]]

    @classmethod
    def of(cls, dataset: Dataset, path: Path, **more: Any) -> Self:
        """That ``dataset`` was written at ``path``, and what else is told of it."""
        return cls(path=path, images=sum(map(len, dataset.splits)), by_split={split.name: split.counts for split in dataset.splits}, **more)


@dataclass(frozen=True)
class Exported(Written):
    """What ``export_dataset`` wrote: also its ``format``."""

    format: str


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
    if format not in EXPORTERS:
        raise UnknownChoice.among("format", format, EXPORTERS)
    dataset = source if isinstance(source, Dataset) else read_draft(find_folder(source), random_seed=random_seed).dataset
    target = user_path(out, output=True)
    write_dataset(dataset, target, EXPORTERS[format], overwrite=overwrite, reporter=Reporter(on_event, should_stop))
    return Exported.of(dataset, target, format=format)


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
    if any(root.resolve() in out.resolve().parents for root in dataset.class_roots):  # what is written would be a class of the dataset
        raise BadArgument(name="out", value=printable(out), wanted=t("data.wanted.outside"))
    with filling(out, overwrite, record) as put:
        for name, content in exporter(dataset):
            put(name, input_file(content, max_bytes=MAX_IMAGE_BYTES) if isinstance(content, Path) else content)  # a pipe would never end
            if reporter and isinstance(content, Path):
                done += 1
                reporter.check()
                reporter.progress(done, total, "picture")
        for name, content in chain[tuple[str, Content]]((more or {}).items(), _terms(dataset.folder)):
            put(name, content)


@contextmanager
def filling(out: Path, overwrite: bool, record: Mapping[str, Any] | None = None) -> Iterator[Put]:
    """A folder, or a zip where ``out`` ends so, that is being filled: it appears when it is whole, and not at all if anything goes wrong.

    Raises:
        OutputExists, OutputNotWritable, and what writing raises.
    """
    settle_folder(out, overwrite)
    if out.suffix.lower() == ".zip":
        with writing(out) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            yield partial(_put_into_zip, archive)
        return
    with writing_folder(out) as folder:
        yield partial(_put_into_folder, folder)
        write_json(folder / MADE, {**(record or {}), "made_by": "edukit", "files": _count(folder)})


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


def _put_into_folder(folder: Path, name: str, content: Content) -> None:
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, Path):
        shutil.copyfile(content, target)
    else:
        target.write_bytes(content.encode() if isinstance(content, str) else content)


def _put_into_zip(archive: zipfile.ZipFile, name: str, content: Content) -> None:
    """Without a date, so that the same dataset is the same zip, and without compressing: pictures are compressed already."""
    if isinstance(content, Path):
        with archive.open(zipfile.ZipInfo(name), "w") as out, content.open("rb") as stream:
            shutil.copyfileobj(stream, out, 1 << 20)
    else:
        archive.writestr(zipfile.ZipInfo(name), content)


def _terms(folder: Path) -> Iterator[tuple[str, Path]]:
    """The licences of a dataset: pictures of others travel with their terms."""
    for path in (folder / name for name in _LICENCES):
        for file in [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file() and not is_junk(file.name)]:
            yield file.relative_to(folder).as_posix(), file


def place_pictures(dataset: Dataset, folders: Mapping[str, str]) -> dict[str, list[tuple[Path, str, str]]]:
    """Split to ``(picture, "class/file.jpg", class)``: the place below ``folders[split]`` that each gets, under a name that every system takes."""
    taken: dict[str, set[str]] = defaultdict(set)
    placed: dict[str, list[tuple[Path, str, str]]] = defaultdict(list)
    for split in dataset.splits:
        for sample in split:
            label = safe_name(sample.label)
            name = free_name(safe_name(sample.path.name), taken[f"{folders[split.name]}{label}"])
            placed[split.name].append((sample.path, f"{label}/{name}", label))
    return placed


def _in_folders(dataset: Dataset, *, folders: Mapping[str, str], listed: bool = False) -> Iterator[tuple[str, Content]]:
    """The form of class folders below a folder for each split (``""``: one for all), with lists of the files where programs expect them."""
    placed = place_pictures(dataset, folders)
    yield from ((f"{folders[split]}{file}", path) for split, files in placed.items() for path, file, _ in files)
    lists = {split: [(file, label) for _, file, label in files] for split, files in placed.items() if listed}
    yield from text_files([safe_name(label) for label in dataset.classes], lists).items()
    splits = list(placed) if any(folders.values()) else []
    known = {key: value for key, value in read_record(dataset.folder / CARD).items() if key not in ("sha256", "files", "model")}
    if known or dataset.class_names or len(splits) not in (0, 3):  # else the folders say it all
        more: dict[str, Any] = {"splits": splits} if splits else {}
        yield CARD, json_text(known | {"name": dataset.name, "class_names": dataset.class_names} | more, indent=1) + "\n"


def _as_csv(dataset: Dataset) -> Iterator[tuple[str, Content]]:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEAD)
    for split, files in place_pictures(dataset, {split: f"{split}/" for split in FOLDERS}).items():
        yield from ((f"{split}/{file}", path) for path, file, _ in files)
        writer.writerows([f"{split}/{file}", label, split] for _, file, label in files)
    yield f"{safe_name(dataset.name)}.csv", stream.getvalue()


EXPORTERS: dict[str, Exporter] = {
    "imagenet": partial(_in_folders, folders={split: f"{folder}/" for split, folder in FOLDERS.items()}, listed=True),
    "splits": partial(_in_folders, folders={"train": "train/", "validation": "val/", "test": "test/"}),
    "folders": partial(_in_folders, folders=dict.fromkeys(FOLDERS, "")),
    "csv": _as_csv,
}
