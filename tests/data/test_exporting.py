"""Every form of datasets: what is written is read, zips that anyone may have made, CSV lists, and splits that last."""
import os
import stat
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import edukit as ek
from edukit.cli.main import main
from edukit.core.errors import BadArchive, BadArgument, DatasetEmpty, DatasetTooLarge, EdukitError, FileTooLarge, NotAFile, OutputExists
from edukit.core.events import Stopped
from edukit.core.limits import MAX_IMAGE_BYTES
from edukit.core.workspace import Workspace, use
from edukit.data import DatasetBuilder, check_dataset, load_dataset
from edukit.data.archives import list_archive, unpack_archive
from edukit.data.exporting import EXPORTERS
from edukit.data.naming import safe_name, same_name
from tests.dataset_files import encoded, folders, gbk_zip, imagenet, picture, put, snapshot

PIXEL = encoded(side=2)


@pytest.fixture(autouse=True)
def home(tmp_path):
    return use(Workspace(tmp_path / "home"))


def contents(dataset):
    """What must survive: class names in order, and the bytes of each class's pictures by split."""
    return dataset.classes, {split.name: Counter((sample.label, sample.path.read_bytes()) for sample in split) for split in dataset.splits}


@pytest.mark.parametrize("packed", ["", ".zip"])
@pytest.mark.parametrize("form", ["imagenet", "splits", "csv"])
def test_what_is_exported_is_read_again(tmp_path, form, packed):
    source = load_dataset(imagenet(tmp_path / "d", "a", "B", "猫"))
    out = tmp_path / f"out{packed}"
    done = ek.export_dataset(source, out=out, format=form)
    path = out / "d.csv" if form == "csv" and not packed else out
    assert done.images == 57 and done.by_split["train"]["猫"] == 12
    if form == "csv" and packed:
        unpack_archive(out, tmp_path / "u")
        path = tmp_path / "u" / "d.csv"
    assert contents(load_dataset(path)) == contents(source) and check_dataset(path).errors() == ()


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.text("aZ猫é _-.'\"&,", min_size=1, max_size=6).map(safe_name), min_size=2, max_size=4, unique_by=same_name),
    st.lists(st.sampled_from(["a.png", "A.png", "é.png", "é.PNG", "a b.png", "x,y.png", '"q".png', "nul.png"]), min_size=3, max_size=6, unique_by=same_name),
    st.sampled_from(sorted(EXPORTERS)),
    st.booleans(),
)
def test_round_trips(labels, names, form, packed):
    with tempfile.TemporaryDirectory() as folder:
        for label in labels:
            for number, name in enumerate(names):
                put(Path(folder) / "d" / label / name, encoded(side=2 + number))
        source = load_dataset(Path(folder) / "d")
        out = ek.export_dataset(source, out=Path(folder) / ("o.zip" if packed else "o"), format=form).path
        if form == "csv":
            out = out if not packed else (unpack_archive(out, Path(folder) / "u"), Path(folder) / "u")[1]
            out = out / "d.csv"
        got, wanted = contents(load_dataset(out)), contents(source)
        whole = [sum(found[1].values(), Counter()) for found in (got, wanted)]
        assert whole[0] == whole[1] and set(got[0]) == set(wanted[0]) and (form == "folders" or got[1] == wanted[1])


def test_the_command_line(tmp_path, capsys):
    folders(tmp_path / "d", cat=20, dog=20)
    assert main(["split", str(tmp_path / "d"), "--out", str(tmp_path / "s"), "--ratios", "0.5,0.2,0.3", "--lang", "en"]) == 0
    assert "40 pictures" in capsys.readouterr().out
    assert main(["export", str(tmp_path / "s"), "--out", str(tmp_path / "s.zip"), "--format", "folders", "--json"]) == 0
    assert main(["export", str(tmp_path / "s"), "--out", str(tmp_path / "s.zip"), "--format", "gif", "--json"]) == 2
    assert main(["split", str(tmp_path / "d"), "--out", str(tmp_path / "t"), "--ratios", "0.9,0.9,0.3"]) == 2 and not (tmp_path / "t").exists()
    assert {split.name: len(split) for split in load_dataset(tmp_path / "s").splits} == {"train": 20, "validation": 8, "test": 12}


def test_a_split_stays_when_pictures_come(tmp_path):
    root = tmp_path / "d"
    for child in ("anna", "ben", "cem", "dia", "eva", "fox"):
        for label in ("cat", "dog"):
            for number in range(3):
                put(root / label / f"{child}_{number}.png")
    options = {"out": tmp_path / "s", "group": r"/(\w+?)_", "ratios": (0.6, 0.2, 0.2)}
    assert ek.split_dataset(root, **options).groups == 6
    before = where(tmp_path / "s")
    assert all(len({split for name, split in before.items() if name.startswith(child)}) == 1 for child in ("anna", "ben", "cem"))
    put(root / "cat" / "anna_9.png")
    put(root / "cat" / "gil_0.png")
    assert ek.split_dataset(root, **options).joined == 2
    after = where(tmp_path / "s")
    assert before.items() <= after.items() and after["anna_9.png"] == before["anna_0.png"] and "gil_0.png" in after
    put(tmp_path / "s" / "training_set" / "cat" / "mine.png")
    with pytest.raises(OutputExists):
        ek.split_dataset(root, **options, overwrite=True)


