"""Whatever a verb raises, as one of our coded errors: what a machine lacks is told apart from what we did wrong."""
from __future__ import annotations

import errno
import os
import traceback

from edukit.cli.streams import say_error
from edukit.core.errors import DiskFull, EdukitError, FileMissing, FileUnreadable, OutOfMemory, OutputNotWritable
from edukit.core.i18n import t
from edukit.core.packages import extra_of, missing


def error_dict(error: BaseException) -> dict[str, str]:
    """The error object: ``code``, ``message``, ``remedy``; E900 for a fault of ours, whose traceback ``EDUKIT_DEBUG=1`` shows."""
    ours = as_ours(error)
    if ours is not None:
        return ours.to_dict()
    if os.environ.get("EDUKIT_DEBUG") == "1":
        say_error("".join(traceback.format_exception(error)))
    reason = f"{type(error).__name__}: {error}"[:500]
    return {"code": "E900", "message": t("E900.message", reason=reason), "remedy": t("E900.remedy")}


def as_ours(error: BaseException) -> EdukitError | None:
    """The coded error that says what ``error`` means, or None if it is a fault of ours."""
    if isinstance(error, EdukitError):
        return error
    if (lack := OutOfMemory.meant_by(error)) is not None:
        return lack
    if isinstance(error, ModuleNotFoundError):
        return missing(error.name) if error.name and extra_of(error.name) is not None else None
    return _from_system(error) if isinstance(error, OSError) else None


def _from_system(error: OSError) -> EdukitError | None:
    path, reason = error.filename or "-", os.strerror(error.errno or 0)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(path=path)
    if error.errno == errno.ENOENT and error.filename:
        return FileMissing(path=path)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        unreadable = os.path.exists(path) and not os.access(path, os.R_OK)  # noqa: PTH110 - filename may be text or bytes
        return FileUnreadable(path=path, reason=reason) if unreadable else OutputNotWritable(path=path, reason=reason)
    if error.errno in (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EIO):
        return FileUnreadable(path=path, reason=reason)
    return None
