"""E4: arguments that make no sense."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from edukit.core.errors.base import EdukitError, nearest


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
