"""The dataset format, by property: any tree of class folders comes back as the labels it was written with."""
import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from edukit.core.errors import UnknownChoice
from edukit.data import load_dataset
from edukit.data.naming import is_junk, label_of, natural_key, printable
from tests.dataset_files import encoded, folders, imagenet, put

names = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="/\0\\"), min_size=1, max_size=12).filter(
    lambda name: not is_junk(name) and name not in (".", "..") and len(name.encode()) < 200
)
trees = st.dictionaries(names, st.integers(1, 4), min_size=2, max_size=6)
PICTURE = encoded()


@settings(max_examples=60, deadline=None)
@given(tree=trees, listed=st.booleans(), data=st.data())
def test_what_is_written_is_read(tree, listed, data):
    labels = sorted({label_of(name) for name in tree}, key=natural_key)
    assume(len(labels) >= 2)
    if listed:
        labels = data.draw(st.permutations(labels))
        listed = all(label == label.strip() and not set(label) & set("\r\n") for label in labels) and not labels[0].startswith("\ufeff")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "d"
        for split in ("training_set", "val_set", "test_set"):
            for name, count in tree.items():
                for number in range(count):
                    put(root / split / name / f"{number} {name[:20]}.png", PICTURE)
        if listed:
            (root / "classes.txt").write_bytes("\n".join(labels).encode())
        dataset = load_dataset(root)
        wanted = sorted(labels, key=natural_key) if not listed else labels
        assert list(dataset.classes) == wanted
        for split in dataset.splits:
            assert len(split) == sum(tree.values())
            assert all(label_of(sample.path.parent.name) == sample.label == dataset.classes[sample.index] for sample in split)
            assert split.labels.tolist() == sorted(split.labels.tolist())
        assert load_dataset(root).fingerprint == dataset.fingerprint
        json.dumps([dataset.classes, dataset.fingerprint]).encode()


@given(st.lists(st.text(max_size=6), max_size=8))
def test_the_order_of_names_is_total_and_stable(found):
    assert sorted(sorted(found, key=natural_key), key=natural_key) == sorted(found, key=natural_key)
    assert [name for name in sorted(map(str, range(30)), key=natural_key)] == [str(number) for number in range(30)]


def test_splits_behave_like_sequences(tmp_path):
    split = load_dataset(folders(tmp_path / "p")).train
    part = split.subset([3, 1, 20])
    assert len(part) == 3 and part[0] == split[3] and part.classes == split.classes and part.name == "train"
    assert split[:2] == split.samples[:2] and split[-1] in split and next(iter(split)) is split[0]
    assert part.fingerprint != split.fingerprint and np.array_equal(part.labels, split.labels[[3, 1, 20]])


def test_the_fingerprint_sees_every_change(tmp_path):
    root = imagenet(tmp_path / "d")
    seen = {load_dataset(root).fingerprint}
    put(root / "test_set" / "cat" / "new.png")
    seen.add(load_dataset(root).fingerprint)
    (root / "test_set" / "cat" / "new.png").rename(root / "test_set" / "dog" / "new.png")
    seen.add(load_dataset(root).fingerprint)
    put(root / "test_set" / "dog" / "new.png", encoded(side=40))
    seen.add(load_dataset(root).fingerprint)
    assert len(seen) == 4
    root.rename(tmp_path / "moved")
    assert load_dataset(tmp_path / "moved").fingerprint in seen


def test_names_for_people(tmp_path):
    root = imagenet(tmp_path / "d")
    (root / "card.json").write_text(json.dumps({"class_names": {"zh": {"cat": "猫", "dog": 7}, "en": "?"}, "splits": 3 * ["train", "validation", "test"]}))
    dataset = load_dataset(root)
    assert (dataset.shown("cat", "zh"), dataset.shown("dog", "zh"), dataset.test.shown("cat", "en")) == ("猫", "dog", "cat")


@pytest.mark.parametrize("card", ["", "[]", "nonsense", '{"splits": 7, "name": 3, "class_names": []}', "[" * 100_000])
def test_a_card_of_rubbish_is_no_reason_to_refuse_pictures(tmp_path, card):
    root = imagenet(tmp_path / "d")
    (root / "card.json").write_text(card)
    assert load_dataset(root).name == "d"


def test_shown_in_a_notebook(tmp_path):
    root = imagenet(tmp_path / "d", "<i>cat", "dog")
    put(root / "training_set" / "dog" / "0.png", b"broken")
    dataset = load_dataset(root)
    shown = dataset._repr_html_() + dataset.train._repr_html_()
    assert "data:image/png;base64," in shown and "<i>cat" not in shown and "&lt;i&gt;cat" in shown


def test_printed_in_a_line(tmp_path):
    dataset = load_dataset(folders(tmp_path / "p"))
    assert repr(dataset) == "Dataset('p': 2 classes; train 28, validation 4, test 8)" and repr(dataset.test) == "Split('p', 'test': 8 pictures, 2 classes)"


def test_an_unknown_split(tmp_path):
    with pytest.raises(UnknownChoice, match="validation"):
        load_dataset(folders(tmp_path / "p")).split("valdation")


def test_printable_takes_any_bytes():
    assert printable(os.fsdecode(b"a\xff")) == "a\\xff" and printable("猫") == "猫"


def test_a_split_of_another_task_has_targets_of_its_own_kind(tmp_path):
    split = load_dataset(imagenet(tmp_path)).train
    points = tuple(replace(sample, target=(1.5, number)) for number, sample in enumerate(split))
    dots = replace(split, samples=points, classes=(), task="dots")
    assert dots.counts == {} and dots[3].target == (1.5, 3) and dots.fingerprint != split.fingerprint
    assert dots.fingerprint == replace(dots, name="test").fingerprint
    assert replace(dots, samples=points[:1] + tuple(replace(one, target=(0, 0)) for one in points[1:])).fingerprint != dots.fingerprint
