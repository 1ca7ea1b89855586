"""A card for an ONNX file from elsewhere: guessed from what the file tells and from what it answers, to be corrected by hand."""
from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.errors import EdukitError, WrongInput
from edukit.core.i18n import t
from edukit.core.imagenet import COUNT, imagenet_classes
from edukit.core.limits import MAX_JSON_BYTES
from edukit.core.preprocess import Preprocess
from edukit.runtime.onnx_file import OnnxFile
from edukit.runtime.onnx_model import load_onnx

NORMALISATIONS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {  # mean and std of each channel, on the scale 0..255
    "imagenet": ((123.675, 116.28, 103.53), (58.395, 57.12, 57.375)), "0..1": ((0.0,) * 3, (255.0,) * 3), "-1..1": ((127.5,) * 3, (127.5,) * 3),
    "0..255": ((0.0,) * 3, (1.0,) * 3),
}  # fmt: skip
_LISTS = ("names", "classes", "labels", "class_names")  # under which others keep the names of classes
_PAIR = re.compile(r"""(\d+)\s*:\s*(?:'([^'\\]*)'|"([^"\\]*)")""")


def guess_card(file: OnnxFile) -> ModelCard:
    """The card that a classifier from elsewhere would most likely have.

    Size and channels are the input's, the classes those in the file's metadata, else ImageNet's where there are 1,000, else numbered. Whether outputs are
    probabilities is seen on random inputs. How pixels are scaled no file tells: ImageNet's mean and deviation are the usual ones for colour, 0 to 1 for grey.
    A file that prepares pictures itself takes one picture, uint8 (height, width, 3) of any size.

    Args:
        file: What ``inspect_onnx`` gave.

    Raises:
        WrongInput: Its input is no picture, float32 (N, 1 or 3, height, width), or its output no row of scores.

    Example:
        >>> from edukit.runtime.onnx_file import inspect_onnx
        >>> guess_card(inspect_onnx("emoji.onnx")).preprocess.size == ek.info("emoji.onnx").card.preprocess.size
        True
    """
    if file.inputs and file.inputs[0].type != "float32" and not file.embeds_preprocess:
        raise WrongInput(path=file.path, found=file.inputs[0], wanted=t("models.float_picture"))
    given, scores = (one[0].shape if one else None for one in (file.inputs, file.outputs))
    given = (1, 3, *given[:2]) if given and file.embeds_preprocess else given
    channels = given[1] if given and len(given) == 4 and isinstance(given[1], int) else 3
    count = scores[1] if scores and len(scores) >= 2 else None
    if not given or len(given) != 4 or channels not in (1, 3) or not isinstance(count, int) or count < 1:
        raise WrongInput(path=file.path, found=f"{given} → {scores}", wanted="(N, 1 | 3, height, width) → (N, classes)")
    height, width = (side if isinstance(side, int) and side > 0 else 224 for side in given[2:])
    classes = _classes(file, count)
    preprocess = scaled(Preprocess(size=(height, width), crop_share=1.0), "imagenet" if channels == 3 else "0..1", channels)
    card = ModelCard(classes=classes, preprocess=preprocess, notes={"card": "guessed"})
    return card.replace(scores="probabilities") if _sums_to_one(file, card) else card


def scaled(preprocess: Preprocess, normalisation: str, channels: int) -> Preprocess:
    """The same with another scale of the pixels: one of ``NORMALISATIONS``."""
    mean, std = NORMALISATIONS[normalisation]
    return replace(preprocess, mean=mean[:channels], std=std[:channels])


def normalisation_of(preprocess: Preprocess) -> str:
    """The name of the scale of its pixels; empty where it is none of ``NORMALISATIONS``."""
    wanted, channels = (preprocess.mean, preprocess.std), preprocess.channels
    return next((name for name, (mean, std) in NORMALISATIONS.items() if (mean[:channels], std[:channels]) == wanted), "")


def _classes(file: OnnxFile, count: int) -> tuple[str, ...]:
    for key in _LISTS:
        text = file.metadata.get(key, "")[:MAX_JSON_BYTES]
        names = _listed(text)
        if len(names) == count == len(set(names)):
            return names
    if count == COUNT:
        return tuple(row["synset"] for row in imagenet_classes())
    return tuple(str(number) for number in range(count))


def _listed(text: str) -> tuple[str, ...]:
    """A list of names in JSON, or numbers with names as Python writes them; nothing is evaluated."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = {number: first or second for number, first, second in _PAIR.findall(text)}
    if isinstance(found, dict) and all(str(number) in found for number in range(len(found))):
        found = [found[str(number)] for number in range(len(found))]
    return tuple(map(str, found)) if isinstance(found, list) else ()


def _sums_to_one(file: OnnxFile, card: ModelCard) -> bool:
    try:
        model = load_onnx(file, card=card, threads=1)
        batch: Any = np.random.default_rng(0).normal(size=card.input_shape).astype(np.float32)
        if file.embeds_preprocess:
            batch = np.clip(batch * 50 + 128, 0, 255).astype(np.uint8).transpose(0, 2, 3, 1)
        scores = next(iter(model.run(batch).values()))
    except EdukitError:  # told where the card is used
        return False
    return bool((scores >= 0).all() and np.allclose(scores.reshape(1, -1).sum(1), 1, atol=1e-3))
