"""Near duplicates and what a repair makes of a set: planted twins are found, look-alikes are not, the original is untouched, the copy is clean."""
import io
import json

import cv2
import numpy as np
import pytest
from PIL import Image

from edukit.cli.main import main
from edukit.core.errors import BadSuffix, OutputExists
from edukit.core.events import Stopped
from edukit.core.images import decode_image, encode_png, image_facts, read_image
from edukit.data import check_dataset, load_dataset
from edukit.data.near_duplicates import candidate_pairs, near_pairs, same_picture
from tests.data.test_checking import animation, truncated_jpeg, turned_jpeg
from tests.dataset_files import encoded, imagenet, put, snapshot


def scene(seed: int, side: int = 96) -> np.ndarray:
    """A picture of shapes on a shaded ground."""
    random = np.random.default_rng(seed)
    image = np.linspace(random.integers(60, 200, 3), random.integers(60, 200, 3), side)[None].repeat(side, 0).astype(np.uint8).copy()
    for _ in range(7):
        x, y, radius = (int(value) for value in random.integers(8, side - 8, 3))
        cv2.circle(image, (x, y), radius // 4 + 3, [int(value) for value in random.integers(0, 255, 3)], -1)
    return image


def brighter(image, gain):
    return np.clip(image.astype(np.float32) * gain, 0, 255).astype(np.uint8)


def jpeg(image, quality=60):
    return np.asarray(decode_image(bytes(cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1])))


