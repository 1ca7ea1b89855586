"""The one kind of error that a student sees: what, what was found, what to do, in their language."""
from __future__ import annotations

import difflib
from collections.abc import Iterable

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
