"""Progress for people: a bar that moves on a terminal, a line now and then elsewhere."""
from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from edukit.cli.streams import write_stderr
from edukit.core.events import Event, Pace, kind_of_work
from edukit.core.formatting import clock, cut
from edukit.core.i18n import t, texts
from edukit.tasks import task_in

BAR_WIDTH = 24
LINE_SECONDS = 5.0  # between two lines where there is no terminal


class ProgressText:
    """Takes events and shows them.

    Args:
        write: Takes text without a line end.
        moving: Whether the text goes to a terminal, where a line can be drawn over.
        clock: Seconds; replaced in tests.
    """

    def __init__(self, write: Callable[[str], None], *, moving: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._write, self._moving, self._clock = write, moving, clock
        self._drawn = False
        self._last = clock()
        self._pace = Pace()

    @classmethod
    def on_stderr(cls) -> ProgressText:
        """Shows events on standard error; whoever takes it ends it."""
        return cls(write_stderr, moving=sys.stderr is not None and sys.stderr.isatty())

    def __call__(self, event: Event) -> None:
        """Shows an event."""
        if event.event == "progress":
            self._progress(event)
        else:
            self.end(event.text)

    def end(self, sentence: str = "", result: Any = None) -> None:
        """Wipes the bar; a sentence may say how it ended."""
        if self._drawn:
            self._write("\r\x1b[K")
            self._drawn = False
        if sentence:
            self._write(sentence + "\n")

    def line(self, event: Event, *, bar: bool = False) -> str:
        """The line for a progress event, which is also remembered to tell the time that is left."""
        kind = kind_of_work(event.unit, event.values)
        left = self._pace.seconds_left(kind, event.done, event.total, self._clock())
        return progress_line(event, seconds_left=None if event.unit == "step" and "speed" not in kind else left, bar=bar)  # other steps are not alike

    def _progress(self, event: Event) -> None:
        now = self._clock()
        finished = event.total > 0 and event.done >= event.total
        line = self.line(event, bar=self._moving)
        if now - self._last < (0.1 if self._moving else LINE_SECONDS) and not finished:
            return
        self._last = now
        if self._moving:
            self._write("\r" + cut(line, shutil.get_terminal_size().columns - 1) + "\x1b[K")
            self._drawn = True
        else:
            self._write(line + "\n")


def progress_line(event: Event, *, seconds_left: float | None, bar: bool) -> str:
    """One line: bar, amount, the figures that matter, and how long it will still take."""
    key = f"cli.unit.{event.unit}"
    amount = f"{int(event.done)}/{int(event.total)}" if event.total else f"{int(event.done)}"
    parts = [f"{amount} {t(key) if key in texts() else event.unit}"]
    if seconds_left is not None and seconds_left >= 1:
        parts.append(t("cli.left", time=clock(seconds_left)))
    parts += _figures(event.values)
    full = round(BAR_WIDTH * min(1.0, event.done / event.total)) if event.total else 0
    return (f"[{'#' * full}{'.' * (BAR_WIDTH - full)}] " if bar else "") + "  ".join(parts)


def _figures(values: Mapping[str, Any]) -> list[str]:
    task = task_in(values)
    shown = {"train_loss": t("cli.figure.train_loss"), f"val_{task.best.name}": task.say("validation")}
    return [f"{words} {values[name]:.3f}" for name, words in shown.items() if isinstance(values.get(name), float)]
