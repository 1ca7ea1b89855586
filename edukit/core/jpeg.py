"""What a JPEG says of itself before it is decoded: its size, and how often a decoder has to go over it.

Source: ITU-T T.81, annex B.
"""
from __future__ import annotations

import re

from edukit.core.errors import TruncatedImage

_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd8]")  # those that bear a length, and the end; photo programs write stray bytes before them


def jpeg_header(data: bytes, name: object) -> tuple[int, int, int, int]:
    """Height, width, channels, and where the first scan begins; ``name`` stands in the error. Raises ``TruncatedImage``."""
    position, size = 2, (0, 0, 0)
    while (found := _MARKER.search(data, position)) and found.start() + 9 < len(data):
        position, marker = found.start(), found[0][1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            size = (int.from_bytes(data[position + 5 : position + 7]), int.from_bytes(data[position + 7 : position + 9]), data[position + 9])
        if marker == 0xDA:
            return (*size, position)
        position += 2 + max(2, int.from_bytes(data[position + 2 : position + 4]))
    raise TruncatedImage(path=name)


def plain_header(data: bytes) -> tuple[int, int, int] | None:
    """Height, width and channels where the header names no camera (which may say how it is turned), no second picture and no CMYK; None for the others.

    Pillow takes ten times as long to say so.
    """
    try:
        height, width, channels, scan = jpeg_header(data, "picture")
    except TruncatedImage:
        return None
    odd = channels not in (1, 3) or data.find(b"\xff\xe1", 0, scan) >= 0 or data.find(b"MPF\0", 0, scan) >= 0
    return None if odd else (height, width, channels)


def jpeg_scans(data: bytes, position: int) -> int:
    """How many scans follow from ``position`` on: each goes over the whole picture again."""
    scans = 0
    while (marker := _MARKER.search(data, position)) and marker[0] != b"\xff\xd9":
        scans += marker[0] == b"\xff\xda"
        position = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2])
    return scans
