"""Starting a job: one verb in a process of its own, with its files in one folder."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edukit.core.command_line import words_of
from edukit.core.errors import EdukitError, FolderBusy, OutputNotWritable
from edukit.core.files import check_writable, output_error, write_json, write_text
from edukit.core.i18n import language
from edukit.core.job_files import ANSWER, EVENTS, JOB, JOB_FILES, JOB_VARIABLE
from edukit.core.subprocess_env import subprocess_env
from edukit.core.workspace import Workspace, current
from edukit.jobs.job import Job, find
from edukit.jobs.processes import kill_tree, process_record
from edukit.jobs.slot import one_at_a_time
from edukit.jobs.warm import fork_job


def start(
    verb: str, arguments: Mapping[str, Any], folder: str | os.PathLike[str], *, lang: str | None = None, workspace: Workspace | None = None
) -> Job:
    """Runs a verb in the background; it goes on when the caller ends.

    Args:
        verb: Such as ``"train"``.
        arguments: Its arguments by their Python names, such as ``{"dataset": "emoji", "epochs": 5}``; paths and plain values.
        folder: Where the job's files go: job.json, events.jsonl, answer.json, stop, chatter.txt. What else lies there is left alone.
        lang: Language of its messages; by default the one in use.
        workspace: Whose work it is; by default the one in use.

    Raises:
        FolderBusy: A job still runs in ``folder``.
        UnknownChoice, UsageError: There is no such verb or argument.
        OutputNotWritable, DiskFull

    Example:
        >>> start("predict", {"model": "emoji-int8.onnx", "images": ["cat.jpg"]}, "work/try").wait().answer[0]["labels"][0]
        'animal'
    """
    words = words_of(verb, arguments)
    place = Path(folder).expanduser().absolute()
    check_writable(place / JOB)
    place.mkdir(parents=True, exist_ok=True)
    workspace = workspace or current()
    with one_at_a_time(workspace):
        running = find(place)
        if running is not None and not running.ended:
            raise FolderBusy(path=place)
        _clear(place)
        spoken = lang or language()
        pid = _spawn(["--events", "--json", "--lang", spoken, *words], place, workspace)
        record = {"v": 2, "verb": verb, "arguments": _plain(arguments), "lang": spoken, "server": workspace.server}
        try:
            write_json(place / JOB, process_record(pid) | record)
        except EdukitError:  # a job that nobody could find again must not run
            kill_tree(process_record(pid))
            raise
    return Job(place)


def record_answer(verb: str, arguments: Mapping[str, Any], answer: Any, folder: str | os.PathLike[str]) -> Job:
    """Writes what a verb answered in this process as a job that is done: views find it like one of theirs.

    Args:
        verb, arguments, folder: As ``start`` takes them; arguments may also be results and datasets.
        answer: Plain values, as ``--json`` would give them.

    Raises:
        OutputNotWritable, DiskFull
    """
    place = Path(folder).expanduser().absolute()
    write_text(place / EVENTS, json.dumps({"v": 1, "event": "done", "time": time.time()}) + "\n")
    write_json(place / ANSWER, answer)
    write_json(place / JOB, {"v": 2, "verb": verb, "arguments": _plain(arguments), "lang": language(), "server": ""})
    return Job(place)


def _plain(value: Any) -> Any:
    """Arguments as JSON values."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    place = value if isinstance(value, os.PathLike) else next((found for name in ("folder", "path") if (found := getattr(value, name, None))), "")
    return os.fspath(place)


def _clear(folder: Path) -> None:
    """Removes what an earlier job left, and nothing else."""
    for name in JOB_FILES:
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise OutputNotWritable(path=folder / name, reason=error.strerror or error) from error


def _spawn(words: list[str], folder: Path, workspace: Workspace) -> int:
    """Starts the process, forked or new, and returns its number."""
    apart: dict[str, Any] = {"start_new_session": True}  # a Ctrl-C meant for the server must not reach it
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    environment = subprocess_env() | workspace.to_environment() | {JOB_VARIABLE: str(folder), "PYTHONUTF8": "1"}
    try:
        with (folder / ANSWER).open("wb") as answer, (folder / EVENTS).open("ab") as events:
            return fork_job(words, environment, answer, events) or subprocess.Popen(
                [sys.executable, "-P", "-m", "edukit", *words],  # -P: a student's random.py in the current folder is not imported
                stdin=subprocess.DEVNULL, stdout=answer, stderr=events, env=environment, **apart,
            ).pid  # fmt: skip
    except OSError as error:
        raise output_error(error, folder) from error
    except ValueError as error:  # a NUL among the words
        raise OutputNotWritable(path=folder, reason=error) from error
