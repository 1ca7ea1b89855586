"""Verbs called by hand: a bar or a curve that grows in a notebook's cell or at a prompt, and an interrupt that ends in one sentence."""
from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from edukit.cli.human import answer_text
from edukit.cli.progress import ProgressText
from edukit.cli.stopping import StopWish
from edukit.core.errors import EdukitError
from edukit.core.events import Event, Stopped
from edukit.core.html import esc, shown_alone, tag
from edukit.core.i18n import t
from edukit.core.packages import installed
from edukit.core.parameters import takes_hooks
from edukit.core.verbs import VERBS

JOB_NAMES = {"check-dataset": "check", "compare-speed": "speed"}  # as the views call them
DRAW_SECONDS = 0.25  # between two drawings of a cell
Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


def live(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """``function``, showing its progress where a person looks on and no ``on_event`` shows it; in scripts it is quiet as ever.

    In a cell or at a prompt the first interrupt asks it to stop and keep what is done; if nothing is kept, ``Stopped`` is raised.
    """
    if not takes_hooks(function):
        return function

    @wraps(function)
    def shown(*places: Arguments.args, **named: Arguments.kwargs) -> Answer:
        listener: Any = named.get("on_event")
        display = None if listener and not getattr(listener, "beside_display", False) else _display_here(function.__name__)
        if display is None:
            return function(*places, **named)
        wish, asked = StopWish(), named.get("should_stop")

        def report(event: Event) -> None:
            if listener:  # one that writes files, and shows nothing itself
                listener(event)
            display(event)

        hooks: Any = {"on_event": report, "should_stop": (lambda: wish() or asked()) if callable(asked) else wish}
        try:
            with wish.listening(gently=True, patient=True):
                result = function(*places, **(named | hooks))
        except (KeyboardInterrupt, Stopped):
            display.end(t("live.stopped"))
            raise Stopped(t("live.stopped")) from None
        except BaseException:
            display.end()
            raise
        kept: Any = result
        display.end(answer_text(function.__name__, kept) if getattr(kept, "stopped", False) else "", kept)
        if isinstance(display, CellDisplay):
            _tell_views(function, places, named, kept)
        return result

    return shown


def _tell_views(function: Callable[..., Any], places: tuple[Any, ...], named: dict[str, Any], result: Any) -> None:
    """The lesson's views show what a cell has found, as if their own button had been pressed."""
    verb = next((one.name for one in VERBS if one.attribute == function.__name__), "train")
    if verb == "train" or not hasattr(result, "to_dict") or not installed("ipywidgets"):  # a run tells about itself
        return
    from edukit.jobs import record_answer
    from edukit.widgets.work import work

    lesson = work()
    if not lesson.header.steps:  # no lesson is open
        return
    given = inspect.signature(function).bind(*places, **named).arguments
    arguments = {name: value for name, value in given.items() if not callable(value)}
    with suppress(EdukitError, TypeError):  # what cannot be kept is in the cell all the same
        record_answer(verb, arguments, result.to_dict(), lesson.new_job(JOB_NAMES.get(verb, verb)))
        lesson.version += 1


def _display_here(verb: str) -> ProgressText | CellDisplay | None:
    """A notebook's cell, a terminal in which somebody types Python, or None."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if getattr(shell, "kernel", None) is not None:
        return CellDisplay(verb)
    typed = shell is not None or hasattr(sys, "ps1") or bool(sys.flags.interactive)
    return ProgressText.on_stderr() if typed and sys.stderr is not None and sys.stderr.isatty() else None


class CellDisplay:
    """A bar in a notebook's cell, of a training also its curve, which stays when it has ended.

    Args:
        verb: The function's name.
    """

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self._text = ProgressText(lambda text: None, moving=True)
        self._began, self._drawn = time.monotonic(), 0.0
        self._note, self._line = "", ""
        self._share: float | None = None
        self._history: list[dict[str, Any]] = []
        self._epochs = 0
        self._handle: Any = None

    def __call__(self, event: Event) -> None:
        """Shows an event."""
        grown = False
        if event.event == "message":
            self._note = event.text
        elif event.event == "progress":
            self._line, self._share = self._text.line(event), event.done / event.total if event.total else None
            grown = "epoch" in event.values
            if grown:
                self._history.append(dict(event.values))
                self._epochs = round(event.total)
        if grown or time.monotonic() - self._drawn >= DRAW_SECONDS:
            self._draw(self._bar(), self._line)

    def end(self, sentence: str = "", result: Any = None) -> None:
        """Leaves the curve and how it ended."""
        self._history = list(getattr(result, "history", self._history))
        if result is not None and not sentence:
            sentence = t("live.done", verb=self.verb, seconds=f"{time.monotonic() - self._began:.1f}")
        self._note = ""
        self._draw(tag("p", sentence) if sentence else "", sentence)
        if self._history:
            self._give_way(result, sentence)

    def _give_way(self, result: Any, sentence: str) -> None:
        """Takes the curve back where the cell's last line draws the result, curve and all."""
        from IPython import get_ipython

        def ended(info: Any) -> None:
            events.unregister("post_run_cell", ended)
            if info.result is result:
                self._history = []
                self._draw(tag("p", sentence) if sentence else "", sentence)

        events = get_ipython().events
        events.register("post_run_cell", ended)

    def _bar(self) -> str:
        value = "" if self._share is None else f" value='{self._share:.3f}'"
        label = esc(self._line or self.verb)
        return f"<p><progress max='1'{value} aria-label='{label}' style='width:100%'></progress><br>{label}</p>"

    def _draw(self, bar: str, line: str) -> None:
        from IPython.display import display

        self._drawn = time.monotonic()
        curve = ""
        if self._history:
            from edukit.tasks import task_in
            from edukit.training.curves import training_curves

            row = self._history[-1]
            figure = f"_{task_in(row).best.name}"
            curve = training_curves(self._history, epochs=self._epochs, loss=not any(name.endswith(figure) for name in row))
        shown = {"text/html": shown_alone(bar, tag("small", self._note) if self._note else "", curve), "text/plain": line}
        if self._handle is None:
            self._handle = display(shown, raw=True, display_id=True)
        else:
            self._handle.update(shown, raw=True)
