"""Running one verb: events around it, its answer or its error at the end, and the exit code."""
from __future__ import annotations

import errno
import os
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edukit.cli.events import EventLines
from edukit.cli.human import answer_text
from edukit.cli.progress import ProgressText
from edukit.cli.stopping import StopWish
from edukit.cli.streams import event_writer, quiet_stdout, say, say_error, visible
from edukit.core.errors import DiskFull, EdukitError, FileMissing, FileUnreadable, OutOfMemory, OutputNotWritable
from edukit.core.events import Event, Stopped
from edukit.core.files import json_text
from edukit.core.i18n import t
from edukit.core.job_files import JOB_VARIABLE, STOP
from edukit.core.packages import extra_of, missing
from edukit.core.parameters import takes_hooks
from edukit.core.results import plain
from edukit.core.verbs import Verb
from edukit.core.workspace import current

DONE, FAULT, BAD_INPUT, ERRORS_FOUND, STOPPED = 0, 1, 2, 3, 130

Report = Callable[[Event], None]


@dataclass(frozen=True)
class Style:
    """How to answer.

    Args:
        json: One JSON value on standard output instead of text.
        events: JSON lines on standard error instead of a progress bar.
        lang: The language that was asked for, if any.
    """

    json: bool = False
    events: bool = False
    lang: str | None = None


@dataclass(frozen=True)
class Outcome:
    """How a verb ended.

    Args:
        code: The exit code.
        answer: What ``--json`` gives.
        error: What went wrong, if anything did: ``code``, ``message``, ``remedy``.
        result: What the answer was made from.
    """

    code: int
    answer: Any = None
    error: dict[str, str] | None = None
    result: Any = None

    def last_event(self) -> Event:
        """The event that ends the stream."""
        if self.error is not None:
            return Event(event="error", error=self.error)
        return Event(event="stopped" if self.code == STOPPED else "done", answer=self.answer)


def outcome_of(error: BaseException) -> Outcome:
    """The outcome of a verb that raised ``error``."""
    ours = error_dict(error)
    return Outcome(FAULT if ours["code"] == "E900" else BAD_INPUT, error=ours)


def error_dict(error: BaseException) -> dict[str, str]:
    """The error object: ``code``, ``message``, ``remedy``; E900 for a fault of ours, whose traceback ``EDUKIT_DEBUG=1`` shows."""
    ours = as_ours(error)
    if ours is not None:
        return ours.to_dict()
    if os.environ.get("EDUKIT_DEBUG") == "1":
        say_error("".join(traceback.format_exception(error)))
    reason = f"{type(error).__name__}: {error}"[:500]
    return {"code": "E900", "message": t("E900.message", reason=reason), "remedy": t("E900.remedy")}


def as_ours(error: BaseException) -> EdukitError | None:
    """The coded error that says what ``error`` means, or None if it is a fault of ours."""
    if isinstance(error, EdukitError):
        return error
    if (lack := OutOfMemory.meant_by(error)) is not None:
        return lack
    if isinstance(error, ModuleNotFoundError):
        return missing(error.name) if error.name and extra_of(error.name) is not None else None
    return _from_system(error) if isinstance(error, OSError) else None


def _from_system(error: OSError) -> EdukitError | None:
    path, reason = error.filename or "-", os.strerror(error.errno or 0)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(path=path)
    if error.errno == errno.ENOENT and error.filename:
        return FileMissing(path=path)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        unreadable = os.path.exists(path) and not os.access(path, os.R_OK)  # noqa: PTH110 - filename may be text or bytes
        return FileUnreadable(path=path, reason=reason) if unreadable else OutputNotWritable(path=path, reason=reason)
    if error.errno in (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EIO):
        return FileUnreadable(path=path, reason=reason)
    return None


