"""The quick looks before a training: a rate that suits, and whether one batch can be learnt; bad input; nothing is left on disk."""
import json
from dataclasses import replace

import pytest
from dataset_files import imagenet

import edukit as ek
from edukit.cli.main import main
from edukit.core.workspace import current
from edukit.training import BatchCheck, RateSearch
from edukit.training.probe_results import batch_chart, rate_chart


@pytest.fixture(scope="module")
def pets(tmp_path_factory):
    return imagenet(tmp_path_factory.mktemp("data") / "pets", "cat", "dog")


def test_the_loss_is_told_for_growing_rates_and_nothing_is_written(pets, tmp_path):
    told = []
    before = sorted(tmp_path.parent.rglob("*.pth"))
    found = ek.find_rate(pets, "LeNet", steps=20, on_event=told.append)
    assert list(found.rates) == sorted(found.rates) and len(found.rates) == len(found.losses) and found.rates[0] == pytest.approx(1e-5)
    steps = [event for event in told if getattr(event, "unit", "") == "step"]
    assert steps and steps[-1].values["lr"] == pytest.approx(found.rates[-1]) and not found.stopped
    assert sorted(tmp_path.parent.rglob("*.pth")) == before and not list(current().folder.glob("*-*"))
    assert RateSearch.from_dict(json.loads(json.dumps(found.to_dict()))) == found and "<svg" in found._repr_html_()


@pytest.mark.parametrize("loss", [1.7768, 0.0, 1e-12, 1e6])
def test_the_first_point_alone_is_drawn_too(loss):
    """A page that looks right after the first report has no more."""
    assert "circle" in rate_chart([1e-5], [loss], "x") and "circle" in batch_chart([loss], "x")


def test_the_proposal_lies_where_the_loss_falls_and_there_is_none_where_it_never_does():
    rates = [10.0 ** (power / 10) for power in range(-50, 1)]
    falling = [2.0 if rate < 1e-3 else 1.0 if rate < 3e-2 else 6.0 for rate in rates]
    found = RateSearch.of(rates, falling, backbone="LeNet")
    assert found.suggestion in (0.001, 0.002, 0.0005) and f"{found.suggestion:g}" in str(found)
    for flat in ([2.0] * 51, [2.0 + i for i in range(51)], [2.0, 1.0], []):
        none = RateSearch.of(rates[: len(flat)], flat, backbone="LeNet")
        assert none.suggestion is None and "never fell" in str(none) and none._repr_html_()


def test_a_batch_is_learnt_or_it_is_said_that_it_is_not(pets):
    good = ek.learn_batch(pets, "LeNet", lr=0.005, steps=200)
    assert good.learned and len(good.losses) < 200 and good.losses[-1] < good.losses[0] and str(good).startswith("Yes")
    bad = ek.learn_batch(pets, "LeNet", lr=1e-7, steps=12)
    assert not bad.learned and len(bad.losses) == 12 and str(bad).startswith("No: after 12 looks") and "1e-07" in str(bad)
    assert BatchCheck.from_dict(json.loads(json.dumps(bad.to_dict()))) == bad and "<svg" in bad._repr_html_()


def test_all_classes_are_in_the_batch_also_of_a_set_with_few_pictures(pets):
    dataset = ek.load_dataset(pets)
    assert ek.learn_batch(dataset, "LeNet", batch_size=4, steps=2).pictures == 4
    two = dataset.with_split(dataset.train.subset([0, len(dataset.train) - 1]))
    assert ek.learn_batch(two, "LeNet", steps=2).pictures == 2


def test_labels_that_contradict_each_other_cannot_be_learnt(pets):
    dataset = ek.load_dataset(pets)
    one = dataset.train[0]
    twins = replace(dataset.train, samples=tuple(replace(one, target=target) for target in [one.target, dataset.train[-1].target] * 4))
    assert not ek.learn_batch(dataset.with_split(twins), "LeNet", steps=40).learned


def test_a_stop_keeps_what_was_seen(pets):
    asked = iter([False] * 60 + [True] * 1000)
    found = ek.find_rate(pets, "LeNet", steps=500, should_stop=lambda: next(asked))
    assert found.stopped and 0 < len(found.rates) < 60


@pytest.mark.parametrize(("words", "name"), [
    (["find-rate", "nowhere"], "nowhere"), (["learn-batch", "emoji", "--backbone", "LeNett"], "LeNet"), (["learn-batch", "emoji", "--lr", "0"], "lr"),
    (["find-rate", "emoji", "--steps", "3"], "steps"), (["learn-batch", "emoji", "--backbone", "LeNet", "--image-size", "8"], "image"),
    (["find-rate", "emoji", "--checkpoint", "gone.pth"], "gone.pth"),
])  # fmt: skip
def test_bad_input_is_told_before_any_work(words, name, capfd):
    assert main([*words, "--json", "--lang", "en"]) == 2
    error = json.loads(capfd.readouterr().out)["error"]
    assert name in error["message"] and error["remedy"] and error["code"] != "E900"


def test_the_command_line_answers_in_a_sentence_and_as_json(pets, capfd):
    assert main(["learn-batch", str(pets), "--backbone", "LeNet", "--steps", "3"]) == 0
    assert "LeNet" in capfd.readouterr().out
    assert main(["find-rate", str(pets), "--backbone", "LeNet", "--steps", "12", "--json"]) == 0
    assert set(json.loads(capfd.readouterr().out)) >= {"rates", "losses", "suggestion"}
