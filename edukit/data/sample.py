"""One picture of a dataset and its target: what a network is to say about it."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edukit.core.images import read_image
from edukit.core.preprocess import UInt8Image


@dataclass(frozen=True)
class ClassLabel:
    """The target of classification.

    Args:
        label: The stable name of the class.
        index: The place of ``label`` among the dataset's classes, from 0.
    """

    label: str
    index: int

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Sample:
    """One picture file with its target.

    Args:
        path: Where the picture lies.
        target: What its task wants of a network: a ``ClassLabel`` in classification. Its text (``str``) counts for the fingerprint, so that it
            must say everything and be the same in every process.

    Example:
        >>> Sample(Path("cat.jpg"), ClassLabel("cat", 3)).index
        3
    """

    path: Path
    target: Any

    @property
    def label(self) -> str:
        """The stable name of its class; classification only."""
        return str(self.target.label)

    @property
    def index(self) -> int:
        """The place of its class among the dataset's classes, from 0; classification only."""
        return int(self.target.index)

    def image(self) -> UInt8Image:
        """The picture as RGB, shape (height, width, 3). Raises as ``edukit.core.images.read_image``."""
        return read_image(self.path)
