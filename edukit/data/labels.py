"""The text files of an ImageNet-format folder: classes.txt, and train.txt, val.txt, test.txt with lines ``file.jpg 0`` or ``class/file.jpg 0``."""
from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from edukit.core.errors import EdukitError, FileTooLarge, FileUnreadable
from edukit.core.files import input_file
from edukit.core.i18n import t

MAX_BYTES, MAX_LINES = 20_000_000, 200_000  # of one text file: twice the pictures that a dataset may have
LABEL_FILES = {"train": "train.txt", "validation": "val.txt", "test": "test.txt"}


@dataclass(frozen=True)
class Line:
    """One line of a text file: its number from 1, and what it says."""

    number: int
    text: str


@dataclass(frozen=True)
class LabelLine(Line):
    """One line of a label file; ``index`` is None where the line does not end in a whole number."""

    name: str
    index: int | None


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
    lines = unicodedata.normalize("NFC", _decoded(data)).split("\n")
    if len(lines) > MAX_LINES:
        raise FileTooLarge(path=path, found=t("data.lines", count=len(lines)), limit=t("data.lines", count=MAX_LINES))
    return [Line(number, line.rstrip("\r")) for number, line in enumerate(lines, 1) if line.strip()]


def read_label_lines(path: Path) -> list[LabelLine]:
    """The lines of a label file. Raises as ``read_lines``."""
    return [_label_line(line) for line in read_lines(path)]


def _label_line(line: Line) -> LabelLine:
    name, _, index = line.text.rstrip().replace("\t", " ").rpartition(" ")
    known = index.isascii() and index.isdigit() and len(index) <= 9
    return LabelLine(line.number, line.text, name.strip().replace("\\", "/").removeprefix("./"), int(index) if known else None)


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")
