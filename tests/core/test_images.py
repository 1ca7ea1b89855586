"""Pictures as people really have them: every mode and rotation reads as upright RGB, every broken file is named, nothing large is decoded."""
import contextlib
import io
import struct
import tracemalloc
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import GifImagePlugin, Image, TiffImagePlugin

from edukit.core.errors import (
    BadArray,
    EdukitError,
    EmptyFile,
    FileMissing,
    FileTooLarge,
    ImageTooLarge,
    NotAFile,
    NotAnImage,
    TruncatedImage,
    UnreadableImage,
)
from edukit.core.images import as_image, decode_image, encode_png, image_facts, read_image, sniff, thumbnail
from edukit.core.limits import MAX_CHUNKS, MAX_IMAGE_BYTES, MAX_PIXELS

BROKEN = (TruncatedImage, UnreadableImage, NotAnImage, EmptyFile)
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
RED, GREEN = (200, 30, 40), (30, 160, 60)


def encoded(picture: Image.Image, kind: str, **options) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def two_halves(height: int = 40, width: int = 60) -> Image.Image:
    """Red above, green below."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2], pixels[height // 2 :] = RED, GREEN
    return Image.fromarray(pixels)


def noise(height: int = 64, width: int = 96) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def near(pixel, colour, apart: int = 12) -> bool:
    return bool(np.abs(np.asarray(pixel, int) - np.asarray(colour, int)).max() <= apart)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_reads_as_rgb(kind, tmp_path):
    path = tmp_path / f"图 1.{kind.lower()}"
    path.write_bytes(encoded(two_halves(), kind))
    image = read_image(path)
    assert image.shape == (40, 60, 3) and image.dtype == np.uint8 and image.flags.c_contiguous
    assert near(image[5, 30], RED) and near(image[35, 30], GREEN)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP"])
def test_lossless_formats_read_exactly(kind):
    options = {"lossless": True} if kind == "WEBP" else {}
    assert np.array_equal(decode_image(encoded(noise(), kind, **options)), np.asarray(noise()))


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}, {"quality": 100}, {"restart_marker_blocks": 1}], ids=repr)
def test_a_jpeg_reads_as_pillow_reads_it_within_a_few_levels(options):
    data = encoded(two_halves(77, 101), "JPEG", **options)
    theirs = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    assert np.abs(decode_image(data).astype(int) - theirs).max() <= 4


MODES = {
    "grey": lambda p: (p.convert("L"), ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")),
    "bilevel": lambda p: (p.convert("1", dither=Image.Dither.NONE), ("PNG", "BMP", "TIFF")),
    "palette": lambda p: (p.quantize(8), ("PNG", "GIF", "BMP", "TIFF")),
    "opaque RGBA": lambda p: (p.convert("RGBA"), ("PNG", "WEBP", "TIFF")),
    "grey with alpha": lambda p: (p.convert("LA"), ("PNG",)),
    "CMYK": lambda p: (p.convert("CMYK"), ("JPEG", "TIFF")),
    "YCbCr": lambda p: (p.convert("YCbCr"), ("JPEG", "TIFF")),
    "LAB": lambda p: (p, ("TIFF",)),
}


@pytest.mark.parametrize("mode, kind", [(mode, kind) for mode, make in MODES.items() for kind in make(two_halves())[1]])
def test_every_mode_reads_as_what_a_person_sees(mode, kind):
    picture = MODES[mode](two_halves())[0]
    shown = np.asarray(picture.convert("RGB"))
    image = decode_image(encoded(picture, kind))
    assert image.shape == (40, 60, 3)
    assert near(image[5, 30], shown[5, 30], 25) and near(image[35, 30], shown[35, 30], 25)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_a_pixel_keep_their_brightness(kind):
    ramp = Image.fromarray(np.linspace(0, 65535, 60 * 40).reshape(40, 60).astype(np.uint16))
    image = decode_image(encoded(ramp, kind)).astype(int)
    wanted = np.linspace(0, 255, 60 * 40).reshape(40, 60)
    assert np.abs(image - wanted[..., None]).max() <= 1


def test_sixteen_bits_a_colour_keep_their_brightness():
    rows = b"".join(b"\0" + struct.pack(">3H", 65535, 32768, 0) * 4 for _ in range(4))
    data = png((4, 4), depth=16, colour=2, idat=zlib.compress(rows))
    assert near(decode_image(data)[2, 2], (255, 128, 0), 1)


def test_floats_from_0_to_1_and_from_0_to_255_are_seen():
    for top in (1.0, 255.0):
        data = encoded(Image.fromarray(np.full((8, 8), top / 2, np.float32)), "TIFF")
        assert near(decode_image(data)[4, 4], (128, 128, 128), 1), top


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_transparency_is_laid_on_white(kind):
    picture = Image.new("RGBA", (20, 20), (*RED, 255))
    picture.paste((0, 0, 0, 0), (0, 0, 10, 20))
    image = decode_image(encoded(picture, kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert near(image[10, 3], (255, 255, 255), 0) and near(image[10, 16], RED, 3)


def test_half_transparency_is_mixed_with_white():
    image = decode_image(encoded(Image.new("RGBA", (4, 4), (0, 0, 0, 128)), "PNG"))
    assert near(image[0, 0], (127, 127, 127), 1)


@pytest.mark.parametrize("mode, transparent, seen", [("P", 0, True), ("L", 10, True), ("RGB", (10, 10, 10), True), ("L", 99, False)])
def test_a_transparent_colour_is_white(mode, transparent, seen):
    picture = Image.new("RGB", (8, 8), (10, 10, 10))
    picture = picture.quantize(2) if mode == "P" else picture.convert(mode)
    image = decode_image(encoded(picture, "PNG", transparency=transparent))
    assert near(image[4, 4], (255,) * 3 if seen else (10,) * 3, 0)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_applied(kind, orientation):
    upright = two_halves(32, 64)
    upright.paste((250, 250, 0), (0, 0, 16, 16))  # a yellow corner at the top left tells mirrored from turned
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(stored, kind, exif=exif, **({"quality": 95} if kind in ("JPEG", "WEBP") else {}))
    image = decode_image(data)
    assert image.shape == (32, 64, 3) and image_facts(data).orientation == orientation
    assert near(image[6, 6], (250, 250, 0), 30) and near(image[6, 50], RED, 30) and near(image[28, 6], GREEN, 30)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_means_nothing_is_ignored(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert decode_image(encoded(two_halves(32, 64), "JPEG", exif=exif)).shape == (32, 64, 3)


def test_a_cmyk_photograph_is_turned_too():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert decode_image(encoded(two_halves(32, 64).convert("CMYK"), "JPEG", exif=exif)).shape == (64, 32, 3)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_an_animation_gives_its_first_frame(kind):
    frames = [Image.new("RGB", (20, 10), colour) for colour in (RED, GREEN, (0, 0, 255))]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    assert near(decode_image(data)[5, 10], RED) and image_facts(data).animated


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (7, 2900)])
@pytest.mark.parametrize("kind", FORMATS)
def test_wide_tall_and_tiny_pictures(shape, kind):
    assert decode_image(encoded(Image.new("RGB", shape[::-1], RED), kind)).shape == (*shape, 3)


# Broken files


def cut_at_tenths() -> list[tuple[str, int]]:
    return [(kind, tenth) for kind in (*FORMATS, "progressive JPEG", "CMYK JPEG") for tenth in range(10)]


@pytest.mark.parametrize("kind, tenth", cut_at_tenths())
def test_a_file_that_ends_early_is_never_taken_for_whole(kind, tenth):
    picture = noise().convert("CMYK") if kind == "CMYK JPEG" else noise()
    data = encoded(picture, kind.split()[-1], **({"progressive": True} if kind == "progressive JPEG" else {}))
    with pytest.raises(BROKEN) as caught:
        decode_image(data[: len(data) * tenth // 10], name="cut.jpg")
    assert caught.value.found["path"] == "cut.jpg"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF"])
def test_a_file_cut_in_the_middle_of_its_pixels_is_called_truncated(kind):
    data = encoded(noise(), kind)
    with pytest.raises(TruncatedImage):
        decode_image(data[: len(data) * 6 // 10])


def test_a_jpeg_with_a_thumbnail_is_checked_for_its_own_end():
    """The end mark of the preview inside the EXIF must not pass for the picture's own."""
    inner = encoded(two_halves(8, 8), "JPEG")
    exif = b"Exif\0\0" + b"II*\0\x08\0\0\0\0\0" + inner
    data = encoded(noise(), "JPEG", exif=exif)
    with pytest.raises(TruncatedImage):
        decode_image(data[: len(data) // 2])


@pytest.mark.parametrize("kind", FORMATS)
def test_bytes_after_the_end_do_no_harm(kind):
    assert decode_image(encoded(two_halves(), kind) + b"\0" * 500 + b"trailing").shape == (40, 60, 3)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_file_is_read_or_named_but_never_a_crash(kind, seed):
    random = np.random.default_rng(seed)
    data = bytearray(encoded(noise(), kind))
    for place in random.integers(8, len(data), 1 + seed * 8):
        data[place] = random.integers(256)
    try:
        image = decode_image(bytes(data))
    except EdukitError as error:
        assert error.message
    else:
        assert image.ndim == 3 and image.dtype == np.uint8


@given(st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"GIF89a", b"II*\0", b"MM\0*", b"RIFF\0\0\0\0WEBP"]), st.binary(max_size=300))
def test_any_bytes_after_a_signature_give_a_coded_error_or_a_picture(signature, rest):
    try:
        assert decode_image(signature + rest).dtype == np.uint8
    except EdukitError as error:
        assert error.code in ("E102", "E103", "E104", "E105", "E106")


