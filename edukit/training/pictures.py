"""Pictures on their way into a network, varied a little each time they are shown."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edukit.core.preprocess import Float32Array, Preprocess, UInt8Image
from edukit.data.picture_cache import PictureCache
from edukit.data.sample import Sample, with_cache


class Pictures:
    """The pictures of a split, ready for a network.

    Args:
        samples: Those of a verified split bring the cache that they are kept in; others get one here.
        preprocess: How they become the input.
        random_seed: Of the variations.
        mirror: Whether variations may be mirror images.
    """

    def __init__(self, samples: Sequence[Sample], preprocess: Preprocess, *, random_seed: int = 0, mirror: bool = True) -> None:
        self.samples, self.preprocess, self.random_seed, self.mirror = with_cache(samples, PictureCache()), preprocess, random_seed, mirror
        self.labels: NDArray[np.int64] = np.array([sample.index for sample in self.samples], np.int64)

    def __len__(self) -> int:
        return len(self.samples)

    def batch(self, indices: Sequence[int] | NDArray[np.integer], *, varied: int | None = None) -> Float32Array:
        """The input for these pictures, shape (N, channels, height, width).

        Args:
            indices: Which.
            varied: None shows them as they are; a number shows that variation of each, always the same one for the same number.
        """
        rows = np.empty((len(indices), self.preprocess.channels, *self.preprocess.size), np.float32)
        for row, index in enumerate(indices):
            image = self.samples[int(index)].fit_image(self.preprocess)
            if varied is not None:
                image = vary(image, np.random.default_rng((self.random_seed, varied, int(index))), mirror=self.mirror)
            rows[row] = self.preprocess.normalise(image)[0]
        return rows


def mirrors(classes: Sequence[str]) -> bool:
    """Whether a mirror image is still the same thing: not where the classes are digits or letters."""
    return not all(len(label) == 1 and label.isascii() for label in classes)


def vary(image: UInt8Image, random: np.random.Generator, *, mirror: bool = True) -> UInt8Image:
    """The picture mirrored or not, moved, turned and resized a little, lighter or darker: still the same thing to a person.

    Args:
        image: (height, width, channels), uint8.
        random: Decides how.
        mirror: Whether it may be mirrored.
    """
    import cv2

    height, width = image.shape[:2]
    side = -1.0 if random.random() < 0.5 and mirror else 1.0
    scale, angle = random.uniform(0.85, 1.2), random.uniform(-10, 10)
    move = random.uniform(-0.08, 0.08, 2) * (width, height)
    matrix = cv2.getRotationMatrix2D((0, 0), angle, scale) @ np.diag([side, 1, 1])
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    matrix[:, 2] = centre + move - matrix[:, :2] @ centre
    moved = cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101).reshape(image.shape)
    light, contrast = random.uniform(-25, 25), random.uniform(0.85, 1.15)
    return np.asarray(cv2.convertScaleAbs(np.maximum(moved.astype(np.float32) * contrast + (light + 128 * (1 - contrast)), 0)), np.uint8).reshape(image.shape)


def batches_of(order: NDArray[np.integer], size: int) -> list[NDArray[np.integer]]:
    """``order`` in pieces of ``size``; a single picture left over joins the piece before it, because batch normalisation needs two."""
    pieces = [order[start : start + size] for start in range(0, len(order), size)]
    if len(pieces) > 1 and len(pieces[-1]) == 1:
        pieces[-2:] = [np.concatenate(pieces[-2:])]
    return pieces
