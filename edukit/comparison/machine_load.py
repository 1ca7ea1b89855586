"""What else the machine does while it measures: processor time that is not ours."""
from __future__ import annotations

import time
from pathlib import Path

import psutil

from edukit.core.subprocess_env import usable_processors

BUSY = 0.12  # other work's share of all processors from which a round is measured again


class LoadMeter:
    """Tells the share of all processors that other programs used since it was last asked."""

    def __init__(self) -> None:
        self.share_since(0.0)

    def share_since(self, ours_seconds: float) -> float:
        """The share of all processors (0 to 1) that others used since the last call.

        Args:
            ours_seconds: Processor time that measuring took meanwhile, in its own processes; this process's own is left out as well.
        """
        busy, now, own = busy_seconds(), time.monotonic(), time.process_time()
        before = getattr(self, "_last", (busy, now - 1e-3, own))
        self._last = (busy, now, own)
        theirs = busy - before[0] - ours_seconds - (own - before[2])
        return min(1.0, max(0.0, theirs) / max(now - before[1], 1e-3) / (psutil.cpu_count() or 1))


def busy_seconds() -> float:
    """Processor time that the whole machine has spent at work, also what its host took away."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0))


def free_memory_bytes() -> int:
    """What may still be filled: of the machine, and of the control group that this process lives in."""
    free = int(psutil.virtual_memory().available)
    for limit, used in (("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")):
        ends = [_number(Path("/sys/fs/cgroup") / name) for name in (limit, used)]
        if ends[0] is not None and ends[1] is not None:
            free = min(free, max(0, int(ends[0] - ends[1])))
    return free


def processors() -> float:
    """Processors that this process may use; a control group may give it a part of one."""
    usable = float(usable_processors())
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        quota, period = (_text(_number(Path(f"/sys/fs/cgroup/cpu/cpu.cfs_{name}_us"))) for name in ("quota", "period"))
    return min(usable, float(quota) / float(period)) if quota.isdigit() and period.isdigit() and int(period) else usable


def _number(path: Path) -> float | None:
    try:
        return float(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"
