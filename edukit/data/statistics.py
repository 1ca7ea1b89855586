"""How bright, contrasty, colourful and large pictures are, so that a model can say when it is given others than it knows."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.i18n import t
from edukit.core.preprocess import Preprocess, UInt8Image
from edukit.data.sample import Sample

MOST = 100    # pictures looked at; more change the figures little
STEPS = 48    # pixels looked at along each side
FEWEST = 5    # pictures; of fewer no departure is said
MARGINS = {"brightness": 0.15, "contrast": 0.15, "colour": 0.15}  # beyond the range of the training pictures
SIZE_RATIO = 4.0  # times smaller or larger than they are
IN_CARD = "pictures"  # in what the card says of its dataset
_WORDS = {"brightness": ("darker", "brighter"), "contrast": ("flatter", "harder"), "colour": ("greyer", "more_colourful"), "side": ("smaller", "larger")}
FIGURES = tuple(_WORDS)


def figures_of(image: UInt8Image, shape: tuple[int, int]) -> dict[str, float]:
    """Brightness and contrast (of grey, 0..1), colourfulness (mean distance between channels, 0..1), and side in pixels.

    Args:
        image: As the network sees it, (height, width, channels).
        shape: Height and width of the picture itself.

    Example:
        >>> figures_of(np.full((4, 4, 3), 255, np.uint8), (8, 2))
        {'brightness': 1.0, 'contrast': 0.0, 'colour': 0.0, 'side': 4.0}
    """
    pixels = image[:: max(1, image.shape[0] // STEPS), :: max(1, image.shape[1] // STEPS)].astype(np.float32) / 255
    grey = pixels.mean(axis=2)
    colour = (pixels.max(axis=2) - pixels.min(axis=2)).mean()
    return {"brightness": float(grey.mean()), "contrast": float(grey.std()), "colour": float(colour), "side": float(np.sqrt(shape[0] * shape[1]))}


def picture_statistics(samples: Sequence[Sample], preprocess: Preprocess) -> dict[str, Any]:
    """For a model card: of each figure the range of the middle nine tenths and the median, ``{"brightness": [low, median, high], …}``, and ``"count"``."""
    some = [samples[place] for place in np.linspace(0, len(samples) - 1, min(MOST, len(samples))).astype(int)]
    found = [figures_of(sample.fit_image(preprocess), sample.shape) for sample in some]
    if not found:
        return {}
    ranges = {name: [round(float(level), 4) for level in np.percentile([one[name] for one in found], (5, 50, 95))] for name in FIGURES}
    return {"count": len(found), **ranges}


def departures(known: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """What clearly sets pictures apart from those that a model was trained on, such as ``["brighter"]``.

    Args:
        known: The training pictures' statistics, from a card; what is not understood is passed over.
        given: Those of the pictures it is given.

    Example:
        >>> departures({"brightness": [0.1, 0.13, 0.2]}, {"brightness": [0.8, 0.85, 0.9]})
        ['brighter']
    """
    found = []
    for name in FIGURES:
        try:
            low, _, high = (float(level) for level in known[name])
            middle = float(given[name][1])
        except (KeyError, TypeError, ValueError):  # a card of an earlier version, or from elsewhere
            continue
        margin = MARGINS.get(name, 0.0)
        ratio = 1.0 if margin else SIZE_RATIO
        if middle < low / ratio - margin:
            found.append(_WORDS[name][0])
        elif middle > high * ratio + margin:
            found.append(_WORDS[name][1])
    return found


def departure_warnings(card: ModelCard, samples: Sequence[Sample]) -> list[str]:
    """A sentence where pictures are clearly unlike the training pictures that a model's card describes; few pictures say nothing."""
    known = card.dataset.get(IN_CARD)
    if not isinstance(known, Mapping) or len(samples) < FEWEST:
        return []
    return _sentences("data.warning.unlike", departures(known, picture_statistics(samples, card.preprocess)))


def picture_departure(card: ModelCard, image: UInt8Image) -> list[str]:
    """The same for one picture, whose size does not matter: photographs are large."""
    known = card.dataset.get(IN_CARD)
    if not isinstance(known, Mapping):
        return []
    figures = figures_of(card.preprocess.fit_image(image), image.shape[:2])
    return _sentences("data.warning.unlike_one", departures(known, {name: (0, figures[name], 0) for name in MARGINS}))


def _sentences(key: str, found: list[str]) -> list[str]:
    return [t(key, how=t("data.comma").join(t(f"data.unlike.{word}") for word in found))] if found else []
