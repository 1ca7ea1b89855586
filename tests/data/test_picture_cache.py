"""PictureCache: bounded, fitted pictures before whole ones, and each picture decoded once in a run of any verb."""
import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import edukit as ek
from edukit.core.errors import FileMissing
from edukit.core.preprocess import Preprocess
from edukit.data import ClassLabel, Sample, check_dataset, load_dataset, verify
from edukit.data.picture_cache import PictureCache
from tests.dataset_files import encoded, imagenet, put

SMALL = Preprocess(size=(4, 4))
COUNTS = {"training_set": 6, "val_set": 2, "test_set": 3}


@pytest.fixture
def decoded(monkeypatch):
    """The number of times a JPEG was decoded in this process."""
    calls = []
    real = cv2.imdecode
    monkeypatch.setattr(cv2, "imdecode", lambda *args: calls.append(1) or real(*args))
    return calls


@pytest.fixture
def jpegs(tmp_path):
    """22 pictures: 12 to train on, 4 to validate with, 6 to test with."""
    root = tmp_path / "d"
    for folder, count in COUNTS.items():
        for label in ("cat", "dog"):
            for number in range(count):
                put(root / folder / label / f"{number}.jpg", encoded("JPEG", side=40))
    return root


def paths_of(root: Path) -> list[Path]:
    return sorted(root.rglob("*.jpg"))


def test_a_picture_is_read_once_and_fitted_once_for_each_size(jpegs, decoded):
    cache, path = PictureCache(), paths_of(jpegs)[0]
    sample = Sample(path, ClassLabel("cat", 0), cache)
    first = sample.fit_image(SMALL)
    assert sample.fit_image(Preprocess(size=(4, 4))) is first and len(decoded) == 1
    assert sample.fit_image(Preprocess(size=(6, 4))).shape == (6, 4, 3) and len(decoded) == 1
    assert np.array_equal(first, Sample(path, None).fit_image(SMALL)) and not first.flags.writeable


@given(room=st.integers(0, 40_000), whole=st.integers(0, 40_000), asks=st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=40))
def test_it_never_holds_more_than_its_bytes_and_always_answers_right(tmp_path_factory, room, whole, asks):
    folder = tmp_path_factory.getbasetemp() / "six"
    paths = [folder / f"{number}.jpg" for number in range(6)]
    for path in paths:
        if not path.exists():
            put(path, encoded("JPEG", side=40))
    cache = PictureCache(room, whole)
    for number, fitted in asks:
        found = cache.fit_image(paths[number], SMALL) if fitted else cache.image(paths[number])
        alone = Sample(paths[number], None)
        assert np.array_equal(found, alone.fit_image(SMALL) if fitted else alone.image()) and cache.size_bytes <= room


def test_whole_pictures_make_room_for_fitted_ones(jpegs, decoded):
    first, second, third = paths_of(jpegs)[:3]
    cache, prepare = PictureCache(2 * 40 * 40 * 3), Preprocess(size=(40, 40))
    for path in (first, second, third, first, second):
        cache.image(path)
    assert len(decoded) == 3  # two fit; the third was handed out and not kept
    for path in (first, second, first, second):
        cache.fit_image(path, prepare)
    assert cache.size_bytes == cache.max_bytes and len(decoded) == 4  # the second whole one gave its room to the first fitted one
    cache.image(first)
    assert len(decoded) == 5


def test_errors_are_those_of_reading_and_nothing_is_kept(tmp_path):
    cache = PictureCache()
    with pytest.raises(FileMissing):
        cache.fit_image(tmp_path / "none.png", SMALL)
    assert cache.size_bytes == 0


def test_another_process_starts_with_an_empty_one(jpegs):
    cache = PictureCache(1000, 100)
    sample = Sample(paths_of(jpegs)[0], ClassLabel("cat", 0), cache)
    sample.fit_image(SMALL)
    again = pickle.loads(pickle.dumps(sample))
    assert again == sample and again.cache.size_bytes == 0 and again.cache.max_bytes == 1000


def test_verified_splits_share_one_cache_and_the_dataset_of_the_user_has_none(jpegs, decoded):
    dataset = load_dataset(jpegs)
    good = verify(dataset, ("train", "validation", "test"), preprocess=SMALL)
    assert len(decoded) == 22 and len({id(sample.cache) for split in good.splits for sample in split}) == 1
    assert all(sample.fit_image(SMALL).shape == (4, 4, 3) for split in good.splits for sample in split) and len(decoded) == 22
    assert dataset.train[0].cache is None and verify(good, ("test",)).test[0].cache is good.test[0].cache
    assert good.test[0].cache.size_bytes == 22 * 4 * 4 * 3


def test_pixels_are_hashed_only_where_copies_are_looked_for(jpegs, monkeypatch):
    import hashlib

    hashed = []
    real = hashlib.sha256
    monkeypatch.setattr(hashlib, "sha256", lambda *args, **options: hashed.append(1) or real(*args, **options))
    verify(load_dataset(jpegs), ("train", "test"))
    assert not hashed
    check_dataset(jpegs)
    assert not hashed  # no two of them look the same when made small
    first = paths_of(jpegs)[0]
    first.with_name("copy.jpg").write_bytes(first.read_bytes())
    check_dataset(jpegs)
    assert len(hashed) == 2


def test_check_dataset_decodes_each_picture_once_but_for_pairs_that_look_alike(jpegs, decoded, monkeypatch):
    monkeypatch.setattr("edukit.data.checking.near_pairs", lambda *_, **__: [])
    check_dataset(jpegs)
    check_dataset(jpegs)
    assert len(decoded) == 22


def test_every_verb_decodes_each_picture_once(jpegs, decoded, tmp_path):
    """Each verb in turn, on files that nothing has looked at before; the next finds them checked, but not kept."""
    ran = ek.train(str(jpegs), "MobileNetV3-Small", epochs=2, image_size=32, pretrained=False, out=tmp_path / "run")
    assert len(decoded) == 16  # 12 to train on, 4 to validate with, over two epochs
    decoded.clear()
    ek.evaluate(ran.best, str(jpegs))
    assert len(decoded) == 6
    decoded.clear()
    onnx = ek.convert(ran.best, tmp_path / "m.onnx", data=str(jpegs)).path
    assert len(decoded) == 6
    decoded.clear()
    assert ek.predict(ran.best, [str(path) for path in paths_of(jpegs)[:3]])[2].image == str(paths_of(jpegs)[2]) and len(decoded) == 3
    decoded.clear()
    ek.quantize(onnx, tmp_path / "m8.onnx", calibration=str(jpegs))
    assert len(decoded) == 12
    for path in paths_of(jpegs):  # new files: now each verb checks them as well
        put(path, encoded("JPEG", side=44))
    decoded.clear()
    ek.evaluate(onnx, str(jpegs))
    assert len(decoded) == 6


def test_imagenet_png_files_are_no_different(tmp_path):
    good = verify(load_dataset(imagenet(tmp_path / "p")), ("train",))
    assert good.train[0].cache.size_bytes == 24 * 16 * 16 * 3
