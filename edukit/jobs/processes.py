"""Which process is meant: a number alone may belong to a stranger by tomorrow, a number and its start time do not."""
from __future__ import annotations

from contextlib import suppress
from typing import Any

import psutil

START_TOLERANCE = 5.0  # seconds: the start time is counted from a boot time that moves a little when the clock is set


def process_record(pid: int | None = None) -> dict[str, Any]:
    """Plain values by which ``find_process`` finds a process again, by default this one.

    Example:
        >>> find_process(process_record()) == psutil.Process()
        True
    """
    try:
        process = psutil.Process(pid)
        return {"pid": process.pid, "started": process.create_time()}
    except psutil.Error:  # ended already
        return {"pid": pid, "started": 0.0}


def find_process(record: Any) -> psutil.Process | None:
    """The process that ``record`` means while it runs; None for any other value too."""
    pid, started = (record.get("pid"), record.get("started")) if isinstance(record, dict) else (None, None)
    if type(pid) is not int or pid <= 0 or type(started) not in (int, float):
        return None
    with suppress(psutil.Error, OverflowError):
        process = psutil.Process(pid)
        if not abs(process.create_time() - started) <= START_TOLERANCE:  # also where started is no number
            return None
        if process.status() != psutil.STATUS_ZOMBIE:
            return process
        process.wait(0)  # a child of ours that nobody waits for
    return None


def kill_tree(record: Any) -> None:
    """Ends a process and what it started, at once."""
    process = find_process(record)
    if process is None:
        return
    with suppress(psutil.Error):
        for child in process.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                child.kill()
    with suppress(psutil.NoSuchProcess):
        process.kill()
