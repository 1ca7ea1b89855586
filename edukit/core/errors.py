"""What a student reads when something cannot be done: what was wanted, what was found, what to do, in their language. Codes are stable.

To add an error: one line below, with its name, its code, the built-in error that it is too, and what happened, naming the values that it is given; and its two
texts, ``CODE.message`` and ``CODE.remedy``, in ``texts/errors.json``. A test holds them to each other.
"""
from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Self

from edukit.core.i18n import t

MOST_LISTED = 8  # classes in a sentence
_NO_MEMORY = (  # what Python, PyTorch and ONNX Runtime say when a machine has none left
    "out of memory", "allocate memory", "insufficient memory", "bad_alloc", "bad allocation", "failed to allocate", "smaller than requested bytes", "bfc_arena",
)  # fmt: skip


class EdukitError(Exception):
    """An error that the input caused and the user can mend.

    Args:
        found: What was found; fills the texts of this error's code.

    A subclass names its code: ``class FileMissing(EdukitError, FileNotFoundError, code="E101")``.

    Attributes:
        code: Stable code such as ``"E103"``; documentation and tests refer to it.
    """

    code = "E000"

    def __init_subclass__(cls, *, code: str, **rest: object) -> None:
        super().__init_subclass__(**rest)
        cls.code = code

    def __init__(self, **found: object) -> None:
        super().__init__(found)  # one plain argument, so that the error survives pickling between processes
        self.found = {name: str(value) for name, value in found.items()}

    def __reduce__(self) -> tuple[object, ...]:
        return partial(type(self), **self.found), ()

    @property
    def message(self) -> str:
        """What was wanted and what was found."""
        return t(f"{self.code}.message", **self._shown())

    @property
    def remedy(self) -> str:
        """What to do next."""
        return t(f"{self.code}.remedy", **self._shown())

    def _shown(self) -> dict[str, str]:
        return {name: short_path(value) for name, value in self.found.items()}

    def __str__(self) -> str:
        return f"[{self.code}] {self.message} {self.remedy}"

    def to_dict(self) -> dict[str, str]:
        """The error as the command line's ``--json`` gives it."""
        return {"code": self.code, "message": self.message, "remedy": self.remedy}

    def _render_traceback_(self) -> list[str]:
        # IPython calls this instead of drawing a traceback: a student sees the sentence, not our call stack.
        return [str(self)]


def short_path(text: str) -> str:
    """A path as one would type it: from the current folder, or from ``~``; any other text as it is.

    Example:
        >>> short_path(os.path.join(os.getcwd(), "photos", "cat.jpg")).replace(os.sep, "/"), short_path("cat")
        ('photos/cat.jpg', 'cat')
    """
    if not os.path.isabs(text):  # noqa: PTH117  # a text that no file system may take
        return text
    with suppress(OSError):  # the current folder was removed
        for folder, instead in ((os.getcwd(), ""), (os.path.expanduser("~"), "~" + os.sep)):  # noqa: PTH109, PTH111
            start = folder.rstrip(os.sep) + os.sep
            if len(start) > 1 and text.startswith(start) and len(text) > len(start):
                return instead + text[len(start) :]
    return text


def nearest(name: str, names: Iterable[str], *, likeness: float = 0.0) -> str:
    """The known name most like ``name``; where none has this ``likeness`` (0 to 1) empty, without one the first.

    Example:
        >>> nearest("emojy", ["emoji", "digits"]), nearest("my-photos", ["emoji", "digits"], likeness=0.6)
        ('emoji', '')
    """
    by_lower = {known.lower(): known for known in names}
    close = difflib.get_close_matches(str(name).lower(), by_lower, n=1, cutoff=likeness or 0.01)
    return by_lower[close[0]] if close else "" if likeness else next(iter(by_lower.values()), "")


def _kind(name: str, code: str, parent: type[Exception], meaning: str) -> type[EdukitError]:
    """The class of an error; its docstring is ``meaning``. A parent that is ours already is the only one."""
    bases = (parent,) if issubclass(parent, EdukitError) else (EdukitError, parent)
    return type(name, bases, {"__doc__": meaning, "__module__": __name__}, code=code)


