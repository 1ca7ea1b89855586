"""What the explorables of lessons 02 and 03 teach holds for the real pictures: more helps if it is different, and figures lie where exam and textbook meet."""
import numpy as np
import pytest

from edukit.core.workspace import use
from edukit.data import DatasetBuilder, load_dataset, sample_features
from edukit.data.variants import next_frame, on_pattern, saved_again, with_skin
from edukit.training.bodies import Body, int8_body
from edukit.training.sample_heads import taken
from edukit.widgets.explorables.curve import Curve
from edukit.widgets.explorables.leak import KINDS, Leak


@pytest.fixture
def curve(work):
    return Curve(work)


@pytest.fixture
def leak(work):
    return Leak(work)


def told(view, choice=0, **state):
    values = {slider.name: slider.start for slider in view.sliders} | ({"own": 0} if isinstance(view, Curve) else {}) | state
    answer, pictures = view.look(values, choice)
    assert pictures and view.error == {}
    return answer


def test_more_different_pictures_help_and_repeats_and_wrong_labels_do_not(curve):
    def right(**state):
        return told(curve, **state)["marks"][-1][1]

    grown = [right(count=count) for count in (1, 5, 10, 20)]
    assert grown == sorted(grown) and grown[-1] > grown[0] + 30
    assert "grow" in told(curve, count=20)["reached"]
    answer = told(curve, count=20, alike=90)
    assert "same" in answer["reached"] and "2 of them different" in answer["verdict"] and answer["right"] is None
    assert "wrong_labels" in told(curve, count=20, wrong=60)["reached"]
    rows, labels = taken(curve.orders[0], 10, 50, 20)
    assert len(rows) == len(labels) == 60 and len(set(rows)) == 30 and sum(label != place // 10 for place, label in enumerate(labels)) == 12


def test_ones_own_set_is_learnt_from_where_it_is_large_enough(curve, work, tmp_path):
    use(work.workspace)
    work.choose_dataset("emoji")
    answer = told(curve, own=1)
    assert "no set of your own" in answer["body"] and "39 validation" in answer["body"] and curve.heads is curve.sample
    emoji = load_dataset("emoji")
    builder = DatasetBuilder("mine")
    for label in ("food", "face"):
        builder.add(label, [sample.path for sample in emoji.train if sample.label == label][:6])
    work.choose_dataset("mine")
    assert "too small" in told(curve, own=1)["body"] and "These are the sample pictures" in told(curve, own=1)["body"]
    for label in ("food", "face"):
        builder.add(label, [sample.path for sample in emoji.train if sample.label == label][6:30])
    builder.split("0.6,0.2,0.2")
    work.version += 1
    first, answer = told(curve, own=1, count=1), told(curve, own=1, count=20)
    learnt = min(builder.dataset().train.counts.values())
    assert f"{learnt} of a class at most" in answer["body"] and f"{learnt} different pictures of each class" in answer["verdict"] and learnt < 20
    assert [mark[0] for mark in answer["marks"]] == [1, learnt] and "“mine”" in answer["body"] and answer["body"].count("<output>") == 2
    assert answer["marks"][-1][1] >= first["marks"][0][1] and answer["marks"][-1][1] > 80
    again = told(curve, count=3)
    assert [mark[0] for mark in again["marks"]] == [3] and "39 validation" in again["body"], "the sample set starts a curve of its own"
    builder.dataset().validation[0].path.write_bytes(b"no picture")
    work.version += 1
    assert "These are the sample pictures" in told(curve, own=1)["body"], "a picture that cannot be read is told, and nothing breaks"
    work.dataset = "nowhere"
    assert "nowhere" in told(curve, own=1)["body"] and curve.error == {}


def test_the_figure_lies_as_soon_as_the_exam_is_in_the_textbook(leak):
    assert told(leak)["right"] is True and "can be trusted" in told(leak)["verdict"]
    for kind in ("again", "frame"):
        answer = told(leak, list(KINDS).index(kind), share=100, learnt=3)
        assert answer["right"] is False and answer["marks"][-1][1] >= 97 and "perfect" in answer["reached"]
    assert told(leak, share=20)["records"]["few"].endswith("8.") and "few" in told(leak, share=20)["reached"]
    shortcut = told(leak, list(KINDS).index("pattern"), share=100, learnt=20)
    assert "shortcut" in shortcut["reached"] and "honest" not in shortcut["reached"] and shortcut["marks"][-1][1] > 90
    assert "honest" in told(leak, list(KINDS).index("pattern"), share=10, learnt=20)["reached"]
    assert len({choice["uri"] for choice in leak.choices}) == 3


def test_the_features_that_travel_along_are_those_of_the_pictures():
    dataset, features = load_dataset("emoji"), sample_features("emoji")
    assert {len(rows) for name, rows in features.items() if name.startswith("train")} == {len(dataset.train)}
    paths = [sample.path for sample in dataset.validation][::3]
    body = Body(int8_body())
    for name, made in (("validation", paths), ("validation_again", map(saved_again, paths)), ("validation_frame", map(next_frame, paths)),
                       ("validation_own", [on_pattern(path, dataset.classes.index(path.parent.name)) for path in paths])):  # fmt: skip
        whole, kept = body.features(list(made)), features[name][::3]
        far = [np.linalg.norm(rows[:, None] - rows[None], axis=2)[np.triu_indices(13, 1)] for rows in (whole, kept)]
        assert np.corrcoef(far)[0, 1] > 0.7, name


def test_a_face_of_another_colour_is_the_same_face():
    path = next(sample.path for sample in load_dataset("emoji").validation if sample.label == "face")
    yellow, dark = with_skin(path, (1, 1, 1)), with_skin(path)
    assert np.abs(yellow.astype(int) - load_dataset("emoji").validation[[s.path for s in load_dataset("emoji").validation].index(path)].image()).mean() < 2
    assert dark.mean() < yellow.mean() - 20 and (dark[0, 0] == 255).all()
