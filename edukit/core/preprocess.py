"""How a picture becomes a network's input: the one implementation that training, PyTorch, ONNX, the board and the browser share."""
from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edukit.core.errors import BadArray, BadCard

UInt8Image = NDArray[np.uint8]      # (height, width, 3), RGB
Float32Array = NDArray[np.float32]

LARGEST_NUMBER = 1e9
SMALLEST_STD = 1e-6  # below this, dividing by it leaves float32
MAX_SIDE = 2048  # pixels; no network here takes more, and a card from elsewhere must not ask for a terabyte


@dataclass(frozen=True, kw_only=True)
class Preprocess:
    """Resize, crop and normalise; travels inside every model file.

    Args:
        size: Height and width of the network's input, in pixels.
        fit: ``"crop"`` keeps the aspect ratio and cuts the overhang, ``"pad"`` keeps it and fills with ``fill``, ``"stretch"`` does not keep it.
        crop_share: With ``"crop"``, the part of the shorter side that stays; ImageNet networks use 224/256.
        mean, std: Per channel, on the scale 0..255; one value each means that the network takes grey pictures.
        fill: Grey level of the padding, 0..255.

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
        return self.normalise(self.fitted(image))

    def fitted(self, image: UInt8Image) -> UInt8Image:
        """The picture as the network sees it, before normalising: (height, width, channels), uint8."""
        import cv2

        if not (isinstance(image, np.ndarray) and image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3 and image.size):
            raise BadArray(shape=getattr(image, "shape", type(image).__name__), dtype=getattr(image, "dtype", "-"))
        fitted = {"crop": self._crop, "pad": self._pad, "stretch": self._stretch}[self.fit](image)
        return fitted if self.channels == 3 else np.asarray(cv2.cvtColor(fitted, cv2.COLOR_RGB2GRAY), np.uint8)[..., None]

    def normalise(self, fitted: UInt8Image) -> Float32Array:
        """(height, width, channels) uint8 to (1, channels, height, width) float32."""
        planes = np.empty((1, self.channels, *self.size), np.float32)
        for channel, (mean, std) in enumerate(zip(self.mean, self.std)):  # a plane at a time: twice as fast as one strided expression
            np.multiply(fitted[..., channel], np.float32(1 / std), out=planes[0, channel], dtype=np.float32)
            planes[0, channel] -= np.float32(mean / std)
        return planes

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

    def _crop(self, image: UInt8Image) -> UInt8Image:
        # Cropped before it is resized: cheaper, and a picture of 10 x 4,000,000 never becomes 256 x 100,000,000.
        scale = max(want / have for want, have in zip(self.size, image.shape)) / self.crop_share
        height, width = (max(1, round(want / scale)) for want in self.size)
        top, left = (max(0, (have - part) // 2) for have, part in zip(image.shape, (height, width)))
        return _resize(image[top : top + height, left : left + width], self.size)

    def _pad(self, image: UInt8Image) -> UInt8Image:
        scale = min(want / have for want, have in zip(self.size, image.shape))
        height, width = (max(1, round(have * scale)) for have in image.shape[:2])
        canvas = np.full((*self.size, image.shape[2]), self.fill, np.uint8)
        top, left = (self.size[0] - height) // 2, (self.size[1] - width) // 2
        canvas[top : top + height, left : left + width] = _resize(image, (height, width))
        return canvas

    def _stretch(self, image: UInt8Image) -> UInt8Image:
        return _resize(image, self.size)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER  # NaN fails too


def _resize(image: UInt8Image, size: tuple[int, int]) -> UInt8Image:
    import cv2

    # Shrinking must average (INTER_AREA): bilinear sampling skips pixels and a small network notices.
    shrinks = size[0] < image.shape[0] or size[1] < image.shape[1]
    return np.asarray(cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.uint8)
