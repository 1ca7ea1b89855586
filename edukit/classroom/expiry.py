"""Work of a class that nobody touched for some days is really deleted; the owner's own work, and what no student of a class server made, never is."""
from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Collection
from pathlib import Path

from edukit.core.workspace import Workspace

MARK = ".student"   # a student of a class server was here
_GONE = ".ek-gone-"  # a folder that is being deleted; what a crash leaves of it goes next time
_DAY = 86_400


def visit(workspace: Workspace) -> None:
    """Notes that a student whose work may expire is here now."""
    if workspace.expire_days:
        folder = workspace.home / workspace.student
        with contextlib.suppress(OSError):  # nothing can be saved there, and the page says so
            folder.mkdir(parents=True, exist_ok=True)
            (folder / MARK).touch()


def expire(workspace: Workspace, *, busy: Collection[str] = ()) -> list[str]:
    """Deletes the folders of students in which nothing was touched for ``workspace.expire_days`` days, and returns their names; none if that is 0.

    Args:
        workspace: The owner's, whose own folder stays, as does every folder that bears no student's mark.
        busy: Students who are here now.
    """
    if not workspace.expire_days:
        return []
    for left in workspace.home.glob(f"{_GONE}*"):
        shutil.rmtree(left, ignore_errors=True)
    oldest, gone = time.time() - workspace.expire_days * _DAY, []
    for mark in sorted(workspace.home.glob(f"*/{MARK}")):
        folder = mark.parent
        if folder.is_symlink() or folder.name in (workspace.student, *busy) or _touched(folder) > oldest:
            continue
        away = workspace.home / f"{_GONE}{folder.name}"
        try:
            folder.rename(away)
        except OSError:  # a file of it is open: next time
            continue
        shutil.rmtree(away, ignore_errors=True)
        gone.append(folder.name)
    return gone


def _touched(folder: Path) -> float:
    """When anything in a folder was changed last, in seconds since 1970; infinity while it changes."""
    try:
        return max(path.lstat().st_mtime for path in (folder, *folder.rglob("*")))
    except OSError:
        return float("inf")
