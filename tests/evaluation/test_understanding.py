"""What an evaluation tells beyond its figures: sureness, thresholds, chance, probes, reasons, and the page that shows them."""
import json
from dataclasses import replace

import numpy as np
import pytest
from dataset_files import imagenet
from networks import fresh

import edukit as ek
from edukit.cli.main import main
from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument, BadSuffix, OutputExists
from edukit.core.i18n import set_language
from edukit.data import load_dataset
from edukit.evaluation import (
    BACKGROUNDS,
    SKIN_TONES,
    at_threshold,
    bootstrap_interval,
    coverage_curve,
    evaluate,
    f1_intervals,
    fit_temperature,
    grad_cam,
    grid_of,
    mcnemar,
    nearest,
    probe,
    reliability,
    scale,
    threshold_for,
)
from edukit.evaluation.probes import background, with_skin
from edukit.evaluation.showing import grid_html
from edukit.evaluation.significance import accuracy
from edukit.models import backbones, find_backbone, save_checkpoint
from edukit.tasks.classification import Classification, softmax
from edukit.tasks.classification_results import ClassEvaluation
from tests.evaluation.test_evaluation import CLASSES, Brightest, split_of


def answered(scores, targets, folder, classes=("a", "b")):
    """An evaluation whose probabilities are given."""
    from edukit.data import ClassLabel, Sample

    samples = [Sample(folder / f"{place}.png", ClassLabel(classes[target], target)) for place, target in enumerate(targets)]
    return Classification().evaluation(np.array(scores), np.array(targets), samples, classes, count=len(targets))


@pytest.fixture
def mixed(tmp_path):
    """Ten pictures of class a: sure and right, unsure and wrong, and one that is sure and wrong."""
    return answered([[0.95, 0.05]] * 6 + [[0.45, 0.55]] * 3 + [[0.05, 0.95]], [0] * 10, tmp_path)


def test_sureness_is_held_against_how_often_it_is_right(mixed):
    found = reliability(mixed, bins=10)
    assert [(one.count, round(one.confidence, 2), round(one.accuracy, 2)) for one in found.bins] == [(3, 0.55, 0), (7, 0.95, round(6 / 7, 2))]
    assert found.error == pytest.approx((3 * 0.55 + 7 * (0.95 - 6 / 7)) / 10)
    assert (found.accuracy, found.confidence) == (pytest.approx(0.6), pytest.approx(0.83))


def test_a_temperature_that_was_put_in_is_found_again_and_changes_no_answer():
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 2, (4000, 5))
    labels = (scores + rng.gumbel(size=scores.shape)).argmax(1)  # drawn by the probabilities that the scores stand for
    hot = softmax((scores * 3).astype(np.float32))
    assert fit_temperature(hot, labels) == pytest.approx(3, rel=0.1)
    assert (scale(hot, 3).argmax(1) == hot.argmax(1)).all() and np.allclose(scale(hot, 1), hot, atol=1e-6)


def test_a_threshold_keeps_back_mistakes_and_costs_right_answers(mixed):
    found = at_threshold(mixed, 0.6)
    assert (found.right, found.wrong, found.unknown, found.kept_from_wrong) == (6, 1, 3, 3) and found.coverage == 0.7
    assert at_threshold(mixed, 0).unknown == 0 and at_threshold(mixed, 1).accuracy is None
    assert [one.unknown for one in coverage_curve(mixed)] == [0, 0, 3]
    assert threshold_for(mixed, 0.8).threshold == 0.95 and threshold_for(mixed, 0.99) is None
    for lang, part in (("zh", "避开了 3 个错误"), ("en", "avoids 3 wrong answers")):
        set_language(lang)
        assert part in str(found) and part in found._repr_html_()


def test_intervals_narrow_with_pictures_and_are_the_same_each_time(mixed, tmp_path):
    low, high = bootstrap_interval(mixed, accuracy)
    assert low < 0.6 < high and bootstrap_interval(mixed, accuracy) == (low, high)
    many = answered([[0.9, 0.1]] * 600 + [[0.1, 0.9]] * 400, [0] * 1000, tmp_path)
    assert np.subtract(*bootstrap_interval(many, accuracy)[::-1]) < (high - low) / 5
    assert set(f1_intervals(mixed)) == {"a", "b"}


