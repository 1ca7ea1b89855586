"""E2: datasets that cannot be used."""
from __future__ import annotations

from edukit.core.errors.base import EdukitError


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


class SplitNotInSet(SplitMissing):
    """The sample set ``name`` is for testing and has no split ``split``; ``train_on`` is a set that has."""

    code = "E210"
