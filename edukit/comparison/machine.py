"""The machine that measures: what it is, without which a latency means nothing, and what else it does meanwhile."""
from __future__ import annotations

import os
import platform
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from edukit.core.subprocess_env import usable_processors

BUSY = 0.12  # other work's share of all processors from which a round is measured again
FAST_INSTRUCTIONS = (  # of Linux's names, those that decide how fast networks are
    "avx2", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_int8", "amx_bf16", "neon", "asimd", "asimddp", "i8mm", "bf16", "sve",
)  # fmt: skip


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
        with suppress(ValueError):  # "max" where there is no limit
            free = min(free, max(0, int(_control_group(limit)) - int(_control_group(used))))
    return free


def processors() -> float:
    """Processors that this process may use; a control group may give it a part of one."""
    usable = float(usable_processors())
    quota, period = (_control_group("cpu.max").split() or [_control_group(f"cpu/cpu.cfs_{name}_us") for name in ("quota", "period")])[:2]
    return min(usable, float(quota) / float(period)) if quota.isdigit() and period.isdigit() and int(period) else usable


def _control_group(name: str) -> str:
    """What the system says of the control group that this process lives in; empty where it does not tell."""
    with suppress(OSError, ValueError):
        return (Path("/sys/fs/cgroup") / name).read_text(encoding="ascii").strip()
    return ""


def machine_facts(versions: Mapping[str, str]) -> dict[str, Any]:
    """The machine and its software as plain JSON values."""
    return {
        "cpu": cpu_name(), "cores": os.cpu_count(), "usable_cores": processors(), "instructions": instructions(), "governor": governor(),
        "free_memory_bytes": free_memory_bytes(), "os": platform.platform(), "versions": {"python": platform.python_version(), **versions},
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip


def cpu_name() -> str:
    """The processor as its maker calls it, where the system tells."""
    named = _cpuinfo(("model name", "hardware"))
    return named or platform.processor() or platform.machine()


def instructions() -> list[str]:
    """The instruction sets for many numbers at once that the processor has, by Linux's names; empty where the system does not tell."""
    flags = _cpuinfo(("flags", "features")).split()
    return [name for name in FAST_INSTRUCTIONS if name in flags]


def has_int8_instructions(names: Sequence[str]) -> bool:
    """Whether instructions multiply and add 8-bit numbers in one step."""
    return any(name in names for name in ("avx_vnni", "avx512_vnni", "amx_int8", "asimddp", "i8mm"))


def governor() -> str | None:
    """How the processor's clock is steered, such as ``"performance"``; None where the system does not tell."""
    with suppress(OSError):
        return Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").read_text(encoding="ascii").strip()
    return None


def _cpuinfo(starts: tuple[str, ...]) -> str:
    with suppress(OSError):  # only Linux has this file, and not every container
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.lower().startswith(starts):
                return line.split(":", 1)[1].strip()
    return ""
