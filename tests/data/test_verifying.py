"""verify: refuses before any work and names every bad picture, or goes on without them."""
import os

import pytest

from edukit.core.errors import BadDataset, SplitMissing, TooFewPictures
from edukit.core.events import Stopped
from edukit.data import load_dataset, verify
from tests.dataset_files import encoded, folders, imagenet, put


def test_a_good_dataset_stays_as_it_is(tmp_path):
    dataset = load_dataset(imagenet(tmp_path / "d"))
    assert verify(dataset, ("train", "validation", "test")) == dataset


def test_all_bad_pictures_are_named_at_once(tmp_path):
    root = imagenet(tmp_path / "d")
    put(root / "training_set" / "cat" / "empty.png", b"")
    put(root / "training_set" / "dog" / "cut.png", encoded(side=64)[:-300])
    put(root / "val_set" / "dog" / "text.jpg", b"text")
    put(root / "test_set" / "dog" / "elsewhere.png", b"")
    dataset = load_dataset(root)
    with pytest.raises(BadDataset) as caught:
        verify(dataset, ("train", "validation"))
    assert caught.value.found["count"] == "3" and "elsewhere" not in caught.value.message
    assert all(name in caught.value.message for name in ("training_set/cat/empty.png", "training_set/dog/cut.png", "val_set/dog/text.jpg"))


def test_skip_bad_goes_on_without_them_and_says_so(tmp_path):
    root = imagenet(tmp_path / "d")
    put(root / "training_set" / "cat" / "empty.png", b"")
    dataset = verify(load_dataset(root), ("train",), skip_bad=True)
    assert len(dataset.train) == 24 and "1 picture" in dataset.notes[-1]


def test_nothing_left_of_a_class(tmp_path):
    root = imagenet(tmp_path / "d", counts={"training_set": 1, "val_set": 1, "test_set": 1})
    for split in ("training_set", "test_set"):
        put(root / split / "cat" / "0.png", b"")
    dataset = load_dataset(root)
    with pytest.raises(TooFewPictures, match="cat"):
        verify(dataset, ("train",), skip_bad=True)
    assert verify(dataset, ("test",), skip_bad=True).test.counts == {"cat": 0, "dog": 1}


def test_a_picture_mended_is_seen_again(tmp_path):
    root = imagenet(tmp_path / "d")
    bad = put(root / "test_set" / "cat" / "0.png", b"")
    dataset = load_dataset(root)
    with pytest.raises(BadDataset):
        verify(dataset, ("test",))
    put(bad)
    assert verify(dataset, ("test",)).test.samples


def test_a_picture_gone_since_it_was_listed(tmp_path):
    dataset = load_dataset(imagenet(tmp_path / "d"))
    dataset.test[0].path.unlink()
    with pytest.raises(BadDataset, match=r"cat/0\.png"):
        verify(dataset, ("test",))


def test_names_with_line_ends_stay_on_their_line(tmp_path):
    root = imagenet(tmp_path / "d")
    put(root / "test_set" / "cat" / "a\nb\x1b[31m.png", b"")
    with pytest.raises(BadDataset) as caught:
        verify(load_dataset(root), ("test",))
    assert "a\\nb\\x1b[31m.png" in caught.value.message and "\x1b" not in caught.value.message


def test_a_leak_is_a_warning_beside_the_figure(tmp_path):
    root = imagenet(tmp_path / "d")
    put(root / "test_set" / "cat" / "seen.png", (root / "training_set" / "cat" / "5.png").read_bytes())
    dataset = verify(load_dataset(root), ("test",))
    assert dataset.validation.warnings == () and "1 of 9" in dataset.test.warnings[0]


def test_a_split_that_is_not_there(tmp_path):
    root = imagenet(tmp_path / "d", counts={"training_set": 3, "test_set": 3})
    dataset = load_dataset(root, splits=("train", "test"))
    with pytest.raises(SplitMissing):
        verify(dataset, ("validation",))


def test_stop_and_progress(tmp_path):
    dataset = load_dataset(folders(tmp_path / "p"))
    events = []
    verify(dataset, ("train",), on_event=events.append)
    assert (events[-1].done, events[-1].total, events[-1].unit) == (28, 28, "picture")
    with pytest.raises(Stopped):
        verify(dataset, ("train",), should_stop=lambda: True)


def test_a_picture_that_may_not_be_read(tmp_path, monkeypatch):
    root = imagenet(tmp_path / "d")
    locked = str(root / "test_set" / "cat" / "0.png")
    real = os.stat

    def refused(path, *args, **kwargs):
        if str(path) == locked:
            raise PermissionError(13, "Permission denied", locked)
        return real(path, *args, **kwargs)

    dataset = load_dataset(root)
    monkeypatch.setattr(os, "stat", refused)
    with pytest.raises(BadDataset, match=r"test_set/cat/0\.png"):
        verify(dataset, ("test",))
