"""Probes: the same pictures, changed in one thing that should not matter, and models on pictures drawn by somebody else."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.preprocess import UInt8Image
from edukit.core.results import Result
from edukit.models.inputs import DataLike, ModelLike, loaded_or_file, predictor_of, split_of
from edukit.tasks import Evaluation

Change = Callable[[UInt8Image], UInt8Image]
Grid = dict[str, dict[str, Evaluation]]
NEAR = 14  # grey levels: what differs less from the corner's colour belongs to the background
TONES = {  # the five skin tones of Unicode's emoji (Fitzpatrick's scale) in RGB
    "light": (247, 222, 206), "medium-light": (243, 210, 162), "medium": (213, 171, 136), "medium-dark": (175, 126, 87), "dark": (124, 83, 62),
}  # fmt: skip


@dataclass(frozen=True)
class Probed(Result):
    """How a model did on changed pictures.

    Args:
        name: Of the change; empty for the pictures as they are.
        right, count: How many were known, of how many.
        changed: How many got another answer than unchanged.
    """

    name: str
    right: int
    count: int
    changed: int


def probe(model: ModelLike, data: DataLike, changes: Mapping[str, Change], *, split: str = "validation", label: str = "", on_event: OnEvent | None = None,
          should_stop: ShouldStop | None = None) -> tuple[Probed, ...]:  # fmt: skip
    """Shows a classifier the same pictures again and again, each time changed in one thing.

    Args:
        model: A model file, a result that has one, or a loaded model.
        data: The pictures.
        changes: Name to function from RGB array to RGB array, such as ``BACKGROUNDS`` or ``SKIN_TONES``.
        split: Which split of ``data``, unless it is one.
        label: Only the pictures of this class.
        on_event, should_stop: As for every verb; progress counts changes.

    Returns:
        The pictures as they are first, then each change.

    Example:
        >>> [one.name for one in probe("emoji-int8.onnx", "emoji", BACKGROUNDS)]
        ['', 'black', 'red', 'noise', 'stripes']
    """
    predictor, pictures, reporter = predictor_of(loaded_or_file(model)), split_of(data, split), Reporter(on_event, should_stop)
    predictor.task.check_data(predictor.card, pictures, predictor.path)
    if label:
        pictures = pictures.subset(place for place, sample in enumerate(pictures) if sample.label == label)
    targets = predictor.task.targets(pictures.samples, predictor.card.classes)
    plain: NDArray[Any] | None = None
    found = []
    unchanged: dict[str, Change] = {"": lambda image: image}
    for number, (name, change) in enumerate({**unchanged, **changes}.items()):
        reporter.check()
        answers = np.concatenate([predictor.predict_answers([change(sample.image())]) for sample in pictures]).argmax(axis=1)
        plain = answers if plain is None else plain
        found.append(Probed(name, int((answers == targets).sum()), len(targets), int((answers != plain).sum())))
        reporter.progress(number + 1, len(changes) + 1, "step")
    return tuple(found)


def grid_of(found: Iterable[Evaluation]) -> Grid:
    """Evaluations of several models on several sets as a grid: the set that a model learnt from, to the set that it was shown, to its evaluation.

    How good models are on pictures drawn or taken by somebody else shows what they only know of their own. A model whose card does not say what it learnt from
    stands by the name of its file, and of several the first counts.

    Example:
        >>> shown = ("emoji", "emoji-fluent")
        >>> grid_of(ek.evaluate("emoji-int8.onnx", data) for data in shown)["emoji"]["emoji-fluent"].count
        91
    """
    grid: Grid = {}
    for one in found:
        grid.setdefault(one.trained_on or Path(one.model).name, {}).setdefault(one.dataset, one)
    return grid


def background(image: UInt8Image) -> NDArray[np.bool_]:
    """What lies behind the thing: all that hangs together with the picture's edge and has about the colour of its corner, shape (height, width)."""
    import cv2

    framed = cv2.copyMakeBorder(image, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=image[0, 0].tolist())
    mask = np.zeros((framed.shape[0] + 2, framed.shape[1] + 2), np.uint8)
    cv2.floodFill(framed, mask, (0, 0), 0, (NEAR,) * 3, (NEAR,) * 3, cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (255 << 8) | 4)
    return np.asarray(mask[2:-2, 2:-2] > 0)


def on_background(paint: Callable[[tuple[int, ...]], UInt8Image]) -> Change:
    """The change that puts what ``paint`` makes for a shape (height, width, 3) behind the thing."""
    return lambda image: np.asarray(np.where(background(image)[..., None], paint(image.shape), image), np.uint8)


def _stripes(shape: tuple[int, ...]) -> UInt8Image:
    rows = (np.arange(shape[0]) // max(1, shape[0] // 8) % 2)[:, None, None]
    return np.asarray(np.where(rows, (80, 140, 60), (200, 220, 190)) + np.zeros(shape), np.uint8)


BACKGROUNDS: dict[str, Change] = {
    "black": on_background(lambda shape: np.zeros(shape, np.uint8)), "red": on_background(lambda shape: np.full(shape, (220, 40, 40), np.uint8)),
    "noise": on_background(lambda shape: np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)), "stripes": on_background(_stripes),
}  # fmt: skip


def with_skin(tone: str) -> Change:
    """The change that gives yellow skin of emoji another tone; light and shadow stay."""
    def change(image: UInt8Image) -> UInt8Image:
        import cv2

        hue, strength, _ = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2HSV))
        skin = (hue >= 14) & (hue <= 30) & (strength > 90)  # OpenCV's hues go to 180
        painted = image.max(axis=2, keepdims=True) / 255 * np.array(TONES[tone], np.float64)
        return np.asarray(np.where(skin[..., None], painted, image), np.uint8)

    return change


SKIN_TONES: dict[str, Change] = {tone: with_skin(tone) for tone in TONES}
CHANGES: dict[str, Change] = {**BACKGROUNDS, **SKIN_TONES}
