"""What a student reads when something cannot be done: what, what was found, what to do, in their language.

Codes are stable: E1 files and pictures, E2 datasets, E3 models, E4 arguments, E5 outputs, E6 this machine, E7 conversion and measuring.
The wording of a code lies in ``texts/errors.json``; a test holds the two to each other.
"""
from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Self

from edukit.core.i18n import t


class EdukitError(Exception):
    """An error that the input caused and the user can mend.

    Args:
        found: What was found; fills the texts of this error's code.

    Attributes:
        code: Stable code such as ``"E103"``; documentation and tests refer to it.
    """

    code = "E000"

    def __init__(self, **found: object) -> None:
        super().__init__(found)  # one plain argument, so that the error survives pickling between processes
        self.found = {name: str(value) for name, value in found.items()}

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.found)

    @property
    def message(self) -> str:
        """What was wanted and what was found."""
        return t(f"{self.code}.message", **self.found)

    @property
    def remedy(self) -> str:
        """What to do next."""
        return t(f"{self.code}.remedy", **self.found)

    def __str__(self) -> str:
        return f"[{self.code}] {self.message} {self.remedy}"

    def to_dict(self) -> dict[str, str]:
        """The error as the command line's ``--json`` gives it."""
        return {"code": self.code, "message": self.message, "remedy": self.remedy}

    def _render_traceback_(self) -> list[str]:
        # IPython calls this instead of drawing a traceback: a student sees the sentence, not our call stack.
        return [str(self)]


def _rebuild(kind: type[EdukitError], found: dict[str, object]) -> EdukitError:
    return kind(**found)


def nearest(name: str, names: Iterable[str]) -> str:
    """The known name most like ``name``, or the first one."""
    by_lower = {known.lower(): known for known in names}
    close = difflib.get_close_matches(str(name).lower(), by_lower, n=1, cutoff=0.01)
    return by_lower[close[0]] if close else next(iter(by_lower.values()), "")


# E1: files and pictures


class FileMissing(EdukitError, FileNotFoundError):
    """No file at ``path``."""

    code = "E101"


class EmptyFile(EdukitError, ValueError):
    """The file at ``path`` has no bytes."""

    code = "E102"


class NotAnImage(EdukitError, ValueError):
    """The file at ``path`` bears no known picture signature."""

    code = "E103"


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


# E2: datasets


class DatasetMissing(EdukitError, FileNotFoundError):
    """Neither a folder nor a sample set is called ``name``; ``nearest`` is the nearest set, ``names`` all."""

    code = "E201"


class DatasetNotAFolder(EdukitError, NotADirectoryError):
    """``path`` is a file."""

    code = "E202"


class DatasetEmpty(EdukitError, ValueError):
    """No pictures in class folders under ``path``."""

    code = "E203"


class OneClass(EdukitError, ValueError):
    """``path`` has only the class ``label``."""

    code = "E204"


class BadDataset(EdukitError, ValueError):
    """``path`` has ``count`` problems of severity error; ``problems`` lists them, one a line."""

    code = "E205"


class SplitMissing(EdukitError, ValueError):
    """``path`` lacks the split ``split`` (folder ``folder``)."""

    code = "E206"


class ClassesDiffer(EdukitError, ValueError):
    """The model at ``model`` knows ``wanted``, the dataset ``path`` has ``found``."""

    code = "E207"


class TooFewPictures(EdukitError, ValueError):
    """``path`` has ``found`` pictures where at least ``wanted`` are needed."""

    code = "E208"


class DatasetTooLarge(EdukitError, ValueError):
    """``path`` holds more than ``limit`` files."""

    code = "E209"


# E3: models


class UnknownBackbone(EdukitError, ValueError):
    """``name`` is no backbone; ``nearest`` is the nearest, ``names`` all."""

    code = "E301"


class NotACheckpoint(EdukitError, ValueError):
    """``path`` is no readable checkpoint: ``reason``."""

    code = "E302"