def run(verb: Verb, values: Mapping[str, Any], style: Style) -> int:
    """Runs a verb with arguments that were read, answers, and returns the exit code."""
    job = os.environ.pop(JOB_VARIABLE, "")  # popped: what the verb itself starts is no job
    folder = Path(job) if job and Path(job).is_dir() else None
    wish = StopWish(folder / STOP if folder else None)
    with ExitStack() as stack:
        silent = _is_follower(verb)
        progress = ProgressText.on_stderr()
        stack.callback(progress.end)  # a half-drawn line is ended in any case
        report: Report = (lambda event: None) if silent else EventLines(stack.enter_context(event_writer(folder))) if style.events else progress
        stack.enter_context(wish.listening(gently=verb.stoppable))  # to the last word: a signal while it answers must not cost the answer
        outcome = _perform(verb, values, style, report, wish, folder)
        if not silent or outcome.error is not None:
            outcome = answer(verb.name, outcome, style)
        report(outcome.last_event())  # after the answer: who has seen this may read that
    return outcome.code


def _is_follower(verb: Verb) -> bool:
    """Whether another process that trains together with this one reports and answers."""
    if verb.name != "train" or "RANK" not in os.environ:
        return False
    from edukit.training.ranks import Ranks

    return not Ranks.of().first


def answer(verb: str, outcome: Outcome, style: Style) -> Outcome:
    """Prints how a verb ended, and returns it: an error where the answer could not be printed."""
    try:
        _print(verb, outcome, style)
    except OSError as error:
        outcome = outcome_of(error)
        _print(verb, outcome, replace(style, json=False))
    return outcome


def _print(verb: str, outcome: Outcome, style: Style) -> None:
    if style.json:
        say(json_text(outcome.answer if outcome.error is None else {"error": outcome.error}))
    elif outcome.error is not None:
        if outcome.result is not None:  # what could be done all the same
            say(visible(answer_text(verb, outcome.result)))
        say_error(visible(f"[{outcome.error['code']}] {outcome.error['message']}\n{outcome.error['remedy']}"))
    elif outcome.code == STOPPED and not any((outcome.answer or {}).get(name) for name in ("best", "latest")):
        say_error(t("cli.stopped"))
    elif text := answer_text(verb, outcome.result):
        say(visible(text))


def _perform(verb: Verb, values: Mapping[str, Any], style: Style, report: Report, wish: StopWish, folder: Path | None) -> Outcome:
    try:
        with nullcontext() if verb.talks and not style.json else quiet_stdout():
            report(Event(event="start", values={"verb": verb.name, "pid": os.getpid()}))
            with _turn(verb, report, wish, folder):
                function = verb.load()
                if verb.name == "predict" and not style.json and len(values["images"]) > 1:
                    return _predict_good(function, values)
                result = function(**values, **({"on_event": report, "should_stop": wish} if takes_hooks(function) else {}))
        if verb.talks:
            return Outcome(result, None)
        code = ERRORS_FOUND if values.get("strict") and result.errors() else STOPPED if getattr(result, "stopped", False) else DONE
        return Outcome(code, plain(result), result=result)
    except (KeyboardInterrupt, Stopped):
        return Outcome(STOPPED, {"stopped": True})
    except Exception as error:  # the one place where every error becomes an answer; faults of ours among them say so
        return outcome_of(error)


@contextmanager
def _turn(verb: Verb, report: Report, wish: StopWish, folder: Path | None) -> Iterator[None]:
    """The machine's slot, for heavy work that runs as a job; a verb typed by hand starts at once."""
    if folder is None or not verb.heavy or not isinstance(report, EventLines):
        yield
        return
    from edukit.jobs import machine_slot

    waited = False

    def place(ahead: int) -> None:
        nonlocal waited
        if ahead or waited:
            report.note(Event(event="message", text=t("jobs.waiting", ahead=ahead) if ahead else t("jobs.begins")), {"place": ahead})
        waited = waited or ahead > 0

    with machine_slot(current(), place, wish, folder=str(folder)):
        yield


def _predict_good(predict: Callable[..., Any], values: Mapping[str, Any]) -> Outcome:
    """For people: the answers to the pictures that can be read, and an error that names the others."""
    from edukit.models.inputs import check_pictures

    good, errors = [], []
    for image in values["images"]:
        try:
            good += check_pictures([image], decode=True)
        except EdukitError as error:
            errors.append(error)
    if not good:
        raise errors[0]
    result = predict(**{**values, "images": good})
    for other in errors[1:]:
        say_error(visible(f"[{other.code}] {other.message}"))
    return Outcome(BAD_INPUT if errors else DONE, plain(result), errors[0].to_dict() if errors else None, result)
