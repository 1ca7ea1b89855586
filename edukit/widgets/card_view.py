"""An ONNX file from elsewhere gets its card: guessed from the file, shown on a picture, corrected by hand."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from edukit.core.card import ModelCard
from edukit.core.command_line import code_of
from edukit.core.errors import EdukitError
from edukit.core.formatting import percent
from edukit.core.html import empty, table, tag
from edukit.core.i18n import t
from edukit.core.images import read_image
from edukit.models.guessing import NORMALISATIONS, guess_card, normalisation_of
from edukit.runtime.onnx_file import inspect_onnx
from edukit.runtime.onnx_model import OnnxModel, load_onnx
from edukit.verbs.adding_card import card_by_hand, labels_of, write_card
from edukit.widgets.lesson_view import LessonView
from edukit.widgets.settings import Setting, setting, values_of
from edukit.widgets.try_view import both, sample_row, samples_of
from edukit.widgets.uploads import CARDED, RECORD, Uploaded, bare_upload, keep_upload

PICTURES = 8  # to try a card on
SIZES = (28, 32, 64, 96, 128, 160, 192, 224, 256, 299, 320, 384)
CHOICES = {"normalise": NORMALISATIONS, "fit": ("crop", "pad", "stretch"), "scores": ("logits", "probabilities")}
SHOWN_CLASSES = 6


class CardForm:
    """What is known of one file, and what its card would be.

    Args:
        path: The ONNX file.

    Raises:
        WrongInput, and what reading the file raises.
    """

    def __init__(self, path: Path) -> None:
        self.file = inspect_onnx(path)
        self.guess = guess_card(self.file)
        shape = self.file.inputs[0].shape or ()
        self.free = not all(isinstance(side, int) for side in shape[2:])

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What can be corrected."""
        some = ", ".join(self.guess.classes[:SHOWN_CLASSES]) + (" …" if len(self.guess.classes) > SHOWN_CLASSES else "")
        preprocess = self.guess.preprocess
        guessed = {"normalise": normalisation_of(preprocess), "fit": preprocess.fit, "scores": self.guess.scores}
        sizes = {side: str(side) for side in sorted({*SIZES, preprocess.size[0]})}
        return (
            setting("widgets.card.classes", "text", placeholder=some, count=len(self.guess.classes)),
            *(
                setting(f"widgets.card.{name}", options={one: t(f"widgets.card.{name}_{one}") for one in CHOICES[name]}, default=value)
                for name, value in guessed.items()
            ),
            *([setting("widgets.card.image_size", options=sizes, default=preprocess.size[0])] if self.free else []),
        )

    def card(self, values: Mapping[str, Any], **other: Any) -> ModelCard:
        """The card that the settings make, held to the file. Raises ``WrongInput``, ``BadCard``."""
        told = {name: values[name] for name in ("normalise", "fit", "scores", "image_size") if name in values} | other
        return card_by_hand(self.file, classes=labels_of(str(values["classes"])), **told)

    def save(self, values: Mapping[str, Any], target: Path) -> None:
        """Writes a copy that bears the card, once ONNX Runtime has opened the model. Raises as ``load_onnx``."""
        self._loaded(values)
        write_card(self.file, self.card(values), target)

    def html(self, values: Mapping[str, Any], picture: Path) -> str:
        """A picture as the network would see it, its answer, and what it would answer with pixels scaled in another way."""
        image = read_image(picture)
        model = self._loaded(values)
        figures = both(image, model, t("widgets.card.seen"))
        rows = []
        for name in NORMALISATIONS:
            try:
                said = self._loaded(values, normalise=name).predict(image, top=1)
                rows.append((t(f"widgets.card.normalise_{name}"), said.title, percent(said.score)))
            except EdukitError as error:
                rows.append((t(f"widgets.card.normalise_{name}"), error.message, "–"))
        heads = [t("widgets.card.normalise"), t("widgets.card.answer"), t("widgets.card.sure")]
        return f"<div class='ek-seen'>{figures}{model.predict(image, top=3).html()}</div>{tag('p', t('widgets.card.compare'))}{table(heads, rows)}"

    def _loaded(self, values: Mapping[str, Any], **other: Any) -> OnnxModel:
        return load_onnx(self.file, card=self.card(values, **other), threads=1)


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
