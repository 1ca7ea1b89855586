"""Standard output is for the answer alone: what libraries print goes to standard error, also from C code and from child processes."""
from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from edukit.core.files import json_text, output_error
from edukit.core.job_files import CHATTER

MAX_CHATTER_BYTES = 1_000_000


@contextmanager
def quiet_stdout() -> Iterator[None]:
    """While the block runs, everything that is printed goes to standard error."""
    saved = sys.stdout
    _flush(saved)
    descriptor = _descriptor(1)
    sys.stdout = sys.stderr
    _redirect(2, 1)
    try:
        yield
    finally:
        _flush(sys.stderr)
        sys.stdout = saved
        if descriptor is not None:
            _redirect(descriptor, 1)
            os.close(descriptor)


@contextmanager
def event_writer(job_folder: Path | None) -> Iterator[Callable[[str], None]]:
    """Yields what writes a line of events to standard error.

    Args:
        job_folder: Of a job, whose events are a file: what libraries print then goes to a file beside it, which cannot outgrow a limit.
    """
    if job_folder is None:
        yield write_stderr
        return
    events = os.dup(2)
    chatter = os.open(job_folder / CHATTER, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(chatter, 2)

    def write(line: str) -> None:
        if os.fstat(chatter).st_size > MAX_CHATTER_BYTES:
            os.ftruncate(chatter, 0)
        with suppress(OSError):  # no room is left for the report; the work goes on, and its answer says how it ended
            os.write(events, line.encode())

    try:
        yield write
    finally:
        _flush(sys.stderr)
        os.dup2(events, 2)
        os.close(events)
        os.close(chatter)


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


def say_json(value: Any) -> None:
    """Prints one strict JSON value."""
    say(json_text(value))


def say_error(text: str) -> None:
    """Prints a sentence to standard error."""
    write_stderr(text + "\n")


def write_stderr(text: str) -> None:
    """Writes to standard error what ends its lines itself."""
    with suppress(OSError, AttributeError):  # nobody reads it, or no room is left; AttributeError: it was closed before we began
        sys.stderr.write(text)
        sys.stderr.flush()


def _descriptor(number: int) -> int | None:
    try:
        return os.dup(number)
    except OSError:  # closed by whoever started us
        return None


def _redirect(source: int, target: int) -> None:
    with suppress(OSError):  # source is closed
        os.dup2(source, target)


def _flush(stream: object) -> None:
    with suppress(OSError, ValueError, AttributeError):
        stream.flush()  # type: ignore[attr-defined]  # a stream, or None under pythonw