def test_an_empty_file_is_empty(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"")
    with pytest.raises(EmptyFile):
        read_image(tmp_path / "a.jpg")


@pytest.mark.parametrize("data", [b"hello, I am a text", b"%PDF-1.7", b"PK\x03\x04", b"<svg></svg>", b"\0" * 1000, b"RIFF\0\0\0\0WAVE"])
def test_other_files_are_not_pictures(data):
    with pytest.raises(NotAnImage):
        decode_image(data)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(FileMissing):
        read_image(tmp_path / "none.png")
    with pytest.raises(NotAFile):
        read_image(tmp_path)


def test_a_file_over_the_byte_limit_is_not_even_read(tmp_path):
    huge = tmp_path / "huge.jpg"
    with huge.open("wb") as stream:
        stream.truncate(MAX_IMAGE_BYTES + 1)  # sparse: takes no room
    tracemalloc.start()
    try:
        with pytest.raises(FileTooLarge):
            read_image(huge)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


# Bombs: a small file whose header promises a huge picture


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(size: tuple[int, int], depth: int = 8, colour: int = 2, idat: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", size[1], size[0], depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", idat) + chunk(b"IEND", b"")


def bombs() -> dict[str, bytes]:
    side = 60_000
    jpeg = bytearray(encoded(two_halves(), "JPEG"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = struct.pack(">HH", side, side)
    bmp = bytearray(encoded(two_halves(), "BMP"))
    bmp[18:26] = struct.pack("<ii", side, side)
    gif = bytearray(encoded(two_halves(), "GIF"))
    gif[6:10] = struct.pack("<HH", side, side)
    tiff = encoded(two_halves(), "TIFF").replace(struct.pack("<HHII", 256, 4, 1, 60), struct.pack("<HHII", 256, 4, 1, side))
    tiff = tiff.replace(struct.pack("<HHII", 257, 4, 1, 40), struct.pack("<HHII", 257, 4, 1, side))
    webp = b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + (16_000).to_bytes(3, "little") * 2
    deflated = png((side, side), idat=zlib.compress(b"\0" * 10_000_000))
    return {"PNG": deflated, "JPEG": bytes(jpeg), "BMP": bytes(bmp), "GIF": bytes(gif), "TIFF": tiff, "WEBP": webp}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "TIFF"])
