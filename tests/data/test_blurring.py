"""Blurred is gone: what was under the box is in no byte of the disk, undo knows it only while the set is open, and deleted pictures do not linger."""
import io
import os
import time
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from edukit.core.errors import BadArgument, DiskFull, UnknownChoice
from edukit.core.images import decode_image, sniff
from edukit.core.workspace import Workspace, use
from edukit.data import DatasetBuilder
from edukit.data.blurring import also_in, blurred
from edukit.data.own_work import pack_work
from edukit.data.preparing import clean_picture
from tests.dataset_files import encoded, picture

FORMS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
BOX = (10, 5, 40, 35)


@pytest.fixture(autouse=True)
def mine(tmp_path):
    return use(Workspace(tmp_path / "home", student="li"))


def with_preview(form="JPEG"):
    """A picture whose EXIF block holds a small copy of it, as a camera's or a phone's does, and its owner."""
    image, preview, stream = Image.fromarray(picture(60)), io.BytesIO(), io.BytesIO()
    image.resize((16, 16)).save(preview, "JPEG", quality=90)
    exif = Image.Exif()
    exif[0x010F] = "SECRET"
    exif.get_ifd(0x8769)[0x927C] = preview.getvalue()
    image.save(stream, form, exif=exif)
    return stream.getvalue(), preview.getvalue()


@pytest.mark.parametrize("form", FORMS)
def test_only_the_box_changes_and_hardly_a_colour_is_left_in_it(form):
    data = encoded(form, side=60)
    before, after = (decode_image(one).astype(int) for one in (data, blurred(data, BOX)))
    assert sniff(blurred(data, BOX)) == form and before.shape == after.shape
    x1, y1, x2, y2 = BOX
    outside = np.abs(before - after)
    outside[: y2 + 16, : x2 + 16] = 0  # a JPEG's blocks reach a little further
    assert outside.max() == 0 or (form in ("JPEG", "GIF") and outside.mean() < 4)
    part, noise = after[y1:y2, x1:x2], before[y1:y2, x1:x2]
    assert np.abs(np.diff(part, axis=1)).mean() < np.abs(np.diff(noise, axis=1)).mean() / 4, "nothing sharp is left"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-50, 150) | st.just(float("nan")), min_size=4, max_size=4))
def test_any_box_is_blurred_within_the_picture_or_refused(box):
    data = encoded("PNG", side=20)
    try:
        assert decode_image(blurred(data, box)).shape == (20, 20, 3) and np.isfinite(box).all()
    except BadArgument:
        assert not np.isfinite(box).all() or not (max(0, box[0]) < min(20, box[2]) and max(0, box[1]) < min(20, box[3]))


@pytest.mark.parametrize("box", [(), (1, 2, 3), (5, 5, 5, 9), (0, 0, 1, 1, 1), None, "abcd", (30, 30, 10, 10), (float("inf"),) * 4, 7])
def test_what_is_no_box_is_refused_and_changes_nothing(box):
    builder = DatasetBuilder("pets")
    (name,) = builder.add("cat", [encoded(side=20)])
    before = builder.pictures()[0].path.read_bytes()
    with pytest.raises(BadArgument) as told:
        builder.blur(name, box)
    assert "pixels" in told.value.remedy
    with pytest.raises(UnknownChoice):
        builder.blur("nobody.png", BOX)
    assert builder.pictures()[0].path.read_bytes() == before and builder.undo() == "add"


def on_disk(home, *secrets):
    """Which files below hold any of these bytes."""
    return [path for path in home.rglob("*") if path.is_file() and any(secret in path.read_bytes() for secret in secrets)]


def test_the_disk_keeps_nothing_of_what_was_there_and_undo_works_while_the_set_is_open(mine):
    data, preview = with_preview()
    builder = DatasetBuilder("pets")
    (name,) = builder.add("cat", [picture(60)], names=["anna.jpg"])
    path = builder.pictures()[0].path
    path.write_bytes(data)  # put there by hand, with a preview
    pixels = clean_picture(data)[-400:]
    assert on_disk(mine.home, preview, pixels) == [path]
    builder.blur(name, (0, 0, 60, 60))
    assert on_disk(mine.home, preview, pixels, b"SECRET") == [] and DatasetBuilder("pets").counts == {"cat": 1}
    builder.relabel([name], "dog")
    assert [builder.undo(), builder.undo()] == ["relabel", "blur"] and builder.pictures()[0].path.read_bytes() == data
    builder.blur(name, (0, 0, 60, 60))
    again = DatasetBuilder("pets")
    assert again.undo() is None and on_disk(mine.home, preview, pixels) == [], "nobody else can take it back"
    builder.forget_removed()
    assert builder.undo() == "blur" and on_disk(mine.home, preview, pixels) == [], "nor can anyone after everything was really deleted"


def test_a_full_disk_leaves_the_picture_and_no_half_of_it(monkeypatch):
    builder = DatasetBuilder("pets")
    (name,) = builder.add("cat", [encoded(side=60)])
    path = builder.pictures()[0].path
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(DiskFull):
        builder.blur(name, BOX)
    monkeypatch.undo()
    assert path.read_bytes() == before and builder.undo() == "add" and list(path.parent.glob(".*")) == []


def test_it_is_told_where_the_same_picture_still_lies(mine):
    data = encoded(side=30)
    for name in ("pets", "pets-v2", "others"):
        DatasetBuilder(name).add("cat", [encoded(side=31) if name == "others" else data])
    assert also_in(data, mine) == ("pets", "pets-v2")
    builder = DatasetBuilder("pets")
    builder.blur(builder.pictures()[0].name, BOX)
    assert also_in(data, mine) == ("pets-v2",)


def test_what_was_deleted_is_gone_a_day_later_and_travels_nowhere(mine, tmp_path):
    builder = DatasetBuilder("pets")
    gone, kept = builder.add("cat", [encoded(side=30), encoded(side=31)])
    data = builder.pictures()[0].path.read_bytes()
    builder.delete([gone])
    assert builder.undo() == "delete" and builder.counts == {"cat": 2}, "undo works"
    builder.delete([gone])
    DatasetBuilder("pets")
    assert len(on_disk(mine.home, data)) == 1, "another tab takes nothing away"
    with zipfile.ZipFile(pack_work(mine, tmp_path / "all.zip")) as archive:
        assert kept in str(archive.namelist()) and gone not in str([name for name in archive.namelist() if "operations" not in name])
    yesterday = time.time() - 90_000
    for folder in (builder.folder / "removed").iterdir():
        os.utime(folder, (yesterday, yesterday))
    assert DatasetBuilder("pets").counts == {"cat": 1} and on_disk(mine.home, data) == []
