"""Check yourself: the learner's own files are looked at, and the check can fail."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from edukit.core.html import empty, esc, ticks
from edukit.core.i18n import t
from edukit.tasks import task_in
from edukit.widgets.step_view import start_button
from edukit.widgets.train_view import saved_history
from edukit.widgets.try_view import loaded
from edukit.widgets.view import View
from edukit.widgets.work import Work, work

ENOUGH = 0.6         # accuracy on the test pictures; a blind guess among six gets 0.17
SMALLER = 2.5        # how many times smaller the INT8 file must be
LEAST_AGREEMENT = 0.9


class CheckView(View):
    """Four questions to the newest model's files: was it trained, is ONNX the same, is INT8 smaller, and is it still right?"""

    def __init__(self, the_work: Work | None = None) -> None:
        super().__init__(kind="check", title=t("widgets.check.title"), explain=t("widgets.check.explain"))
        self.work = the_work or work()
        self.actions = [start_button(t("widgets.check.start"))]
        self.body = empty(t("widgets.check.none"))

    def pressed(self, name: str, value: Any) -> None:
        """Looks at the files and says what was found."""
        found = self.findings()
        good = all(fine for fine, _ in found)
        self.body = ticks(found) + f"<p class='ek-answer'><b>{esc(t('widgets.check.passed' if good else 'widgets.check.failed'))}</b></p>"
        self.pills = [{"text": t("widgets.check.pill", right=sum(fine for fine, _ in found), count=len(found)), "kind": "good" if good else "warn"}]

    def findings(self) -> list[tuple[bool, str]]:
        """Each check: whether it holds, and a sentence."""
        run = self.work.trained
        if not run:
            return [(False, t("widgets.check.no_model"))]
        history = saved_history(run)
        task = task_in(history[-1] if history else {})
        best = task.best_value(task.best_row(history))
        found = [(best is not None, t("widgets.check.trained", figure=task.say("validation"), value=task.best.text(best, 0)))]
        onnx, int8 = self.work.onnx, self.work.int8
        if not onnx or not int8:
            return [*found, (False, t("widgets.check.no_onnx" if not onnx else "widgets.check.no_int8"))]
        times = onnx.stat().st_size / max(1, int8.stat().st_size)
        found.append((times >= SMALLER, t("widgets.check.size", times=f"{times:.1f}", wanted=SMALLER)))
        return [*found, *self._answers(onnx, int8)]

    def _answers(self, onnx: Path, int8: Path) -> list[tuple[bool, str]]:
        from edukit.data import load_dataset

        test = load_dataset(self.work.dataset).test
        models = [loaded(path, path.stat().st_mtime_ns) for path in (onnx, int8)]
        task, card = models[1].task, models[1].card
        task.check_data(card, test, int8)  # refuses pictures of other classes than the model's
        # One at a time: what a batch takes, the runtime keeps, and thirty such kernels share a machine.
        given = [model.predict_answers(test.samples, batch_size=1) for model in models]
        agreement = float(task.same(*given).mean())
        value = task.measure(given[1], task.targets(test.samples, card.classes))[task.best.name]
        return [
            (agreement >= LEAST_AGREEMENT, t("widgets.check.agreement", agree=round(agreement * len(test)), count=len(test))),
            (task.best.gain(value, ENOUGH) >= 0, t("widgets.check.right", right=task.phrase(value, len(test)), enough=task.best.text(ENOUGH, 0))),
        ]
