"""Pictures decoded once for one run of a verb: checked, trained on and measured on from the same memory, as long as they fit."""
from __future__ import annotations

from pathlib import Path

from edukit.core.images import read_image
from edukit.core.preprocess import Preprocess, UInt8Image

CACHE_BYTES = 600_000_000  # in all: 4,000 pictures fitted to 224 x 224
WHOLE_BYTES = 200_000_000  # of it for whole pictures, one of which may take 150 MB


class PictureCache:
    """Keeps decoded pictures, first come, first kept, and gives up whole ones when fitted ones need their room.

    It lives as long as the samples that share it, which is one run of a verb (``verify`` makes it); a file is not expected to change meanwhile.

    Args:
        max_bytes: How much is kept in all.
        max_whole_bytes: How much of it may be whole pictures, kept before it is known what they will be fitted to.
    """

    def __init__(self, max_bytes: int = CACHE_BYTES, max_whole_bytes: int = WHOLE_BYTES) -> None:
        self.max_bytes, self.max_whole_bytes = max_bytes, min(max_bytes, max_whole_bytes)
        self._whole: dict[Path, UInt8Image] = {}
        self._fitted: dict[tuple[Path, Preprocess], UInt8Image] = {}
        self._shapes: dict[Path, tuple[int, int]] = {}
        self._whole_bytes = self._fitted_bytes = 0

    @property
    def size_bytes(self) -> int:
        """How much is kept now."""
        return self._whole_bytes + self._fitted_bytes

    def image(self, path: Path) -> UInt8Image:
        """The picture, read if it is not kept; not to be written to. Raises as ``read_image``."""
        if path in self._whole:
            return self._whole[path]
        image = read_image(path)
        self.keep(path, image)
        return image

    def shape(self, path: Path) -> tuple[int, int]:
        """Height and width of the picture, which is read if it was not before. Raises as ``read_image``."""
        return self._shapes[path] if path in self._shapes else self.image(path).shape[:2]

    def fit_image(self, path: Path, preprocess: Preprocess) -> UInt8Image:
        """The picture as ``preprocess.fit_image`` gives it; not to be written to. Raises as ``read_image``."""
        found = self._fitted.get((path, preprocess))
        if found is None:
            found = preprocess.fit_image(self.image(path))
            self._keep_fitted(path, preprocess, found)
        return found

    def keep(self, path: Path, image: UInt8Image, preprocess: Preprocess | None = None) -> None:
        """Takes a picture that was just decoded, fitted if it is known to what, if there is room."""
        self._shapes[path] = (image.shape[0], image.shape[1])
        if preprocess is not None:
            self._keep_fitted(path, preprocess, preprocess.fit_image(image))
        elif path not in self._whole and self._whole_bytes + image.nbytes <= self.max_whole_bytes and self.size_bytes + image.nbytes <= self.max_bytes:
            image.flags.writeable = False
            self._whole[path] = image
            self._whole_bytes += image.nbytes

    def _keep_fitted(self, path: Path, preprocess: Preprocess, fitted: UInt8Image) -> None:
        while self._whole and self.size_bytes + fitted.nbytes > self.max_bytes:
            self._whole_bytes -= self._whole.popitem()[1].nbytes
        if self.size_bytes + fitted.nbytes <= self.max_bytes and (path, preprocess) not in self._fitted:
            fitted.flags.writeable = False
            self._fitted[path, preprocess] = fitted
            self._fitted_bytes += fitted.nbytes

    def __reduce__(self) -> tuple[type[PictureCache], tuple[int, int]]:
        return type(self), (self.max_bytes, self.max_whole_bytes)  # another process starts with an empty one
