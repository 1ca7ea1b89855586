"""E1: files and pictures that cannot be read."""
from __future__ import annotations

from edukit.core.errors.base import EdukitError


class FileMissing(EdukitError, FileNotFoundError):
    """No file at ``path``."""

    code = "E101"


class EmptyFile(EdukitError, ValueError):
    """The file at ``path`` has no bytes."""

    code = "E102"


class NotAnImage(EdukitError, ValueError):
    """The file at ``path`` bears no known picture signature."""

    code = "E103"


class PhonePhoto(NotAnImage):
    """The picture at ``path`` is HEIC or AVIF, which nothing here can decode."""

    code = "E111"


class TruncatedImage(EdukitError, ValueError):
    """The picture at ``path`` ends early."""

    code = "E104"


class UnreadableImage(EdukitError, ValueError):
    """The picture at ``path`` has a right signature but does not decode."""

    code = "E105"


class ImageTooLarge(EdukitError, ValueError):
    """The picture at ``path`` has ``found`` pixels or bytes, more than ``limit``."""

    code = "E106"


class NotAFile(EdukitError, IsADirectoryError):
    """A folder or device at ``path`` where a file is wanted."""

    code = "E107"


class FileTooLarge(EdukitError, ValueError):
    """The file at ``path`` is ``found`` large, more than ``limit``."""

    code = "E108"


class BadArray(EdukitError, ValueError):
    """An array of ``shape`` and ``dtype`` that is no picture."""

    code = "E109"


class FileUnreadable(EdukitError, PermissionError):
    """The file at ``path`` cannot be opened: ``reason``."""

    code = "E110"
