"""``compare_accuracy``: answers side by side, figures against direct computation, intervals, pictures without labels, bad input."""
import json

import numpy as np
import pytest

import edukit as ek
from edukit.cli.main import main
from edukit.comparison import AccuracyComparison
from edukit.comparison.statistics import paired_gap
from edukit.core.errors import BadArgument, ClassesDiffer, NotAnImage
from edukit.core.i18n import set_language
from edukit.core.imagenet import imagenet_classes, imagenet_names
from edukit.core.images import encode_png
from edukit.models.loading import load_model
from tests.comparisons import pictures
from tests.onnx_files import card, save


@pytest.fixture
def models(tmp_path):
    """The second is the first with weights a little changed."""
    weights = np.random.default_rng(0).normal(size=(3, 3)).astype(np.float32)
    more = np.random.default_rng(1).normal(scale=0.4, size=(3, 3)).astype(np.float32)
    return [save(tmp_path / "first.onnx", weights=weights), save(tmp_path / "second.onnx", weights=weights + more)]


@pytest.fixture
def data(tmp_path):
    """Pictures of one colour each, so that models disagree on some of them."""
    found = pictures(tmp_path, 18)
    for number, sample in enumerate(found):
        colour = np.random.default_rng(number).integers(0, 256, 3, np.uint8)
        sample.path.write_bytes(encode_png(np.broadcast_to(colour, (20, 20, 3)).copy()))
    return found


def test_each_pictures_answers_stand_side_by_side_and_the_differing_ones_come_first(models, data):
    found = ek.compare_accuracy(models, data)
    first, second = (load_model(path).predict_answers(list(data)) for path in models)
    expected = {sample.path: (a, b) for sample, a, b in zip(data, first, second)}
    differing = sum(a.argmax() != b.argmax() for a, b in expected.values())
    assert 0 < differing < len(data) and [one.differs for one in found.pictures] == [True] * differing + [False] * (len(data) - differing)
    for one in found.pictures:
        for answers, scores in zip(one.answers, expected[one.path]):
            order = np.argsort(-scores)[:3]
            assert answers.labels == tuple(data.classes[i] for i in order) and answers.scores == pytest.approx(scores[order], abs=1e-6)
        assert one.max_difference == pytest.approx(np.abs(np.subtract(*expected[one.path])).max(), abs=1e-6)
    gap = found.gap(found.models[1], "top1")
    hits = [scores.argmax(1) == data.labels for scores in (first, second)]
    assert gap.difference == pytest.approx(hits[1].mean() - hits[0].mean()) and gap.interval[0] <= gap.difference <= gap.interval[1]
    assert found.models[1].agreement == pytest.approx(1 - differing / len(data)) and found.gap(found.models[0], "top1") is None
    answer = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert AccuracyComparison.from_dict(answer) == found and len(found.to_frame()) == 2 * len(data)
    page = found._repr_html_()
    assert page.count("<img") == len(data) and "dog &lt;b&gt;" in page and "dog <b>" not in page and "another answer" in page
    set_language("zh")
    assert "回答不同" in found._repr_html_()


def test_the_interval_comes_of_pairs_and_is_honest_where_nothing_differs():
    rng = np.random.default_rng(0)
    first = rng.random(400) < 0.8
    other = np.where(rng.random(400) < 0.03, ~first, first)
    gap, (low, high) = paired_gap(first, other)
    assert gap == pytest.approx(other.mean() - first.mean()) and low < gap < high
    alone = 2 * 1.96 * np.sqrt(0.8 * 0.2 / 400 * 2)
    assert high - low < alone / 2, "pictures on which both are right or wrong say nothing of the difference"
    assert paired_gap(first, first) == (0.0, (-0.0075, 0.0075))


def test_pictures_of_which_nobody_knows_what_they_show(models, data, capsys):
    folder = data[0].path.parent / "loose"
    folder.mkdir()
    for number in range(2):
        (folder / f"{number}.png").write_bytes(data[number].path.read_bytes())
    found = ek.compare_accuracy(models, folder)
    assert len(found.pictures) == 2 and found.gaps == () and found.pictures[0].label == "" and 0 <= found.models[1].agreement <= 1
    assert ek.compare_accuracy(models, sorted(folder.iterdir())).pictures == found.pictures
    assert main(["compare-accuracy", *map(str, models), "--images", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "ONNX" in told and "largest difference" in told
    (folder / "0.png").write_bytes(b"no picture")
    with pytest.raises(NotAnImage):
        ek.compare_accuracy(models, folder)


def test_models_of_other_classes_and_no_models_are_refused(models, data, tmp_path):
    other = save(tmp_path / "other.onnx", with_card=card(classes=("x", "y", "z")).to_json())
    with pytest.raises(ClassesDiffer):
        ek.compare_accuracy([models[0], other], data)
    for bad in ([], "one.onnx"):
        with pytest.raises(BadArgument):
            ek.compare_accuracy(bad, data)
    with pytest.raises(BadArgument):
        ek.compare_accuracy(models, [1, 2])


def test_imagenet_classes_have_names_for_people():
    labels = [row["synset"] for row in imagenet_classes()]
    assert imagenet_names(labels)["zh"]["n02123045"] == "虎斑猫" and imagenet_names([row["en"] for row in imagenet_classes()])["zh"]["tabby"] == "虎斑猫"
    assert imagenet_names(["animal", "food"]) == {} == imagenet_names(["tabby", "goldfish"])