def where(folder):
    return {sample.path.name: split.name for split in load_dataset(folder).splits for sample in split}


def test_copies_and_recordings_stay_together(tmp_path):
    builder = DatasetBuilder("r")
    for label in ("cat", "dog"):
        for burst in range(5):
            builder.add(label, [picture() for _ in range(3)], group=f"{label}{burst}")
    assert ek.split_dataset("r", out=tmp_path / "s").groups == 10
    places = where(tmp_path / "s")
    assert all(len({places[one.name] for one in builder.pictures() if one.group == f"cat{burst}"}) == 1 for burst in range(5))


def test_nothing_is_left_and_nothing_is_replaced(tmp_path):
    root = folders(tmp_path / "d")
    before = snapshot(root)
    for taken in (root, put(tmp_path / "x.zip", b"mine")):
        with pytest.raises(OutputExists):
            ek.export_dataset(root, out=taken)
    asked = iter([False] * 5 + [True])
    with pytest.raises(Stopped):
        ek.export_dataset(root, out=tmp_path / "o", should_stop=lambda: next(asked))
    assert snapshot(root) == before and sorted(path.name for path in tmp_path.iterdir() if path.name != "home") == ["d", "x.zip"]
    ek.export_dataset(root, out=tmp_path / "o")
    assert ek.export_dataset(root, out=tmp_path / "o", overwrite=True, format="folders").images == 40 and (tmp_path / "o" / "cat").is_dir()


def zipped(path, entries, **more):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data, **more)
    return path