def test_a_header_that_promises_too_much_is_refused_by_its_header(kind):
    tracemalloc.start()
    try:
        with pytest.raises(ImageTooLarge) as caught:
            decode_image(bombs()[kind])
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()
    assert caught.value.found["found"] and "50 MP" in caught.value.message


def test_a_webp_that_promises_too_much_is_refused():
    with pytest.raises((ImageTooLarge, UnreadableImage, TruncatedImage)):
        decode_image(bombs()["WEBP"])


def jpeg_of_many_scans(side: int, scans: int) -> bytes:
    whole = bytearray(encoded(Image.new("L", (16, 16), 128), "JPEG", progressive=True))
    frame = whole.find(b"\xff\xc2")
    whole[frame + 5 : frame + 9] = struct.pack(">HH", side, side)
    return bytes(whole[:-2]) + b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00\x00" * scans + b"\xff\xd9"


def test_a_jpeg_that_goes_over_a_large_picture_thousands_of_times_is_refused():
    with pytest.raises(UnreadableImage):
        decode_image(jpeg_of_many_scans(7000, 4000))
    assert decode_image(jpeg_of_many_scans(100, 50)).shape == (100, 100, 3)


def test_what_only_looks_like_a_scan_is_not_counted():
    whole = encoded(Image.new("RGB", (5000, 4000)), "JPEG", progressive=True)
    assert decode_image(whole + b"\xff\xda" * 1000).shape == (4000, 5000, 3)
    assert decode_image(whole[:2] + b"\xff\xfe\x0f\xa2" + b"\xff\xda" * 2000 + whole[2:]).shape == (4000, 5000, 3)


