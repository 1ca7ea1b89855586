"""Every figure in both languages: nothing cut off, no label on another, whatever the classes are called."""
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from edukit import plots
from edukit.core.images import decode_image
from edukit.data import Dataset
from edukit.tasks.classification_results import ClassEvaluation, WrongPicture
from tests.comparisons import pictures, three
from tests.figures import cut_off, overlapping

HOSTILE = ("$x_{1}$^2", "<script>alert(1)</script>", "a_very_long_class_name_" * 6, "🐱", "龘龘", "weather & sky")


def history(epochs, **changes):
    rows = [
        {"epoch": i + 1, "train_top1": 1 - 0.8 * 0.7**i, "val_top1": 0.85 - 0.6 * 0.75**i, "train_loss": 1.8 * 0.7**i, "val_loss": 0.5 + 1.3 * 0.75**i}
        for i in range(epochs)
    ]
    return [row | changes for row in rows]


def evaluation(classes, wrong=()):
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 3, (len(classes), len(classes))) * (rng.random((len(classes), len(classes))) < 0.4) + np.eye(len(classes), dtype=int) * 9
    per_class = {label: {"count": 10, "correct": 9, "recall": 0.9, "precision": None} for label in classes}
    count = int(counts.sum())
    return ClassEvaluation(
        count=count, top1=0.8, top5=1.0, interval=(0.7, 0.9), per_class=per_class, confusion=counts.tolist(), classes=tuple(classes), wrong=tuple(wrong)
    )


@pytest.mark.parametrize(("classes", "width"), [(2, 326), (6, 620), (12, 326), (13, 620), (40, 326)])
def test_confusion(lang, classes, width):
    figure = plots.confusion(evaluation([f"class {number}" for number in range(classes)]), width=width)
    assert cut_off(figure) == [] and str(classes) in figure.alt
    drawn = sorted(int(text.get_text()) for text in figure.axes[0].texts)
    assert drawn == sorted(int(n) for n in np.ravel(evaluation([f"class {i}" for i in range(classes)]).confusion) if n)


def test_of_very_many_classes_the_most_confused_are_drawn(lang):
    many = evaluation([f"class {number}" for number in range(300)])
    figure = plots.confusion(many)
    assert cut_off(figure) == [] and figure.bbox.width < 1200 and "300" in figure.axes[0].get_xlabel()
    mistakes = np.array(many.confusion) * (1 - np.eye(300, dtype=int))
    worst = int((mistakes.sum(0) + mistakes.sum(1)).argmax())
    assert f"class {worst}" in [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_confusion_with_hostile_names(lang):
    figure = plots.confusion(evaluation(HOSTILE))
    assert cut_off(figure) == []
    assert figure.axes[0].get_yticklabels()[0].get_text() == "$x_{1}$^2"


def test_confusion_shows_names_for_people():
    from edukit.core.i18n import set_language

    set_language("zh")
    figure = plots.confusion(evaluation(["cat", "dog"]), class_names={"zh": {"cat": "猫"}})
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["猫", "dog"]


def test_bars(lang):
    prediction = SimpleNamespace(labels=HOSTILE[:5], scores=(0.5, 0.3, 0.1, 0.06, 0.04), shown=lambda label: label)
    for figure in (plots.score_bars(prediction), plots.score_bars(prediction, width=326), plots.file_sizes(three()), plots.file_sizes(three(), width=326)):
        assert cut_off(figure) == [] and overlapping(figure) == [] and figure.alt


def test_a_certain_prediction_keeps_its_figure_inside(lang):
    prediction = SimpleNamespace(labels=("cat", "dog"), scores=(1.0, 0.0), shown=lambda label: label)
    assert cut_off(plots.score_bars(prediction)) == []


@pytest.fixture
def dataset(tmp_path):
    test = pictures(tmp_path, 14, classes=HOSTILE)
    train, validation = replace(test, name="train"), replace(test.subset([]), name="validation")
    return Dataset("made", tmp_path, HOSTILE, {}, train, validation, test.subset(range(6)), "folders")


def test_class_counts(lang, dataset):
    figure = plots.class_counts(dataset)
    assert cut_off(figure) == [] and overlapping(figure) == []
    assert [text.get_text() for text in figure.axes[0].texts] == ["4", "4", "3", "3", "3", "3"]


@pytest.mark.parametrize(("count", "width"), [(1, 326), (6, 326), (14, 780)])
def test_picture_grid(lang, dataset, count, width):
    figure = plots.picture_grid(dataset.train, count=count, width=width)
    assert len(figure.axes) == count and cut_off(figure) == [] and overlapping(figure) == []


def test_wrong_pictures(lang, dataset):
    wrong = [WrongPicture(sample.path, sample.label, HOSTILE[0], 0.5 + place / 100) for place, sample in enumerate(dataset.train)]
    wrong.append(WrongPicture(Path("/gone.png"), "cat", "dog", 0.99))
    figure = plots.wrong_pictures(evaluation(HOSTILE, wrong), count=5)
    assert len(figure.axes) == 5 and cut_off(figure) == [] and overlapping(figure) == []
    assert plots.wrong_pictures(evaluation(("a", "b"))).axes == []


def test_png_and_svg_are_of_the_size_asked_for():
    figure = plots.file_sizes(three(), width=400)
    height = round(figure.bbox.height)
    assert decode_image(plots.figure_png(figure, 1)).shape == (height, 400, 3) and decode_image(plots.figure_png(figure, 2)).shape == (2 * height, 800, 3)
    assert plots.figure_svg(figure).count("<svg") == 1
