"""A form of datasets and a task of its own kind are added by one entry each; loading, checking and verifying take them."""
import json
from dataclasses import replace

import pytest

from edukit.core.errors import BadDataset, DatasetNotAFolder, SplitMissing
from edukit.core.i18n import texts
from edukit.data import Dataset, Sample, Split, check_dataset, load_dataset, verify
from edukit.data.checking import CHECKS
from edukit.data.draft import Draft
from edukit.data.problems import KINDS, problem, register_kinds
from edukit.data.readers import READERS, Reader
from tests.dataset_files import folders, imagenet, put


def read_dots(path, random_seed):
    """A JSON file {"train": {picture: [x, y]}, ...} beside its pictures."""
    wanted = json.loads(path.read_text())
    splits = {
        name: Split(name, tuple(Sample(path.parent / one, tuple(xy)) for one, xy in wanted.get(name, {}).items()), (), "dots", path.parent, task="dots")
        for name in ("train", "validation", "test")
    }
    dataset = Dataset("dots", path.parent, (), {}, *splits.values(), "dots")
    return Draft(dataset, found=tuple(name for name in splits if name in wanted), expected=("train", "validation"))


def check_dots(draft):
    for sample in draft.dataset.train:
        if max(sample.target) > 16:
            yield problem("dot_outside", sample.path, split="train", x=sample.target[0])


@pytest.fixture
def dots(tmp_path, monkeypatch):
    known = texts() | {"data.dot_outside.detail": {"zh": "{x}", "en": "outside at {x}"}, "data.dot_outside.remedy": {"zh": "改", "en": "move it"}}
    monkeypatch.setattr("edukit.core.i18n.texts", lambda: known)
    READERS.insert(0, Reader("dots", lambda path: path.suffix == ".json" and path.is_file(), read_dots))
    CHECKS["dots"] = [check_dots]
    register_kinds("error", "dot_outside", task="dots")
    file = tmp_path / "dots.json"
    for name in "abc":
        put(tmp_path / f"{name}.png")
    file.write_text(json.dumps({"train": {"a.png": [1, 2], "b.png": [3, 40]}, "validation": {"c.png": [5, 6]}}))
    yield file
    READERS.pop(0)
    del CHECKS["dots"], KINDS["dot_outside"]


def test_a_file_of_a_new_form_is_a_dataset(dots):
    dataset = load_dataset(dots)
    assert (dataset.format, dataset.task, dataset.classes) == ("dots", "dots", ())
    assert [sample.target for sample in dataset.train] == [(1, 2), (3, 40)]
    assert verify(dataset, ("train", "validation")) == dataset
    with pytest.raises(SplitMissing):
        load_dataset(dots, splits=("test",))


def test_its_own_check_reports_its_own_kinds_and_no_class_is_missed(dots):
    (outside,) = check_dataset(dots).problems
    assert (outside.kind, outside.severity, outside.detail) == ("dot_outside", "error", "outside at 3") and outside.path.endswith("b.png")


def test_bad_pictures_are_named_or_left_out(dots):
    put(dots.parent / "a.png", b"")
    dataset = load_dataset(dots)
    with pytest.raises(BadDataset, match=r"a\.png"):
        verify(dataset, ("train",))
    assert len(verify(dataset, ("train",), skip_bad=True).train) == 1


def test_without_the_entry_the_file_is_no_dataset(tmp_path):
    (tmp_path / "dots.json").write_text("{}")
    with pytest.raises(DatasetNotAFolder):
        load_dataset(tmp_path / "dots.json")


def test_the_kinds_of_a_task_say_so():
    assert KINDS["imbalance"].task == "classification" and KINDS["truncated"].task == "" and KINDS["leak"].severity == "warning"


@pytest.mark.parametrize("make", [imagenet, folders])
def test_built_in_forms_are_recognised_by_their_folders(tmp_path, make):
    dataset = load_dataset(make(tmp_path / "d"))
    roots = {root.name for root in dataset.class_roots}
    assert roots == ({"training_set", "val_set", "test_set"} if dataset.format == "imagenet" else {"d"}) and replace(dataset) == dataset


def test_twins_of_another_task_are_found_and_their_targets_told_apart(dots):
    put(dots.parent / "c.png", (dots.parent / "a.png").read_bytes())
    (twin,) = [found for found in check_dataset(dots).problems if found.kind == "leak"]
    assert twin.path.endswith("c.png") and twin.other.endswith("a.png") and "(1, 2)" in twin.detail and "(5, 6)" in twin.detail
