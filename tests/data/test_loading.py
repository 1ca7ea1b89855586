"""load_dataset: every shape of folder that it takes, and every one that it refuses, each with its own error."""
import os
from pathlib import Path

import numpy as np
import pytest

from edukit.core.errors import (
    BadArgument,
    BadDataset,
    DatasetEmpty,
    DatasetMissing,
    DatasetNotAFolder,
    DatasetTooLarge,
    OneClass,
    SplitMissing,
    SplitNotInSet,
    TooFewPictures,
    UnknownChoice,
)
from edukit.core.i18n import set_language
from edukit.data import load_dataset, scanning
from tests.dataset_files import folders, imagenet, put, snapshot


def test_an_imagenet_folder_is_read_as_it_is_and_left_as_it_is(tmp_path):
    root = imagenet(tmp_path / "pets")
    before = snapshot(root)
    dataset = load_dataset(str(root))
    assert (dataset.name, dataset.format, dataset.classes, dataset.notes) == ("pets", "imagenet", ("cat", "dog"), ())
    assert [len(split) for split in dataset.splits] == [24, 6, 8]
    assert dataset.test.labels.tolist() == [0] * 4 + [1] * 4 and dataset.test.labels.dtype == np.int64
    assert dataset.train[0].path == root / "training_set" / "cat" / "0.png" and dataset.train[0].image().shape == (16, 16, 3)
    assert snapshot(root) == before


def test_plain_folders_are_split_in_memory_and_it_is_said(tmp_path):
    root = folders(tmp_path / "plain", cat=40, dog=10)
    before = snapshot(root)
    dataset = load_dataset(root)
    assert dataset.format == "folders" and "70/10/20" in dataset.notes[0]
    assert [split.counts for split in dataset.splits] == [{"cat": 28, "dog": 7}, {"cat": 4, "dog": 1}, {"cat": 8, "dog": 2}]
    assert snapshot(root) == before


def test_the_note_speaks_chinese(tmp_path):
    set_language("zh")
    assert "划分" in load_dataset(folders(tmp_path / "p")).notes[0]


def test_a_dataset_is_handed_back(tmp_path):
    dataset = load_dataset(folders(tmp_path / "p"))
    assert load_dataset(dataset, splits=("test",)) is dataset


def test_digits_are_in_order_of_number_and_classes_txt_wins(tmp_path):
    root = imagenet(tmp_path / "n", "10", "2", "9", "1")
    assert load_dataset(root).classes == ("1", "2", "9", "10")
    (root / "classes.txt").write_text("9\n10\n1\n2\n")
    assert load_dataset(root).classes == ("9", "10", "1", "2")


@pytest.mark.parametrize(("encoding", "newline"), [("utf-8", "\n"), ("utf-8-sig", "\r\n"), ("gb18030", "\r\n"), ("utf-16", "\n")])
def test_classes_txt_from_any_editor(tmp_path, encoding, newline):
    root = imagenet(tmp_path / "n", "猫", "狗")
    (root / "classes.txt").write_bytes(newline.join(["狗", "猫", ""]).encode(encoding))
    assert load_dataset(root).classes == ("狗", "猫")


@pytest.mark.parametrize(
    "names",
    [("train", "val", "test"), ("Train", "valid", "test"), ("training_set", "val_set", "test_set"), ("trainning_set", "val_set", "test_set")],
)
def test_folders_of_folders_called_train_and_val_are_splits(tmp_path, names):
    root = imagenet(tmp_path / "d", counts=dict(zip(names, (5, 2, 3))))
    dataset = load_dataset(root)
    assert dataset.format == "imagenet" and [len(split) for split in dataset.splits] == [10, 4, 6]


def test_a_class_may_be_called_train(tmp_path):
    dataset = load_dataset(folders(tmp_path / "p", train=10, bus=10, test=10))
    assert dataset.classes == ("bus", "test", "train")


@pytest.mark.parametrize(
    ("source", "error"),
    [("", DatasetMissing), ("no such set", DatasetMissing), ("a\0b", DatasetMissing), ("x" * 5000, DatasetMissing), ("~nobody-of-this-name/d", DatasetMissing),
     (None, BadArgument), (3, BadArgument), (["emoji"], BadArgument)],
)
def test_what_is_no_dataset_at_all(source, error):
    with pytest.raises(error):
        load_dataset(source)


def test_the_nearest_sample_set_is_named():
    with pytest.raises(DatasetMissing) as caught:
        load_dataset("emojy")
    assert caught.value.code == "E201" and "“emoji”" in caught.value.remedy and "digits" in caught.value.remedy


