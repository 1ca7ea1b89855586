"""E1 and E2: files, pictures and datasets that cannot be read or used."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from edukit.core.errors.base import EdukitError
from edukit.core.i18n import t

MOST_LISTED = 8  # classes in a sentence


class FileMissing(EdukitError, FileNotFoundError, code="E101"):
    """No file at ``path``."""


class EmptyFile(EdukitError, ValueError, code="E102"):
    """The file at ``path`` has no bytes."""


class NotAnImage(EdukitError, ValueError, code="E103"):
    """The file at ``path`` bears no known picture signature."""


class PhonePhoto(NotAnImage, code="E111"):
    """The picture at ``path`` is HEIC or AVIF, which nothing here can decode."""


class TruncatedImage(EdukitError, ValueError, code="E104"):
    """The picture at ``path`` ends early."""


class UnreadableImage(EdukitError, ValueError, code="E105"):
    """The picture at ``path`` has a right signature but does not decode."""


class ImageTooLarge(EdukitError, ValueError, code="E106"):
    """The picture at ``path`` has ``found`` pixels or bytes, more than ``limit``."""


class NotAFile(EdukitError, IsADirectoryError, code="E107"):
    """A folder or device at ``path`` where a file is wanted."""


class FileTooLarge(EdukitError, ValueError, code="E108"):
    """The file at ``path`` is ``found`` large, more than ``limit``."""


class BadArray(EdukitError, ValueError, code="E109"):
    """An array of ``shape`` and ``dtype`` that is no picture."""


class FileUnreadable(EdukitError, PermissionError, code="E110"):
    """The file at ``path`` cannot be opened: ``reason``."""


class DatasetMissing(EdukitError, FileNotFoundError, code="E201"):
    """Neither a folder nor a sample set is called ``name``; ``nearest`` is the nearest set, ``names`` all."""


class DatasetUnknown(DatasetMissing, code="E212"):
    """Nothing is called ``name``, and no sample set has a name like it; ``names`` are all sets."""


class FolderMissing(DatasetMissing, code="E211"):
    """There is no folder ``path``; whoever wrote it meant a folder, not a sample set."""


class DatasetNotAFolder(EdukitError, NotADirectoryError, code="E202"):
    """``path`` is a file."""


class DatasetEmpty(EdukitError, ValueError, code="E203"):
    """No pictures in class folders under ``path``."""


class OneClass(EdukitError, ValueError, code="E204"):
    """``path`` has only the class ``label``."""


class BadDataset(EdukitError, ValueError, code="E205"):
    """``path`` has ``count`` problems of severity error; ``problems`` lists them, one a line."""


class SplitMissing(EdukitError, ValueError, code="E206"):
    """``path`` lacks the split ``split`` (folder ``folder``)."""


class ClassesDiffer(EdukitError, ValueError, code="E207"):
    """The model at ``model`` knows ``wanted``, the dataset ``path`` has ``found``."""

    @classmethod
    def between(cls, model: object, wanted: Sequence[str], path: object, found: Sequence[str]) -> Self:
        """The error for a model's classes and a dataset's."""
        return cls(model=model, wanted=_listed(wanted), path=path, found=_listed(found))


class TooFewPictures(EdukitError, ValueError, code="E208"):
    """``path`` has ``found`` pictures where at least ``wanted`` are needed."""


class DatasetTooLarge(EdukitError, ValueError, code="E209"):
    """``path`` holds more than ``limit`` files."""


class SplitNotInSet(SplitMissing, code="E210"):
    """The sample set ``name`` is for testing and has no split ``split``; ``train_on`` is a set that has."""


class BadArchive(EdukitError, ValueError, code="E213"):
    """The zip file ``path`` cannot be unpacked: ``reason``."""


class DatasetNotFetched(DatasetMissing, code="E214"):
    """The online set ``name`` (``size`` to download) is not on this machine yet."""


def _listed(classes: Sequence[str]) -> str:
    shown = t("data.comma").join(classes[:MOST_LISTED])
    return shown if len(classes) <= MOST_LISTED else f"{shown} … ({len(classes)})"
