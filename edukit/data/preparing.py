"""What comes into a set is made ready first: a name that every system takes, bytes that decode, nothing private beside the pixels.

What cameras write (place, time, owner, a small preview) is taken out of a picture's bytes; the pixels stay as they were encoded.
Sources: ITU-T T.81 annex B (JPEG), W3C PNG 11.3, the WebP container specification.
"""
from __future__ import annotations

import hashlib
import io
import os
import re
import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from edukit.core.errors import BadArgument, EdukitError
from edukit.core.i18n import t
from edukit.core.images import as_image, decode_image, encode_image, encode_png, image_facts, read_image_bytes, sniff
from edukit.core.preprocess import UInt8Image
from edukit.data.naming import safe_name
from edukit.data.pictures import SUFFIXES

_ALL_SUFFIXES = tuple(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)
_JPEG_KEPT = (b"JFIF\0", b"Adobe", b"ICC_PROFILE\0")  # of the application segments: what says how the colours are meant
_PNG_KEPT = (b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT")  # beside the critical chunks
_WEBP_KEPT = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP")
_GIF_KEPT = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")  # of the application extensions: loops and colours
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
MOST_BYTES = 64_000_000  # of pictures in memory while a dataset is added
QUALITY = 95  # of a JPEG that must be turned
_OPTIONS: dict[str, dict[str, Any]] = {"JPEG": {"quality": QUALITY}, "WEBP": {"lossless": True}}


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


def readable_pictures(paths: Iterable[Path]) -> Iterator[tuple[list[str], list[bytes]]]:
    """Names and bytes of the pictures that can be read, not many at once: a folder of photos is larger than a laptop's memory."""
    names: list[str] = []
    good: list[bytes] = []
    held = 0
    for path in paths:
        with suppress(EdukitError):
            name, data = prepare_picture(path)
            names.append(name)
            good.append(data)
            held += len(data)
        if held > MOST_BYTES:
            yield names, good
            names, good, held = [], [], 0
    if good:
        yield names, good


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


def clean_picture(data: bytes) -> bytes:
    """The picture without metadata: the same pixels in the same encoding, or encoded anew where the camera wanted it turned or bytes lie astray.

    Raises:
        EmptyFile, NotAnImage, TruncatedImage, UnreadableImage, ImageTooLarge

    Example:
        >>> from edukit.core.images import encode_png
        >>> import numpy as np
        >>> plain = encode_png(np.zeros((2, 2, 3), np.uint8))
        >>> clean_picture(plain) == plain
        True
    """
    kind = sniff(data)
    try:
        turned = image_facts(data).orientation != 1
    except EdukitError:  # its header or EXIF block is damaged, which decoding does not mind
        turned = False
    if turned:
        return encode_anew(decode_image(data), kind)
    stripped = _STRIPPERS[kind](data) if kind in _STRIPPERS else data
    return stripped if stripped is not None else encode_anew(decode_image(data), kind)


def encode_anew(image: UInt8Image, kind: str) -> bytes:
    """The file of a picture that was changed, with as little loss as its format allows."""
    return encode_image(image, kind, **_OPTIONS.get(kind, {}))


def _strip_jpeg(data: bytes) -> bytes | None:
    """All but application segments and comments; what follows the picture's end (previews, films) goes too."""
    parts, position = [data[:2]], 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            return None  # stray bytes: decoders differ about what follows, so only the pixels are taken
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker == 0xD9:
            break
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4])
        segment = data[position:end]
        if not (marker == 0xFE or (0xE0 <= marker <= 0xEF and not segment[4:].startswith(_JPEG_KEPT))):
            parts.append(segment)
        if marker == 0xDA:  # coded pixels follow
            following = _NEXT_MARKER.search(data, end)
            if following is None:
                return None
            parts.append(data[end : following.start()])
            end = following.start()
        position = end
    return b"".join([*parts, b"\xff\xd9"])


def _strip_png(data: bytes) -> bytes | None:
    parts, position = [data[:8]], 8
    while position + 12 <= len(data):
        end = position + 12 + int.from_bytes(data[position : position + 4])
        name = data[position + 4 : position + 8]
        if not name[0] & 0x20 or name in _PNG_KEPT:  # a small first letter: pictures are complete without it
            parts.append(data[position:end])
        if name == b"IEND":
            return b"".join(parts)
        position = end
    return None


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position, end = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while position + 8 <= end:
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        yield data[position : position + 4], data[position : position + 8 + size + size % 2]
        position += 8 + size + size % 2


def _strip_webp(data: bytes) -> bytes:
    parts = []
    for name, chunk in _webp_chunks(data):
        if name == b"VP8X" and len(chunk) > 8:
            chunk = chunk[:8] + bytes([chunk[8] & ~0x0C]) + chunk[9:]  # the flags of EXIF and XMP
        if name in _WEBP_KEPT:
            parts.append(chunk)
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _strip_gif(data: bytes) -> bytes | None:
    """Comments, and what programs add, are extensions like any others; all frames stay."""
    try:
        position = 13 + _colour_bytes(data[10])
        parts = [data[:position]]
        while data[position] != 0x3B:
            extension = data[position] == 0x21
            if not extension and data[position] != 0x2C:
                return None  # stray bytes
            begin = position
            position += 2 if extension else 11 + _colour_bytes(data[position + 9])
            private = data[begin + 1] == 0xFE or (data[begin + 1] == 0xFF and data[begin + 3 : begin + 14] not in _GIF_KEPT)
            while data[position]:
                position += 1 + data[position]
            position += 1
            if not (extension and private):
                parts.append(data[begin:position])
    except IndexError:  # it ends early
        return None
    return b"".join(parts) + b"\x3b"


def _colour_bytes(flags: int) -> int:
    """How long the colour table is that these flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _strip_tiff(data: bytes) -> bytes:
    """A TIFF's metadata lies among its tags: where there is a place, a camera or an owner, the pixels are written into a new, lossless file."""
    from PIL import Image

    private = {0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x02BC, 0x83BB, 0x8769, 0x8825}
    with Image.open(io.BytesIO(data), formats=("TIFF",)) as picture:
        if not private & set(getattr(picture, "tag_v2", ())):
            return data
        stream = io.BytesIO()
        picture.copy().save(stream, "TIFF", compression="tiff_lzw" if picture.mode in ("L", "RGB", "RGBA", "P") else None)
    return stream.getvalue()


_STRIPPERS = {"JPEG": _strip_jpeg, "PNG": _strip_png, "WEBP": _strip_webp, "GIF": _strip_gif, "TIFF": _strip_tiff}
