"""Which process is meant: a number alone may belong to a stranger by tomorrow, a number and its start time do not."""
from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import Any

import psutil

START_TOLERANCE = 5.0  # seconds: the start time is counted from a boot time that moves a little when the clock is set

_children: dict[int, subprocess.Popen[bytes]] = {}  # ours, to be reaped: an ended child that nobody waits for still looks alive


@dataclass(frozen=True)
class Process:
    """One process of this machine, by its number and its start.

    Args:
        pid: The process's number.
        started: When it began, seconds since 1970.
    """

    pid: int
    started: float

    @classmethod
    def this(cls) -> Process:
        """The process that asks."""
        return cls(os.getpid(), psutil.Process().create_time())

    @classmethod
    def of(cls, child: subprocess.Popen[bytes]) -> Process:
        """A child that has just been started; it will be reaped when it is next looked at."""
        _children[child.pid] = child
        try:
            return cls(child.pid, psutil.Process(child.pid).create_time())
        except psutil.Error:  # ended already
            return cls(child.pid, 0.0)

    @classmethod
    def from_dict(cls, values: Any) -> Process:
        """The inverse of ``to_dict``; a process that never lived if the values are none."""
        pid, started = (values.get(key) if isinstance(values, dict) else None for key in ("pid", "started"))
        good = type(pid) is int and pid > 0 and isinstance(started, (int, float)) and not isinstance(started, bool)
        return cls(pid, float(started)) if good else cls(-1, 0.0)  # type: ignore[arg-type]  # narrowed by good

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"pid": self.pid, "started": self.started}

    def alive(self) -> bool:
        """Whether that very process still runs."""
        return self._found() is not None

    def terminate(self) -> None:
        """Asks it to end, where a system has such a signal; Windows has none that a process could heed."""
        found = self._found()
        if found is not None and os.name != "nt":
            _quietly(found.terminate)

    def kill(self) -> None:
        """Ends it and what it started, at once."""
        found = self._found()
        if found is None:
            return
        try:
            family = [*found.children(recursive=True), found]
        except psutil.Error:
            family = [found]
        for member in family:
            _quietly(member.kill)

    def _found(self) -> psutil.Process | None:
        child = _children.get(self.pid)
        if child is not None and child.poll() is not None:
            _children.pop(self.pid, None)  # a page's Stop and the thread that follows the job may look at once
        if self.pid <= 0:
            return None
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) <= START_TOLERANCE
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


def _quietly(action: Any) -> None:
    try:
        action()
    except psutil.NoSuchProcess:
        return  # it ended by itself meanwhile
