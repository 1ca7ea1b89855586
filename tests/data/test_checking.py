"""check_dataset: every kind of problem is planted and found, alone, with its path; and a clean set has none."""
import io
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from edukit.core import limits
from edukit.core.errors import BadDataset, DatasetEmpty, DatasetMissing, DatasetNotAFolder
from edukit.core.events import Stopped
from edukit.core.i18n import LANGUAGES, set_language, texts
from edukit.core.images import decode_image, encode_png, image_facts
from edukit.data import check_dataset, load_dataset, verify
from edukit.data.problems import KINDS, grouped
from tests.dataset_files import encoded, folders, imagenet, put, snapshot


def found(report, kind):
    return [problem for problem in report.problems if problem.kind == kind]


def only(root, kind):
    """The problems of the one kind that the dataset has."""
    report = check_dataset(root)
    assert set(report.counts["by_kind"]) == {kind}, report.problems
    problems = found(report, kind)
    assert all(problem.severity == KINDS[kind].severity and problem.detail and problem.remedy for problem in problems)
    return problems


@pytest.mark.parametrize("make", [imagenet, folders])
def test_a_clean_set_has_no_problems(tmp_path, make):
    root = make(tmp_path / "d")
    before = snapshot(root)
    report = check_dataset(root)
    assert report.problems == () and report.errors() == () and report.counts["by_kind"] == {} and snapshot(root) == before


def test_counts(tmp_path):
    root = imagenet(tmp_path / "d")
    put(root / "test_set" / "cat" / "bad.png", b"")
    put(root / "test_set" / "cat" / ".DS_Store", b"x")
    counts = check_dataset(root).to_dict()["counts"]
    assert counts["images"] == 39 and counts["by_split"]["test"] == {"cat": 5, "dog": 4} and counts["by_kind"] == {"empty_file": 1, "junk_file": 1}


def truncated_png() -> bytes:
    return encoded("PNG", side=64)[:-400]


def truncated_webp() -> bytes:
    return encoded("WEBP", side=64)[:-100]


def truncated_jpeg() -> bytes:
    return encoded("JPEG", side=64)[:-100]


def truncated_bmp() -> bytes:
    return encoded("BMP")[:-100]


def truncated_gif() -> bytes:
    return encoded("GIF", side=64)[:-300]


def scrambled_png() -> bytes:
    whole = bytearray(encoded("PNG", side=64))
    whole[60:400] = bytes(340)
    return bytes(whole)


def huge_png() -> bytes:
    stream = io.BytesIO()
    Image.new("1", (10_000, 5_001)).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("kind", "name", "make"),
    [
        ("empty_file", "a.png", bytes), ("not_an_image", "a.jpg", lambda: b"just a text"), ("not_an_image", "notes.txt", lambda: b"cat, dog"),
        ("not_an_image", "a.png", lambda: b"\0" * 500), ("truncated", "a.png", truncated_png), ("truncated", "a.webp", truncated_webp),
        ("truncated", "a.jpg", truncated_jpeg), ("truncated", "a.bmp", truncated_bmp), ("truncated", "a.gif", truncated_gif),
        ("unreadable", "a.png", scrambled_png), ("too_large", "a.png", huge_png),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used(tmp_path, kind, name, make):
    root = imagenet(tmp_path / "d")
    bad = put(root / "val_set" / "dog" / name, make())
    (problem,) = only(root, kind)
    assert (problem.path, problem.other, problem.split) == (str(bad), None, "validation")
    assert check_dataset(root).errors(("validation",)) == (problem,) and check_dataset(root).errors(("train", "test")) == ()


def test_a_file_over_the_byte_limit(tmp_path, monkeypatch):
    root = imagenet(tmp_path / "d")
    with (root / "val_set" / "dog" / "a.png").open("wb") as stream:
        stream.truncate(limits.MAX_IMAGE_BYTES + 1)
    (problem,) = only(root, "too_large")
    assert "MB" in problem.detail


def animation(form: str = "GIF") -> bytes:
    stream = io.BytesIO()
    frames = [Image.fromarray(np.full((8, 8, 3), level, np.uint8)) for level in (0, 90, 250)]
    frames[0].save(stream, form, save_all=True, append_images=frames[1:])
    return stream.getvalue()


def deep_png() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.arange(256, dtype=np.uint16).reshape(16, 16) * 255).save(stream, "PNG")
    return stream.getvalue()


def deep_colour_png() -> bytes:
    return bytes(cv2.imencode(".png", np.arange(8 * 8 * 3, dtype=np.uint16).reshape(8, 8, 3) * 300)[1])


def turned_jpeg() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded("JPEG", exif=exif)


