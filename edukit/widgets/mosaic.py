"""Many small pictures as one, for the stages of explorables."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

from edukit.core.images import read_image
from edukit.core.preprocess import UInt8Image

MARKED = (213, 94, 0)  # RGB of a usual frame


def small(path: Path, side: int, made: Callable[..., UInt8Image] = read_image, *more: int) -> UInt8Image:
    """The picture that ``made(path, *more)`` gives, as a square; RGB [side, side, 3]."""
    return _small(path, path.stat().st_mtime_ns, side, made, *more)


@lru_cache(maxsize=1000)
def _small(path: Path, _written: int, side: int, made: Callable[..., UInt8Image], *more: int) -> UInt8Image:
    import cv2

    return np.asarray(cv2.resize(made(path, *more), (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def mosaic(pictures: Iterable[tuple[int, UInt8Image, bool]], *, side: int, cell: int, gap: int = 12, frame: tuple[int, int, int] = MARKED) -> UInt8Image:
    """``side`` times ``side`` places of ``cell`` pixels, row by row; in each a picture at most ``cell - gap`` pixels large, the marked ones in a frame."""
    canvas = np.full((side * cell, side * cell, 3), 255, np.uint8)
    for place, image, marked in pictures:
        box = canvas[place // side * cell :, place % side * cell :][:cell, :cell]
        if marked:
            box[gap // 6 : cell - gap // 6, gap // 6 : cell - gap // 6] = frame
        box[gap // 2 :, gap // 2 :][: image.shape[0], : image.shape[1]] = image
    return canvas