def test_the_limit_is_on_pixels_not_on_sides():
    assert decode_image(encoded(Image.new("1", (50_000, 20)), "PNG")).shape == (20, 50_000, 3)
    with pytest.raises(ImageTooLarge):
        decode_image(png((MAX_PIXELS // 1000 + 1, 1000)))


def test_a_tall_and_narrow_picture_is_read_in_few_strips(monkeypatch):
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (600_000, 3), dtype=np.uint8))
    crops, crop = [], Image.Image.crop
    monkeypatch.setattr(Image.Image, "crop", lambda self, box: crops.append(box) or crop(self, box))
    assert np.array_equal(decode_image(encoded(picture, "PNG"))[..., 0], np.asarray(picture)) and 1 < len(crops) < 10


def test_a_png_whose_texts_unpack_to_gigabytes_is_refused_or_read_without_them():
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 200_000_000, 9))
    whole = encoded(two_halves(), "PNG")
    tracemalloc.start()
    try:
        decode_image(whole[:33] + text + whole[33:])
    except EdukitError as error:
        assert error.code in ("E104", "E105")
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 100_000_000


def test_nothing_is_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        large = decode_image(encoded(Image.new("L", (12_000, 4_000)), "PNG"))  # Pillow would warn of a bomb here only above its own limit
        broken_exif = decode_image(encoded(two_halves(), "JPEG", exif=b"Exif\0\0broken"))
    assert large.shape == (4_000, 12_000, 3)
    assert broken_exif.shape == (40, 60, 3)


# What a file says of itself


@pytest.mark.parametrize(
    "kind, mode, facts",
    [
        ("PNG", "RGB", ("RGB", False)), ("PNG", "L", ("L", False)), ("PNG", "P", ("P", False)), ("PNG", "RGBA", ("RGBA", False)), ("PNG", "1", ("1", True)),
        ("PNG", "LA", ("LA", True)), ("PNG", "I;16", ("I;16", True)), ("JPEG", "CMYK", ("CMYK", True)), ("TIFF", "F", ("F", True)), ("GIF", "P", ("P", False)),
    ],
)
def test_the_mode_and_whether_it_is_unusual(kind, mode, facts):
    picture = two_halves().convert("L").convert(mode) if mode in ("I;16", "F") else two_halves().convert(mode)
    told = image_facts(encoded(picture, kind))
    assert (told.format, told.width, told.height, told.animated, told.orientation) == (kind, 60, 40, False, 1)
    assert (told.mode, told.unusual_mode) == facts


@pytest.mark.parametrize("kind", FORMATS)
def test_the_first_bytes_tell_the_format(kind):
    assert sniff(encoded(two_halves(), kind)[:16]) == kind


# Pictures from memory, and pictures for the page


def test_a_picture_comes_from_a_path_bytes_an_array_or_pillow(tmp_path):
    (tmp_path / "a.png").write_bytes(encoded(noise(), "PNG"))
    data, array = (tmp_path / "a.png").read_bytes(), np.asarray(noise())
    for source in (tmp_path / "a.png", str(tmp_path / "a.png"), data, bytearray(data), memoryview(data), array, array[:, ::-1][:, ::-1], noise()):
        assert np.array_equal(as_image(source), array)


@pytest.mark.parametrize("mode", ["P", "CMYK", "YCbCr", "L", "LA", "1", "RGBA", "I;16"])
def test_a_picture_of_pillow_is_read_as_its_file_would_be(mode):
    picture = two_halves().convert("L" if mode == "I;16" else "RGB").convert(mode)
    kind = "TIFF" if mode in ("CMYK", "YCbCr") else "PNG"
    assert near(as_image(picture), decode_image(encoded(picture, kind)), 2)


def test_a_picture_of_pillow_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = Image.open(io.BytesIO(encoded(two_halves(), "JPEG", exif=exif)))
    assert as_image(turned).shape == (60, 40, 3)


def test_a_transparent_array_is_laid_on_white():
    clear = np.zeros((4, 4, 4), np.uint8)
    clear[:2] = (*RED, 255)
    assert near(as_image(clear)[0, 0], RED, 0) and near(as_image(clear)[3, 3], (255, 255, 255), 0)


def test_grey_arrays_become_rgb():
    grey = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert np.array_equal(as_image(grey), as_image(grey[..., None])) and as_image(grey).shape == (3, 4, 3)


