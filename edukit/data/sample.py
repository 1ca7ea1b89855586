"""One picture of a dataset and its target: what a network is to say about it."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from edukit.core.images import read_image
from edukit.core.preprocess import Preprocess, UInt8Image
from edukit.data.picture_cache import PictureCache


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture file with its target.

    Args:
        path: Where the picture lies.
        target: What its task wants of a network: a ``ClassLabel`` in classification. Its text (``str``) counts for the fingerprint, so that it
            must say everything and be the same in every process.
        cache: Keeps decoded pictures during a run of a verb; None reads the file each time.

    Example:
        >>> Sample(Path("cat.jpg"), ClassLabel("cat", 3)).index
        3
    """

    path: Path
    target: Any
    cache: PictureCache | None = field(default=None, repr=False, compare=False)

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
        return self.cache.image(self.path) if self.cache else read_image(self.path)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the picture, in pixels. Raises as ``image``."""
        return self.cache.shape(self.path) if self.cache else self.image().shape[:2]

    def fit_image(self, preprocess: Preprocess) -> UInt8Image:
        """The picture as a network sees it, before normalising. Raises as ``image``."""
        return self.cache.fit_image(self.path, preprocess) if self.cache else preprocess.fit_image(self.image())


def with_cache(samples: Iterable[Sample], cache: PictureCache) -> tuple[Sample, ...]:
    """The samples sharing ``cache``, those that have one already keeping theirs."""
    return tuple(sample if sample.cache else replace(sample, cache=cache) for sample in samples)
