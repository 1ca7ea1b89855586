"""Pictures on their way into a network, varied a little each time they are shown."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edukit.core.preprocess import Float32Array, Preprocess, UInt8Image
from edukit.data.picture_cache import PictureCache
from edukit.data.sample import Sample, with_cache
from edukit.tasks import Task

LEVELS = np.arange(256, dtype=np.float32)[:, None]


class Pictures:
    """The pictures of a split, ready for a network.

    Args:
        samples: Those of a verified split bring the cache that they are kept in; others get one here.
        task: What is made of their targets.
        classes: The dataset's.
        preprocess: How they become the input.
        random_seed: Of the variations.
        strength: Of the variations; 1 is usual, 0 leaves only the mirror.
    """

    def __init__(
        self, samples: Sequence[Sample], task: Task, classes: Sequence[str], preprocess: Preprocess, *, random_seed: int = 0, strength: float = 1.0
    ) -> None:  # fmt: skip
        self.strength = strength
        self.samples, self.task, self.preprocess, self.random_seed = with_cache(samples, PictureCache()), task, preprocess, random_seed
        self.mirror = task.may_mirror(classes)
        self._targets = task.targets(self.samples, classes)
        self._factor = np.array([1 / std for std in preprocess.std], np.float32)
        self._offset = np.array([mean / std for mean, std in zip(preprocess.mean, preprocess.std)], np.float32)

    def __len__(self) -> int:
        return len(self.samples)

    def batch(self, indices: Sequence[int] | NDArray[np.integer], *, varied: int | None = None) -> tuple[Float32Array, list[Any]]:
        """The input for these pictures, shape (N, channels, height, width) with the channels of a pixel side by side in memory, and their targets.

        Args:
            indices: Which.
            varied: None shows them as they are; a number shows that variation of each, always the same one for the same number.
        """
        import cv2

        rows = np.empty((len(indices), *self.preprocess.size, self.preprocess.channels), np.float32)
        targets = []
        for row, index in zip(rows, map(int, indices)):
            sample = self.samples[index]
            image, levels = sample.fit_image(self.preprocess), LEVELS
            target = self.task.fit_target(self._targets[index], self.preprocess.placement(sample.shape))
            if varied is not None:
                how = draw_variation(np.random.default_rng((self.random_seed, varied, index)), mirror=self.mirror, strength=self.strength)
                image, matrix = move(image, how)
                levels = light(how)
                target = self.task.vary_target(target, matrix)
            cv2.LUT(image, (levels * self._factor - self._offset)[None], dst=row)  # light and normalising at once
            targets.append(target)
        return rows.transpose(0, 3, 1, 2), targets


@dataclass(frozen=True)
class Variation:
    """One way to vary a picture; as it is made, it changes nothing.

    Args:
        mirror: Whether it is mirrored.
        scale, angle: How much larger it gets, and by how many degrees it is turned against the clock.
        move: How far it is moved, in shares of width and height.
        light, contrast: What is added to every pixel, and by what its distance from the middle grey is multiplied.
    """

    mirror: bool = False
    scale: float = 1.0
    angle: float = 0.0
    move: tuple[float, float] = (0.0, 0.0)
    light: float = 0.0
    contrast: float = 1.0


def ranges(strength: float = 1.0) -> dict[str, tuple[float, float]]:
    """Between what training draws each part of a variation; ``move`` in both directions.

    Example:
        >>> ranges(2)["angle"]
        (-20, 20)
    """
    smallest = max(0.2, 1 - 0.15 * strength)
    return {
        "scale": (smallest, 1 + 0.2 * strength), "angle": (-10 * strength, 10 * strength), "move": (-0.08 * strength, 0.08 * strength),
        "light": (-25 * strength, 25 * strength), "contrast": (smallest, 1 + 0.15 * strength),
    }  # fmt: skip


def draw_variation(random: np.random.Generator, *, mirror: bool = True, strength: float = 1.0) -> Variation:
    """A variation as training draws it: mirrored or not, moved, turned and resized a little, lighter or darker."""
    side, within = random.random() < 0.5 and mirror, ranges(strength)
    scale, angle = random.uniform(*within["scale"]), random.uniform(*within["angle"])
    across, down = random.uniform(*within["move"], 2)
    return Variation(side, scale, angle, (across, down), random.uniform(*within["light"]), random.uniform(*within["contrast"]))


def vary(image: UInt8Image, how: Variation) -> tuple[UInt8Image, NDArray[np.float64]]:
    """The picture varied: still the same thing to a person.

    Args:
        image: (height, width, channels), uint8.
        how: As ``draw_variation`` gives it.

    Returns:
        The picture, and how a point of it moved: shape (2, 3), x and y from x, y and 1, where a pixel's centre lies at .5.
    """
    import cv2

    moved, matrix = move(image, how)
    return np.asarray(cv2.LUT(moved, light(how).astype(np.uint8)), np.uint8).reshape(image.shape), matrix


def move(image: UInt8Image, how: Variation) -> tuple[UInt8Image, NDArray[np.float64]]:
    """The picture mirrored, turned, resized and moved, as bright as it was; see ``vary``."""
    import cv2

    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((0, 0), how.angle, how.scale) @ np.diag([-1 if how.mirror else 1, 1, 1])
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    matrix[:, 2] = centre + np.array(how.move) * (width, height) - matrix[:, :2] @ centre
    moved = cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101).reshape(image.shape)
    matrix[:, 2] += 0.5 - matrix[:, :2] @ (0.5, 0.5)  # OpenCV counts from the centre of the first pixel
    return np.asarray(moved, np.uint8), matrix


def light(how: Variation) -> Float32Array:
    """What light and contrast make of the levels 0 to 255: whole numbers in the same range, shape (256, 1)."""
    return np.asarray(np.rint(np.clip(LEVELS * how.contrast + (how.light + 128 * (1 - how.contrast)), 0, 255)), np.float32)


def batches_of(order: NDArray[np.integer], size: int, least: int = 2) -> list[NDArray[np.integer]]:
    """``order`` in pieces of ``size``; fewer than ``least`` left over join the piece before, because batch normalisation needs two pictures."""
    pieces = [order[start : start + size] for start in range(0, len(order), size)]
    if len(pieces) > 1 and len(pieces[-1]) < least:
        pieces[-2:] = [np.concatenate(pieces[-2:])]
    return pieces