@pytest.mark.parametrize(
    "value",
    [
        None, 3, [], [[1, 2]], {}, object(), np.zeros((4, 4, 3), np.float32), np.zeros((4, 4, 5), np.uint8), np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 3), bool),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_picture_is_a_coded_error(value):
    with pytest.raises(BadArray):
        as_image(value)


def test_png_bytes_are_exact():
    array = np.asarray(noise())
    assert np.array_equal(decode_image(encode_png(array)), array)


@pytest.mark.parametrize("shape, wanted", [((100, 200), (32, 64)), ((200, 100), (64, 32)), ((10, 20), (10, 20)), ((1, 1000), (1, 64)), ((64, 64), (64, 64))])
def test_a_thumbnail_fits_and_keeps_its_shape(shape, wanted):
    assert thumbnail(np.zeros((*shape, 3), np.uint8), 64).shape == (*wanted, 3)


def many_directories(count):
    """A TIFF of ``count`` pictures of one pixel: each directory leads to the next."""
    tags = [(256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, 0), (278, 1), (279, 1)]
    data = bytearray(b"II*\0" + struct.pack("<I", 8))
    for number in range(count):
        after = len(data) + 2 + 12 * len(tags) + 4
        data += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
        data += struct.pack("<I", after if number < count - 1 else 0)
    return bytes(data)


def many_frames(count):
    """A GIF of ``count`` frames of one pixel."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + frame * count + b";"


def many_chunks(count):
    """A PNG with ``count`` remarks before its pixels."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"tEXt", b"k\0v") * count + chunk(b"IDAT", zlib.compress(bytes(200))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("data", [many_directories(500), many_frames(500)], ids=["tiff", "gif"])
def test_frames_are_not_counted_to_the_end(data, monkeypatch):
    asked = []
    for plugin in (GifImagePlugin.GifImageFile, TiffImagePlugin.TiffImageFile):
        seek = plugin.seek
        monkeypatch.setattr(plugin, "seek", lambda self, frame, seek=seek: asked.append(frame) or seek(self, frame))
        monkeypatch.setattr(plugin, "n_frames", property(lambda self: pytest.fail("counted")))
    assert image_facts(data).animated and set(asked) <= {0, 1}


def test_a_png_of_endless_remarks_is_refused_and_one_of_many_is_not():
    assert decode_image(many_chunks(1000)).shape == (8, 8, 3)
    data = many_chunks(MAX_CHUNKS + 1)
    for read in (decode_image, image_facts):
        with pytest.raises(UnreadableImage):
            read(data)


@pytest.mark.parametrize("stray", [b"\0", b"\0" * 16, b"Photo"])
def test_stray_bytes_between_the_segments_of_a_jpeg_are_skipped_as_decoders_do(stray):
    data = encoded(Image.new("RGB", (20, 10), RED), "JPEG")
    after = 4 + int.from_bytes(data[4:6])
    assert near(decode_image(data[:after] + stray + data[after:])[5, 10], RED)


def test_a_jpeg_that_hides_its_size_behind_a_false_segment_is_refused():
    data = encoded(Image.new("RGB", (80, 60), RED), "JPEG")
    start = b"\xff\xc0\x00\x11\x08\x00\x08\x00\x08\x03" + bytes(8)
    false = b"\xff\xfe" + (2 + len(start) + 14).to_bytes(2) + start + b"\xff\xda" + bytes(12)
    for hidden in (data[:2] + b"\xff\x00" + false + data[2:], data[:2] + b"\xff\x00\x00\x04" + false + data[2:]):
        with contextlib.suppress(UnreadableImage):
            assert decode_image(hidden).shape == (60, 80, 3)


def test_a_second_picture_that_is_cut_off_hides_nothing_of_the_first():
    data = encoded(Image.new("RGB", (20, 10), RED), "MPO", save_all=True, append_images=[Image.new("RGB", (20, 10), GREEN)])
    assert image_facts(data[: len(data) // 2 + 200]).width == 20


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_a_phones_photo_is_called_by_its_name(brand):
    with pytest.raises(NotAnImage) as caught:
        sniff(b"\0\0\0\x18ftyp" + brand + bytes(16))
    assert caught.value.code == "E111" and "JPG" in caught.value.remedy


def test_bigtiff_is_tiff():
    data = encoded(Image.new("RGB", (20, 10), RED), "TIFF", big_tiff=True)
    assert data[2] == 43 and near(decode_image(data)[5, 10], RED)
