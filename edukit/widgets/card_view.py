"""An ONNX file from elsewhere gets its card: guessed from the file, shown on a picture, corrected by hand."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edukit.core.command_line import code_of
from edukit.core.html import choice, empty, tag
from edukit.core.i18n import t
from edukit.runtime.onnx_file import inspect_onnx
from edukit.widgets.artefacts import ONNX
from edukit.widgets.card_form import CardForm
from edukit.widgets.lesson_view import LessonView
from edukit.widgets.settings import values_of
from edukit.widgets.try_view import sample_row, samples_of
from edukit.widgets.uploads import CARDED, RECORD, Uploaded, bare_upload, errors_call_it, given_cards, keep_upload

PICTURES = 8  # to try a card on


class CardView(LessonView):
    """The form for the newest upload without a card, or for one whose card is to be changed.

    Example:
        >>> CardView().kind
        'card'
    """

    step, accept, watches = "card", ".onnx", ("version",)
    _form: CardForm | None = None
    _samples: Sequence[Path] = ()
    _picture = 0
    _again = ""  # the folder of the upload whose card is being changed

    def refresh(self) -> None:
        """Shows the form of the upload whose card is to be changed, else of the one that has none, if there is one."""
        given = given_cards(self.work)
        again = next((one for one in given if one.folder.name == self._again), None)
        one = again or bare_upload(self.work)
        self.pills = [{"text": one.name}] if one else []
        self.actions = [{"name": "give", "label": t("widgets.card.give"), "primary": True, "disabled": True}]
        others = "".join(choice("change", each.folder.name, t("widgets.card.change", name=each.name), chosen=False) for each in given if each != again)
        others = f"<div class='ek-row'>{others}</div>" if others else ""
        if one is None:
            self._form, self.code, self.body = None, "", empty(t("widgets.card.nothing")) + others
            self.use((), {})
            return
        self.actions = [*self.actions, {"name": "cancel" if again else "leave", "label": t(f"widgets.card.{'cancel' if again else 'leave'}")}]
        if self._form is None or self._form.file.path.parent != one.folder:
            self._form, self.body, self.code, self.status = None, others, "", ""
            self.use((), {})
            with errors_call_it(one.name):
                self._form = CardForm(one.folder / ONNX, inspect_onnx(one.path).card if again else None)
            self.use(self._form.settings, values_of(self._form.settings, {}))
        self.pills = [*self.pills, {"text": t(f"widgets.card.{'by_hand' if again else 'guessed'}"), "kind": "" if again else "warn"}]
        self.actions = [{**self.actions[0], "disabled": False}, *self.actions[1:]]
        self._show(one, self._form, t(f"widgets.card.{'again' if again else 'none'}", name=one.name))
        self.body += others

    def changed(self, name: str) -> None:
        """Shows at once what another value does."""
        self.refresh()

    def pressed(self, name: str, value: Any) -> None:
        """Gives the card, leaves the file out, opens a card again, or tries another picture."""
        if name == "sample":
            self._picture = int(value)
            self.refresh()
            return
        if name in ("change", "cancel"):
            self._again, self._form, self.status = str(value or ""), None, ""
            self.refresh()
            return
        if self._form and name == "give":
            with errors_call_it(self.pills[0]["text"]):
                self._form.save(self.values, self._form.file.path.with_name(CARDED))
            self._again, self._form, self.status = "", None, t("widgets.card.given")
        elif name == "leave" and (bare := bare_upload(self.work)):  # also one for which no card can be guessed
            (bare.folder / RECORD).unlink()
        self.work.finish("card")  # the comparison looks again

    def received(self, name: str, data: bytes) -> None:
        """Keeps a file; one that bears a card needs none."""
        kept, self._again = keep_upload(self.work, name, data), ""
        self.work.version += 1
        bare = bare_upload(self.work)
        self.status = "" if bare and bare.folder == kept.folder else t("widgets.card.has_one", name=kept.name)

    def _show(self, one: Uploaded, form: CardForm, said: str) -> None:
        self._samples = self._samples or samples_of("emoji", PICTURES)
        self.code = code_of("add-card", {"model": one.name, **{name: value for name, value in self.values.items() if value != ""}})
        self.body = tag("p", said) + sample_row(self._samples)
        with errors_call_it(one.name):
            self.body += form.html(self.values, self._samples[self._picture])
