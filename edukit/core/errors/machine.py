"""E4 to E6: arguments that make no sense, outputs that cannot be written, what this machine lacks."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from edukit.core.errors.base import EdukitError, nearest


class BadArgument(EdukitError, ValueError, code="E401"):
    """The argument ``name`` is ``value``; it must be ``wanted``."""


class UnknownChoice(EdukitError, ValueError, code="E402"):
    """The argument ``name`` is ``value``, none of ``choices``; ``nearest`` is the nearest."""

    @classmethod
    def among(cls, name: str, value: object, choices: Iterable[str]) -> Self:
        """The error for one argument and its possible values."""
        names = list(choices)
        return cls(name=name, value=value, choices=", ".join(names), nearest=nearest(str(value), names))


class UsageError(EdukitError, ValueError, code="E403"):
    """The command line cannot be read: ``detail``."""


class OutputExists(EdukitError, FileExistsError, code="E501"):
    """``path`` exists and is not ours to replace."""


class OutputNotWritable(EdukitError, PermissionError, code="E502"):
    """``path`` cannot be written: ``reason``."""


class DiskFull(EdukitError, OSError, code="E503"):
    """No room left for ``path``."""


class FolderBusy(EdukitError, RuntimeError, code="E504"):
    """Another job works in ``path``."""


class BadSuffix(EdukitError, ValueError, code="E505"):
    """``path`` must end in ``wanted``."""


class NothingToResume(EdukitError, ValueError, code="E506"):
    """``path`` holds no unfinished training: ``reason``."""


class UploadsFull(EdukitError, OSError, code="E507"):
    """With ``path`` a student's uploads would take ``found``, more than ``limit``; ``largest`` takes the most room."""


class PackageMissing(EdukitError, ImportError, code="E601"):
    """``package`` is not installed; the extra ``extra`` brings it."""


class PortTaken(EdukitError, OSError, code="E602"):
    """Port ``port`` is in use."""


_NO_MEMORY = (  # what Python, PyTorch and ONNX Runtime say when a machine has none left
    "out of memory", "allocate memory", "insufficient memory", "bad_alloc", "bad allocation", "failed to allocate", "smaller than requested bytes", "bfc_arena",
)  # fmt: skip


class OutOfMemory(EdukitError, MemoryError, code="E603"):
    """Not enough memory: ``detail``."""

    @classmethod
    def meant_by(cls, error: BaseException, detail: object = "") -> Self | None:
        """The error for what Python or a library raises when memory ran out; None if ``error`` means something else."""
        said = str(error)
        if not isinstance(error, MemoryError) and not any(sign in said.lower() for sign in _NO_MEMORY):
            return None
        return cls(detail=detail or said.split("\n")[0][:200] or type(error).__name__)


class DownloadFailed(EdukitError, ConnectionError, code="E606"):
    """``url`` could not be fetched: ``reason``; the file ``name`` belongs into ``folder``."""


class PeerLost(EdukitError, RuntimeError, code="E607"):
    """One of ``count`` processes that train together ended early: ``reason``."""


class CameraMissing(EdukitError, FileNotFoundError, code="E608"):
    """This computer has no camera ``device``."""


class CameraRefused(EdukitError, PermissionError, code="E609"):
    """This user may not use the camera ``device``."""


class CameraBusy(EdukitError, OSError, code="E610"):
    """The camera ``device`` is there and gives no picture."""


class CameraLost(EdukitError, ConnectionError, code="E611"):
    """The camera ``device`` gave ``count`` pictures, then no more."""


class JobLost(EdukitError, RuntimeError, code="E605"):
    """The background job in ``path`` vanished without a last word."""
