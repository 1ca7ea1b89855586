"""What every process that edukit starts finds in its environment: this edukit, and no telemetry."""
from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from edukit.core.quiet import silence

_PACKAGE_PARENT = Path(__file__).resolve().parents[2]
MEMORY_BACK = "MALLOC_TRIM_THRESHOLD_"  # glibc: a lesson's kernel gives large blocks back at once, 5 MB for each of thirty; what trains is quicker without


def subprocess_env(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """A copy of ``environment``, by default this process's own, for a child that imports edukit.

    Example:
        >>> subprocess_env({"LANG": "C"})["DO_NOT_TRACK"]
        '1'
    """
    child = {name: value for name, value in (os.environ if environment is None else environment).items() if name != MEMORY_BACK}
    if _PACKAGE_PARENT.name not in ("site-packages", "dist-packages"):  # a clone that was not installed; site-packages must stay behind Python's own modules
        known = child.get("PYTHONPATH")
        child["PYTHONPATH"] = os.pathsep.join([str(_PACKAGE_PARENT), *([known] if known else [])])
    silence(child)
    return child


def usable_processors() -> int:
    """How many processors this process may use; a container often gives fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
