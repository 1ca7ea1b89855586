"""The machine's one slot for heavy work: who waits, at which place, and whose turn it is.

Each waiting or working process keeps a numbered ticket in ``EDUKIT_HOME/.queue``; the lowest number of a living process has the slot. Numbers are
drawn under a lock, so a later ticket is never lower; the ticket of a process that died is swept by whoever looks next.
"""
from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from edukit.core.events import ShouldStop, Stopped
from edukit.core.files import check_writable, write_json
from edukit.core.workspace import Workspace
from edukit.jobs.processes import find_process, kill_tree, process_record

POLL_SECONDS = 0.25
TICKETS = "[0-9]*.json"  # not the hidden names that files have while they are written


@dataclass(frozen=True)
class Ticket:
    """One place in the queue.

    Args:
        path: The ticket's file; its name is its number.
        process: The record of who waits or works.
        folder: The job's folder; empty for work that is no job.
    """

    path: Path
    process: dict[str, Any]
    folder: str


@contextmanager
def machine_slot(
    workspace: Workspace, on_place: Callable[[int], None], should_stop: ShouldStop | None = None, *, folder: str = ""
) -> Iterator[None]:
    """Waits for the slot, holds it, gives it back.

    Args:
        workspace: Its home holds the queue, one for all students.
        on_place: Told how many are ahead, whenever that changes; 0 when the work may begin.
        should_stop: Asked four times a second while waiting.
        folder: The job's folder, by which ``stop_all`` finds it.

    Raises:
        Stopped: The user asked to stop while waiting.
    """
    ticket = _draw(workspace, folder)
    ahead = -1
    try:
        while ahead != 0:
            now_ahead = sum(other.path.name < ticket.name for other in tickets(workspace))
            if now_ahead != ahead:
                ahead = now_ahead
                on_place(ahead)
            if ahead and should_stop and should_stop():
                raise Stopped
            if ahead:
                time.sleep(POLL_SECONDS)
        yield
    finally:
        ticket.unlink(missing_ok=True)


def tickets(workspace: Workspace) -> list[Ticket]:
    """The tickets of living processes, first come first; those of the dead are removed."""
    living = []
    for path in sorted(_queue(workspace).glob(TICKETS)):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except OSError:  # just given back; or, on Windows, in someone's hands for a moment
            continue
        except ValueError:  # damaged
            record = None
        if find_process(record):
            living.append(Ticket(path, record, str(record.get("folder", ""))))
        else:
            with suppress(OSError):  # someone else swept it first
                path.unlink()
    return living


def stop_all(workspace: Workspace, timeout: float = 10.0) -> None:
    """Asks every heavy job of one server to stop and keep what is done, and ends those that have not heeded it after ``timeout`` seconds.

    Finished files are whole at any moment, so also an ended training can be resumed.

    Args:
        workspace: Of the server; its students' jobs are meant, those of other servers go on.
        timeout: How long to wait, in seconds.
    """
    from edukit.jobs.job import find

    waited_for = []
    for ticket in reversed(tickets(workspace)):  # the last first: else the next in line would begin
        job = find(ticket.folder) if ticket.folder else None
        if job is not None and job.server == workspace.server:
            job.stop()
            waited_for.append(ticket)
    end = time.monotonic() + timeout
    while time.monotonic() < end and any(find_process(ticket.process) for ticket in waited_for):
        time.sleep(0.05)
    for ticket in waited_for:
        kill_tree(ticket.process)


def _queue(workspace: Workspace) -> Path:
    return workspace.home / ".queue"


@contextmanager
def one_at_a_time(workspace: Workspace) -> Iterator[Path]:
    """Keeps all others of this machine out for the moment of the block; yields the queue's folder."""
    queue = _queue(workspace)
    check_writable(queue / "lock")
    queue.mkdir(parents=True, exist_ok=True)
    with FileLock(queue / "lock"):
        yield queue


def _draw(workspace: Workspace, folder: str) -> Path:
    with one_at_a_time(workspace) as queue:
        numbers = [int(path.stem) for path in queue.glob(TICKETS) if path.stem.isdecimal()]
        path = queue / f"{max(numbers, default=0) + 1:012d}.json"
        write_json(path, process_record() | {"folder": folder})
    return path