CHANGES = {
    "resized": lambda image: cv2.resize(image, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA), "encoded anew": jpeg,
    "brighter": lambda image: brighter(image, 1.1),
    "darker": lambda image: brighter(image, 0.9), "cropped": lambda image: image[2:-2, 2:-2], "cropped at two sides": lambda image: image[4:, 4:],
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_the_same_picture_changed_a_little(change):
    assert sum(same_picture(scene(seed), CHANGES[change](scene(seed))) for seed in range(12)) == 12


def test_a_white_page_photographed_darker_is_the_same_picture(tmp_path):
    page = cv2.circle(np.full((200, 200, 3), 255, np.uint8), (80, 100), 30, (0, 0, 0), 3)
    paths = [put(tmp_path / "a.png", encode_png(page)), put(tmp_path / "b.png", encode_png(brighter(page, 0.9)))]
    assert near_pairs(paths) == [tuple(paths)]


def test_what_only_looks_alike():
    flat = [np.full((50, 50, 3), colour, np.uint8) for colour in ((200, 40, 40), (40, 40, 200), (40, 200, 40))]
    assert not same_picture(flat[0], flat[1]) and not same_picture(flat[1], flat[2])
    for seed in range(12):
        moved = scene(seed)
        cv2.circle(moved, (48, 48), 12, (255, 255, 0), -1)  # another moment of a recording
        assert not same_picture(scene(seed), scene(seed)[:, ::-1]) and not same_picture(scene(seed), moved) and not same_picture(scene(seed), scene(seed + 99))


def test_the_index_proposes_the_pairs_among_many():
    small = [cv2.resize(scene(seed), (8, 8), interpolation=cv2.INTER_AREA) for seed in range(1500)]
    twins = [cv2.resize(CHANGES["cropped"](brighter(scene(seed), 1.1)), (8, 8), interpolation=cv2.INTER_AREA) for seed in range(60)]
    pairs = candidate_pairs(np.stack(small + twins).reshape(1560, -1))
    assert sum((pairs == [seed, 1500 + seed]).all(axis=1).any() for seed in range(60)) >= 59 and len(pairs) <= 63  # others that look alike by chance are few
    assert near_pairs([]) == []


def planted(root):
    """A set with one problem of each kind that a repair mends."""
    imagenet(root, counts={"training_set": 12, "val_set": 3, "test_set": 3})
    train = root / "training_set" / "cat"
    files = {"bad.jpg": truncated_jpeg(), "empty.png": b"", "turned.jpg": turned_jpeg(), "wrong.png": encoded("JPEG"), "moving.gif": animation(),
             "cmyk.jpg": encoded("JPEG", mode="CMYK"), ".DS_Store": b"x", "copy.png": (train / "0.png").read_bytes()}  # fmt: skip
    for name, data in files.items():
        put(train / name, data)
    twins = {"training_set/dog/near.png": scene(1), "training_set/dog/near2.png": jpeg(scene(1)), "test_set/dog/leak.png": brighter(scene(1), 1.08)}
    for name, image in twins.items():
        cv2.imwrite(str(root / name), image[..., ::-1])
    return root


def test_near_duplicates_and_leaks_are_told(tmp_path):
    report = check_dataset(planted(tmp_path / "d"))
    kinds = report.counts["by_kind"]
    assert kinds["near_duplicate"] == kinds["leak"] == kinds["duplicate"] == 1
    (leak,) = [found for found in report.problems if found.kind == "leak"]
    assert leak.path.endswith("leak.png") and "near" in leak.other and leak.severity == "warning"


def test_a_repaired_copy_is_clean_and_the_original_untouched(tmp_path):
    root = planted(tmp_path / "d")
    before = snapshot(root)
    report = check_dataset(root, repair=tmp_path / "good", report=tmp_path / "page.html")
    assert snapshot(root) == before and check_dataset(tmp_path / "good").problems == ()
    good = tmp_path / "good" / "training_set" / "cat"
    assert (good / "1.png").read_bytes() == (root / "training_set" / "cat" / "1.png").read_bytes()
    assert np.abs(read_image(good / "turned.jpg").astype(int) - read_image(root / "training_set" / "cat" / "turned.jpg")).mean() < 12
    assert image_facts((good / "turned.jpg").read_bytes()).orientation == 1
    assert (good / "wrong.jpg").read_bytes() == (root / "training_set" / "cat" / "wrong.png").read_bytes() and (good / "moving.png").is_file()
    assert Image.open(good / "cmyk.png").mode == "RGB" and len(report.repaired.left_out) == 6 and len(report.repaired.converted) == 3
    assert [path.name for path in (tmp_path / "good").rglob("*.png") if path.name in ("near.png", "near2.png", "leak.png")] == ["leak.png"]
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "ends early: a part of it is missing (1)" in page and "data:image" in page and page.count("<section>") == len(report.counts["by_kind"])
    assert {split.name for split in load_dataset(tmp_path / "good").splits} == {"train", "validation", "test"}


def test_by_the_command_line(tmp_path, capsys):
    root = planted(tmp_path / "d")
    assert main(["check-dataset", str(root), "--repair", str(tmp_path / "g"), "--report", str(tmp_path / "r.html"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["repaired"]["path"] == str(tmp_path / "g") and answer["repaired"]["images"] == sum(map(len, load_dataset(tmp_path / "g").splits))
    assert main(["check-dataset", str(tmp_path / "g"), "--json"]) == 0 and "repaired" not in json.loads(capsys.readouterr().out)
    assert main(["check-dataset", str(root), "--repair", str(tmp_path / "h"), "--lang", "en"]) == 0 and "Repaired copy" in capsys.readouterr().out


def test_nothing_of_the_users_is_replaced(tmp_path):
    root = planted(tmp_path / "d")
    mine = put(tmp_path / "b.html", b"mine")
    for options, error in (({"repair": root}, OutputExists), ({"report": tmp_path / "a.txt"}, BadSuffix), ({"report": mine}, OutputExists)):
        with pytest.raises(error):
            check_dataset(root, **options)
    asked = iter([False] * 50 + [True] * 9)
    with pytest.raises(Stopped):
        check_dataset(root, repair=tmp_path / "out", should_stop=lambda: next(asked))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.html", "d"]


def test_pictures_that_are_the_same_thrice_keep_one(tmp_path):
    root = imagenet(tmp_path / "d")
    stream = io.BytesIO()
    Image.fromarray(scene(5)).save(stream, "PNG")
    for name in ("training_set/cat/x.png", "test_set/cat/x.png", "test_set/cat/y.png", "val_set/cat/x.png"):
        put(root / name, stream.getvalue())
    assert len(check_dataset(root, repair=tmp_path / "g").repaired.left_out) == 3
    assert [path.relative_to(tmp_path / "g").as_posix() for path in (tmp_path / "g").rglob("[xy].png")] == ["test_set/cat/x.png"]
