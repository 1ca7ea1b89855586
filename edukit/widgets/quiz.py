"""Questions that are answered in place: every choice says why it is right or wrong."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edukit.core.html import choice, esc
from edukit.core.i18n import t
from edukit.widgets.lesson_view import LessonView


class Quiz(LessonView):
    """The questions that stand in the lesson's source: ``[{question, choices: [{text, why, right}]}]``."""

    step, part, watches = "quiz", "quiz", ()

    def begin(self) -> None:
        """Shows the questions with the answers that were given before."""
        self._choices = f"quiz:{self.name}".rstrip(":")
        self.questions: list[Mapping[str, Any]] = self.told
        saved = self.work.recall(self._choices)
        self.given = {n: int(saved[str(n)]) for n in range(1, len(self.questions) + 1) if str(saved.get(str(n), "")).isdecimal()}
        self.refresh()

    @property
    def right(self) -> int:
        """How many questions are answered rightly."""
        return sum(self._is_right(n, given) for n, given in self.given.items())

    def pressed(self, name: str, value: Any) -> None:
        """An answer was given, ``"2:3"`` for the third choice of question 2; it may be changed."""
        number, _, chosen = str(value).partition(":")
        if name == "answer" and number.isdecimal() and 1 <= int(number) <= len(self.questions) and chosen.isdecimal():
            self.given[int(number)] = int(chosen)
            self.work.remember(self._choices, {str(n): given for n, given in self.given.items()})
            self.refresh()
            if len(self.given) == len(self.questions):
                self.work.finish("quiz")

    def _is_right(self, number: int, chosen: int) -> bool:
        choices = self.questions[number - 1]["choices"]
        return 1 <= chosen <= len(choices) and bool(choices[chosen - 1].get("right"))

    def refresh(self) -> None:
        """Shows the questions, and how many are right once all are answered."""
        self.body = "".join(self._question(n, one) for n, one in enumerate(self.questions, 1))
        count = len(self.questions)
        score = {"text": t("widgets.quiz.score", right=self.right, count=count), "kind": "good" if self.right == count else ""}
        self.pills = [score] if len(self.given) == count else []

    def _question(self, number: int, question: Mapping[str, Any]) -> str:
        given, buttons, why = self.given.get(number), [], ""
        for n, one in enumerate(question["choices"], 1):
            kind, sign = ("", "") if n != given else ("right", "✓ ") if one.get("right") else ("wrong", "✗ ")
            buttons.append(choice("answer", f"{number}:{n}", sign + str(one["text"]), chosen=n == given, kind=kind))
            why = str(one["why"]) if n == given else why
        said = f"<p class='ek-said' role='status'>{esc(why)}</p>" if why else ""
        return f"<fieldset class='ek-question'><legend>{number}. {esc(question['question'])}</legend>{''.join(buttons)}{said}</fieldset>"
