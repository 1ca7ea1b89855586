"""One picture file checked: does it decode, what is odd about it, and what are its pixels."""
from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.errors import EdukitError, EmptyFile, FileTooLarge, ImageTooLarge, NotAFile, NotAnImage, PhonePhoto, TruncatedImage
from edukit.core.images import ImageFacts, decode_image, image_facts, read_image, read_image_bytes, sniff
from edukit.core.preprocess import UInt8Image
from edukit.data.near_duplicates import DECODED, fingerprint
from edukit.data.problems import Problem, problem

SUFFIXES = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "BMP": (".bmp", ".dib"),
    "GIF": (".gif",),
    "TIFF": (".tif", ".tiff"),
}
_ANIMATED = ("GIF", "PNG", "WEBP", "TIFF")  # a JPEG's second picture is a preview, not an animation
_KINDS: dict[tuple[type[EdukitError], ...], str] = {
    (FileTooLarge, ImageTooLarge): "too_large", (EmptyFile,): "empty_file", (NotAnImage, NotAFile): "not_an_image", (TruncatedImage,): "truncated",
}  # fmt: skip
_FOUND = {"too_large": ("found", "limit"), "unreadable": ("reason",)}  # what the texts of a kind need


@dataclass(frozen=True, slots=True)
class PictureCheck:
    """What checking a picture file found.

    Args:
        error: The kind of what keeps it from being read; empty if it can be.
        found: What the texts of that kind need.
        facts: What its header says, where it could be read.
        format: The format of its signature.
        small: Its ``near_duplicates.fingerprint``, where it was asked for.
        thorough: Whether header and small picture were asked for.
    """

    error: str = ""
    found: tuple[tuple[str, str], ...] = ()
    facts: ImageFacts | None = None
    format: str = ""
    small: bytes = b""
    thorough: bool = False


_seen: dict[tuple[str, int], PictureCheck] = {}  # by path, and a hash of size, time and inode: verbs check before each step
_MOST_REMEMBERED = 100_000


def check_picture(path: Path, *, thorough: bool = False, on_image: Callable[[UInt8Image], None] | None = None) -> PictureCheck:
    """Decodes the picture; what was found is remembered for as long as the file stays as it is.

    Args:
        path: The file.
        thorough: Also read its header and make it small, which only a check of the whole dataset needs.
        on_image: Given the picture, if it had to be decoded.
    """
    try:
        stat = path.stat()
    except OSError as error:
        return PictureCheck("unreadable", (("reason", os.strerror(error.errno or 0)),))
    key = (os.fspath(path), hash((stat.st_size, stat.st_mtime_ns, stat.st_ino)))
    known = _seen.get(key)
    if known is None or (thorough and not known.thorough and not known.error):
        if len(_seen) >= _MOST_REMEMBERED:
            _seen.clear()
        known = _seen[key] = _check(path, thorough, on_image)
    return known


def picture_error(check: PictureCheck, path: Path, split: str) -> Problem:
    """What keeps the picture from being read."""
    found: dict[str, Any] = dict(check.found)
    return problem(check.error, path, split=split, **found)


def picture_warnings(check: PictureCheck, path: Path, split: str) -> list[Problem]:
    """What is odd about a picture that can be read and was looked at thoroughly."""
    found = []
    if path.suffix.lower() not in SUFFIXES[check.format]:
        found.append(problem("wrong_extension", path, split=split, suffix=path.suffix, format=check.format))
    if check.facts is None:
        return found
    if check.facts.animated and check.format in _ANIMATED:
        found.append(problem("animated", path, split=split))
    if check.facts.unusual_mode:
        found.append(problem("unusual_mode", path, split=split, mode=check.facts.mode))
    if check.facts.orientation != 1:
        found.append(problem("exif_rotated", path, split=split, orientation=check.facts.orientation))
    return found


def _check(path: Path, thorough: bool, on_image: Callable[[UInt8Image], None] | None) -> PictureCheck:
    data = b""
    try:
        data = read_image_bytes(path)
        image = decode_image(data, name=path, side=0 if on_image else DECODED)
    except EdukitError as error:
        kind = next((kind for errors, kind in _KINDS.items() if isinstance(error, errors)), "truncated" if _ends_early(data) else "unreadable")
        found = {name: error.found.get(name, "") for name in _FOUND.get(kind, ())}
        return PictureCheck(kind, tuple((found | ({"variant": "phone"} if isinstance(error, PhonePhoto) else {})).items()))
    if on_image:
        on_image(image)
    if not thorough:
        return PictureCheck(format=sniff(data))
    return PictureCheck(facts=_facts(data), format=sniff(data), small=fingerprint(image), thorough=True)


def pixel_digest(path: Path) -> bytes:
    """SHA-256 of a picture's pixels and shape; of a file that went away since, of its name."""
    try:
        image = read_image(path)
    except EdukitError:
        return hashlib.sha256(os.fsencode(path)).digest()
    digest = hashlib.sha256(repr(image.shape).encode())
    digest.update(np.ascontiguousarray(image).data)
    return digest.digest()


def _facts(data: bytes) -> ImageFacts | None:
    try:
        return _first_equal(image_facts(data))
    except EdukitError:  # the first frame decodes; a later one, or the EXIF block, is damaged
        return None


@lru_cache(1000)
def _first_equal(facts: ImageFacts) -> ImageFacts:
    """One object for all pictures of one size and kind: a large set remembers its checks."""
    return facts


def _ends_early(data: bytes) -> bool:
    """Whether the container says that there should be more: some decoders call that merely unreadable."""
    if data[:4] == b"RIFF":
        return len(data) < int.from_bytes(data[4:8], "little") + 8
    if data[:2] == b"BM":
        return len(data) < int.from_bytes(data[2:6], "little")
    if data[:4] == b"\x89PNG":
        return b"IEND" not in data[-64:]
    if data[:3] == b"GIF":
        return data[-1:] != b";"
    return data[:2] == b"\xff\xd8" and b"\xff\xd9" not in data
