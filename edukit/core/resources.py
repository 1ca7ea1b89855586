"""Where the files that travel with edukit lie: beside the package in a clone, inside it in an installed wheel."""
from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource(*parts: str) -> Path:
    """The path of a shipped file or folder such as ``resource("datasets", "emoji")``; it need not exist."""
    inside = _PACKAGE / "_share" / Path(*parts)
    return inside if (_PACKAGE / "_share").is_dir() else _PACKAGE.parent / Path(*parts)
