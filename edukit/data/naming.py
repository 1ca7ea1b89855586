"""Names as systems hand them out, made comparable: order, one spelling, and safe to print."""
from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path


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
