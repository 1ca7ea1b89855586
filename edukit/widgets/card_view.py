"""An ONNX file from elsewhere gets its card: the guess is shown on a picture, and corrected by hand."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edukit.core.command_line import code_of
from edukit.core.html import empty, tag
from edukit.core.i18n import t
from edukit.widgets.card_form import CardForm
from edukit.widgets.lesson_view import LessonView
from edukit.widgets.settings import values_of
from edukit.widgets.try_view import sample_row, samples_of
from edukit.widgets.uploads import CARDED, RECORD, Uploaded, bare_upload, keep_upload

PICTURES = 8  # to try a card on


class CardView(LessonView):
    """The form for the newest upload without a card.

    Example:
        >>> CardView().kind
        'card'
    """

    step, accept, watches = "card", ".onnx", ("version",)
    _form: CardForm | None = None
    _samples: Sequence[Path] = ()
    _picture = 0

    def refresh(self) -> None:
        """Shows the form of the upload that has no card, if there is one."""
        bare = bare_upload(self.work)
        self.pills = [{"text": bare.name, "kind": "warn"}] if bare else []
        self.actions = [{"name": "give", "label": t("widgets.card.give"), "primary": True, "disabled": bare is None}]
        if bare is None:
            self._form, self.code, self.body = None, "", empty(t("widgets.card.nothing"))
            self.use((), {})
            return
        self.actions = [*self.actions, {"name": "leave", "label": t("widgets.card.leave")}]
        if self._form is None or self._form.file.path != bare.path:
            self._form, self.body, self.code = None, "", ""
            self.use((), {})
            self._form = CardForm(bare.path)
            self.use(self._form.settings, values_of(self._form.settings, {}))
        self._show(bare, self._form)

    def changed(self, name: str) -> None:
        """Shows at once what another value does."""
        self.refresh()

    def pressed(self, name: str, value: Any) -> None:
        """Gives the card, leaves the file out, or tries another picture."""
        if name == "sample":
            self._picture = int(value)
        elif self._form and name == "give":
            self._form.save(self.values, self._form.file.path.with_name(CARDED))
            self.status = t("widgets.card.given")
        elif name == "leave" and (bare := bare_upload(self.work)):  # also one for which no card can be guessed
            (bare.folder / RECORD).unlink()
        if name == "sample":
            self.refresh()
        else:
            self.work.finish("card")  # the comparison looks again

    def received(self, name: str, data: bytes) -> None:
        """Keeps a file; one that bears a card needs none."""
        kept = keep_upload(self.work, name, data)
        self.work.version += 1
        bare = bare_upload(self.work)
        self.status = "" if bare and bare.folder == kept.folder else t("widgets.card.has_one", name=kept.name)

    def _show(self, bare: Uploaded, form: CardForm) -> None:
        self._samples = self._samples or samples_of("emoji", PICTURES)
        self.code = code_of("add-card", {"model": bare.name, **{name: value for name, value in self.values.items() if value != ""}})
        self.body = tag("p", t("widgets.card.none", name=bare.name)) + sample_row(self._samples)
        self.body += form.html(self.values, self._samples[self._picture])
