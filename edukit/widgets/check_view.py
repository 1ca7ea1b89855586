"""Check yourself: the learner's own files are looked at, and the check can fail."""
from __future__ import annotations

from typing import Any

from edukit.core.html import empty, esc, ticks
from edukit.core.i18n import t
from edukit.widgets.checks import Finding, findings
from edukit.widgets.step_view import start_button
from edukit.widgets.view import View
from edukit.widgets.work import Work, work


class CheckView(View):
    """The checks that stand in the lesson's source: ``{checks: [{check, …}], passed, failed}``."""

    def __init__(self, the_work: Work | None = None, name: str = "") -> None:
        super().__init__(kind="check", title=t("widgets.check.title"), explain=t("widgets.check.explain"))
        self.work = the_work or work()
        self.told = self.work.part("check", name)
        self.actions = [start_button(t("widgets.check.start"))]
        self.body = empty(t("widgets.check.none"))

    def pressed(self, name: str, value: Any) -> None:
        """Looks at the files and says what was found."""
        found = self.findings()
        good = all(fine for fine, _ in found)
        self.body = ticks(found) + f"<p class='ek-answer'><b>{esc(self.told['passed' if good else 'failed'])}</b></p>"
        self.pills = [{"text": t("widgets.check.pill", right=sum(fine for fine, _ in found), count=len(found)), "kind": "good" if good else "warn"}]
        if good:
            self.work.finish("check")

    def findings(self) -> list[Finding]:
        """Each check: whether it holds, and a sentence."""
        return findings(self.work, self.told["checks"])
