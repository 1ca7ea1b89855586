"""Which networks there are, and what each wants of a picture. Needs no torch: views list them without loading anything."""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from edukit.core.errors import UnknownBackbone, nearest
from edukit.core.i18n import t
from edukit.core.preprocess import Preprocess

_IMAGENET = Preprocess()
COUNTED_CLASSES = 10  # ``Backbone.parameters`` counts a head of so many classes


@dataclass(frozen=True, kw_only=True)
class Backbone:
    """A network that can be trained.

    Args:
        name: As it is typed and as cards hold it.
        parameters: How many numbers are learnt, with a head for 10 classes; ``parameters_for`` counts other heads.
        features: How many features the head sees.
        tensors: How many its state dictionary holds, which no two share.
        size: Height and width of its usual input, in pixels.
        min_size: The smallest input that still gives a feature map.
        preprocess: How a picture becomes its usual input.
        learning_rate: A good start for training the whole network; the head alone takes ``HEAD_LEARNING_RATE``.
        has_weights: Whether ImageNet weights exist for it.
    """

    name: str
    parameters: int
    features: int
    tensors: int
    size: int = 224
    min_size: int = 32
    preprocess: Preprocess = _IMAGENET
    learning_rate: float = 1e-3
    has_weights: bool = True

    @property
    def summary(self) -> str:
        """One sentence about it, in the language in use."""
        return t(f"backbones.{self.name}")

    def parameters_for(self, classes: int) -> int:
        """How many numbers are learnt with a head for ``classes`` classes."""
        return self.parameters + (classes - COUNTED_CLASSES) * (self.features + 1)

    def preprocess_at(self, size: int | None = None, *, channels: int = 3) -> Preprocess:
        """How a picture becomes an input of another size (pixels), or a grey one."""
        same = self.preprocess if size is None else replace(self.preprocess, size=(size, size))
        if channels == 3:
            return same
        return replace(same, mean=(sum(same.mean) / 3,), std=(sum(same.std) / 3,))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for tables and ``--json``."""
        return {
            "name": self.name, "parameters": self.parameters, "size": self.size, "min_size": self.min_size,
            "has_weights": self.has_weights, "summary": self.summary,
        }  # fmt: skip


_HALF = (127.5, 127.5, 127.5)
_BACKBONES = (
    Backbone(
        name="LeNet", parameters=62_006, features=84, tensors=10, size=32, min_size=16, has_weights=False,
        preprocess=Preprocess(size=(32, 32), crop_share=1.0, mean=_HALF, std=_HALF),
    ),
    Backbone(name="MobileNet", parameters=2_236_682, features=1280, tensors=314),
    Backbone(name="MobileNetV3-Small", parameters=1_528_106, features=1024, tensors=244),
    Backbone(name="ResNet18", parameters=11_181_642, features=512, tensors=122),
    # The package's weights were trained on (x - 127) / 128, not on the usual ImageNet mean.
    Backbone(
        name="EfficientNet-Lite0", parameters=3_383_818, features=1280, tensors=296,
        preprocess=Preprocess(crop_share=0.875, mean=(127.0,) * 3, std=(128.0,) * 3),
    ),
)  # fmt: skip


def backbones() -> tuple[Backbone, ...]:
    """Every network that can be trained, the smallest input first.

    Example:
        >>> [backbone.name for backbone in backbones()][0]
        'LeNet'
    """
    return _BACKBONES


def find_backbone(name: object) -> Backbone:
    """The backbone of that name, whatever its case.

    Raises:
        UnknownBackbone: Names the nearest one.
    """
    names = [backbone.name for backbone in _BACKBONES]
    for backbone in _BACKBONES:
        if isinstance(name, str) and backbone.name.lower() == name.strip().lower():
            return backbone
    raise UnknownBackbone(name=name, nearest=nearest(str(name), names), names=", ".join(names))
