"""E5: outputs that cannot be written, or must not be replaced."""
from __future__ import annotations

from edukit.core.errors.base import EdukitError


class OutputExists(EdukitError, FileExistsError):
    """``path`` exists and is not ours to replace."""

    code = "E501"


class OutputNotWritable(EdukitError, PermissionError):
    """``path`` cannot be written: ``reason``."""

    code = "E502"


class DiskFull(EdukitError, OSError):
    """No room left for ``path``."""

    code = "E503"


class FolderBusy(EdukitError, RuntimeError):
    """Another job works in ``path``."""

    code = "E504"


class BadSuffix(EdukitError, ValueError):
    """``path`` must end in ``wanted``."""

    code = "E505"


class NothingToResume(EdukitError, ValueError):
    """``path`` holds no unfinished training: ``reason``."""

    code = "E506"
