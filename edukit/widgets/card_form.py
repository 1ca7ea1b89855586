"""The card of one ONNX file from elsewhere as a form: what is guessed or was given, what can be corrected, and what the model answers so."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edukit.core.card import ModelCard
from edukit.core.errors import EdukitError
from edukit.core.formatting import percent
from edukit.core.html import table, tag
from edukit.core.i18n import t
from edukit.core.images import read_image
from edukit.models.guessing import NORMALISATIONS, guess_card, normalisation_of
from edukit.runtime.onnx_file import inspect_onnx
from edukit.runtime.onnx_model import OnnxModel, load_onnx
from edukit.verbs.adding_card import card_by_hand, labels_of, write_card
from edukit.widgets.settings import Setting, setting
from edukit.widgets.try_view import both

SIZES = (28, 32, 64, 96, 128, 160, 192, 224, 256, 299, 320, 384)
CHOICES = {"normalise": NORMALISATIONS, "fit": ("crop", "pad", "stretch"), "scores": ("logits", "probabilities")}
SHOWN_CLASSES = 6


class CardForm:
    """What is known of one file, and what its card would be.

    Args:
        path: The ONNX file.
        card: The card that it was given before; by default one is guessed.

    Raises:
        WrongInput, and what reading the file raises.
    """

    def __init__(self, path: Path, card: ModelCard | None = None) -> None:
        self.file = inspect_onnx(path)
        self.guess = guess_card(self.file)
        self.start = card or self.guess
        self.prepares = self.file.embeds_preprocess  # then nothing of the input can be set
        shape = self.file.inputs[0].shape or ()
        self.free = not all(isinstance(side, int) for side in shape[2:])

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What can be corrected."""
        some = ", ".join(self.guess.classes[:SHOWN_CLASSES]) + (" …" if len(self.guess.classes) > SHOWN_CLASSES else "")
        preprocess, given = self.start.preprocess, "" if self.start.classes == self.guess.classes else ", ".join(self.start.classes)
        first = {"normalise": normalisation_of(preprocess), "fit": preprocess.fit, "scores": self.start.scores}
        sizes = {side: str(side) for side in sorted({*SIZES, preprocess.size[0]})}
        return (
            setting("widgets.card.classes", "text", placeholder=some, count=len(self.guess.classes), default=given),
            *(
                setting(f"widgets.card.{name}", options={one: t(f"widgets.card.{name}_{one}") for one in CHOICES[name]}, default=value)
                for name, value in first.items()
                if name == "scores" or not self.prepares
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
        figures = both(image, model, "" if self.prepares else t("widgets.card.seen"))
        shown = f"<div class='ek-seen'>{figures}{model.predict(image, top=3).html()}</div>"
        if self.prepares:
            return shown
        rows = []
        for name in NORMALISATIONS:
            try:
                said = self._loaded(values, normalise=name).predict(image, top=1)
                rows.append((t(f"widgets.card.normalise_{name}"), said.title, percent(said.score)))
            except EdukitError as error:
                rows.append((t(f"widgets.card.normalise_{name}"), error.message, "–"))
        heads = [t("widgets.card.normalise"), t("widgets.card.answer"), t("widgets.card.sure")]
        return f"{shown}{tag('p', t('widgets.card.compare'))}{table(heads, rows)}"

    def _loaded(self, values: Mapping[str, Any], **other: Any) -> OnnxModel:
        return load_onnx(self.file, card=self.card(values, **other), threads=1)
