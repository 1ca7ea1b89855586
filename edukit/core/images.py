"""Reading pictures that anyone may have made: RGB, turned upright, and checked before they are decoded."""
from __future__ import annotations

import io
import os
import warnings
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from edukit.core.errors import BadArray, EmptyFile, ImageTooLarge, NotAnImage, PhonePhoto, TruncatedImage, UnreadableImage
from edukit.core.files import input_file
from edukit.core.jpeg import jpeg_header, jpeg_scans, plain_header
from edukit.core.limits import MAX_CHUNKS, MAX_IMAGE_BYTES, MAX_PIXELS, MAX_SCANNED_PIXELS
from edukit.core.preprocess import UInt8Image

if TYPE_CHECKING:
    from PIL import Image

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
_PNG = b"\x89PNG\r\n\x1a\n"
_SIGNATURES = {
    b"\xff\xd8\xff": "JPEG", _PNG: "PNG", b"BM": "BMP", b"GIF87a": "GIF", b"GIF89a": "GIF",
    b"II*\0": "TIFF", b"MM\0*": "TIFF", b"II+\0": "TIFF", b"MM\0+": "TIFF",
}  # fmt: skip
_PHONE_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
_PLAIN_MODES = ("L", "RGB", "RGBA", "P")
_SCAN_BYTES = 10  # the least that a scan takes
STRIP = 256  # rows, or more of a narrow picture
PAPER = (255, 255, 255)  # what transparent pictures are laid on


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What a picture file says before it is decoded.

    Args:
        format: ``"JPEG"``, ``"PNG"``, ``"WEBP"``, ``"BMP"``, ``"GIF"`` or ``"TIFF"``.
        width, height: In pixels, as stored.
        mode: Pillow's mode such as ``"RGB"``, ``"L"``, ``"CMYK"``, ``"I;16"``.
        animated: Whether more than one picture is in it.
        orientation: EXIF orientation; 1 is upright.
    """

    format: str
    width: int
    height: int
    mode: str
    animated: bool
    orientation: int

    @property
    def unusual_mode(self) -> bool:
        """Whether the picture is not 8-bit grey, RGB, RGBA or palette."""
        return self.mode not in _PLAIN_MODES


def read_image(path: str | os.PathLike[str]) -> UInt8Image:
    """The picture at ``path`` as RGB, shape (height, width, 3): EXIF orientation applied, transparency laid on white.

    Raises:
        FileMissing, NotAFile, EmptyFile, NotAnImage, TruncatedImage, UnreadableImage, ImageTooLarge

    Example:
        >>> read_image("cat.jpg").shape
        (480, 640, 3)
    """
    return decode_image(read_image_bytes(path), name=path)


def read_image_bytes(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a picture file, once it is known to be a file of bearable size."""
    found = input_file(path, max_bytes=MAX_IMAGE_BYTES)
    try:
        return found.read_bytes()
    except OSError as error:
        raise UnreadableImage(path=path) from error


def decode_image(data: bytes, *, name: object = "picture", side: int = 0) -> UInt8Image:
    """The picture in ``data`` as RGB, shape (height, width, 3); ``name`` stands in errors. Raises as ``read_image``.

    Args:
        data: Of the file.
        name: Stands in errors.
        side: How small its shorter side may be where that is quicker (a JPEG is decoded at a half, a quarter or an eighth then); 0 for the whole picture.
    """
    kind = sniff(data, name=name)
    if kind == "JPEG":
        return _decode_jpeg(data, name, side)
    if kind == "WEBP" and len(data) < 8 + int.from_bytes(data[4:8], "little"):
        raise TruncatedImage(path=name)
    return _from_pillow(_open(data, name, kind), name)


def image_facts(data: bytes) -> ImageFacts:
    """What the file says of itself; only its header is read. Raises ``EmptyFile``, ``NotAnImage``, ``UnreadableImage`` or ``ImageTooLarge``."""
    kind = sniff(data)
    if kind == "JPEG" and (plain := plain_header(data)):
        height, width, channels = plain
        _check_pixels(height, width, "picture")
        return ImageFacts(kind, width, height, "L" if channels == 1 else "RGB", False, 1)
    with _open(data, "picture", kind) as picture, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mode = "CMYK" if picture.mode == "YCCK" else picture.mode
        if picture.mode == "I" or "16" in picture.mode:
            mode = "I;16"
        elif any(";16" in str(tile[3]) for tile in getattr(picture, "tile", ())):
            mode = f"{mode};16"  # Pillow makes 8 bits of them while it decodes
        try:
            orientation = int(picture.getexif().get(0x0112, 1) or 1)
            return ImageFacts(kind, picture.width, picture.height, mode, _has_second(picture), orientation)
        except Exception as error:  # Pillow's plugins raise whatever their parsers meet
            raise UnreadableImage(path="picture") from error


