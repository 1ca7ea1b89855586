"""The model that ships with the emoji set: the file that its card names, right on unseen glyphs, and telling nothing of the machine it was made on."""
import json
import re

import pytest

from edukit.core.card import ModelCard
from edukit.core.files import sha256
from edukit.data import load_dataset, sample_model
from edukit.runtime import inspect_onnx, load_onnx


@pytest.fixture(scope="module")
def model():
    path = sample_model()
    assert path is not None
    return path


def test_the_card_beside_it_is_the_one_inside(model):
    beside = json.loads((model.parent / "card.json").read_text(encoding="utf-8"))
    assert beside["sha256"] == sha256(model) and ModelCard.from_dict(beside["model"]) == inspect_onnx(model).card


def test_it_is_for_this_dataset_and_small(model):
    card, dataset = inspect_onnx(model).card, load_dataset("emoji")
    assert card.classes == dataset.classes and card.class_names == dataset.class_names and card.precision == "int8"
    assert card.dataset["fingerprint"] in (dataset.fingerprint, dataset.train.fingerprint) and model.stat().st_size < 5_000_000


def test_no_folder_of_its_maker_is_inside(model):
    assert not re.search(rb"(/home/|/root/|/tmp/|/work/|/Users/|site-packages|[A-Z]:\\\\)", model.read_bytes())


def test_it_knows_glyphs_that_it_has_never_seen(model):
    test = load_dataset("emoji").test
    predictor = load_onnx(model, threads=1)
    right = [prediction.label == sample.label for sample, prediction in zip(test, predictor.predict([sample.path for sample in test]))]
    assert sum(right) / len(right) >= 0.85