def test_mcnemar_asks_only_the_pictures_that_part_the_models(tmp_path):
    good, bad = [0.9, 0.1], [0.1, 0.9]
    first, second = answered([good] * 18 + [bad] * 2, [0] * 20, tmp_path), answered([good] * 8 + [bad] * 10 + [good] * 2, [0] * 20, tmp_path)
    found = mcnemar(first, second)
    assert (found.both, found.neither, found.first_only, found.second_only) == (8, 0, 10, 2)
    assert found.p_value == pytest.approx(2 * sum((1, 12, 66)) / 2**12) and found.proves and "12" not in str(found)
    assert not mcnemar(first, answered([good] * 20, [0] * 20, tmp_path)).proves and mcnemar(first, first).p_value == 1
    with pytest.raises(BadArgument):
        mcnemar(first, answered([good] * 3, [0] * 3, tmp_path))


def test_every_picture_is_in_the_answer_with_rank_and_score_and_comes_back_from_json(mixed):
    again = ClassEvaluation.from_dict(json.loads(json.dumps(mixed.to_dict(), allow_nan=False)))
    assert again.pictures == mixed.pictures and [one.rank for one in mixed.pictures] == [1] * 6 + [2] * 4
    assert mixed.pictures[9].truth == pytest.approx(0.05) and not mixed.pictures[9].right
    old = {name: value for name, value in mixed.to_dict().items() if name not in ("pictures", "temperature", "reasons")}
    assert ClassEvaluation.from_dict(old).pictures == ()


def test_the_background_is_changed_and_the_thing_is_not(tmp_path):
    image = np.full((20, 20, 3), 255, np.uint8)
    image[5:15, 5:15] = (10, 200, 30)
    image[9:11, 9:11] = 255  # white inside the thing is no background
    behind = background(image)
    assert behind.sum() == 400 - 100 and not behind[9:11, 9:11].any()
    for change in BACKGROUNDS.values():
        changed = change(image)
        assert (changed[~behind] == image[~behind]).all() and (changed[behind] != image[behind]).any() and changed.dtype == np.uint8
    face = np.full((8, 8, 3), (255, 200, 60), np.uint8)
    face[0] = (20, 20, 200)
    dark = with_skin("dark")(face)
    assert (dark[0] == face[0]).all() and tuple(dark[4, 4]) == (124, 83, 62) and len(SKIN_TONES) == 5


def test_a_model_that_knows_colours_alone_is_fooled_by_a_red_background(tmp_path):
    split = split_of(tmp_path, list(CLASSES), [0, 1, 2])
    plain, red = probe(Brightest.knowing(tmp_path, CLASSES), split, {"red": lambda image: np.full(image.shape, (255, 0, 0), np.uint8)})
    assert (plain.right, plain.count, plain.changed) == (3, 3, 0) and (red.right, red.changed) == (1, 2)
    only = probe(Brightest.knowing(tmp_path, CLASSES), split, {}, label=CLASSES[2])
    assert [one.count for one in only] == [1]


def test_each_model_meets_each_drawing_style():
    sample = ek.sample_model("emoji")
    grid = grid_of(evaluate(sample, data) for data in ("emoji", "emoji-fluent"))
    assert list(grid) == ["emoji"] and list(grid["emoji"]) == ["emoji", "emoji-fluent"] and grid["emoji"]["emoji"].top1 > grid["emoji"]["emoji-fluent"].top1
    unknown = replace(grid["emoji"]["emoji"], trained_on="", top1=0.25)
    grid = grid_of([*grid["emoji"].values(), unknown, replace(unknown, top1=0.5)])
    assert list(grid) == ["emoji", sample.name] and grid[sample.name]["emoji"].top1 == 0.25, "of several the first"
    drawn = grid_html(grid)
    assert drawn.count("aria-current") == 1 and "Fluent" in drawn and "25.0%" in drawn
    assert grid_html(grid_of([unknown])) == grid_html({}) == ""


def checkpoint_of(name, folder, classes=("cat", "dog")):
    network, _ = fresh(name, len(classes))
    card = ModelCard(backbone=name, classes=classes, preprocess=find_backbone(name).preprocess)
    save_checkpoint(folder / f"{name}.pth", network.eval(), card)
    return folder / f"{name}.pth"


