"""Names of files: their order, their one spelling, how they are printed, and which of them systems left behind."""
from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

_JUNK = {"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "__pycache__", "$recycle.bin", "system volume information", "lost+found", "@eadir", "icon\r"}


def natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Sorts ``"class2"`` before ``"class10"``, and everything else by its characters.

    Example:
        >>> sorted(["10", "9", "cat"], key=natural_key)
        ['9', '10', 'cat']
    """
    parts = [part for part in re.split(r"([0-9]+)", name) if part]
    return [(0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts], name


def label_of(folder_name: str) -> str:
    """The label of a class folder: its name, in the one Unicode spelling (macOS writes another) and always printable as UTF-8."""
    return unicodedata.normalize("NFC", printable(folder_name))


def printable(path: str | Path) -> str:
    """A path as text that any encoder takes: bytes of a name that are no UTF-8 become ``\\xff``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def one_line(text: str) -> str:
    """Text for a list in a terminal: control characters, line ends among them, become ``\\n`` and the like."""
    return "".join(repr(sign)[1:-1] if unicodedata.category(sign) == "Cc" else sign for sign in text)


def is_junk(name: str) -> bool:
    """Whether a file or folder of this name is left over by a system: hidden ones, ``Thumbs.db``, ``__MACOSX`` and their like.

    Example:
        >>> is_junk(".ipynb_checkpoints"), is_junk("cat.jpg")
        (True, False)
    """
    return name.startswith((".", "~$")) or name.lower() in _JUNK


_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)  # Windows takes them for devices, whatever follows the dot
MOST_BYTES = 200  # of one name: file systems allow 255, and a number may be put behind


def safe_name(name: str) -> str:
    """The nearest name that every system takes: one Unicode spelling, no forbidden characters, no device's name, not too long.

    Example:
        >>> safe_name("a:b?.png"), safe_name("CON"), safe_name(" x. ")
        ('a_b_.png', 'CON_', 'x')
    """
    clean = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", printable(name))).strip(" ").rstrip(". ")
    if _RESERVED.fullmatch(clean):
        stem, dot, rest = clean.partition(".")
        clean = f"{stem}_{dot}{rest}"
    clean = f"_{clean.lstrip('.~')}" if is_junk(clean) else clean
    stem, suffix = os.path.splitext(clean)  # noqa: PTH122 - a name, no path
    while len((stem + suffix).encode()) > MOST_BYTES:
        stem, suffix = (stem[:-1], suffix) if stem else ("", suffix[:-1])
    return stem + suffix or "_"


def same_name(name: str) -> str:
    """What two names share that some system takes for one: case and Unicode spelling do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", name).casefold())


def free_name(name: str, taken: set[str]) -> str:
    """``name``, or the first of ``name-2``, ``name-3`` … that no system takes for one of ``taken``, to which it is added.

    Args:
        name: A safe name.
        taken: ``same_name`` of the names that are there.
    """
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a name, no path
    found, number = name, 1
    while same_name(found) in taken:
        number += 1
        found = f"{stem}-{number}{suffix}"
    taken.add(same_name(found))
    return found