def test_a_file_an_empty_folder_and_pictures_without_classes(tmp_path):
    with pytest.raises(DatasetNotAFolder):
        load_dataset(put(tmp_path / "a.png"))
    with pytest.raises(DatasetEmpty):
        load_dataset(tmp_path)
    (tmp_path / "cat").mkdir()
    (tmp_path / "dog").mkdir()
    with pytest.raises(DatasetEmpty):
        load_dataset(tmp_path)


def test_one_class(tmp_path):
    with pytest.raises(OneClass) as caught:
        load_dataset(folders(tmp_path / "p", cat=9))
    assert "cat" in caught.value.message
    with pytest.raises(OneClass):
        load_dataset(imagenet(tmp_path / "i", "cat"))


@pytest.mark.parametrize(("lacking", "split"), [("training_set", "train"), ("val_set", "validation"), ("test_set", "test")])
def test_a_missing_split_is_an_error_for_verbs_that_need_it(tmp_path, lacking, split):
    root = imagenet(tmp_path / "i")
    (root / lacking).rename(tmp_path / "elsewhere")
    with pytest.raises(SplitMissing) as caught:
        load_dataset(root, splits=(split,))
    assert caught.value.code == "E206" and lacking in caught.value.message
    if split == "test":  # may come later
        assert not load_dataset(root).test
    else:
        with pytest.raises(SplitMissing):
            load_dataset(root)
    others = [name for name in ("train", "validation", "test") if name != split]
    dataset = load_dataset(root, splits=others)
    assert [part.name for part in dataset.splits] == others
    with pytest.raises(SplitMissing):
        dataset.split(split)


def test_every_structural_error_is_named_at_once(tmp_path):
    root = imagenet(tmp_path / "i", "cat", "dog", "fox")
    (root / "val_set" / "dog").rename(tmp_path / "dog")
    for picture in (root / "test_set" / "fox").iterdir():
        picture.unlink()
    put(root / "test_set" / "owl" / "0.png")
    with pytest.raises(BadDataset) as caught:
        load_dataset(root)
    assert caught.value.code == "E205" and all(f"{name}:" in caught.value.message for name in ("val_set/dog", "test_set/fox", "test_set/owl"))
    assert load_dataset(root, splits=("train",)).train.counts == {"cat": 12, "dog": 12, "fox": 12}
    assert load_dataset(root, skip_bad=True).test.counts == {"cat": 4, "dog": 4, "fox": 0}


def test_an_empty_class_folder(tmp_path):
    root = folders(tmp_path / "p", cat=10, dog=10, fox=0)
    put(root / "fox" / ".DS_Store", b"x")
    with pytest.raises(BadDataset, match="fox"):
        load_dataset(root)
    dataset = load_dataset(root, skip_bad=True)
    assert dataset.classes == ("cat", "dog") and {sample.index for sample in dataset.train} == {0, 1}


def test_too_few_to_be_split(tmp_path):
    with pytest.raises(TooFewPictures) as caught:
        load_dataset(folders(tmp_path / "p", cat=10, dog=2))
    assert caught.value.code == "E208" and "dog" in caught.value.message


def test_arguments(tmp_path):
    root = folders(tmp_path / "p")
    for seed in (-1, 0.5, "1", True):
        with pytest.raises(BadArgument):
            load_dataset(root, random_seed=seed)
    with pytest.raises(UnknownChoice):
        load_dataset(root, splits=("tets",))


def test_a_set_for_testing_has_nothing_to_train_on():
    dataset = load_dataset("emoji-fluent")
    assert [split.name for split in dataset.splits] == ["test"] and load_dataset("emoji-fluent", splits=("test",)).test.samples
    for ask in (lambda: load_dataset("emoji-fluent", splits=("train", "validation")), lambda: dataset.split("train")):
        with pytest.raises(SplitNotInSet) as caught:
            ask()
        assert isinstance(caught.value, SplitMissing) and "“emoji”" in caught.value.remedy


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "desktop.ini", "._0.png", ".hidden.png"])
def test_left_over_files_are_no_pictures(tmp_path, name):
    root = imagenet(tmp_path / "i")
    for place in (root, root / "training_set", root / "training_set" / "cat"):
        put(place / name, b"left over")
    assert load_dataset(root).train.counts == {"cat": 12, "dog": 12}


@pytest.mark.parametrize("name", [".ipynb_checkpoints", "__MACOSX", ".git", "@eaDir"])
def test_left_over_folders_are_no_classes(tmp_path, name):
    for root in (imagenet(tmp_path / "i"), folders(tmp_path / "p")):
        before = load_dataset(root)
        for place in (root, root / "training_set", root / "cat"):
            if place.is_dir():
                put(place / name / "cat" / "0.png")
        after = load_dataset(root)
        assert after.classes == ("cat", "dog") and after.fingerprint == before.fingerprint


