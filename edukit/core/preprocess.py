"""How a picture becomes a network's input: the one implementation that training, PyTorch, ONNX, the board and the browser share."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from edukit.core.errors import BadArgument, BadArray, BadCard
from edukit.core.i18n import t

UInt8Image = NDArray[np.uint8]      # (height, width, 3), RGB
Float32Array = NDArray[np.float32]

LARGEST_NUMBER = 1e9
SMALLEST_STD = 1e-6  # below this, dividing by it leaves float32
MAX_SIDE = 2048  # pixels; no network here takes more, and a card from elsewhere must not ask for a terabyte


@dataclass(frozen=True)
class Region:
    """A rectangle of whole pixels."""

    top: int
    left: int
    height: int
    width: int

    def cut(self, image: UInt8Image) -> UInt8Image:
        """This part of ``image``, as a view."""
        return image[self.top : self.top + self.height, self.left : self.left + self.width]


@dataclass(frozen=True)
class Placement:
    """How one picture lies in the input: the part ``source`` of the picture is resized to the part ``target`` of the input.

    Points are (x, y), in pixels from the upper left corner of the upper left pixel, so that a pixel's centre lies at .5; any number of pairs may
    stand in the last axis, and boxes (x1, y1, x2, y2) are two of them. What the crop cut away comes to lie outside the input.

    Args:
        source: In the picture.
        target: In the input.

    Example:
        >>> placement = Preprocess(size=(50, 50), fit="stretch").placement((100, 200))
        >>> placement.to_input([(100, 40)]).tolist(), placement.to_image([(0, 0, 25, 50)]).tolist()
        ([[25.0, 20.0]], [[0.0, 0.0, 100.0, 100.0]])
    """

    source: Region
    target: Region

    def to_input(self, points: ArrayLike) -> NDArray[np.float64]:
        """Points or boxes of the picture as they lie in the input; shape (..., 2) or (..., 4). Raises ``BadArgument`` for other shapes."""
        return _map_points(points, self.source, self.target)

    def to_image(self, points: ArrayLike) -> NDArray[np.float64]:
        """Points or boxes of the input as they lie in the picture; the inverse of ``to_input``."""
        return _map_points(points, self.target, self.source)


@dataclass(frozen=True, kw_only=True)
class Preprocess:
    """Resize, crop and normalise; travels inside every model file.

    Args:
        size: Height and width of the network's input, in pixels.
        fit: ``"crop"`` keeps the aspect ratio and cuts the overhang, ``"pad"`` keeps it and fills with ``fill``, ``"stretch"`` does not keep it.
        crop_share: With ``"crop"``, the part of the shorter side that stays; ImageNet networks use 224/256.
        mean, std: Per channel, on the scale 0..255; one value each means that the network takes grey pictures.
        fill: Grey level of the padding, 0..255.
        interpolation: ``"area"`` averages when it shrinks and is bilinear when it enlarges; ``"bilinear"`` always samples (OpenCV);
            ``"pillow"`` is Pillow's bilinear, which averages when it shrinks. A network is used with the one it was trained with.

    Raises:
        BadCard: If a value is out of range.

    Example:
        >>> Preprocess(size=(4, 4))(np.zeros((20, 10, 3), np.uint8)).shape
        (1, 3, 4, 4)
    """

    size: tuple[int, int] = (224, 224)
    fit: Literal["crop", "pad", "stretch"] = "crop"
    crop_share: float = 224 / 256
    mean: tuple[float, ...] = (123.675, 116.28, 103.53)
    std: tuple[float, ...] = (58.395, 57.12, 57.375)
    fill: int = 114
    interpolation: Literal["area", "bilinear", "pillow"] = "area"

    def __post_init__(self) -> None:
        for name, good in self._ranges().items():
            if not good:
                raise BadCard(path="preprocess", field=name, found=repr(getattr(self, name))[:60])

    def _ranges(self) -> dict[str, bool]:
        def numbers(values: object) -> bool:
            return isinstance(values, tuple) and len(values) in (1, 3) and all(_is_number(v) for v in values)

        return {
            "size": isinstance(self.size, tuple) and len(self.size) == 2 and all(type(s) is int and 1 <= s <= MAX_SIDE for s in self.size),
            "fit": isinstance(self.fit, str) and self.fit in ("crop", "pad", "stretch"),
            "crop_share": _is_number(self.crop_share) and 0 < self.crop_share <= 1,
            "mean": numbers(self.mean),
            "std": numbers(self.std) and numbers(self.mean) and len(self.std) == len(self.mean) and min(self.std) >= SMALLEST_STD,
            "fill": type(self.fill) is int and 0 <= self.fill <= 255,
            "interpolation": isinstance(self.interpolation, str) and self.interpolation in ("area", "bilinear", "pillow"),
        }

    @property
    def channels(self) -> int:
        """3 for colour, 1 for grey."""
        return len(self.mean)

    def __call__(self, image: UInt8Image) -> Float32Array:
        """Returns the input for one picture, shape (1, channels, height, width).

        Raises:
            BadArray: If ``image`` is not uint8 of shape (height, width, 3) with at least one pixel.
        """
        return self.normalise(self.fit_image(image))

    def fit_image(self, image: UInt8Image) -> UInt8Image:
        """The picture as the network sees it, before normalising: (height, width, channels), uint8."""
        import cv2

        if not (isinstance(image, np.ndarray) and image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3 and image.size):
            raise BadArray(shape=getattr(image, "shape", type(image).__name__), dtype=getattr(image, "dtype", "-"))
        placement = self.placement((image.shape[0], image.shape[1]))
        fitted = _resize(placement.source.cut(image), (placement.target.height, placement.target.width), self.interpolation)
        if fitted.shape[:2] != self.size:
            canvas = np.full((*self.size, 3), self.fill, np.uint8)
            placement.target.cut(canvas)[:] = fitted
            fitted = canvas
        return fitted if self.channels == 3 else np.asarray(cv2.cvtColor(fitted, cv2.COLOR_RGB2GRAY), np.uint8)[..., None]

    def normalise(self, fitted: UInt8Image) -> Float32Array:
        """(height, width, channels) uint8 to (1, channels, height, width) float32."""
        planes = np.empty((1, self.channels, *self.size), np.float32)
        for channel, (mean, std) in enumerate(zip(self.mean, self.std)):  # a plane at a time: twice as fast as one strided expression
            np.multiply(fitted[..., channel], np.float32(1 / std), out=planes[0, channel], dtype=np.float32)
            planes[0, channel] -= np.float32(mean / std)
        return planes

    def placement(self, shape: tuple[int, ...]) -> Placement:
        """Where a picture of this shape (height, width, ...) comes to lie in the input, and the way back.

        Example:
            >>> Preprocess(size=(100, 100), fit="pad").placement((50, 200)).to_input([(200, 50)]).tolist()
            [[100.0, 62.0]]
        """
        have = shape[:2]
        source, target = Region(0, 0, *have), Region(0, 0, *self.size)
        if self.fit == "crop":
            # Cropped before it is resized: cheaper, and a picture of 10 x 4,000,000 never becomes 256 x 100,000,000.
            scale = max(want / side for want, side in zip(self.size, have)) / self.crop_share
            source = _centre_region((max(1, round(want / scale)) for want in self.size), have)
        elif self.fit == "pad":
            scale = min(want / side for want, side in zip(self.size, have))
            target = _centre_region((max(1, round(side * scale)) for side in have), self.size)
        return Placement(source, target)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, as the model card holds them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Preprocess:
        """The inverse of ``to_dict``, also after a trip through JSON, which knows no tuples; fields of later versions are ignored.

        Raises:
            BadCard: If ``values`` is no dictionary or a value is out of range.
        """
        if not isinstance(values, dict):
            raise BadCard(path="preprocess", field="preprocess", found=type(values).__name__)
        known = {field.name for field in fields(cls)}
        kept: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items() if name in known}
        return cls(**kept)


def _map_points(points: ArrayLike, here: Region, there: Region) -> NDArray[np.float64]:
    try:
        given = np.asarray(points, np.float64)
    except (TypeError, ValueError):
        given = np.empty(0)
    if not given.shape or given.shape[-1] not in (2, 4):
        raise BadArgument(name="points", value=repr(points)[:60], wanted=t("data.wanted.points"))
    pairs = given.reshape(*given.shape[:-1], given.shape[-1] // 2, 2)
    part = (pairs - (here.left, here.top)) / (here.width, here.height)
    return (part * (there.width, there.height) + (there.left, there.top)).reshape(given.shape)


def _centre_region(sides: Iterable[int], inside: Sequence[int]) -> Region:
    height, width = sides
    top, left = (max(0, (have - part) // 2) for have, part in zip(inside, (height, width)))
    return Region(top, left, min(height, inside[0]), min(width, inside[1]))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER  # NaN fails too


def _resize(image: UInt8Image, size: tuple[int, int], interpolation: str) -> UInt8Image:
    import cv2

    if interpolation == "pillow":
        from PIL import Image

        return np.asarray(Image.fromarray(image).resize(size[::-1], Image.Resampling.BILINEAR), np.uint8)
    # Shrinking should average (INTER_AREA): bilinear sampling skips pixels and a small network notices.
    shrinks = interpolation == "area" and (size[0] < image.shape[0] or size[1] < image.shape[1])
    return np.asarray(cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.uint8)
