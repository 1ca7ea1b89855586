"""Pictures that are almost another picture, and pictures whose background gives the answer away, faces of another colour: for showing how figures go wrong."""
from __future__ import annotations

from pathlib import Path

import numpy as np

from edukit.core.images import read_image
from edukit.core.preprocess import UInt8Image

SIDE = 96
PATTERNS = 6
_DARK, _LIGHT = (90, 130, 90), (190, 210, 190)  # RGB: every pattern has the same two colours
_CUT_OUT = 0.6  # of the side that the picture takes on a pattern


def saved_again(path: Path) -> UInt8Image:
    """The same picture, a little smaller and darker, as somebody else would have saved it; RGB [H, W, 3]."""
    import cv2

    image = read_image(path)
    return np.asarray(cv2.resize(image, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA) * 0.93, np.uint8)


def next_frame(path: Path, number: int = 1) -> UInt8Image:
    """The same thing some moments later, as a burst would show it: each turned by 10°, moved and a little smaller; RGB [H, W, 3]."""
    import cv2

    image = read_image(path)
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 10 * number, 0.92**number)
    matrix[:, 2] += (3 * number, -2 * number)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), borderValue=(255, 255, 255)), np.uint8)


def on_pattern(path: Path, number: int) -> UInt8Image:
    """A cut-out (a picture with transparency) on background ``number`` of ``PATTERNS``; RGB [96, 96, 3].

    Example:
        >>> on_pattern(ek.load_dataset("emoji").train[0].path, 3).shape
        (96, 96, 3)
    """
    from PIL import Image

    y, x = np.mgrid[:SIDE, :SIDE]
    dots, rings = (x % 16 - 8) ** 2 + (y % 16 - 8) ** 2 < 20, np.hypot(x - 48, y - 48) // 8 % 2
    patterns = (x // 8 % 2, y // 8 % 2, (x // 12 + y // 12) % 2, dots, (x + y) // 8 % 2, rings)
    ground = Image.fromarray(np.where((patterns[number % PATTERNS] == 1)[..., None], _DARK, _LIGHT).astype(np.uint8)).convert("RGBA")
    side = round(_CUT_OUT * SIDE)
    with Image.open(path) as picture:
        ground.alpha_composite(picture.convert("RGBA").resize((side, side)), ((SIDE - side) // 2, (SIDE - side) // 2))
    return np.asarray(ground.convert("RGB"))


def with_skin(path: Path, tone: tuple[float, float, float] = (0.42, 0.33, 0.5)) -> UInt8Image:
    """An emoji whose yellow parts have another colour, on white; RGB [H, W, 3].

    Args:
        path: A picture with transparency.
        tone: By what red, green and blue of what is yellow are multiplied; by default dark brown.
    """
    import cv2
    from PIL import Image

    with Image.open(path) as picture:
        rgba = np.asarray(picture.convert("RGBA"))
    hue, strong, _ = cv2.split(cv2.cvtColor(rgba[..., :3], cv2.COLOR_RGB2HSV))
    yellow = ((hue > 10) & (hue < 35) & (strong > 60))[..., None]
    painted = np.where(yellow, rgba[..., :3] * np.asarray(tone), rgba[..., :3])
    cover = rgba[..., 3:] / 255
    return np.asarray(np.clip(painted * cover + 255 * (1 - cover), 0, 255), np.uint8)
