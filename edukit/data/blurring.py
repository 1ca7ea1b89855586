"""A part of a picture made unrecognisable in its file: a face, a name. What was there cannot be computed back from what is left."""
from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from edukit.core.errors import BadArgument
from edukit.core.i18n import t
from edukit.core.images import decode_image, sniff
from edukit.core.workspace import Workspace
from edukit.data.own import own_sets
from edukit.data.preparing import encode_anew

LEFT = 3  # colours on the longer side of the box: too few for a face, whatever is tried to sharpen it


def blurred(data: bytes, box: Sequence[float]) -> bytes:
    """The file of a picture whose box was blurred, encoded anew in the same format: metadata, previews in it and further frames are gone.

    Args:
        data: The bytes of the file.
        box: x1, y1, x2, y2 in pixels of the upright picture; what lies outside it does not count.

    Raises:
        BadArgument: Nothing of the picture is in the box.
        As ``decode_image``.

    Example:
        >>> import numpy as np
        >>> from edukit.core.images import encode_png
        >>> noise = encode_png(np.random.default_rng(0).integers(0, 255, (8, 8, 3), np.uint8))
        >>> len(np.unique(decode_image(blurred(noise, (0, 0, 8, 8)))[..., 0])) < 60
        True
    """
    import cv2

    image = decode_image(data).copy()
    try:
        left, top, right, bottom = (float(value) for value in box)
        x1, y1 = (max(0, math.floor(value)) for value in (left, top))
        x2, y2 = (min(most, math.ceil(value)) for value, most in zip((right, bottom), image.shape[1::-1]))
    except (TypeError, ValueError, OverflowError):  # of NaN and infinity too
        x1 = y1 = x2 = y2 = 0
    if x2 <= x1 or y2 <= y1:
        raise BadArgument(name="box", value=str(box)[:60], wanted=t("data.wanted.box"))
    part = image[y1:y2, x1:x2]
    side = max(part.shape[:2])
    scale = min(LEFT, -(-side // 4)) / side
    small = cv2.resize(part, (max(1, round(scale * (x2 - x1))), max(1, round(scale * (y2 - y1)))), interpolation=cv2.INTER_AREA)
    image[y1:y2, x1:x2] = cv2.resize(small, (x2 - x1, y2 - y1), interpolation=cv2.INTER_LINEAR)
    return encode_anew(image, sniff(data))


def also_in(data: bytes, workspace: Workspace) -> tuple[str, ...]:
    """The student's own sets in which a file with these very bytes lies."""
    def lies_in(folder: Path) -> bool:
        return any(path.stat().st_size == len(data) and path.read_bytes() == data for path in folder.rglob("*") if path.is_file())

    return tuple(name for name in own_sets(workspace) if lies_in(workspace.datasets / name))
