"""Predict first: the learner's guess is kept and held against what was measured."""
from __future__ import annotations

from typing import Any

from edukit.core.html import choice, esc
from edukit.core.i18n import t
from edukit.widgets.figures import figure
from edukit.widgets.lesson_view import LessonView


class Guess(LessonView):
    """A question whose answer is measured later. The lesson's source says it: ``{name, question, choices: [{value, text}], later, measured, close_to, …}``."""

    step, part, watches = "guess", "guess", ("version",)
    with_choices = True

    @property
    def guessed(self) -> str:
        """The value that was guessed; empty before there is one."""
        value = str(self.work.recall("guess").get(self.name, ""))
        return value if value in self._values else ""

    @property
    def _values(self) -> list[str]:
        return [str(one["value"]) for one in self.told["choices"]]

    @property
    def fixed(self) -> bool:
        """Whether the answer is shown: a guess is made before."""
        return bool(self.guessed) and figure(str(self.told.get("measured", "")), self.work) is not None

    def pressed(self, name: str, value: Any) -> None:
        """A guess was made, or changed before the answer is known."""
        if name == "guess" and str(value) in self._values and not self.fixed:
            self.work.remember("guess", self.work.recall("guess") | {self.name: str(value)})
            self.work.finish("guess")

    def refresh(self) -> None:
        """Shows the question, and what came out once that is known."""
        saved = self.guessed
        self.pills = [{"text": t("widgets.saved"), "kind": "good"}] if saved else []
        choices = self._choices(saved) if self.with_choices else ""
        said = self.outcome() if saved else ("" if self.with_choices else t("widgets.recall.none"))
        self.body = choices + (f"<p class='ek-said'>{esc(said)}</p>" if said else "")

    def _choices(self, saved: str) -> str:
        fixed, told = self.fixed, self.told["choices"]
        buttons = "".join(choice("guess", str(one["value"]), str(one["text"]), chosen=str(one["value"]) == saved, fixed=fixed) for one in told)
        return f"<p>{esc(self.told['question'])}</p><div class='ek-question'>{buttons}</div>"

    def outcome(self) -> str:
        """The guess held against what was measured, once something was; else what the lesson says until then."""
        measured = figure(str(self.told.get("measured", "")), self.work)
        if measured is None:
            return str(self.told.get("later", ""))
        close = abs(measured - float(self.guessed)) <= float(self.told.get("close_to", 0))
        return str(self.told["close" if close else "apart"]).format(guess=self.guessed, measured=f"{measured:.0f}")


class Recall(Guess):
    """What was guessed at the beginning and what came out, for the lesson's end."""

    step = "recall"
    with_choices = False
