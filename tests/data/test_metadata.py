"""Metadata: place and owner are gone, the pixels are bit for bit those of the file, and only a turned picture is encoded anew."""
import io
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from edukit.core.errors import EdukitError
from edukit.core.images import decode_image, image_facts
from edukit.data.preparing import clean_picture
from tests.dataset_files import encoded, picture


def secret_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8825)[1] = "N-SECRET"
    return exif


def with_secrets(form: str, orientation: int = 1, **options) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(picture(40)[:, :30]).save(stream, form, exif=secret_exif(orientation), **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("form", "options"),
    [("JPEG", {"comment": b"SECRET", "icc_profile": b"colours"}), ("JPEG", {"progressive": True}), ("PNG", {}), ("WEBP", {"lossless": True}),
     ("WEBP", {"xmp": b"<SECRET/>"}), ("TIFF", {})],
)  # fmt: skip
def test_place_and_camera_go_and_the_pixels_stay(form, options):
    data = with_secrets(form, **options)
    clean = clean_picture(data)
    assert b"SECRET" in data and b"SECRET" not in clean
    assert np.array_equal(decode_image(clean), decode_image(data)) and dict(Image.open(io.BytesIO(clean)).getexif().get_ifd(0x8825)) == {}
    assert (b"colours" in clean) == ("icc_profile" in options) and clean_picture(clean) == clean


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_turned_picture_is_set_upright(form):
    data = with_secrets(form, orientation=6)
    clean = clean_picture(data)
    assert decode_image(clean).shape == decode_image(data).shape == (30, 40, 3) and image_facts(clean).orientation == 1 and b"SECRET" not in clean
    assert np.abs(decode_image(clean).astype(int) - decode_image(data)).mean() < 12


def test_a_film_behind_the_picture_goes():
    data = encoded("JPEG", side=32)
    assert clean_picture(data + b"ftypSECRET" * 90) == clean_picture(data)


WHOLE = {form: encoded(form, side=24) for form in ("JPEG", "PNG", "WEBP", "GIF", "BMP")}


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_damaged_bytes_are_refused_or_decode_as_before(form, data):
    whole = bytearray(WHOLE[form])
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        before = decode_image(bytes(whole))
        clean = clean_picture(bytes(whole))
    except EdukitError:
        return
    assert decode_image(clean).shape == before.shape


def test_what_no_reader_knows_goes_too():
    jpeg, png, webp = with_secrets("JPEG"), encoded("PNG", side=24), encoded("WEBP", side=24)
    chunk = b"SECRET.."
    hidden = [
        jpeg[:2] + b"\xff\xe0\x00\x0fJFXX\0SECRET.." + jpeg[2:],
        jpeg[:2] + b"\xff\xe3\x00\x0aSECRET.." + jpeg[2:],
        png[:33] + len(chunk).to_bytes(4) + b"prVt" + chunk + zlib.crc32(b"prVt" + chunk).to_bytes(4) + png[33:],
        b"RIFF" + (len(webp) + 8).to_bytes(4, "little") + webp[8:] + b"priv" + len(chunk).to_bytes(4, "little") + chunk,
    ]
    for data in hidden:
        clean = clean_picture(data)
        assert b"SECRET" not in clean and np.array_equal(decode_image(clean), decode_image(data))


def test_a_jpeg_with_stray_bytes_before_a_segment_loses_its_place_as_well():
    jpeg = with_secrets("JPEG", quality=95)
    at = jpeg.index(b"\xff\xdb")
    data = jpeg[:at] + b"\x00\x00" + jpeg[at:]
    clean = clean_picture(data)
    assert b"SECRET" not in clean and np.abs(decode_image(clean).astype(int) - decode_image(data)).mean() < 12


def test_a_gif_loses_its_comment_and_keeps_its_frames():
    frames = [Image.fromarray(np.roll(picture(40), shift, axis=0)).convert("P", colors=64) for shift in (0, 9, 20)]
    stream = io.BytesIO()
    frames[0].save(stream, "GIF", comment=b"SECRET" * 60, save_all=True, append_images=frames[1:], duration=80, loop=0)
    data, plain = stream.getvalue(), encoded("GIF", side=24)
    at = data.index(b"!\xfe")
    programs = data[:at] + b"!\xff\x0bXMP DataXMP\x06SECRET\0" + data[at:]
    clean = clean_picture(programs)
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(clean))
    assert b"SECRET" in data and b"SECRET" not in clean and clean == clean_picture(data) and b"NETSCAPE2.0" in clean and after.n_frames == 3
    for number in range(3):
        before.seek(number)
        after.seek(number)
        assert np.array_equal(np.asarray(before.convert("RGB")), np.asarray(after.convert("RGB")))
    assert clean_picture(plain) == plain and clean_picture(data + b"SECRET") == clean
