"""The one kind of error that a student sees: what, what was found, what to do, in their language."""
from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from contextlib import suppress

from edukit.core.i18n import t


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
        return _rebuild, (type(self), self.found)

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


def _rebuild(kind: type[EdukitError], found: dict[str, object]) -> EdukitError:
    return kind(**found)


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
