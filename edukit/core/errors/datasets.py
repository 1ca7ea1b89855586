"""E2: datasets that cannot be used."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from edukit.core.errors.base import EdukitError
from edukit.core.i18n import t

MOST_LISTED = 8  # classes in a sentence


class DatasetMissing(EdukitError, FileNotFoundError):
    """Neither a folder nor a sample set is called ``name``; ``nearest`` is the nearest set, ``names`` all."""

    code = "E201"


class FolderMissing(DatasetMissing):
    """There is no folder ``path``; whoever wrote it meant a folder, not a sample set."""

    code = "E211"


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

    @classmethod
    def between(cls, model: object, wanted: Sequence[str], path: object, found: Sequence[str]) -> Self:
        """The error for a model's classes and a dataset's."""
        return cls(model=model, wanted=_listed(wanted), path=path, found=_listed(found))


class TooFewPictures(EdukitError, ValueError):
    """``path`` has ``found`` pictures where at least ``wanted`` are needed."""

    code = "E208"


class DatasetTooLarge(EdukitError, ValueError):
    """``path`` holds more than ``limit`` files."""

    code = "E209"


class SplitNotInSet(SplitMissing):
    """The sample set ``name`` is for testing and has no split ``split``; ``train_on`` is a set that has."""

    code = "E210"


def _listed(classes: Sequence[str]) -> str:
    shown = t("data.comma").join(classes[:MOST_LISTED])
    return shown if len(classes) <= MOST_LISTED else f"{shown} … ({len(classes)})"
