"""Evaluation: right figures from any predictor, labels matched by name, and what does not fit is told."""
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from edukit.cli.human import answer_text
from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument, ClassesDiffer, TooFewPictures
from edukit.core.events import Stopped
from edukit.core.i18n import set_language
from edukit.core.preprocess import Preprocess
from edukit.data import ClassLabel, Sample, Split
from edukit.evaluation import evaluate
from edukit.runtime.predictor import Predictor

CLASSES = ("猫", "<b>dog</b>", "it's")


class Brightest(Predictor):
    """Calls a picture by its brightest channel; ``order`` is which class stands for red, green, blue."""

    runtime = "test"

    def run(self, batch):
        return {"scores": batch.mean(axis=(2, 3)) * 9}

    @classmethod
    def knowing(cls, folder, classes):
        path = folder / "model.bin"
        path.write_bytes(b"x")
        return cls(path, ModelCard(classes=classes, preprocess=Preprocess(size=(4, 4), mean=(0.0,) * 3, std=(255.0,) * 3)))


def split_of(folder, labels, colours, *, classes=CLASSES, name="test", warnings=()):
    from PIL import Image

    samples = []
    for number, (label, channel) in enumerate(zip(labels, colours)):
        picture = np.zeros((5, 5, 3), np.uint8)
        picture[..., channel] = 200
        Image.fromarray(picture).save(folder / f"{number}.png")
        samples.append(Sample(folder / f"{number}.png", ClassLabel(label, classes.index(label))))
    return Split(name, tuple(samples), classes, "things", folder, {}, warnings)


def test_figures_of_a_model_that_errs_in_a_known_way(tmp_path):
    labels = [CLASSES[0]] * 3 + [CLASSES[1]] * 2 + [CLASSES[2]]
    split = split_of(tmp_path, labels, [0, 0, 1, 1, 1, 0])
    seen = []
    found = evaluate(Brightest.knowing(tmp_path, CLASSES), split, batch_size=4, on_event=seen.append)
    assert (found.count, found.top1, found.top5) == (6, pytest.approx(4 / 6), 1)
    assert found.confusion == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
    assert found.per_class["猫"] == {"count": 3, "correct": 2, "recall": pytest.approx(2 / 3), "precision": pytest.approx(2 / 3), "f1": pytest.approx(2 / 3)}
    assert found.per_class["it's"] == {"count": 1, "correct": 0, "recall": 0, "precision": None, "f1": 0}
    assert {(Path(one.path).name, one.label, one.predicted) for one in found.wrong} == {("2.png", "猫", "<b>dog</b>"), ("5.png", "it's", "猫")}
    assert all(0 < one.score <= 1 for one in found.wrong) and found.interval[0] < found.top1 < found.interval[1]
    assert [event.done for event in seen][-2:] == [4, 6] and seen[-1].total == 6
    answer = json.loads(json.dumps(found.to_dict(), allow_nan=False, ensure_ascii=False))
    assert answer["top1"] == found.top1 and answer["wrong"][0]["path"].endswith(".png") and answer["confusion"] == found.confusion


def test_the_same_classes_in_another_order_are_matched_by_name(tmp_path):
    split = split_of(tmp_path, ["b", "c", "a"], [1, 2, 0], classes=("c", "b", "a"))
    assert evaluate(Brightest.knowing(tmp_path, ("a", "b", "c")), split).top1 == 1


@pytest.mark.parametrize("classes", [("a", "b"), ("a", "b", "d"), ("a", "b", "c", "d")])
def test_other_classes_are_told_with_both_sides(tmp_path, classes):
    split = split_of(tmp_path, ["a"], [0], classes=classes)
    with pytest.raises(ClassesDiffer) as caught:
        evaluate(Brightest.knowing(tmp_path, ("a", "b", "c")), split)
    assert caught.value.code == "E207" and "a, b, c" in caught.value.message and ", ".join(classes) in caught.value.message


def test_an_empty_split_a_bad_batch_size_and_a_stop(tmp_path):
    model = Brightest.knowing(tmp_path, CLASSES)
    with pytest.raises(TooFewPictures):
        evaluate(model, split_of(tmp_path, [], []))
    split = split_of(tmp_path, [CLASSES[0]], [0])
    for wrong in (0, -1, True, "4", 1.5, float("nan")):
        with pytest.raises(BadArgument, match="batch_size"):
            evaluate(model, split, batch_size=wrong)
    with pytest.raises(Stopped):
        evaluate(model, split, should_stop=lambda: True)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_makes_a_figure_doubtful_stands_beside_it_and_names_are_shown_escaped(tmp_path, lang):
    set_language(lang)
    found = evaluate(Brightest.knowing(tmp_path, CLASSES), split_of(tmp_path, [CLASSES[1]], [1], name="train", warnings=("2 leaked <i>",)))
    assert found.warnings[0] == "2 leaked <i>" and len(found.warnings) == 3
    page = found._repr_html_()
    assert "&lt;b&gt;dog" in page and "<b>dog" not in page and "<i>" not in page and "100%" in page


def test_a_table_has_one_row_a_class(tmp_path):
    table = evaluate(Brightest.knowing(tmp_path, CLASSES), split_of(tmp_path, [CLASSES[0]], [0])).to_frame()
    assert list(table.index) == list(CLASSES) and list(table.columns) == ["count", "correct", "recall", "precision", "f1"]


def test_of_few_pictures_the_command_line_tells_the_count_and_no_share(tmp_path):
    found = evaluate(Brightest.knowing(tmp_path, CLASSES), split_of(tmp_path, [CLASSES[1]], [1]))
    told = answer_text("evaluate", found).splitlines()[0]
    assert told.startswith("1 of 1 right: too few to say more.") and "top-5" not in told, "of three classes one of the best five is always right"
    many = dataclasses.replace(found, classes=tuple("abcdefghijk"))
    assert many.summary().endswith("(top-5): 1/1.")