@pytest.mark.parametrize(
    ("kind", "name", "make", "told"),
    [
        ("wrong_extension", "a.png", lambda: encoded("JPEG"), "JPEG"), ("wrong_extension", "a", lambda: encoded("PNG"), "PNG"),
        ("animated", "a.gif", animation, "first frame"),
        ("unusual_mode", "a.jpg", lambda: encoded("JPEG", mode="CMYK"), "CMYK"), ("unusual_mode", "a.png", deep_png, "I;16"),
        ("unusual_mode", "a.png", deep_colour_png, "RGB;16"), ("unusual_mode", "a.png", lambda: encoded("PNG", mode="1"), "1"),
        ("animated", "a.webp", lambda: animation("WEBP"), "first frame"), ("animated", "a.png", lambda: animation("PNG"), "first frame"),
        ("exif_rotated", "a.jpg", turned_jpeg, "6"),
    ],
)  # fmt: skip
def test_a_picture_that_is_odd(tmp_path, kind, name, make, told):
    root = imagenet(tmp_path / "d")
    odd = put(root / "training_set" / "dog" / name, make())
    (problem,) = only(root, kind)
    assert problem.path == str(odd) and told in problem.detail and check_dataset(root).errors() == ()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P"])
def test_ordinary_modes_are_no_problem(tmp_path, mode):
    root = imagenet(tmp_path / "d")
    put(root / "training_set" / "dog" / "a.PNG", encoded("PNG", mode=mode))
    put(root / "training_set" / "dog" / "b.JpEg", encoded("JPEG", mode="L"))
    assert check_dataset(root).problems == ()


def test_duplicates_by_bytes_and_by_pixels(tmp_path):
    root = imagenet(tmp_path / "d")
    first = root / "training_set" / "cat" / "0.png"
    put(root / "training_set" / "cat" / "copy.png", first.read_bytes())
    again = io.BytesIO()
    Image.open(first).save(again, "BMP")
    put(root / "training_set" / "dog" / "again.bmp", again.getvalue())
    problems = only(root, "duplicate")
    assert [problem.path for problem in problems] == [str(root / "training_set" / "cat" / "copy.png"), str(root / "training_set" / "dog" / "again.bmp")]
    assert {problem.other for problem in problems} == {str(first)} and "“dog”" in problems[1].detail


