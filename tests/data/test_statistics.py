"""A model says when it is given pictures unlike its own: digits black on white are, emoji of another maker are not."""
import cv2
import numpy as np
import pytest

import edukit as ek
from edukit.core.card import ModelCard
from edukit.core.images import read_image
from edukit.core.preprocess import Preprocess
from edukit.data.statistics import departures, figures_of, picture_departure, picture_statistics
from tests.dataset_files import folders

PREPROCESS = Preprocess(size=(32, 32))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return ek.train("digits", "LeNet", epochs=1, out=tmp_path_factory.mktemp("run") / "run", threads=1)


@pytest.fixture(scope="module")
def inverted(tmp_path_factory):
    """Some of the digits, black on white."""
    root = tmp_path_factory.mktemp("inverted")
    for sample in ek.load_dataset("digits").test:
        (root / sample.label).mkdir(exist_ok=True)
        cv2.imwrite(str(root / sample.label / sample.path.name), 255 - read_image(sample.path))
    return root


def test_digits_black_on_white_are_warned_of_by_evaluate_compare_and_the_view(trained, inverted):
    ek.set_language("en")
    card = trained.card
    assert card.dataset["pictures"]["count"] == 100 and len(card.dataset["pictures"]["brightness"]) == 3
    report, table = ek.evaluate(trained, inverted), ek.compare([trained], inverted, accuracy_only=True)
    for result in (report, table):
        assert sum("unlike the training pictures: much brighter" in warning for warning in result.warnings) == 1
    assert not any("unlike" in warning for warning in ek.evaluate(trained, "digits").warnings)
    picture = next(inverted.rglob("*.png"))
    assert "much brighter" in picture_departure(card, read_image(picture))[0] and not picture_departure(card, 255 - read_image(picture))


@pytest.mark.parametrize("other", ["emoji", "emoji-fluent", "emoji-twemoji"])
def test_emoji_of_other_makers_are_not_warned_of(other):
    own, given = ek.load_dataset("emoji").train, ek.load_dataset(other).test
    known = picture_statistics(own.samples, PREPROCESS)
    assert departures(known, picture_statistics(given.samples, PREPROCESS)) == []
    assert departures(known, picture_statistics(ek.load_dataset("digits").test.samples, PREPROCESS)) == ["darker", "smaller"]


def test_figures_and_what_is_not_understood():
    image = np.zeros((10, 10, 3), np.uint8)
    image[:, :, 0] = 255
    assert figures_of(image, (100, 25)) == pytest.approx({"brightness": 1 / 3, "contrast": 0, "colour": 1, "side": 50}, abs=1e-5)
    assert figures_of(image[:, :, :1], (10, 10))["colour"] == 0
    for known in ({}, {"brightness": None}, {"brightness": ["a", 1, 2]}, {"brightness": [1]}):
        assert departures(known, {"brightness": [0.9, 0.9, 0.9]}) == []


def test_a_card_of_an_earlier_version_and_a_single_picture_say_nothing(tmp_path):
    card = ModelCard(backbone="LeNet", classes=("a", "b"), preprocess=PREPROCESS)
    assert picture_departure(card, np.zeros((9, 9, 3), np.uint8)) == []
    assert picture_statistics((), PREPROCESS) == {}
    assert picture_statistics(ek.load_dataset(folders(tmp_path / "p")).train.samples, PREPROCESS)["count"] > 3