# E1 and E2: files, pictures and datasets that cannot be read or used.
FileMissing = _kind("FileMissing", "E101", FileNotFoundError, "No file at ``path``.")
EmptyFile = _kind("EmptyFile", "E102", ValueError, "The file at ``path`` has no bytes.")
NotAnImage = _kind("NotAnImage", "E103", ValueError, "The file at ``path`` bears no known picture signature.")
TruncatedImage = _kind("TruncatedImage", "E104", ValueError, "The picture at ``path`` ends early.")
UnreadableImage = _kind("UnreadableImage", "E105", ValueError, "The picture at ``path`` has a right signature but does not decode.")
ImageTooLarge = _kind("ImageTooLarge", "E106", ValueError, "The picture at ``path`` has ``found`` pixels or bytes, more than ``limit``.")
NotAFile = _kind("NotAFile", "E107", IsADirectoryError, "A folder or device at ``path`` where a file is wanted.")
FileTooLarge = _kind("FileTooLarge", "E108", ValueError, "The file at ``path`` is ``found`` large, more than ``limit``.")
BadArray = _kind("BadArray", "E109", ValueError, "An array of ``shape`` and ``dtype`` that is no picture.")
FileUnreadable = _kind("FileUnreadable", "E110", PermissionError, "The file at ``path`` cannot be opened: ``reason``.")
PhonePhoto = _kind("PhonePhoto", "E111", NotAnImage, "The picture at ``path`` is HEIC or AVIF, which nothing here can decode.")
DatasetMissing = _kind(
    "DatasetMissing", "E201", FileNotFoundError,
    "Neither a folder nor a sample set is called ``name``; ``nearest`` is the nearest set, ``names`` all.",
)  # fmt: skip
DatasetNotAFolder = _kind("DatasetNotAFolder", "E202", NotADirectoryError, "``path`` is a file.")
DatasetEmpty = _kind("DatasetEmpty", "E203", ValueError, "No pictures in class folders under ``path``.")
OneClass = _kind("OneClass", "E204", ValueError, "``path`` has only the class ``label``.")
BadDataset = _kind("BadDataset", "E205", ValueError, "``path`` has ``count`` problems of severity error; ``problems`` lists them, one a line.")
SplitMissing = _kind("SplitMissing", "E206", ValueError, "``path`` lacks the split ``split`` (folder ``folder``).")
TooFewPictures = _kind("TooFewPictures", "E208", ValueError, "``path`` has ``found`` pictures where at least ``wanted`` are needed.")
DatasetTooLarge = _kind("DatasetTooLarge", "E209", ValueError, "``path`` holds more than ``limit`` files.")
SplitNotInSet = _kind(
    "SplitNotInSet", "E210", SplitMissing,
    "The sample set ``name`` is for testing and has no split ``split``; ``train_on`` is a set that has.",
)  # fmt: skip
FolderMissing = _kind("FolderMissing", "E211", DatasetMissing, "There is no folder ``path``; whoever wrote it meant a folder, not a sample set.")
DatasetUnknown = _kind("DatasetUnknown", "E212", DatasetMissing, "Nothing is called ``name``, and no sample set has a name like it; ``names`` are all sets.")
BadArchive = _kind("BadArchive", "E213", ValueError, "The zip file ``path`` cannot be unpacked: ``reason``.")
DatasetNotFetched = _kind("DatasetNotFetched", "E214", DatasetMissing, "The online set ``name`` (``size`` to download) is not on this machine yet.")


class ClassesDiffer(EdukitError, ValueError, code="E207"):
    """The model at ``model`` knows ``wanted``, the dataset ``path`` has ``found``."""

    @classmethod
    def between(cls, model: object, wanted: Sequence[str], path: object, found: Sequence[str]) -> Self:
        """The error for a model's classes and a dataset's."""
        return cls(model=model, wanted=_listed(wanted), path=path, found=_listed(found))


def _listed(classes: Sequence[str]) -> str:
    shown = t("data.comma").join(classes[:MOST_LISTED])
    return shown if len(classes) <= MOST_LISTED else f"{shown} … ({len(classes)})"


