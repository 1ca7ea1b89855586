"""Check yourself: the learner's own files are looked at, and the check can fail."""
from __future__ import annotations

from typing import Any

from edukit.core.html import empty, esc, ticks
from edukit.core.i18n import t
from edukit.widgets.checks import Finding, findings
from edukit.widgets.lesson_view import LessonView
from edukit.widgets.step_view import start_button

CELEBRATION = f"<div class='ek-party' aria-hidden='true'>{'<i></i>' * 14}</div>"  # only where motion is welcome


class CheckView(LessonView):
    """The checks that stand in the lesson's source: ``{checks: [{check, …}], passed, failed}``."""

    step, part, watches = "check", "check", ()

    def begin(self) -> None:
        """Nothing is looked at yet."""
        self.actions = [start_button(t("widgets.check.start"))]
        self.body = empty(t("widgets.check.none"))

    def pressed(self, name: str, value: Any) -> None:
        """Looks at the files beside the page, which stays at work; a second press meanwhile does nothing."""
        if not self.busy:
            self.in_background(self._look)

    def _look(self) -> None:
        with self.guarded():
            found = self.findings()
            good = all(fine for fine, _ in found)
            said = f"<p class='ek-answer'><b>{esc(self.told['passed' if good else 'failed'])}</b></p>"
            self.body = ticks(found) + said + (CELEBRATION if good else "")
            self.pills = [{"text": t("widgets.check.pill", right=sum(fine for fine, _ in found), count=len(found)), "kind": "good" if good else "warn"}]
            if good:
                self.work.finish("check")
        self.status = ""

    def _progress(self, done: int, total: int) -> None:
        self.share, self.status = done / total, t("widgets.check.doing", number=done + 1, total=total)

    def findings(self) -> list[Finding]:
        """Each check: whether it holds, and a sentence."""
        return findings(self.work, self.told["checks"], self._progress)
