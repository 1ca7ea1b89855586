"""The verb ``add_card``: an ONNX file from elsewhere gets the card that every other verb asks for."""
from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from edukit.core.card import METADATA_KEY, ModelCard
from edukit.core.errors import BadArgument
from edukit.core.files import input_file, user_path, write_bytes
from edukit.core.i18n import t
from edukit.core.limits import MAX_JSON_BYTES
from edukit.core.parameters import Between, Metavar, OneOf, verb
from edukit.core.preprocess import MAX_SIDE
from edukit.core.workspace import output_beside
from edukit.models.guessing import NORMALISATIONS, guess_card, scaled
from edukit.models.inputs import ModelLike, model_path
from edukit.runtime import ONNX, OnnxFile, inspect_model, settle_model
from edukit.runtime.formats import as_onnx
from edukit.runtime.wire import field_bytes
from edukit.verbs.file_info import FileInfo, info

_METADATA_FIELD = 14  # metadata_props of a ModelProto; what is written behind a message is a part of it


@verb
def add_card(
    model: ModelLike,
    out: str | os.PathLike[str] | None = None,
    *,
    classes: Annotated[str | Sequence[str], Metavar("cat,dog|FILE.txt")] = "",
    image_size: Annotated[int | None, Between(1, MAX_SIDE)] = None,
    normalise: Annotated[str | None, OneOf(*NORMALISATIONS)] = None,
    fit: Annotated[str, OneOf("crop", "pad", "stretch")] = "crop",
    scores: Annotated[str | None, OneOf("logits", "probabilities")] = None,
    overwrite: bool = False,
) -> FileInfo:
    """Writes a copy of a classifier from elsewhere that bears a card; what is not said is guessed from the file.

    Args:
        model: An ONNX file without a card.
        out: The .onnx file; by default beside the model.
        classes: The labels in the order of the outputs: with commas between, a text file with one a line, or a sequence.
        image_size: Side of the input in pixels, where the file leaves it free.
        normalise: How pixels are scaled: ``"imagenet"`` (its mean and deviation), ``"0..1"``, ``"-1..1"`` or ``"0..255"``.
        fit: How a picture is made to fit: ``"crop"``, ``"pad"`` or ``"stretch"``.
        scores: Whether the outputs are ``"logits"`` or ``"probabilities"``.
        overwrite: Replace whatever file lies at ``out``.

    Raises:
        BadArgument: It bears a card already.
        NotAnOnnxFile, WrongInput, BadCard, OutputExists, OutputNotWritable, and what reading the file raises.
    """
    file = as_onnx(inspect_model(model_path(model)))
    if file.own_card() is not None:
        raise BadArgument(name="model", value=file.path.name, wanted=t("verbs.wanted_no_card"))
    card = card_by_hand(file, classes=_given_labels(classes), image_size=image_size, normalise=normalise, fit=fit, scores=scores)
    target = user_path(out, output=True) if out is not None else output_beside(file.path, "-card.onnx", "add-card")
    made = {"verb": "add-card", "options": {"card": hashlib.sha256(card.to_json().encode()).hexdigest()}, "inputs": {"model": file.sha256}}
    if not settle_model(target, ONNX, source=file.path, overwrite=overwrite, made=made):
        write_card(file, card.replace(made=made), target)
    return info(target)


def card_by_hand(
    file: OnnxFile, *, classes: Sequence[str] = (), image_size: int | None = None, normalise: str | None = None, fit: str = "crop", scores: str | None = None
) -> ModelCard:
    """The guessed card with what is known better, held to the file. Raises as ``add_card``."""
    card = guess_card(file)
    preprocess = replace(card.preprocess, fit=fit, **({"size": (image_size, image_size)} if image_size else {}))  # type: ignore[arg-type]
    if normalise:
        preprocess = scaled(preprocess, normalise, preprocess.channels)
    if classes:
        card = card.replace(classes=tuple(classes), class_names={})
    card = card.replace(preprocess=preprocess, scores=scores or card.scores, notes={"card": "by hand"})
    file.check(card)
    return card


def write_card(file: OnnxFile, card: ModelCard, target: Path) -> None:
    """Writes the file with the card behind it, byte for byte as it was before. Raises ``OutputNotWritable``, ``DiskFull``."""
    entry = field_bytes(1, METADATA_KEY.encode()) + field_bytes(2, card.to_json().encode())
    for name in file.external_data:
        if target.parent != file.path.parent:
            shutil.copyfile(file.path.with_name(name), target.with_name(name))
    write_bytes(target, file.path.read_bytes() + field_bytes(_METADATA_FIELD, entry))


def labels_of(text: str) -> tuple[str, ...]:
    """Labels with commas or line ends between."""
    return tuple(label.strip() for label in text.replace("，", ",").replace("\n", ",").split(",") if label.strip())


def _given_labels(given: str | Sequence[str]) -> tuple[str, ...]:
    if not isinstance(given, str):
        return tuple(given)
    if given.lower().endswith(".txt") and "," not in given:
        given = input_file(given, max_bytes=MAX_JSON_BYTES).read_text(encoding="utf-8-sig", errors="replace")
    return labels_of(given)