def test_pictures_in_folders_of_a_class_folder_belong_to_the_class(tmp_path):
    root = imagenet(tmp_path / "i")
    put(root / "training_set" / "cat" / "kittens" / "young" / "0.png")
    assert load_dataset(root).train.counts == {"cat": 13, "dog": 12}


def test_pictures_outside_class_folders_are_mentioned(tmp_path):
    root = folders(tmp_path / "p")
    put(root / "lonely.png")
    assert any("1 picture" in note for note in load_dataset(root).notes)


HOSTILE = ["a b", " lead", "quote'\"", "<script>alert(1)<script>", "猫 和 狗", "🐈‍⬛", "a{b}%s\\n", "x" * 250, "é", "-rf", "$HOME", "CON", "null", "a\nb"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_may_be_anything(tmp_path, name):
    root = tmp_path / name[:100]
    file_name = f"{name.encode()[:246].decode(errors='ignore')}.png"
    for folder in (name, "other"):
        for split, count in (("training_set", 2), ("val_set", 1), ("test_set", 1)):
            for number in range(count):
                put(root / split / folder / str(number) / file_name)
    dataset = load_dataset(root)
    assert dataset.name == name[:100] and sorted(dataset.classes) == sorted((name, "other"))
    assert all(sample.image().shape == (16, 16, 3) for sample in dataset.train)
    assert "<script>" not in dataset._repr_html_()


def test_names_that_are_no_unicode_become_labels_that_are(tmp_path):
    root = imagenet(tmp_path / "i")
    odd = os.fsdecode(b"caf\xe9")
    for split in ("training_set", "val_set", "test_set"):
        put(root / split / odd / f"{odd}.png")
    dataset = load_dataset(root)
    assert dataset.classes == ("caf\\xe9", "cat", "dog")
    dataset.fingerprint.encode(), dataset.train[0].image()


def test_two_spellings_of_one_name_are_one_class(tmp_path):
    root = imagenet(tmp_path / "i", "cat")
    for split, label in (("training_set", "caf\u00e9"), ("val_set", "cafe\u0301"), ("test_set", "caf\u00e9")):
        put(root / split / label / "0.png")
    dataset = load_dataset(root)
    assert dataset.classes == ("caf\u00e9", "cat") and dataset.validation.counts["caf\u00e9"] == 1


def test_links_never_lead_out_nor_round_in_circles(tmp_path):
    secret = folders(tmp_path / "elsewhere", owl=5)
    root = folders(tmp_path / "p")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "cat" / "up").symlink_to(root, target_is_directory=True)
    (root / "owl").symlink_to(secret / "owl", target_is_directory=True)
    (root / "cat" / "out.png").symlink_to(secret / "owl" / "0.png")
    (root / "cat" / "self.png").symlink_to(root / "cat" / "self.png")
    (root / "cat" / "again.png").symlink_to(root / "cat" / "0.png")
    dataset = load_dataset(root)
    paths = [sample.path for split in dataset.splits for sample in split]
    assert dataset.classes == ("cat", "dog") and len(paths) == 41 and any("5 link" in note for note in dataset.notes)
    assert all(path.resolve().is_relative_to(root) for path in paths)


def test_a_dataset_may_itself_be_a_link(tmp_path):
    (tmp_path / "link").symlink_to(folders(tmp_path / "p"), target_is_directory=True)
    assert len(load_dataset(tmp_path / "link").train) == 28


def test_home_is_understood(tmp_path, monkeypatch):
    folders(tmp_path / "p")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert load_dataset("~/p").folder == Path(tmp_path) / "p"


def test_a_whole_disk_named_by_mistake(tmp_path, monkeypatch):
    monkeypatch.setattr(scanning, "MAX_FILES", 30)
    with pytest.raises(DatasetTooLarge) as caught:
        load_dataset(folders(tmp_path / "p"))
    assert caught.value.code == "E209" and "30" in caught.value.message


def test_a_sample_set_is_named_only_where_the_word_is_near_it(tmp_path, monkeypatch):
    set_language("en")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetMissing) as near:
        load_dataset("emojy")
    with pytest.raises(DatasetMissing) as far:
        load_dataset("my-photos")
    assert "mean “emoji”" in near.value.remedy and far.value.code == "E212" and "mean" not in far.value.remedy and "digits" in far.value.remedy


def test_paths_in_messages_are_as_one_would_type_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetNotAFolder) as caught:
        load_dataset(put(tmp_path / "sub" / "a.txt", b"x"))
    assert "sub" in caught.value.message and str(tmp_path) not in caught.value.message and str(tmp_path) in caught.value.found["path"]
