"""A view of a lesson's work: it says what it is, shows what is on disk, and shows it anew whenever that changes."""
from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from edukit.core.i18n import t, text_or
from edukit.core.limits import MAX_IMAGE_BYTES
from edukit.widgets.view import View
from edukit.widgets.work import Work, work


def code_on(dataset: str, *lines: str) -> str:
    """Shown code that begins with the pictures: ``dataset`` is what ``load_dataset`` gives."""
    return "\n".join([f"dataset = ek.load_dataset({dataset!r})", *lines])


class LessonView(View):
    """What the views of a lesson share.

    Args:
        the_work: Of the lesson; by default the one that is open.
        name: Which of the lesson's quizzes, guesses or checks, where it has several.

    Attributes:
        step: What it is called in lessons.
        area: What its texts' keys begin with, before ``step``.
        part: Which part of the lesson's source it shows; ``told`` is what stands there.
        watches: The changes of the work after which it is drawn anew.
        accept: The files that can be dropped on it; none where it is empty.
    """

    step = ""
    area = "widgets."
    part = ""
    watches: tuple[str, ...] = ("dataset", "version")
    accept = ""
    _thread: threading.Thread | None = None

    def __init__(self, the_work: Work | None = None, name: str = "") -> None:
        key = f"{self.area}{self.step}"
        super().__init__(kind=self.step, title=t(f"{key}.title"), explain=text_or(f"{key}.explain"))
        if self.accept:
            self.upload = {"label": t(f"{key}.drop"), "hint": t(f"{key}.drop_hint"), "accept": self.accept, "max_bytes": MAX_IMAGE_BYTES}
        self.work, self.name = the_work or work(), name
        self.told: Any = self.work.part(self.part, name) if self.part else None
        with self.guarded():
            self.begin()
        self.work.observe(self._work_changed, list(self.watches))

    def begin(self) -> None:
        """What it shows at first."""
        self.refresh()

    def refresh(self) -> None:
        """Shows what is on disk: head, result, buttons."""

    def in_background(self, function: Callable[[], None]) -> None:
        """Does ``function`` beside the page, which stays at work; busy until then."""
        self.busy, self.share, self.status = True, -1.0, t("widgets.starting")

        def work_through() -> None:
            try:
                with self.guarded():
                    function()
            finally:
                self.busy = False  # last: whoever waits for it finds the result there

        self._thread = threading.Thread(target=work_through, daemon=True, name=f"edukit-{self.step}")
        self._thread.start()

    def wait(self, timeout: float = 600) -> None:
        """Waits until the work has ended; for tests and notebooks that drive their own views."""
        if self._thread:
            self._thread.join(timeout)

    def _work_changed(self, _change: Any) -> None:
        with self.guarded():
            if not self.busy:
                self.clear_error()  # it may have been about what has just changed
                self.refresh()