def _has_second(picture: Image.Image) -> bool:
    """Whether a second frame follows; counting them all can take minutes."""
    try:
        picture.seek(1)
    except EOFError:
        return False
    except Exception:  # Pillow's plugins raise whatever their parsers meet: there is one, and it is damaged
        return True
    return True


def sniff(data: bytes, *, name: object = "picture") -> str:
    """The format that the first bytes tell. Raises ``EmptyFile`` or ``NotAnImage``."""
    if not data:
        raise EmptyFile(path=name)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _PHONE_BRANDS:
        raise PhonePhoto(path=name)
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            return kind
    raise NotAnImage(path=name)


def _decode_jpeg(data: bytes, name: object, side: int) -> UInt8Image:
    import cv2

    height, width, channels, scan = jpeg_header(data, name)
    _check_pixels(height, width, name)
    if data.rfind(b"\xff\xd9", scan) < 0:  # OpenCV would quietly paint the missing part grey
        raise TruncatedImage(path=name)
    allowed = MAX_SCANNED_PIXELS // max(1, height * width)
    if len(data) > _SCAN_BYTES * allowed and data.count(b"\xff\xda", scan) > allowed and jpeg_scans(data, scan) > allowed:
        raise UnreadableImage(path=name)
    if channels == 4:
        return _from_pillow(_open(data, name, "JPEG"), name)
    part = next((part for part in (8, 4, 2) if side and min(height, width) >= part * side), 1)
    reduced = {1: 0, 2: cv2.IMREAD_REDUCED_GRAYSCALE_2, 4: cv2.IMREAD_REDUCED_GRAYSCALE_4, 8: cv2.IMREAD_REDUCED_GRAYSCALE_8}
    try:
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB | reduced[part])  # turned as EXIF says
    except cv2.error as error:
        raise UnreadableImage(path=name) from error
    if decoded is None or sorted(decoded.shape[:2]) != sorted((-(-height // part), -(-width // part))):  # not the size that the limit was meant for
        raise UnreadableImage(path=name)
    return np.asarray(decoded, np.uint8)


def _count_chunks(data: bytes) -> int:
    """How many chunks a PNG has, counted to just above the limit: each costs its reader time, however small it is."""
    count, position = 0, 8
    while position + 8 <= len(data) and count <= MAX_CHUNKS:
        count += 1
        position += 12 + int.from_bytes(data[position : position + 4])
    return count


def _from_pillow(picture: Image.Image, name: object) -> UInt8Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd about a file is for check-dataset to say
            picture.load()
        image = np.empty((picture.height, picture.width, 3), np.uint8)
        scale = _deep_scale(picture)
        rows = max(STRIP, MAX_PIXELS // 50 // max(1, picture.width))
        for top in range(0, picture.height, rows):  # strips: converting 50 megapixels at once would take gigabytes
            strip = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
            image[top : top + rows] = _rgb(strip, scale)
        orientation = picture.getexif().get(0x0112, 1)
    except Exception as error:  # Pillow's plugins raise whatever their parsers meet
        message = str(error).lower()
        raise (TruncatedImage if "truncated" in message or "incomplete" in message else UnreadableImage)(path=name) from error
    return _apply_orientation(image, orientation)


def _apply_orientation(image: UInt8Image, orientation: object) -> UInt8Image:
    """The stored pixels turned and mirrored as the EXIF orientation says; a meaningless one is ignored."""
    if orientation in (5, 6, 7, 8):
        image = image.transpose(1, 0, 2)
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    return np.ascontiguousarray(image)


def _pillow(kind: str) -> Any:
    """Pillow's ``Image`` with the plugin for this format; left to itself it would load all its forty."""
    if kind in ("WEBP", "TIFF"):  # the others come with it
        import_module(f"PIL.{'WebP' if kind == 'WEBP' else 'Tiff'}ImagePlugin")
    return import_module("PIL.Image")


def _open(data: bytes, name: object, kind: str) -> Image.Image:
    pillow = _pillow(kind)
    if data.startswith(_PNG) and _count_chunks(data) > MAX_CHUNKS:
        raise UnreadableImage(path=name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures; the limit below is ours
            picture: Image.Image = pillow.open(io.BytesIO(data), formats=(kind,))
    except pillow.DecompressionBombError as error:
        raise ImageTooLarge(path=name, found=f"> {2 * (pillow.MAX_IMAGE_PIXELS or 0) // 1_000_000} MP", limit=f"{MAX_PIXELS // 1_000_000} MP") from error
    except Exception as error:  # Pillow's plugins raise whatever their parsers meet
        raise UnreadableImage(path=name) from error
    _check_pixels(picture.height, picture.width, name)
    return picture


def _deep_scale(picture: Image.Image) -> float | None:
    """What brings the values of a picture of more than 8 bits to 0..255; None for the others."""
    if picture.mode == "F":
        highest = float(np.nan_to_num(picture.getextrema()[1]))
        return 255 if highest <= 1 else 1 if highest <= 255 else 255 / 65535
    return 255 / 65535 if picture.mode == "I" or "16" in picture.mode else None


def _rgb(picture: Image.Image, scale: float | None) -> UInt8Image:
    from PIL import Image

    if scale is not None:
        grey = np.clip(np.nan_to_num(np.asarray(picture, np.float32)) * scale + 0.5, 0, 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        drawn = picture.convert("RGBA")
        paper = Image.new("RGBA", drawn.size, (*PAPER, 255))
        picture = Image.alpha_composite(paper, drawn)
    return np.asarray(picture.convert("RGB"), np.uint8)


def _check_pixels(height: int, width: int, name: object) -> None:
    if height < 1 or width < 1:
        raise UnreadableImage(path=name)
    if height * width > MAX_PIXELS:
        raise ImageTooLarge(path=name, found=f"{width} × {height}", limit=f"{MAX_PIXELS // 1_000_000} MP")


def encode_png(image: UInt8Image) -> bytes:
    """An RGB (or grey) picture as PNG bytes."""
    return encode_image(image, "PNG")


def encode_image(image: UInt8Image, kind: str, **options: Any) -> bytes:
    """An RGB (or grey) picture as the bytes of a file; ``options`` are Pillow's for ``kind``."""
    stream = io.BytesIO()
    _pillow(kind).fromarray(np.ascontiguousarray(image)).save(stream, kind, **options)
    return stream.getvalue()


def thumbnail(image: UInt8Image, side: int) -> UInt8Image:
    """The picture made to fit a square of ``side`` pixels, keeping its aspect ratio."""
    import cv2

    scale = min(1.0, side / max(image.shape[:2]))
    size = [max(1, round(length * scale)) for length in image.shape[1::-1]]  # width first
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def as_image(source: object) -> UInt8Image:
    """A picture from a path, raw bytes, a Pillow picture, or a uint8 array: RGB, RGBA or grey. Raises as ``read_image`` and ``BadArray``."""
    if isinstance(source, (str, os.PathLike)):
        return read_image(Path(source))
    if isinstance(source, (bytes, bytearray, memoryview)):
        return decode_image(bytes(source))
    if type(source).__module__.startswith("PIL."):  # as an array a palette's indices would pass for grey, and CMYK for RGBA
        picture = cast("Image.Image", source)
        _check_pixels(picture.height, picture.width, "picture")
        return _from_pillow(picture, "picture")
    array = np.asarray(source)
    channels = 1 if array.ndim == 2 else array.shape[2] if array.ndim == 3 else 0
    if array.dtype == np.uint8 and channels in (1, 3, 4) and array.size:
        pixels = array.reshape(*array.shape[:2], channels)
        if channels == 4:
            alpha = pixels[..., 3:] / np.float32(255)
            pixels = np.rint(pixels[..., :3] * alpha + np.array(PAPER) * (1 - alpha)).astype(np.uint8)
        return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))
    raise BadArray(shape=getattr(array, "shape", "-"), dtype=getattr(array, "dtype", type(source).__name__))
