"""E6: what this machine lacks."""
from __future__ import annotations

from edukit.core.errors.base import EdukitError


class PackageMissing(EdukitError, ImportError):
    """``package`` is not installed; the extra ``extra`` brings it."""

    code = "E601"


class PortTaken(EdukitError, OSError):
    """Port ``port`` is in use."""

    code = "E602"


class OutOfMemory(EdukitError, MemoryError):
    """Not enough memory: ``detail``."""

    code = "E603"


class JobLost(EdukitError, RuntimeError):
    """The background job in ``path`` vanished without a last word."""

    code = "E605"