class UnsafeCheckpoint(EdukitError, ValueError):
    """Loading ``path`` would run code: ``reason``."""

    code = "E303"


class NoCard(EdukitError, ValueError):
    """``path`` bears no model card."""

    code = "E304"


class WrongBackbone(EdukitError, ValueError):
    """``path`` was made with ``found``, not ``wanted``."""

    code = "E305"


class WrongTask(EdukitError, ValueError):
    """``path`` is for ``found``, not ``wanted``."""

    code = "E306"


class BadCard(EdukitError, ValueError):
    """The card in ``path`` has a wrong ``field``: ``found``."""

    code = "E307"


class NotAnOnnxFile(EdukitError, ValueError):
    """``path`` is no readable ONNX file: ``reason``."""

    code = "E308"


class ExternalData(EdukitError, ValueError):
    """``path`` keeps weights in ``name``, which is not a plain file beside it."""

    code = "E309"


class UnsupportedOnnx(EdukitError, ValueError):
    """``path`` needs what this ONNX Runtime lacks: ``reason``."""

    code = "E310"


class ModelTooLarge(EdukitError, ValueError):
    """``path`` takes ``found``, more than ``limit``."""

    code = "E311"


class NotFinite(EdukitError, ValueError):
    """NaN or infinity in the ``where`` of ``path``."""

    code = "E312"


class UnknownModelFormat(EdukitError, ValueError):
    """``path`` ends in ``suffix``, which is no model format; ``wanted`` lists them."""

    code = "E313"


class WeightsUnavailable(EdukitError, RuntimeError):
    """The pretrained weights of ``name`` are not on this machine: ``reason``."""

    code = "E314"


class WrongInput(EdukitError, ValueError):
    """``path`` takes an input or gives an output ``found``, not ``wanted``."""

    code = "E315"


# E4: arguments


class BadArgument(EdukitError, ValueError):
    """The argument ``name`` is ``value``; it must be ``wanted``."""

    code = "E401"


class UnknownChoice(EdukitError, ValueError):
    """The argument ``name`` is ``value``, none of ``choices``; ``nearest`` is the nearest."""

    code = "E402"

    @classmethod
    def among(cls, name: str, value: object, choices: Iterable[str]) -> Self:
        """The error for one argument and its possible values."""
        names = list(choices)
        return cls(name=name, value=value, choices=", ".join(names), nearest=nearest(str(value), names))


class UsageError(EdukitError, ValueError):
    """The command line cannot be read: ``detail``."""

    code = "E403"


# E5: outputs


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


# E6: this machine


class PackageMissing(EdukitError, ImportError):
    """``package`` is not installed; the extra ``extra`` brings it."""

    code = "E601"


class PortTaken(EdukitError, OSError):
    """Port ``port`` is in use."""

    code = "E602"


class OutOfMemory(EdukitError, MemoryError):
    """Not enough memory: ``detail``."""

    code = "E603"


class DownloadFailed(EdukitError, OSError):
    """``url`` could not be fetched: ``reason``."""

    code = "E604"


class JobLost(EdukitError, RuntimeError):
    """The background job in ``path`` vanished without a last word."""

    code = "E605"


# E7: conversion, compression, measuring


class ParityFailed(EdukitError, RuntimeError):
    """The converted model differs: ``differing`` of ``count`` labels, largest difference ``difference``, allowed ``tolerance``."""

    code = "E701"


class ExportFailed(EdukitError, RuntimeError):
    """PyTorch could not export ``path``: ``reason``."""

    code = "E702"


class QuantizeFailed(EdukitError, RuntimeError):
    """``path`` could not be quantized: ``reason``."""

    code = "E703"


class WorkerFailed(EdukitError, RuntimeError):
    """The measuring process of ``path`` ended early: ``reason``."""

    code = "E704"


class AlreadyQuantized(EdukitError, ValueError):
    """``path`` is an INT8 model already."""

    code = "E705"
