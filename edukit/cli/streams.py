"""Standard output is for the answer alone: what libraries print goes to standard error, also from C code and from child processes."""
from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path

from edukit.core.files import output_error
from edukit.core.job_files import CHATTER

MAX_CHATTER_BYTES = 1_000_000


@contextmanager
def quiet_stdout() -> Iterator[None]:
    """While the block runs, everything that is printed goes to standard error."""
    _flush(sys.stdout)
    with _redirected(1, 2), redirect_stdout(sys.stderr):
        yield


@contextmanager
def event_writer(job_folder: Path | None) -> Iterator[Callable[[str], None]]:
    """Yields what writes a line of events to standard error.

    Args:
        job_folder: Of a job, whose events are a file: what libraries print then goes to a file beside it, which cannot outgrow a limit.
    """
    if job_folder is None:
        yield write_stderr
        return
    with (job_folder / CHATTER).open("ab") as chatter, _redirected(2, chatter.fileno()) as events:

        def write(line: str) -> None:
            if os.fstat(2).st_size > MAX_CHATTER_BYTES:
                os.ftruncate(2, 0)
            with suppress(OSError):  # no room is left for the report; the work goes on, and its answer says how it ended
                os.write(events, line.encode())

        yield write


@contextmanager
def _redirected(number: int, target: int) -> Iterator[int]:
    """Sends what is written to one descriptor to another while the block runs; yields where it went before, -1 if whoever started us closed it."""
    before = -1
    with suppress(OSError):
        before = os.dup(number)
    with suppress(OSError):
        os.dup2(target, number)
    try:
        yield before
    finally:
        _flush(sys.stderr)
        if before >= 0:
            os.dup2(before, number)
            os.close(before)


def say(text: str) -> None:
    """Prints an answer; a reader that went away, or never was, is no error of ours.

    Raises:
        DiskFull: Standard output goes to a file that cannot take it.
    """
    if sys.stdout is None:
        return
    try:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except OSError as error:
        with suppress(OSError, ValueError):  # else Python complains once more when it flushes at its end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise output_error(error, Path("stdout")) from error


def visible(text: str) -> str:
    """``text`` for a terminal: a file's name may hold characters that would move its cursor or change its colours."""
    return re.sub(r"[^\n\t\x20-\x7e\xa0-\U0010ffff]", lambda found: f"\\x{ord(found[0]):02x}", text)


def say_error(text: str) -> None:
    """Prints a sentence to standard error."""
    write_stderr(text + "\n")


def write_stderr(text: str) -> None:
    """Writes to standard error what ends its lines itself."""
    with suppress(OSError, AttributeError):  # nobody reads it, or no room is left; AttributeError: it was closed before we began
        sys.stderr.write(text)
        sys.stderr.flush()


def _flush(stream: object) -> None:
    with suppress(OSError, ValueError, AttributeError):
        stream.flush()  # type: ignore[attr-defined]  # a stream, or None under pythonw
