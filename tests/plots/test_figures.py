"""Every chart in both languages: nothing cut off, no label on another, whatever the classes are called."""
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edukit import plots
from edukit.core.svg import text_width
from edukit.data import Dataset
from edukit.tasks.classification_results import ClassEvaluation, WrongPicture
from tests.comparisons import pictures, three

HOSTILE = ("$x_{1}$^2", "<script>alert(1)</script>", "a_very_long_class_name_" * 6, "🐱", "龘龘", "weather & sky")


def evaluation(classes, wrong=()):
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 3, (len(classes), len(classes))) * (rng.random((len(classes), len(classes))) < 0.4) + np.eye(len(classes), dtype=int) * 9
    per_class = {label: {"count": 10, "correct": 9, "recall": 0.9, "precision": None} for label in classes}
    count = int(counts.sum())
    return ClassEvaluation(
        count=count, top1=0.8, top5=1.0, interval=(0.7, 0.9), per_class=per_class, confusion=counts.tolist(), classes=tuple(classes), wrong=tuple(wrong)
    )


def parts(drawn):
    """The desk's and the phone's drawing, whose every text lies inside and on no other; each as the texts and their places."""
    found = []
    for svg in ET.fromstring(f"<div>{drawn}</div>"):
        _, _, width, height = map(float, svg.get("viewBox").split())
        assert svg.get("aria-label") == drawn.alt and len(drawn.alt) > 5
        boxes = []
        for text in svg.iter("text"):
            x, y, size = float(text.get("x")), float(text.get("y")), re.search(r"font-size:([\d.]+)", text.get("style", ""))
            wide = text_width(text.text) * (float(size[1]) / 13.5 if size else 1)
            left = x - wide * {"start": 0, "middle": 0.5, "end": 1}[text.get("text-anchor")]
            assert 0 < y <= height
            if not text.get("transform"):
                assert left >= -1 and left + wide <= width + 1, text.text
                boxes.append((text.text, left, left + wide, y, float(size[1]) if size else 13.5))
        for place, (name, left, right, y, size) in enumerate(boxes):
            assert not [other for other, start, end, at, _ in boxes[place + 1 :] if min(right, end) - max(left, start) > 2 and abs(at - y) < 0.8 * size], name
        found.append([(text.text, text) for text in svg.iter("text")])
    return found


def said(drawn):
    return [text for text, _ in parts(drawn)[0]]


def cells(drawn):
    """The rows of a matrix: its name, and the texts of its cells."""
    rows = ET.fromstring(f"<div>{drawn}</div>").iter("tr")
    return [["".join(cell.itertext()) for cell in row] for row in rows]


@pytest.mark.parametrize("classes", [2, 6, 40])
def test_confusion(lang, classes):
    found = evaluation([f"class {number}" for number in range(classes)])
    figure = plots.confusion(found)
    assert str(classes) in figure.alt
    (_, *heads), *rows = cells(figure)
    assert heads == [row[0] for row in rows] == list(found.classes)
    assert [[int(cell or 0) for cell in row[1:]] for row in rows] == found.confusion


def test_of_very_many_classes_the_most_confused_are_shown(lang):
    many = evaluation([f"class {number}" for number in range(300)])
    figure = plots.confusion(many)
    mistakes = np.array(many.confusion) * (1 - np.eye(300, dtype=int))
    worst = int((mistakes.sum(0) + mistakes.sum(1)).argmax())
    rows = cells(figure)[1:]
    assert len(rows) == 40 and f"class {worst}" in [row[0] for row in rows] and "300" in figure[-200:]


def test_confusion_with_hostile_names(lang):
    assert [row[0] for row in cells(plots.confusion(evaluation(HOSTILE)))[1:]] == list(HOSTILE)


def test_confusion_shows_names_for_people():
    from edukit.core.i18n import set_language

    set_language("zh")
    figure = plots.confusion(evaluation(["cat", "dog"]), class_names={"zh": {"cat": "猫"}})
    assert [row[0] for row in cells(figure)[1:]] == ["猫", "dog"]


def test_bars(lang):
    for figure in (plots.file_sizes(three()), plots.file_sizes(three(), width=326)):
        assert len(parts(figure)) == 2


@pytest.fixture
def dataset(tmp_path):
    test = pictures(tmp_path, 14, classes=HOSTILE)
    train, validation = replace(test, name="train"), replace(test.subset([]), name="validation")
    return Dataset("made", tmp_path, HOSTILE, {}, train, validation, test.subset(range(6)), "folders")


def test_class_counts(lang, dataset):
    figure = plots.class_counts(dataset)
    assert [text for text in said(figure) if text.isdigit()] == ["4", "4", "3", "3", "3", "3"]
    widths = [float(one.get("width")) for one in ET.fromstring(f"<div>{figure}</div>")[0].iter("rect")][2:]  # without those of the key
    assert [round(part / widths[1]) for part in widths] == [3, 1, 3, 1, 2, 1, 2, 1, 2, 1, 2, 1]  # training and test pictures of each class


@pytest.mark.parametrize("count", [1, 6, 14])
def test_picture_grid(lang, dataset, count):
    grid = plots.picture_grid(dataset.train, count=count)
    assert grid.count("<figure>") == grid.count("<img ") == count and str(count) in grid.alt


def test_wrong_pictures(lang, dataset):
    wrong = [WrongPicture(sample.path, sample.label, HOSTILE[0], 0.5 + place / 100) for place, sample in enumerate(dataset.train)]
    wrong.append(WrongPicture(Path("/gone.png"), "cat", "dog", 0.99))
    grid = plots.wrong_pictures(evaluation(HOSTILE, wrong), count=5)
    assert grid.count("<figure>") == 5 and grid.count("<img ") == 4 and grid.index("dog 99%") < grid.index("63%")
    assert "<figure>" not in plots.wrong_pictures(evaluation(("a", "b")))
