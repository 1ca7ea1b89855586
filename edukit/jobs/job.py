"""A job as its folder tells it: any process may look, also one that began after the job did."""
from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import psutil

from edukit.core.command_line import read_arguments
from edukit.core.errors import EdukitError, FileMissing, JobLost
from edukit.core.files import read_json, read_record
from edukit.core.job_files import ANSWER, EVENTS, JOB, SEEN, STOP
from edukit.core.verbs import find_verb
from edukit.jobs.processes import find_process

LAST = {"done": "done", "stopped": "stopped", "error": "failed"}  # the last event's kind and the state it means

State = Literal["waiting", "running", "done", "stopped", "failed", "lost"]


class Job:
    """One verb at work in the background, or what it left.

    Args:
        folder: The job's folder.

    Attributes:
        verb, arguments: What was asked, as ``start`` was given it.

    Raises:
        FileMissing: No job was ever started there.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder).expanduser().absolute()
        record = read_record(self.folder / JOB)
        if not record:
            raise FileMissing(path=self.folder / JOB)
        self.verb, self.arguments = _asked(record)
        self.lang = str(record.get("lang", "en"))
        self.server = str(record.get("server", ""))
        self._process = {name: record.get(name) for name in ("pid", "started")}
        self._events: list[dict[str, Any]] = []
        self._offset = 0
        self._lock = threading.Lock()  # a page's Stop reads while a thread follows the job

    def __repr__(self) -> str:
        return f"Job({str(self.folder)!r}, {self.state})"

    @property
    def state(self) -> State:
        """``"waiting"`` for the machine's slot, ``"running"``, ``"done"``, ``"stopped"``, ``"failed"``, or ``"lost"`` if it vanished without a word."""
        alive = self.alive()  # asked before the events are read: what it said last was said before it ended
        events = self.events()
        for event in reversed(events):
            if event.get("event") in LAST:
                return LAST[event["event"]]  # type: ignore[return-value]  # LAST's values are states
        if not alive:
            return "lost"
        return "waiting" if self.place else "running"

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state not in ("waiting", "running")

    def alive(self) -> bool:
        """Whether its process still runs."""
        return find_process(self._process) is not None

    def events(self, since: int = 0) -> list[dict[str, Any]]:
        """What it reported, from the event with number ``since`` on."""
        with self._lock:
            with suppress(OSError), (self.folder / EVENTS).open("rb") as stream:
                stream.seek(self._offset)
                new = stream.read()
                whole = new[: new.rfind(b"\n") + 1]  # the last line may still be being written
                self._offset += len(whole)
                self._events += [event for line in whole.splitlines() if (event := _event(line))]
            return self._events[since:]

    @property
    def progress(self) -> dict[str, Any] | None:
        """The latest progress: ``done``, ``total``, ``unit``, ``values``."""
        return next(self._last("progress"), None)

    @property
    def message(self) -> str:
        """The last sentence that it said."""
        return next((str(event["text"]) for event in self._last("message")), "")

    @property
    def place(self) -> int:
        """How many jobs are ahead of it; 0 once it works."""
        return next((int(event["place"]) for event in reversed(self.events()) if "place" in event), 0)

    @property
    def answer(self) -> Any:
        """The verb's answer, as ``--json`` gives it; None while there is none."""
        return read_json(self.folder / ANSWER) if self.state in ("done", "stopped") else None

    @property
    def kept(self) -> bool:
        """Whether it left a result: it is done, or was stopped and answered more than that it was (a stopped job may have kept nothing)."""
        state = self.state
        return state == "done" or (state == "stopped" and isinstance(self.answer, dict) and bool(self.answer.keys() - {"stopped"}))

    @property
    def began_ns(self) -> int:
        """When it was started; of two jobs the later has the larger number."""
        return (self.folder / JOB).stat().st_mtime_ns

    @property
    def seen(self) -> bool:
        """Whether a view has dealt with its result."""
        return (self.folder / SEEN).exists()

    def mark_seen(self) -> None:
        """Notes that a view has dealt with its result; on a full disk the next view does so once more."""
        with suppress(OSError):
            (self.folder / SEEN).touch()

    @property
    def error(self) -> dict[str, str] | None:
        """What went wrong: ``code``, ``message``, ``remedy``."""
        if self.state == "lost":
            return JobLost(path=self.folder).to_dict()
        return next((dict(event["error"]) for event in self._last("error")), None)

    def _last(self, kind: str) -> Iterator[dict[str, Any]]:
        return (event for event in reversed(self.events()) if event.get("event") == kind)

    def stop(self) -> None:
        """Asks it to stop and keep what is done."""
        process = find_process(self._process)
        if process is None:
            return
        with suppress(OSError):  # a full disk: the signal is left
            (self.folder / STOP).touch()
        if os.name != "nt" and self.events():  # before its first event it would die of the signal; Windows has none that it could heed
            with suppress(psutil.NoSuchProcess):
                process.terminate()

    def wait(self, timeout: float | None = None) -> Job:
        """Waits until it has ended, at most ``timeout`` seconds, and returns the job itself."""
        end = None if timeout is None else time.monotonic() + timeout
        while self.alive() and (end is None or time.monotonic() < end):
            time.sleep(0.05)
        return self


def find(folder: str | os.PathLike[str]) -> Job | None:
    """The job that was last started in ``folder``, or None."""
    try:
        return Job(folder)
    except FileMissing:
        return None


def _asked(record: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Verb and arguments of a job's record; the first version held the words of a command line."""
    if record.get("v") == 2:
        arguments = record.get("arguments")
        return str(record.get("verb", "")), dict(arguments) if isinstance(arguments, dict) else {}
    words = record.get("words")
    verb, *rest = [str(word) for word in words] if isinstance(words, list) and words else [""]
    try:
        return verb, read_arguments(rest, find_verb(verb).parameters())
    except EdukitError:
        return verb, {}


def _event(line: bytes) -> dict[str, Any] | None:
    # What a library prints lands among the events: readers skip lines that are not JSON.
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None