# E3 and E7: models that cannot be loaded or do not fit; conversion, compression and measuring that went wrong.
UnknownBackbone = _kind("UnknownBackbone", "E301", ValueError, "``name`` is no backbone; ``nearest`` is the nearest, ``names`` all.")
NotACheckpoint = _kind("NotACheckpoint", "E302", ValueError, "``path`` is no readable checkpoint: ``reason``.")
UnsafeCheckpoint = _kind("UnsafeCheckpoint", "E303", ValueError, "Loading ``path`` would run code: ``reason``.")
NoCard = _kind("NoCard", "E304", ValueError, "``path`` bears no model card.")
WrongBackbone = _kind("WrongBackbone", "E305", ValueError, "``path`` was made with ``found``, not ``wanted``.")
WrongTask = _kind("WrongTask", "E306", ValueError, "``path`` is for ``found``, not ``wanted``.")
BadCard = _kind("BadCard", "E307", ValueError, "The card in ``path`` has a wrong ``field``: ``found``.")
NotAnOnnxFile = _kind("NotAnOnnxFile", "E308", ValueError, "``path`` is no readable ONNX file: ``reason``.")
ExternalData = _kind("ExternalData", "E309", ValueError, "``path`` keeps weights in ``name``, which is not a plain file beside it.")
UnsupportedOnnx = _kind("UnsupportedOnnx", "E310", ValueError, "``path`` needs what this ONNX Runtime lacks: ``reason``.")
ModelTooLarge = _kind("ModelTooLarge", "E311", ValueError, "``path`` takes ``found``, more than ``limit``.")
NotFinite = _kind("NotFinite", "E312", ValueError, "NaN or infinity in the ``where`` of ``path``.")
UnknownModelFormat = _kind("UnknownModelFormat", "E313", ValueError, "The name of ``path`` does not end in a model format; ``wanted`` lists them.")
WeightsUnavailable = _kind("WeightsUnavailable", "E314", RuntimeError, "The pretrained weights of ``name`` are not on this machine: ``reason``.")
WrongInput = _kind("WrongInput", "E315", ValueError, "``path`` takes an input or gives an output ``found``, not ``wanted``.")
ModelTooSlow = _kind("ModelTooSlow", "E316", TimeoutError, "``path`` had no answer after ``seconds``, more than a network of its size can need.")
BadModelFolder = _kind("BadModelFolder", "E317", ValueError, "``path`` is no readable ``form`` model: ``reason``.")
RuntimeNotHere = _kind("RuntimeNotHere", "E318", RuntimeError, "``name`` cannot compute on this machine: ``reason``.")
ParityFailed = _kind(
    "ParityFailed", "E701", RuntimeError,
    "The converted model differs: ``differing`` of ``count`` labels, largest difference ``difference``, allowed ``tolerance``.",
)  # fmt: skip
ExportFailed = _kind("ExportFailed", "E702", RuntimeError, "PyTorch could not export ``path``: ``reason``.")
QuantizeFailed = _kind("QuantizeFailed", "E703", RuntimeError, "``path`` could not be quantized: ``reason``.")
WorkerFailed = _kind("WorkerFailed", "E704", RuntimeError, "The measuring process of ``path`` ended early: ``reason``.")
AlreadyQuantized = _kind("AlreadyQuantized", "E705", ValueError, "``path`` is an INT8 model already.")

# E4 to E6: arguments that make no sense, outputs that cannot be written, what this machine lacks.
BadArgument = _kind("BadArgument", "E401", ValueError, "The argument ``name`` is ``value``; it must be ``wanted``.")
UsageError = _kind("UsageError", "E403", ValueError, "The command line of ``program`` cannot be read: ``detail``.")
OutputExists = _kind("OutputExists", "E501", FileExistsError, "``path`` exists and is not ours to replace.")
OutputNotWritable = _kind("OutputNotWritable", "E502", PermissionError, "``path`` cannot be written: ``reason``.")
DiskFull = _kind("DiskFull", "E503", OSError, "No room left for ``path``.")
FolderBusy = _kind("FolderBusy", "E504", RuntimeError, "Another job works in ``path``.")
BadSuffix = _kind("BadSuffix", "E505", ValueError, "``path`` must end in ``wanted``.")
NothingToResume = _kind("NothingToResume", "E506", ValueError, "``path`` holds no unfinished training: ``reason``.")
UploadsFull = _kind(
    "UploadsFull", "E507", OSError,
    "With ``path`` a student's uploads would take ``found``, more than ``limit``; ``largest`` takes the most room.",
)  # fmt: skip
PackageMissing = _kind("PackageMissing", "E601", ImportError, "``package`` is not installed; the extra ``extra`` brings it.")
PortTaken = _kind("PortTaken", "E602", OSError, "Port ``port`` is in use.")
JobLost = _kind("JobLost", "E605", RuntimeError, "The background job in ``path`` vanished without a last word.")
DownloadFailed = _kind("DownloadFailed", "E606", ConnectionError, "``url`` could not be fetched: ``reason``; the file ``name`` belongs into ``folder``.")
PeerLost = _kind("PeerLost", "E607", RuntimeError, "One of ``count`` processes that train together ended early: ``reason``.")
CameraMissing = _kind("CameraMissing", "E608", FileNotFoundError, "This computer has no camera ``device``.")
CameraRefused = _kind("CameraRefused", "E609", PermissionError, "This user may not use the camera ``device``.")
CameraBusy = _kind("CameraBusy", "E610", OSError, "The camera ``device`` is there and gives no picture.")
CameraLost = _kind("CameraLost", "E611", ConnectionError, "The camera ``device`` gave ``count`` pictures, then no more.")


class UnknownChoice(EdukitError, ValueError, code="E402"):
    """The argument ``name`` is ``value``, none of ``choices``; ``nearest`` is the nearest."""

    @classmethod
    def among(cls, name: str, value: object, choices: Iterable[str]) -> Self:
        """The error for one argument and its possible values."""
        names = list(choices)
        return cls(name=name, value=value, choices=", ".join(names), nearest=nearest(str(value), names))


class OutOfMemory(EdukitError, MemoryError, code="E603"):
    """Not enough memory: ``detail``."""

    @classmethod
    def meant_by(cls, error: BaseException, detail: object = "") -> Self | None:
        """The error for what Python or a library raises when memory ran out; None if ``error`` means something else."""
        said = str(error)
        if not isinstance(error, MemoryError) and not any(sign in said.lower() for sign in _NO_MEMORY):
            return None
        return cls(detail=detail or said.split("\n")[0][:200] or type(error).__name__)
