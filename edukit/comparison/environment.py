"""Where and how figures were measured; without this a latency means nothing."""
from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edukit.comparison.machine_load import free_memory_bytes, processors
from edukit.comparison.speed import Plan
from edukit.comparison.subjects import Subject

FAST_INSTRUCTIONS = (  # of Linux's names, those that decide how fast networks are
    "avx2", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_int8", "amx_bf16", "neon", "asimd", "asimddp", "i8mm", "bf16", "sve",
)  # fmt: skip


def environment_of(subjects: Sequence[Subject], threads: int, plan: Plan | None) -> dict[str, Any]:
    """Plain JSON values: the machine, the threads, the batch, the runs, the versions."""
    versions: dict[str, str] = {}
    for subject in subjects:
        versions |= subject.versions
    return machine_facts(versions) | {
        "threads": threads, "batch": plan.batch_size if plan else None, "runs": plan.runs if plan else 0, "rounds": plan.rounds if plan else 0,
        "processes": len(subjects),
    }  # fmt: skip


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
