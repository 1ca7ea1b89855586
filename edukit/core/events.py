"""What a long step tells while it works, and how it is told to stop. The wire form is one JSON object a line (INTERFACES, Events)."""
from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from edukit.core.i18n import t

Kind = Literal["start", "progress", "message", "done", "stopped", "error"]
_CARRIED: Mapping[Kind, tuple[str, ...]] = {
    "start": ("values",), "progress": ("done", "total", "unit", "values"), "message": ("text",),
    "done": ("answer",), "stopped": ("answer",), "error": ("error",),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Event:
    """One report of a running step.

    Args:
        event: What kind of report; a verb itself sends only ``progress`` and ``message``, its runner the others.
        done, total: Finished and whole amount, in ``unit``; ``total`` 0 means unknown.
        unit: What is counted: ``"epoch"``, ``"picture"``, ``"run"``, ``"step"``, ``"byte"``.
        values: Measurements so far, such as ``{"train_loss": 0.4, "val_loss": 0.5}``.
        text: A sentence for the user, already in their language (``message``).
        answer: The verb's answer (``done``, ``stopped``).
        error: ``{"code", "message", "remedy"}`` (``error``).
    """

    event: Kind
    done: float = 0
    total: float = 0
    unit: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    answer: Any = None
    error: Mapping[str, str] | None = None
    time: float = field(default_factory=time.time)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, only those that this kind of event carries."""
        return {"v": 1, "event": self.event, "time": round(self.time, 3)} | {name: getattr(self, name) for name in _CARRIED[self.event]}


def kind_of_work(unit: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """What a progress counts: only steps of one kind tell how long the next ones take.

    Example:
        >>> kind_of_work("picture", {"step": "features"}) == kind_of_work("picture", {})
        False
    """
    return (unit, *(str(values[name]) for name in ("step", "stage") if isinstance(values.get(name), str)))


class Pace:
    """How long work still takes, judged by its pace since the present kind of it began."""

    def __init__(self) -> None:
        self._began: tuple[tuple[str, ...], float, float] | None = None  # kind of work, done and time when it began

    def seconds_left(self, kind: tuple[str, ...], done: float, total: float, now: float) -> float | None:
        """Takes in a progress; None while nothing can be told.

        Args:
            kind: As ``kind_of_work`` has it.
            done, total: Of the progress.
            now: Its time in seconds, of whatever clock.
        """
        if self._began is None or self._began[0] != kind or done < self._began[1]:
            self._began = (kind, done, now)
        _, first, began = self._began
        return (total - done) * (now - began) / (done - first) if done > first and total else None


OnEvent = Callable[[Event], None]
ShouldStop = Callable[[], bool]


class Stopped(Exception):
    """The user asked a step to stop before it had anything to keep; no error, so it does not end in one."""

    def _render_traceback_(self) -> list[str]:
        # IPython calls this instead of drawing a traceback.
        return [str(self) or t("live.stopped")]


@dataclass(frozen=True)
class Reporter:
    """The two ends of a running step: where reports go, and where the wish to stop comes from.

    Example:
        >>> seen = []
        >>> Reporter(seen.append).progress(1, 3, "epoch", val_loss=0.5)
        >>> seen[0].values
        {'val_loss': 0.5}
    """

    on_event: OnEvent | None = None
    should_stop: ShouldStop | None = None

    def progress(self, done: float, total: float, unit: str, **values: Any) -> None:
        """Reports an amount of finished work."""
        if self.on_event:
            self.on_event(Event(event="progress", done=done, total=total, unit=unit, values=values))

    def step(self, done: float, total: float, stage: str = "") -> None:
        """The next step of ``total`` begins, ``done`` being behind: reports it. Raises ``Stopped`` if that is wished."""
        self.check()
        self.progress(done, total, "step", **({"stage": stage} if stage else {}))

    def message(self, text: str) -> None:
        """Reports a sentence for the user."""
        if self.on_event:
            self.on_event(Event(event="message", text=text))

    def wants_stop(self) -> bool:
        """Whether the user asked to stop."""
        return bool(self.should_stop and self.should_stop())

    def check(self) -> None:
        """Raises ``Stopped`` if the user asked to stop."""
        if self.wants_stop():
            raise Stopped


@dataclass
class StepCounter:
    """Counts steps and reports each; ``reporter`` also brings the wish to stop."""

    reporter: Reporter
    total: int
    done: int = 0

    def advance(self, **values: Any) -> None:
        """One step more is done."""
        self.done += 1
        self.reporter.progress(self.done, self.total, "step", **values)

    def finish(self, **values: Any) -> None:
        """Reports the rest as done: fewer steps were enough."""
        if self.done < self.total:
            self.done = self.total
            self.reporter.progress(self.done, self.total, "step", **values)