def test_the_same_pixels_of_a_large_jpeg_in_another_format_are_a_duplicate(tmp_path):
    root = imagenet(tmp_path / "d")
    shaded = np.add.outer(np.arange(300), np.arange(200))[..., None] % [211, 151, 97]
    photo = io.BytesIO()
    Image.fromarray(shaded.astype(np.uint8)).save(photo, "JPEG", quality=70)
    put(root / "training_set" / "cat" / "photo.jpg", photo.getvalue())
    put(root / "training_set" / "cat" / "same.png", encode_png(decode_image(photo.getvalue())))
    problems = check_dataset(root).problems
    assert [(found.kind, found.path) for found in problems] == [("duplicate", str(root / "training_set" / "cat" / "same.png"))]
    twin = Path(problems[0].other).relative_to(root).as_posix()
    assert grouped(problems, root)[0].where.replace("\\", "/") == f"training_set/cat/same.png = {twin}", "both files are named"


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("size", [(300, 200), (63, 257), (1, 1)])
def test_a_smaller_decoding_is_the_same_picture_and_facts_agree_with_pillow(mode, size):
    data = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(data, "JPEG", progressive=True)
    whole, small = decode_image(data.getvalue()), decode_image(data.getvalue(), side=64)
    factor = 2 if min(size) >= 128 else 1
    assert small.shape[:2] == (-(-size[1] // factor), -(-size[0] // factor)) and abs(float(whole.mean()) - float(small.mean())) < 1
    facts, opened = image_facts(data.getvalue()), Image.open(data)
    assert (facts.width, facts.height, facts.mode, facts.orientation, facts.animated) == (*opened.size, opened.mode, 1, False)


def test_a_mirror_image_is_no_duplicate(tmp_path):
    root = imagenet(tmp_path / "d")
    mirrored = io.BytesIO()
    Image.open(root / "training_set" / "cat" / "0.png").transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(mirrored, "PNG")
    put(root / "training_set" / "cat" / "m.png", mirrored.getvalue())
    assert check_dataset(root).problems == ()


def test_the_same_picture_in_two_splits_is_a_leak_and_only_that(tmp_path):
    root = imagenet(tmp_path / "d")
    source = (root / "training_set" / "cat" / "3.png").read_bytes()
    put(root / "test_set" / "cat" / "0a.png", source)
    put(root / "test_set" / "cat" / "0b.png", source)
    problems = only(root, "leak")
    assert [problem.path.rsplit("/", 1)[1] for problem in problems] == ["0a.png", "0b.png"]
    assert {problem.other for problem in problems} == {str(root / "training_set" / "cat" / "3.png")} and {problem.split for problem in problems} == {"test"}


def test_imbalance(tmp_path):
    root = imagenet(tmp_path / "d", counts={"training_set": 10, "val_set": 1, "test_set": 1})
    for number in range(10, 30):
        put(root / "training_set" / "dog" / f"{number}.png")
    assert check_dataset(root).problems == ()  # exactly a third
    put(root / "training_set" / "dog" / "30.png")
    (problem,) = only(root, "imbalance")
    assert (problem.path, problem.other) == (str(root / "training_set" / "cat"), str(root / "training_set" / "dog"))


def test_too_few(tmp_path):
    (problem,) = only(folders(tmp_path / "p", cat=20, dog=12), "too_few")
    assert problem.path == str(tmp_path / "p" / "dog") and "only 9" in problem.detail
    assert len(found(check_dataset(folders(tmp_path / "q", cat=1, dog=2)), "too_few")) == 2


@pytest.mark.parametrize("split", ["training_set", "val_set", "test_set"])
def test_an_empty_class(tmp_path, split):
    root = imagenet(tmp_path / "d", "cat", "dog", "fox")
    for picture in (root / split / "fox").iterdir():
        picture.unlink()
    problems = found(check_dataset(root), "empty_class")
    assert [problem.path for problem in problems] == [str(root / split / "fox")]


def test_a_missing_class_and_one_too_many(tmp_path):
    root = imagenet(tmp_path / "d", "cat", "dog", "fox")
    (root / "val_set" / "fox").rename(root / "val_set" / "owl")
    assert {problem.path for problem in only(root, "missing_class")} == {str(root / "val_set" / "fox"), str(root / "val_set" / "owl")}


def test_a_missing_split_and_a_single_class_are_told_too(tmp_path):
    root = imagenet(tmp_path / "d")
    (root / "val_set").rename(tmp_path / "away")
    (problem,) = only(root, "missing_class")
    assert problem.path == str(root / "val_set")
    assert "missing_class" in check_dataset(folders(tmp_path / "one", cat=12)).counts["by_kind"]


def test_junk_and_links(tmp_path):
    root = imagenet(tmp_path / "d")
    inside = put(root / "test_set" / "__MACOSX" / "cat" / "._0.png", b"x")
    junk = [put(root / "Thumbs.db", b"x"), put(root / "training_set" / "cat" / ".DS_Store", b"x"), inside.parents[1]]
    link = root / "val_set" / "cat" / "link.png"
    link.symlink_to(put(tmp_path / "elsewhere.png"))
    problems = only(root, "junk_file")
    assert {problem.path for problem in problems} == {str(path) for path in (*junk, link)}


def test_a_named_pipe_is_never_opened(tmp_path):
    root = imagenet(tmp_path / "d")
    os.mkfifo(root / "test_set" / "cat" / "pipe.png")
    (problem,) = only(root, "not_an_image")
    assert problem.path.endswith("pipe.png")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_in_both_languages(tmp_path, lang):
    set_language(lang)
    root = imagenet(tmp_path / "<b>&", "cat", "dog", "fox")
    put(root / "val_set" / "cat" / "<script>.png", b"")
    report = check_dataset(root)
    shown = report._repr_html_()
    assert "<script>" not in shown and "&lt;script&gt;.png" in shown and report.summary in shown
    assert ("空文件" in shown) == (lang == "zh")
    assert report.to_dict()["problems"][0]["kind"] == "empty_file"


def test_every_kind_has_texts():
    for kind in KINDS:
        assert f"data.{kind}.remedy" in texts() and sum(key.startswith(f"data.{kind}.") for key in texts()) > 1


def test_progress_and_stop(tmp_path):
    root = folders(tmp_path / "p")
    events = []
    check_dataset(root, on_event=events.append)
    assert events[-1].done == events[-1].total == 40 and {event.unit for event in events} == {"picture"}
    asked = iter([False, False, True])
    with pytest.raises(Stopped):
        check_dataset(root, should_stop=lambda: next(asked))


def test_nothing_to_check(tmp_path):
    with pytest.raises(DatasetMissing):
        check_dataset(tmp_path / "none")
    with pytest.raises(DatasetEmpty):
        check_dataset(tmp_path)
    with pytest.raises(DatasetNotAFolder):
        check_dataset(put(tmp_path / "a.png"))


def test_a_phones_photo_under_another_name_is_called_by_its_name(tmp_path):
    root = imagenet(tmp_path / "d")
    put(root / "training_set" / "cat" / "photo.jpg", b"\0\0\0\x18ftypheic" + bytes(40))
    (problem,) = only(root, "not_an_image")
    assert "HEIC" in problem.detail and "JPG" in problem.remedy
    with pytest.raises(BadDataset, match="HEIC"):
        verify(load_dataset(root), ("train",))


def test_many_problems_of_one_kind_are_told_once_with_their_files(tmp_path):
    set_language("en")
    root = imagenet(tmp_path / "d")
    for number in range(30):
        put(root / "training_set" / ("cat", "dog")[number % 2] / f"bad{number:02}.png", b"")
    report = check_dataset(root)
    assert len(report.problems) == 30 and len(report.to_dict()["problems"]) == 30
    (group,) = grouped(report.problems, root)
    assert group.where.startswith("30 files: training_set/cat/bad00.png, ") and group.where.endswith("bad08.png …")
    assert report._repr_html_().count("no bytes") == 1 and "30 files" in report._repr_html_()
    with pytest.raises(BadDataset) as caught:
        verify(load_dataset(root), ("train",))
    assert caught.value.message.count("no bytes") == 1 and "30" in caught.value.message
