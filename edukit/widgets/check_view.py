"""Check yourself: the learner's own files are looked at, and the check can fail."""
from __future__ import annotations

import threading
from typing import Any

from edukit.core.html import empty, esc, ticks
from edukit.core.i18n import t
from edukit.widgets.checks import Finding, findings
from edukit.widgets.step_view import start_button
from edukit.widgets.view import View
from edukit.widgets.work import Work, work

CELEBRATION = f"<div class='ek-party' aria-hidden='true'>{'<i></i>' * 14}</div>"  # only where motion is welcome


class CheckView(View):
    """The checks that stand in the lesson's source: ``{checks: [{check, …}], passed, failed}``."""

    _thread: threading.Thread | None = None

    def __init__(self, the_work: Work | None = None, name: str = "") -> None:
        super().__init__(kind="check", title=t("widgets.check.title"), explain=t("widgets.check.explain"))
        self.work = the_work or work()
        self.told = self.work.part("check", name)
        self.actions = [start_button(t("widgets.check.start"))]
        self.body = empty(t("widgets.check.none"))

    def pressed(self, name: str, value: Any) -> None:
        """Looks at the files beside the page, which stays at work; a second press meanwhile does nothing."""
        if self.busy:
            return
        self.busy, self.share, self.status = True, -1.0, t("widgets.starting")
        self._thread = threading.Thread(target=self._look, daemon=True, name="edukit-check")
        self._thread.start()

    def wait(self, timeout: float = 600) -> None:
        """Waits until the look has ended; for tests and notebooks that drive their own views."""
        if self._thread:
            self._thread.join(timeout)

    def _look(self) -> None:
        try:
            with self.guarded():
                found = self.findings()
                good = all(fine for fine, _ in found)
                said = f"<p class='ek-answer'><b>{esc(self.told['passed' if good else 'failed'])}</b></p>"
                self.body = ticks(found) + said + (CELEBRATION if good else "")
                self.pills = [{"text": t("widgets.check.pill", right=sum(fine for fine, _ in found), count=len(found)), "kind": "good" if good else "warn"}]
                if good:
                    self.work.finish("check")
        finally:
            self.status = ""
            self.busy = False

    def _progress(self, done: int, total: int) -> None:
        self.share, self.status = done / total, t("widgets.check.doing", number=done + 1, total=total)

    def findings(self) -> list[Finding]:
        """Each check: whether it holds, and a sentence."""
        return findings(self.work, self.told["checks"], self._progress)
