"""What is committed under datasets/: whole, licensed, glyph-disjoint, without blank pictures, and as its script builds it."""
import hashlib
import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edukit.data import check_dataset, load_dataset, sample_sets

ROOT = Path(__file__).parents[2] / "datasets"
SETS = {sample.name: sample for sample in sample_sets()}
EMOJI = ("emoji", "emoji-twemoji", "emoji-fluent")


@pytest.mark.parametrize("name", SETS)
def test_every_file_is_the_one_that_the_card_names(name):
    folder, card = SETS[name].folder, SETS[name].card
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files - {"card.json"} - {file for file in files if file.startswith("model/")} == set(card["files"])
    for file, digest in card["files"].items():
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == digest, file


@pytest.mark.parametrize("name", SETS)
def test_the_card_and_the_pictures_agree(name):
    card, dataset = SETS[name].card, load_dataset(name)
    assert dataset.name == name and [split.name for split in dataset.splits] == card["splits"]
    assert {split.name: split.counts for split in dataset.splits} == card["counts"]
    assert all(set(names) == set(dataset.classes) for names in card["class_names"].values()) and set(card["class_names"]) == {"zh", "en"}
    assert all(card[key] for key in ("title", "license", "sources", "built_by"))
    assert (SETS[name].folder / "NOTICE").read_text().strip() and len((SETS[name].folder / "LICENSE.txt").read_text()) > 1000


@pytest.mark.parametrize("name", SETS)
def test_check_dataset_finds_nothing(name):
    assert check_dataset(name).problems == ()


@pytest.mark.parametrize("name", SETS)
def test_no_picture_is_blank(name):
    for split in load_dataset(name).splits:
        for sample in split:
            image = sample.image()
            assert image.std() > 10 and len(np.unique(image.reshape(-1, 3), axis=0)) > 4, sample.path


def test_no_glyph_is_on_both_sides_whoever_drew_it():
    seen = {sample.path.stem for split in (load_dataset("emoji").train, load_dataset("emoji").validation) for sample in split}
    tested = [{(sample.label, sample.path.stem) for sample in load_dataset(name).test} for name in EMOJI]
    assert tested[0] == tested[1] == tested[2] and not seen & {glyph for _, glyph in tested[0]}


def test_families_of_like_glyphs_stay_on_one_side():
    home = {sample.path.stem: split.name for split in load_dataset("emoji").splits for sample in split}
    lines = [line.split() for line in (ROOT / "emoji_glyphs.txt").read_text().splitlines() if line and line[0] not in "#["]
    assert all(len({home[glyph] for glyph in family}) == 1 for family in lines)
    assert sorted(home) == sorted(glyph for family in lines for glyph in family)


def test_the_script_deals_the_glyphs_as_they_are_committed(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    import build_emoji

    for split in load_dataset("emoji").splits:
        committed = {label: sorted(sample.path.stem for sample in split if sample.label == label) for label in split.classes}
        assert build_emoji.split_glyphs()[split.name] == committed


def test_the_script_builds_from_the_archives(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    import build_emoji

    glyphs = [glyph for groups in build_emoji.families().values() for group in groups for glyph in group]
    entries = [{"short_name": glyph, "unified": f"{number:X}-FE0F", "non_qualified": f"{number:X}"} for number, glyph in enumerate(glyphs, 0xA000)]
    for vendor in build_emoji.VENDORS:
        archive(tmp_path / f"{vendor.name}.tgz", vendor, entries)
    drawn = build_emoji.as_webp(Image.new("RGBA", (256, 256), (9, 90, 200, 255)))
    monkeypatch.setattr(build_emoji, "as_webp", lambda glyph: drawn)  # encoding five hundred pictures takes its time
    monkeypatch.setattr("sys.argv", ["build_emoji.py", *(str(path) for path in sorted(tmp_path.glob("*.tgz"))), "--out", str(tmp_path / "out")])
    build_emoji.main()
    for name in EMOJI:
        built = load_dataset(tmp_path / "out" / name)
        assert built.test.counts == load_dataset(name).test.counts and built.test[0].image().shape == (72, 72, 3)
        assert json.loads((tmp_path / "out" / name / "card.json").read_text())["files"].keys() == SETS[name].card["files"].keys()


def archive(path, vendor, entries):
    """A package like the vendor's, of plain squares."""
    stream = io.BytesIO()
    Image.new("RGBA", (64, 64), (9, 90, 200, 255)).save(stream, "PNG")
    package = {"name": vendor.package, "version": vendor.version}
    files = {"package/package.json": json.dumps(package).encode(), "package/emoji.json": json.dumps(entries).encode()}
    files |= {f"{vendor.folder}{entry['unified'].lower()}.png": stream.getvalue() for entry in entries}
    with tarfile.open(path, "w") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def test_enough_glyphs_of_every_class():
    dataset = load_dataset("emoji")
    assert min(dataset.test.counts.values()) >= 10 and len(dataset.test) >= 60
    assert all(dataset.train.counts[label] + dataset.validation.counts[label] >= 25 for label in dataset.classes)


def test_small_enough_to_ship():
    assert sum(path.stat().st_size for name in EMOJI for path in SETS[name].folder.rglob("*.webp")) < 2_000_000


def test_digits_are_all_there_and_rebuilt_alike(tmp_path, monkeypatch):
    from sklearn.datasets import load_digits

    dataset, source = load_dataset("digits"), load_digits()
    assert sum(map(len, dataset.splits)) == len(source.target) == 1797
    for sample in dataset.test:
        number = int(sample.path.stem)
        assert int(sample.label) == source.target[number] and np.array_equal(np.round(sample.image()[..., 0] * (16 / 255)), source.images[number])
    monkeypatch.syspath_prepend(str(ROOT))
    import build_digits

    monkeypatch.setattr("sys.argv", ["build_digits.py", "--out", str(tmp_path)])
    build_digits.main()
    built = json.loads((tmp_path / "digits" / "card.json").read_text())
    assert {name: digest for name, digest in built["files"].items() if name.endswith((".png", ".txt"))} == {
        name: digest for name, digest in SETS["digits"].card["files"].items() if name.endswith((".png", ".txt"))
    }


def test_shapes_are_drawn_again_alike(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    import build_shapes

    monkeypatch.setattr("sys.argv", ["build_shapes.py", "--out", str(tmp_path)])
    build_shapes.main()
    built, card = json.loads((tmp_path / "shapes" / "card.json").read_text())["files"], SETS["shapes"].card["files"]
    assert built.items() <= card.items() | {("test.txt", built.get("test.txt"))} and len(built) > 150
