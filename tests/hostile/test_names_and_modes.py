"""What looks odd and must simply work: names that a file system allows, and pictures of every mode."""
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.hostile import files

NAMES = [
    "two words", "it's", 'say "hi"', "<script>alert(1)</script>".replace("/", "∕"), "猫和狗", "🐱🎉", "-rf", "--json", "a%20b", "$(touch x)", "a;b&c|d",
    "{x}", "%s%n",    "#1", "[1]", "*", "~", " ", "tab\tname", "new\nline", "é", "é", "ラーメン", "عربي", "x" * 246, "猫" * 82,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name)[:24])
def test_any_name_is_a_good_name(watched, good, tmp_path, name):
    picture = files.picture(tmp_path / "pictures" / f"{name}.png")
    model = files.good_onnx(tmp_path / "pictures" / f"{name[:200].encode()[:200].decode(errors='ignore')}.onnx")
    said = watched("predict", model, picture, inputs=tmp_path / "pictures")
    assert said.code == 0 and said.answer[0]["image"] == str(picture) and len(said.answer[0]["labels"]) == 3
    assert watched("info", model).answer["path"] == str(model)


def test_a_relative_name_that_begins_like_an_option_follows_two_dashes(watched, good):
    picture = files.picture(Path.cwd() / "--top.png")
    assert watched("predict", good / "model.onnx", "./--top.png").answer[0]["image"] == str(picture)


if sys.platform == "linux":  # other systems keep no such names

    def test_a_name_whose_bytes_are_no_text_still_gives_strict_json(watched, good, tmp_path):
        picture = files.picture(tmp_path / os.fsdecode(b"caf\xe9.png"))
        said = watched("predict", good / "model.onnx", picture)
        assert said.code == 0 and len(said.answer) == 1
        assert watched("predict", good / "model.onnx", tmp_path / os.fsdecode(b"\xff\xfe.png")).error == "E101"


def test_a_dataset_of_odd_names_goes_the_whole_way(watched, tmp_path):
    classes = ("猫 & 狗", "<b>it's</b>".replace("/", "∕"), '🐱 "x"')
    data = files.imagenet(tmp_path / "数据 集 <i>", classes, {"training_set": 6, "val_set": 3, "test_set": 3})
    assert watched("check-dataset", data, inputs=data).code == 0
    out = tmp_path / "运行 'out'"
    assert watched("train", data, "--backbone", "LeNet", "--epochs", "1", "--out", out, inputs=data).code == 0
    onnx, small = tmp_path / f"{'模' * 80}.onnx", tmp_path / "小 <b>.onnx"
    assert watched("convert", out / "best.pth", "--out", onnx, "--data", data).code == 0
    assert watched("quantize", onnx, "--out", small, "--calibration", data).code == 0
    answer = watched("compare", out / "best.pth", onnx, small, "--data", data, "--accuracy-only").answer
    assert [one["path"] for one in answer["models"]] == [str(out / "best.pth"), str(onnx), str(small)]
    assert set(watched("evaluate", small, data).answer["per_class"]) == set(classes)


def drawn() -> Image.Image:
    """A picture whose two halves differ: red on the left, blue on the right."""
    pixels = np.zeros((60, 90, 3), np.uint8)
    pixels[:, :45, 0] = pixels[:, 45:, 2] = 220
    return Image.fromarray(pixels)


def saved(kind: str, folder: Path) -> Path:
    """The drawn picture in one of the modes."""
    image = drawn()
    if kind == "exif":
        exif = Image.Exif()
        exif[0x0112] = 6
        image.transpose(Image.Transpose.ROTATE_90).save(folder / "exif.jpg", exif=exif, quality=95)
        return folder / "exif.jpg"
    if kind == "16-bit":
        Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257).save(folder / "deep.png")
        return folder / "deep.png"
    suffix = {"CMYK": "jpg", "YCbCr": "jpg", "animated": "gif", "F": "tiff"}.get(kind, "png")
    if kind == "animated":
        image.save(folder / "animated.gif", save_all=True, append_images=[image.rotate(90)] * 3)
    elif kind == "transparent":
        image = image.convert("RGBA")
        image.putalpha(128)
        image.save(folder / "transparent.png")
    else:
        image.convert(kind).save(folder / f"{kind}.{suffix}")
    return folder / f"{kind}.{suffix}"


@pytest.mark.parametrize("kind", ["L", "LA", "RGB", "RGBA", "P", "1", "CMYK", "YCbCr", "F", "16-bit", "animated", "transparent", "exif"])
def test_pictures_of_every_mode_are_read_alike_by_both_runtimes(watched, good, tmp_path, kind):
    picture = saved(kind, tmp_path)
    assert watched("predict", good / "model.onnx", picture).code == 0
    assert watched("predict", good / "model.pth", picture).code == 0


def test_a_turned_photograph_gets_the_answer_of_the_upright_one(watched, good, tmp_path):
    upright, turned = saved("RGB", tmp_path), saved("exif", tmp_path)
    first, second = (watched("predict", good / "model.onnx", picture).answer[0] for picture in (upright, turned))
    assert first["labels"] == second["labels"] and first["scores"] == pytest.approx(second["scores"], abs=0.02)


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (3, 2), (2500, 30), (6000, 4000)])
def test_pictures_of_any_shape_are_read(watched, good, tmp_path, size):
    Image.new("RGB", size, (200, 30, 30)).save(tmp_path / "shape.png")
    for model in ("model.onnx", "model.pth"):
        assert sum(watched("predict", good / model, tmp_path / "shape.png").answer[0]["scores"]) == pytest.approx(1, abs=1e-4)
