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
