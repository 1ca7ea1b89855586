"""Questions that are answered in place: every choice says why it is right or wrong."""
from __future__ import annotations

from typing import Any

from edukit.core.html import choice, esc
from edukit.core.i18n import t, texts
from edukit.widgets.view import View
from edukit.widgets.work import Work, work


class Quiz(View):
    """The questions of a lesson, from its texts ``<lesson>.quiz<n>.question``, ``.right``, ``.choice<m>`` and ``.why<m>``.

    Args:
        lesson: The lesson's texts, such as ``"lesson_01"``.
    """

    def __init__(self, lesson: str, the_work: Work | None = None) -> None:
        super().__init__(kind="quiz", title=t("widgets.quiz.title"))
        self.lesson = lesson
        self.work = the_work or work()
        self.count = numbered(f"{lesson}.quiz", ".question")
        saved = self.work.recall("quiz")
        self.given = {str(n): str(saved[str(n)]) for n in range(1, self.count + 1) if str(n) in saved}
        self._refresh()

    @property
    def right(self) -> int:
        """How many questions are answered rightly."""
        return sum(given == t(f"{self.lesson}.quiz{n}.right") for n, given in self.given.items())

    def pressed(self, name: str, value: Any) -> None:
        """An answer was given, ``"2:3"`` for the third choice of question 2; it may be changed."""
        number, _, chosen = str(value).partition(":")
        if name == "answer" and number.isdecimal() and 1 <= int(number) <= self.count and chosen.isdecimal():
            self.given[number] = chosen
            self.work.remember("quiz", dict(self.given))
            self._refresh()

    def _refresh(self) -> None:
        with self.guarded():
            self.body = "".join(self._question(n) for n in range(1, self.count + 1))
            score = {"text": t("widgets.quiz.score", right=self.right, count=self.count), "kind": "good" if self.right == self.count else ""}
            self.pills = [score] if len(self.given) == self.count else []

    def _question(self, number: int) -> str:
        stem, given = f"{self.lesson}.quiz{number}", self.given.get(str(number), "")
        right = t(f"{stem}.right")
        buttons = []
        for n in range(1, numbered(f"{stem}.choice") + 1):
            chosen = str(n) == given
            kind, sign = ("", "") if not chosen else ("right", "✓ ") if given == right else ("wrong", "✗ ")
            buttons.append(choice("answer", f"{number}:{n}", sign + t(f"{stem}.choice{n}"), chosen=chosen, kind=kind))
        why = f"{stem}.why{given}"
        said = f"<p class='ek-said' role='status'>{esc(t(why))}</p>" if why in texts() else ""
        return f"<fieldset class='ek-question'><legend>{number}. {esc(t(f'{stem}.question'))}</legend>{''.join(buttons)}{said}</fieldset>"


def numbered(before: str, after: str = "") -> int:
    """How many texts ``before1after``, ``before2after``, … there are."""
    count = 0
    while f"{before}{count + 1}{after}" in texts():
        count += 1
    return count
