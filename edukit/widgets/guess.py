"""Predict first: the learner's guess is kept and held against what was measured."""
from __future__ import annotations

from typing import Any

from edukit.core.files import read_record
from edukit.core.html import choice, esc
from edukit.core.i18n import t
from edukit.tasks import task_in
from edukit.widgets.train_view import saved_history
from edukit.widgets.view import View
from edukit.widgets.work import Work, work

ASKED_ABOUT = "emoji"
CHOICES = ("17", "50", "85", "100")  # of 100 pictures


class Guess(View):
    """How many of 100 new pictures will the network get right? One click, kept on disk, answered once a model is trained.

    Args:
        recall: Show only what was guessed and what came out, for the lesson's end.
    """

    def __init__(self, the_work: Work | None = None, *, recall: bool = False) -> None:
        super().__init__(kind="recall" if recall else "guess", title=t("widgets.guess.recall" if recall else "widgets.guess.title"))
        self.work = the_work or work()
        self.recall = recall
        self._refresh()
        self.work.observe(self._refresh, "version")

    @property
    def guessed(self) -> str:
        """The guess, one of ``CHOICES``; empty before there is one."""
        value = self.work.recall("guess").get("right_of_100")
        return value if value in CHOICES else ""

    def pressed(self, name: str, value: Any) -> None:
        """A guess was made, or changed."""
        if name == "guess" and value in CHOICES:
            self.work.remember("guess", {"right_of_100": value})
            self.work.version += 1

    def _refresh(self, _change: object = None) -> None:
        with self.guarded():
            saved = self.guessed
            self.pills = [{"text": t("widgets.saved"), "kind": "good"}] if saved else []
            self.body = (("" if self.recall else self._choices(saved)) + self._outcome(saved)) or f"<p>{esc(t('widgets.guess.none'))}</p>"

    def _choices(self, saved: str) -> str:
        buttons = "".join(choice("guess", one, t(f"widgets.guess.{one}"), chosen=one == saved) for one in CHOICES)
        return f"<p>{esc(t('widgets.guess.question'))}</p><div class='ek-question'>{buttons}</div>"

    def _outcome(self, saved: str) -> str:
        run = self.work.trained
        if run and read_record(run / "log.json").get("dataset") not in (None, ASKED_ABOUT):  # the question is about its six classes
            run = None
        history = saved_history(run) if run else []
        task = task_in(history[-1] if history else {})
        reached = task.best_value(task.best_row(history))
        if not saved:
            return ""
        if reached is None:
            return f"<p class='ek-said'>{esc(t('widgets.guess.later'))}</p>"
        close = abs(reached - int(saved) / 100) <= 0.1
        return f"<p class='ek-said'>{esc(t('widgets.guess.close' if close else 'widgets.guess.apart', guess=saved, value=task.best.text(reached, 0)))}</p>"
