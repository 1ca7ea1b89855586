"""What comes into a set is made ready first: a name that every system takes, bytes that decode, nothing private beside the pixels."""
from __future__ import annotations

import hashlib
import os
import re
from typing import Any

from edukit.core.errors import BadArgument
from edukit.core.i18n import t
from edukit.core.images import as_image, encode_png, read_image_bytes, sniff
from edukit.data.metadata import clean_picture
from edukit.data.naming import safe_name
from edukit.data.pictures import SUFFIXES

_ALL_SUFFIXES = tuple(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)


def checked_name(argument: str, name: str) -> str:
    """A name as a folder can bear it anywhere. Raises ``BadArgument`` where nothing of it is left or it names another place."""
    if not isinstance(name, str) or not safe_name(name.strip()).strip("._ ") or re.search(r"[/\\\x00]", name):
        raise BadArgument(name=argument, value=repr(name)[:60], wanted=t("data.wanted.name"))
    return safe_name(name.strip())


def prepare_picture(picture: Any, name: str = "") -> tuple[str, bytes]:
    """A picture's name and its clean bytes, once it is known to decode.

    Args:
        picture: A path, the bytes of a file, or an RGB array.
        name: Its name; by default the path's, else one made from its bytes. Its ending follows the contents.

    Raises:
        As ``read_image``; ``BadArray``.
    """
    if isinstance(picture, (str, os.PathLike)):
        name = name or os.path.basename(picture)  # noqa: PTH119 - no path that is opened
        picture = read_image_bytes(picture)
    data = bytes(picture) if isinstance(picture, (bytes, bytearray, memoryview)) else encode_png(as_image(picture))
    as_image(data)
    data = clean_picture(data)
    return fitting_name(safe_name(name) if name else hashlib.sha256(data).hexdigest()[:12], sniff(data)), data


def fitting_name(name: str, kind: str) -> str:
    """The name with an ending that fits the contents.

    Example:
        >>> fitting_name("a.png", "JPEG"), fitting_name("v1.2", "PNG"), fitting_name("b.JPEG", "JPEG")
        ('a.jpg', 'v1.2.png', 'b.JPEG')
    """
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a name, no path
    if suffix.lower() in SUFFIXES[kind]:
        return name
    return (stem if suffix.lower() in _ALL_SUFFIXES else name) + SUFFIXES[kind][0]
