"""Work that nobody asked for yet: a process of low priority looks at the chosen pictures while the reader reads, and gives way to every job.

``python -m edukit.jobs.ahead DATASET BACKBONE`` is that process. It is no job: it has no folder and no place in the queue, and ends with the process that
began it.
"""
from __future__ import annotations

import subprocess
import sys
from contextlib import suppress

import psutil

from edukit.core.subprocess_env import subprocess_env
from edukit.core.workspace import Workspace, current

LEAST_FREE_BYTES = 1_500_000_000  # of memory: PyTorch takes a third of it


def start_ahead(dataset: str, backbone: str, workspace: Workspace) -> subprocess.Popen[bytes] | None:
    """Begins to compute features; None where memory is short or no process can be made."""
    if psutil.virtual_memory().available < LEAST_FREE_BYTES:
        return None
    with suppress(OSError, ValueError):
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "edukit.jobs.ahead", dataset, backbone], env=subprocess_env() | workspace.to_environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    return None


def main(dataset: str, backbone: str) -> None:
    """Computes unless another such process does, until a job wants the machine or the process that began this one has ended."""
    from filelock import FileLock, Timeout

    from edukit.core.errors import EdukitError
    from edukit.jobs.slot import tickets
    from edukit.training.ahead import compute_features

    process, workspace = psutil.Process(), current()
    parent = process.parent()
    with suppress(psutil.Error, OSError):
        process.nice(psutil.IDLE_PRIORITY_CLASS if sys.platform == "win32" else 19)

    def should_stop() -> bool:
        return parent is None or not parent.is_running() or bool(tickets(workspace))

    with suppress(EdukitError, OSError, Timeout):  # what is wrong is told when somebody presses Train
        workspace.cache.mkdir(parents=True, exist_ok=True)
        with FileLock(workspace.cache / "ahead.lock", timeout=0):
            compute_features(dataset, backbone, should_stop)


if __name__ == "__main__":
    main(*sys.argv[1:3])