QUICK = ("LeNet", "SqueezeNet", "MobileNetV3-Small")


@pytest.mark.parametrize("name", [pytest.param(one.name, marks=() if one.name in QUICK else pytest.mark.slow) for one in backbones()])
def test_grad_cam_of_every_backbone(tmp_path, name):
    model = ek.load_model(checkpoint_of(name, tmp_path))
    picture = np.random.default_rng(0).integers(0, 256, (90, 60, 3)).astype(np.uint8)
    heat = grad_cam(model, picture, "dog")
    assert heat.shape == (24, 24) and np.isfinite(heat).all() and heat.min() >= 0 and heat.max() <= 1
    assert all(not layer._forward_hooks for layer in model.network.modules()), "hooks stay behind"


def test_the_heat_lies_where_the_answer_comes_from(tmp_path):
    """A network made by hand whose score is the red in a picture: the heat must lie on the red corner."""
    import torch

    path = checkpoint_of("LeNet", tmp_path)
    model = ek.load_model(path)
    with torch.no_grad():
        for layer in (one for one in model.network.modules() if hasattr(one, "weight")):
            layer.weight.zero_()
            layer.bias.zero_()
            if layer.weight.ndim == 4:
                layer.weight[0, 0] = 1 / layer.weight[0, 0].numel()
            else:
                layer.weight[0] = 1
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:24, 40:] = (255, 0, 0)
    heat = grad_cam(model, picture, "cat")
    assert heat[:8, 16:].mean() > 4 * heat[12:, :12].mean()


def test_the_nearest_training_picture_of_a_training_picture_is_itself(tmp_path):
    dataset = load_dataset(imagenet(tmp_path / "pets", "cat", "dog"))
    found = nearest(checkpoint_of("LeNet", tmp_path), dataset.train[:2], dataset.train.samples)
    assert [one[0].similarity for one in found] == pytest.approx([1, 1], abs=1e-4) and all(len(one) == 3 for one in found)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_has_everything_and_asks_the_network_for_nothing(tmp_path, lang):
    set_language(lang)
    pets = imagenet(tmp_path / "<b>pets", "cat", "dog")
    page, told = tmp_path / "报告.html", []
    found = evaluate(checkpoint_of("LeNet", tmp_path), pets, report=page, on_event=told.append)
    text = page.read_text(encoding="utf-8")
    assert found.temperature and len(found.reasons) == min(6, len(found.wrong)) and len(found.wrong) > 0
    assert "<b>pets" not in text and "http" not in text.replace("http://www.w3.org", "") and text.count("<svg") == 4 and "@media print" in text
    assert str(page) in told[-1].text and text.count("<section>") == 6
    evaluate(checkpoint_of("LeNet", tmp_path), pets, report=page)  # a report of ours is replaced
    (tmp_path / "mine.html").write_text("mine")
    for target, error in ((tmp_path / "mine.html", OutputExists), (tmp_path / "a.txt", BadSuffix)):
        with pytest.raises(error):
            evaluate(tmp_path / "no.pth", pets, report=target)
    assert (tmp_path / "mine.html").read_text() == "mine"


def test_reasons_need_a_checkpoint_and_a_report_does_not(tmp_path):
    page = tmp_path / "a.html"
    found = evaluate(ek.sample_model("emoji"), "emoji", split="validation", report=page)
    assert found.reasons == () and found.temperature and all(one.scaled for one in found.pictures) and page.is_file()
    with pytest.raises(BadArgument):
        evaluate(ek.sample_model("emoji"), "emoji", split="validation", reasons=2)


def test_the_command_line_writes_the_page_and_answers_with_every_picture(tmp_path, capsys):
    page = tmp_path / "why.html"
    assert main(["evaluate", str(ek.sample_model("emoji")), "emoji", "--split", "validation", "--report", str(page), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert page.is_file() and len(answer["pictures"]) == answer["count"] == 39 and 0 < answer["temperature"] < 20
    (tmp_path / "mine.html").write_text("mine")
    assert main(["evaluate", str(ek.sample_model("emoji")), "emoji", "--report", str(tmp_path / "mine.html"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] and (tmp_path / "mine.html").read_text() == "mine"
