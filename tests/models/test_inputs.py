"""What a verb is given: a split that stands alone is looked at like a whole dataset."""
import pytest
from dataset_files import encoded, imagenet, put
from onnx_files import card, network, save

import edukit as ek
from edukit.core.errors import BadDataset, SplitMissing
from edukit.data import load_dataset
from edukit.models.inputs import split_of

CLASSES = ("cat", "dog")


@pytest.fixture
def root(tmp_path):
    return imagenet(tmp_path / "pets", *CLASSES)


@pytest.fixture
def model(tmp_path):
    return save(tmp_path / "pets.onnx", network(classes=2), with_card=card(classes=CLASSES).to_json())


def test_a_leak_is_told_beside_the_figure_however_the_pictures_are_given(root, model):
    put(root / "test_set" / "cat" / "seen.png", (root / "training_set" / "cat" / "0.png").read_bytes())
    dataset = load_dataset(root)
    for data in (root, dataset, dataset.test, dataset.test.subset(range(len(dataset.test)))):
        assert "1 of 9" in ek.evaluate(model, data).warnings[0]
    assert "1 of 9" in ek.compare([model], dataset.test, accuracy_only=True).warnings[0]
    assert split_of(dataset.test.subset([0]), "test").warnings == ()


def test_bad_pictures_of_a_split_are_named_before_any_work_or_left_out(root, model):
    put(root / "test_set" / "cat" / "cut.png", encoded(side=64)[:-300])
    put(root / "test_set" / "dog" / "empty.png", b"")
    test = load_dataset(root).test
    for run in (ek.evaluate, lambda model, data: ek.compare([model], data), lambda model, data: ek.quantize(model, calibration=data)):
        with pytest.raises(BadDataset) as caught:
            run(model, test)
        assert all(name in caught.value.message for name in ("cut.png", "empty.png"))
    assert ek.evaluate(model, test, skip_bad=True).count == len(test) - 2
    assert ek.compare([model], root, skip_bad=True, accuracy_only=True).models[0].count == len(test) - 2


def test_a_split_put_together_by_hand_keeps_its_own_warnings(root):
    from dataclasses import replace

    made = replace(load_dataset(root).test, training=(), warnings=("made by hand",))
    assert split_of(made, "test").warnings == ("made by hand",)


def test_without_test_pictures_the_validation_pictures_stand_in_with_a_warning(root, model, tmp_path):
    (root / "test_set").rename(tmp_path / "elsewhere")
    ek.set_language("en")
    for data in (root, load_dataset(root)):
        report, table = ek.evaluate(model, data), ek.compare([model], data, accuracy_only=True)
        assert report.split == "validation" and any("no test pictures" in warning for warning in report.warnings)
        assert any("no test pictures" in warning for warning in table.warnings)
    (root / "val_set").rename(tmp_path / "too")
    with pytest.raises(SplitMissing) as caught:
        ek.evaluate(model, root)
    assert "test_set" in caught.value.message