def test_a_zip_of_somebody_else_is_read(tmp_path):
    entries = {f"pets/{label}/{number}.png": encoded() for label in ("Cat", "cat", "dog") for number in range(4)}
    entries |= {"__MACOSX/pets/._x": b"", "pets/cat/more.zip": b"PK", "pets/dog/CON.png": encoded(), "pets/dog/0.PNG": encoded()}
    link = zipfile.ZipInfo("pets/dog/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(zipped(tmp_path / "p.zip", entries), "a") as archive:
        archive.writestr(link, "/etc/passwd")
    dataset = load_dataset(tmp_path / "p.zip")
    assert dataset.name == "pets" and {label: sum(split.counts[label] for split in dataset.splits) for label in dataset.classes} == {"Cat": 8, "dog": 6}
    assert set(list_archive(tmp_path / "p.zip").left_out) == {"__MACOSX/pets/._x", "pets/cat/more.zip", "pets/dog/link.png"}
    assert list(tmp_path.iterdir()) == [tmp_path / "p.zip", tmp_path / "home"] or {path.name for path in tmp_path.iterdir()} == {"p.zip", "home"}


def test_names_in_gbk_without_a_flag(tmp_path):
    path = put(tmp_path / "学校.zip", gbk_zip("小猫", "小狗"))
    assert "小猫/0.png" in list_archive(path).names.values() and set(load_dataset(path).classes) == {"小猫", "小狗"}
    assert list_archive(path).guessed and not list_archive(zipped(tmp_path / "flagged.zip", {"小猫/0.png": encoded()})).guessed


def test_a_project_of_teachable_machine(tmp_path):
    entries = {f"{label}-!-{number}.png": encoded() for label in ("Class 1", "手") for number in range(5)} | {"manifest.json": b"{}"}
    assert load_dataset(zipped(tmp_path / "project.tm", entries)).classes == ("Class 1", "手")
    builder = DatasetBuilder("mine")
    assert builder.add_dataset(tmp_path / "project.tm") == {"Class 1": 5, "手": 5}


@pytest.mark.parametrize("name", ["../x.png", "/x.png", "a/../../x.png", "C:/x.png", "..\\x.png", "\\\\server\\x.png"])
def test_a_name_that_leads_out_is_refused(tmp_path, name):
    path = zipped(tmp_path / "a.zip", {"cat/0.png": PIXEL, name: PIXEL})
    with pytest.raises(BadArchive):
        unpack_archive(path, tmp_path / "u")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.zip"]


def test_bombs_locks_and_damage(tmp_path, monkeypatch):
    bomb = zipped(tmp_path / "bomb.zip", {f"cat/{n}.bmp": bytes(150_000_000) for n in range(4)}, compress_type=zipfile.ZIP_DEFLATED)
    with pytest.raises(FileTooLarge):
        load_dataset(bomb)
    good = zipped(tmp_path / "good.zip", {f"{label}/{n}.png": encoded() for label in "ab" for n in range(3)})
    locked = bytearray(good.read_bytes())
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    misnamed = good.read_bytes().replace(b"a/0.png", b"\xff/0.png", 1)  # before the file itself, not in the directory
    flagged = zipped(tmp_path / "flagged.zip", {"猫/0.png": PIXEL}).read_bytes().replace("猫".encode(), b"\xff\xfe\xfd", 1)
    for bad in (bytes(locked), good.read_bytes()[:-30], b"PK\3\4 no zip", b"", good.read_bytes().replace(b"IDAT", b"IDAX"), misnamed, flagged):
        with pytest.raises(EdukitError) as caught:
            unpack_archive(put(tmp_path / "bad.zip", bad), tmp_path / "u")
        assert isinstance(caught.value, BadArchive) and not (tmp_path / "u").exists()
    monkeypatch.setattr("edukit.data.archives.MAX_FILES", 5)
    with pytest.raises(DatasetTooLarge):
        list_archive(good)


def test_lists(tmp_path):
    for number in range(4):
        for label in ("cat", "dog"):
            put(tmp_path / "p" / f"{label}{number}.png")
    rows = [f"p/{label}{number}.png,{label}" for number in range(4) for label in ("cat", "dog")]
    plain = put(tmp_path / "plain.csv", "\n".join(rows).encode("utf-8-sig"))
    assert load_dataset(plain).classes == ("cat", "dog") and sum(map(len, load_dataset(plain).splits)) == 8
    named = ["文件,标签,划分", *(f"p/{label}{n}.png,{label},{split}" for n, split in enumerate(["train", "train", "val", "test"]) for label in ("cat", "dog"))]
    chinese = put(tmp_path / "gbk.csv", "\r\n".join(named).encode("gbk"))
    assert {split.name: len(split) for split in load_dataset(chinese).splits} == {"train": 4, "validation": 2, "test": 2}
    bad = put(tmp_path / "bad.csv", "\n".join([*rows, "p/none.png,cat", rows[0], "only", 'p/"x.png,cat']).encode())
    assert len(check_dataset(bad).errors()) == 4
    for nothing in (b"", b"path,label\n", b"\0\0\0", b"a"):
        with pytest.raises(EdukitError):
            load_dataset(put(tmp_path / "no.csv", nothing))


def test_a_csv_file_of_any_program_is_read_or_refused_with_a_sentence(tmp_path):
    for label in ("a", "b"):
        for number in range(3):
            put(tmp_path / label / f"{number}.png")
    rows = [f"{label}/{number}.png,{label}" for label in "ab" for number in range(3)]
    for name, text in {"mac": "\r".join(["path,label", *rows]), "excel": "\r\n".join(["path;label", *(row.replace(",", ";") for row in rows)])}.items():
        put(tmp_path / f"{name}.csv", text.encode())
        assert load_dataset(tmp_path / f"{name}.csv").classes == ("a", "b")
    bad = {"long": "path,label\n" + "z" * 300 + ".png,a\n", "field": "path,label\n" + "x" * 200_000 + ",a\n", "bytes": "a\rb\n\0,\n",
           "elsewhere": "path,label\nno.png,a\n"}  # fmt: skip
    for name, text in bad.items():
        put(tmp_path / f"{name}.csv", text.encode())
        with pytest.raises(EdukitError) as caught:
            load_dataset(tmp_path / f"{name}.csv")
        assert f"{name}.csv" in str(caught.value)


def test_what_a_zip_holds_is_told_by_the_name_of_the_zip(tmp_path):
    inner = {f"{label}/{number}.png": encoded() for label in ("cat", "dog") for number in range(3)}
    zipped(tmp_path / "pets.zip", inner)
    packed = (tmp_path / "pets.zip").read_bytes()
    with pytest.raises(DatasetEmpty, match="parcel"):
        load_dataset(zipped(tmp_path / "parcel.zip", {"pets.zip": packed}))
    notes = load_dataset(zipped(tmp_path / "more.zip", {**inner, "cat/pets.zip": packed, "cat/" + ("d" * 60 + "/") * 90 + "9.png": encoded()})).notes
    assert any("cat/pets.zip" in note for note in notes)


def test_nothing_is_written_among_the_classes_of_the_dataset(tmp_path):
    root = folders(tmp_path / "photos", cat=4, dog=4)
    before = snapshot(root)
    for write in (ek.split_dataset, ek.export_dataset):
        with pytest.raises(BadArgument):
            write(root, out=root / "parts")
    with pytest.raises(BadArgument):
        ek.split_dataset(root, out=tmp_path / "parts", group="nobody_(.)")
    assert snapshot(root) == before and not (tmp_path / "parts").exists()


def test_what_is_no_plain_file_is_refused_at_once(tmp_path, monkeypatch):
    root = folders(tmp_path / "photos", cat=4, dog=4)
    with (root / "cat" / "huge.jpg").open("wb") as stream:
        stream.truncate(MAX_IMAGE_BYTES + 1)
    for out in ("out", "out.zip"):
        with pytest.raises(FileTooLarge, match="huge"):
            ek.export_dataset(root, out=tmp_path / out)
    (root / "cat" / "huge.jpg").unlink()
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / "cat" / "pipe.jpg")
        for out in ("out", "out.zip"):
            with pytest.raises(NotAFile, match="pipe"):
                ek.export_dataset(root, out=tmp_path / out)
    assert {path.name for path in tmp_path.iterdir()} <= {"photos", "home"}
