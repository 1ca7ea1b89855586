"""Where and how figures were measured; without this a latency means nothing."""
from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edukit.comparison.speed import Plan
from edukit.comparison.subjects import Subject


def environment_of(subjects: Sequence[Subject], threads: int, plan: Plan | None) -> dict[str, Any]:
    """Plain JSON values: the machine, the threads, the batch, the runs, the versions."""
    versions = {"python": platform.python_version()}
    for subject in subjects:
        versions |= subject.versions
    return {
        "cpu": cpu_name(), "cores": os.cpu_count(), "os": platform.platform(), "threads": threads,
        "batch": plan.batch_size if plan else None, "runs": plan.runs if plan else 0, "rounds": plan.rounds if plan else 0,
        "processes": len(subjects), "versions": versions, "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def cpu_name() -> str:
    """The processor as its maker calls it, where the system tells."""
    with suppress(OSError):  # only Linux has this file, and not every container
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.lower().startswith(("model name", "hardware")):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
