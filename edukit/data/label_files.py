"""The text files of a dataset folder, read against its class folders, and written: classes.txt, and train.txt, val.txt, test.txt with lines ``file.jpg 0``
or ``class/file.jpg 0``."""
from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from edukit.core.errors import EdukitError, FileTooLarge, FileUnreadable
from edukit.core.files import input_file, write_text
from edukit.core.i18n import t
from edukit.data.naming import label_of, printable
from edukit.data.problems import MOST_LISTED, Problem, problem
from edukit.data.scanning import ClassFolders

MAX_BYTES, MAX_LINES = 20_000_000, 200_000  # of one text file: twice the pictures that a dataset may have
LABEL_FILES = {"train": "train.txt", "validation": "val.txt", "test": "test.txt"}


class Line(NamedTuple):
    """One line of a text file: its number from 1, and what it says."""

    number: int
    text: str


@dataclass(frozen=True)
class LabelLine:
    """One line of a label file; ``index`` is None where the line does not end in a whole number."""

    number: int
    text: str
    name: str
    index: int | None


def read_classes(path: Path, inside: ClassFolders) -> tuple[list[str], list[Problem]]:
    """The labels in order: as classes.txt (``path``) lists them, then the class folders that it forgets."""
    folders = inside.labels
    if not path.is_file():
        return folders, []
    labels: dict[str, None] = {}
    wrong: list[tuple[str, dict[str, Any]]] = []
    for line in read_lines(path):
        label = line.text if line.text in inside.folders else line.text.strip()
        if label in labels:
            wrong.append(("class_twice", {"line": line.number, "label": label}))
        elif folders and label not in inside.folders:
            wrong.append(("no_folder", {"line": line.number, "label": label, "folder": printable(inside.folder.name)}))
        labels[label] = None
    forgotten = [label for label in folders if label not in labels]
    wrong += [("not_in_classes", {"label": label}) for label in forgotten]
    return [*labels, *forgotten], mismatches(path, "", wrong)


def mismatches(path: Path, split: str, found: Sequence[tuple[str, dict[str, Any]]]) -> list[Problem]:
    """What one text file says otherwise than the folders; of a file that is wrong from end to end the first lines are listed, the rest counted."""
    more = [("more", {"count": len(found) - MOST_LISTED})] if len(found) > MOST_LISTED else []
    return [problem("label_mismatch", path, split=split, variant=variant, **values) for variant, values in [*found[:MOST_LISTED], *more]]


def numbered_classes(paths: Iterable[Path]) -> list[str]:
    """The classes of splits that are flat folders with label files but no classes.txt: they have only numbers."""
    indices = [line.index for path in paths for line in read_label_lines(path) if line.index is not None and line.index < 10_000]
    return [str(index) for index in range(max(indices, default=-1) + 1)]


def compare_labels(path: Path, split: str, inside: ClassFolders, files: dict[str, list[Path]]) -> list[Problem]:
    """Reads the label file of a split against its folders.

    Args:
        path: The label file.
        split, inside: The split's name and folders.
        files: Label to pictures, labels in order; pictures outside class folders are added under the label that the file gives them.
    """
    classes, by_name = list(files), _by_name(inside)
    labels = {picture: label for label, pictures in files.items() for picture in pictures}
    listed: set[Path] = set()
    wrong: list[tuple[str, dict[str, Any]]] = []
    for line in read_label_lines(path):
        candidates = by_name.get(line.name, [])
        variant = _variant(line, len(classes), candidates)
        if not variant:
            wanted = classes[line.index or 0]
            picture = min(candidates, key=lambda one: (labels.get(one) != wanted, one in labels))
            if picture not in labels:
                labels[picture] = wanted
                files[wanted].append(picture)
            if labels[picture] == wanted:
                listed.add(picture)
                continue
        listed.update(candidates)
        label = next((labels[one] for one in candidates if one in labels), "")
        values = {"line": line.number, "name": line.name, "text": line.text.strip()[:80], "index": line.index, "classes": len(classes), "label": label}
        wrong.append((variant or "wrong_index", values))
    forgotten = [picture for picture in labels if picture not in listed]
    if forgotten:
        wrong.append(("unlisted", {"count": len(forgotten), "name": printable(forgotten[0].relative_to(inside.folder))}))
    return mismatches(path, split, wrong)


def _variant(line: LabelLine, classes: int, candidates: Sequence[Path]) -> str:
    """What is wrong with the line by itself; empty if it names a class and a file that are there."""
    if line.index is None:
        return "not_a_line"
    if line.index >= classes:
        return "no_class"
    return "" if candidates else "unknown_file"


def _by_name(inside: ClassFolders) -> dict[str, list[Path]]:
    """What a line may call a file: its name, its path from the split's folder, or its path from the dataset's."""
    names: dict[str, list[Path]] = {}
    for path in [*inside.loose, *(path for paths in inside.files.values() for path in paths)]:
        relative = label_of(str(path.relative_to(inside.folder)).replace("\\", "/"))
        for name in {relative, relative.rpartition("/")[2], f"{inside.folder.name}/{relative}"}:
            names.setdefault(name, []).append(path)
    return names


def read_lines(path: Path) -> list[Line]:
    """The lines that are not blank; UTF-8, else what Windows editors write in China.

    Raises:
        FileTooLarge, FileUnreadable
    """
    try:
        data = input_file(path, max_bytes=MAX_BYTES).read_bytes()
    except OSError as error:
        if isinstance(error, EdukitError):
            raise
        raise FileUnreadable(path=path, reason=error.strerror) from error
    text = unicodedata.normalize("NFC", _decode(data))
    lines = text.split("\n" if "\n" in text else "\r")
    if len(lines) > MAX_LINES:
        raise FileTooLarge(path=path, found=t("data.lines", count=len(lines)), limit=t("data.lines", count=MAX_LINES))
    return [Line(number, line.rstrip("\r")) for number, line in enumerate(lines, 1) if line.strip()]


def read_label_lines(path: Path) -> Iterator[LabelLine]:
    """The lines of a label file. Raises as ``read_lines``."""
    for number, text in read_lines(path):
        name, _, index = text.rstrip().replace("\t", " ").rpartition(" ")
        known = index.isascii() and index.isdigit() and len(index) <= 9
        yield LabelLine(number, text, name.strip().replace("\\", "/").removeprefix("./"), int(index) if known else None)


def _decode(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def text_files(classes: Sequence[str], files: Mapping[str, Iterable[tuple[str, str]]]) -> dict[str, str]:
    """Name to text: classes.txt, and one for each split that has pictures.

    Args:
        classes: The labels in order.
        files: Split to ``("class/file.jpg", "class")``.

    Example:
        >>> text_files(["cat", "dog"], {"test": [("dog/a.png", "dog")]})
        {'classes.txt': 'cat\\ndog\\n', 'test.txt': 'dog/a.png 1\\n'}
    """
    index = {label: place for place, label in enumerate(classes)}
    lists = {LABEL_FILES[split]: [f"{file} {index[label]}" for file, label in listed] for split, listed in files.items()}
    return {name: "".join(f"{line}\n" for line in lines) for name, lines in {"classes.txt": classes, **lists}.items()}


def write_text_files(folder: Path, classes: Sequence[str], files: Mapping[str, Iterable[tuple[str, str]]]) -> None:
    """Writes them where they say something else than is there. Raises ``DiskFull``, ``OutputNotWritable``."""
    for name, text in text_files(classes, files).items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != text.encode():
            write_text(path, text)
