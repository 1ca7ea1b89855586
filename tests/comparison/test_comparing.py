"""``compare``: its figures against direct computation, its answer's form, and bad input."""
import json

import numpy as np
import pytest

from edukit.comparison import Comparison, compare
from edukit.core.errors import BadArgument, BadDataset, ClassesDiffer, FileMissing, NoCard, NotFinite, UnknownModelFormat
from edukit.core.events import Stopped
from edukit.core.i18n import set_language
from edukit.models.loading import load_model
from tests.comparisons import pictures
from tests.onnx_files import CLASSES, card, save


def test_accuracy_agreement_and_differences_are_those_of_the_probabilities(models, data):
    found = compare(models, data, accuracy_only=True)
    first, second = (load_model(path).predict_answers(list(data)) for path in models)
    right = [(scores.argmax(1) == data.labels).mean() for scores in (first, second)]
    assert [model.top1 for model in found.models] == pytest.approx(right)
    assert found.models[1].agreement == pytest.approx((first.argmax(1) == second.argmax(1)).mean())
    assert found.models[1].max_difference == pytest.approx(np.abs(first - second).max(), abs=1e-6)
    assert [picture.path for picture in found.changed] == [s.path for s, a, b in zip(data, first.argmax(1), second.argmax(1)) if a != b]
    assert found.models[0].agreement == 1 and found.models[0].max_difference == 0 and found.models[0].top5 == 1
    assert found.ratios == () and found.models[0].latency_ms is None and found.models[0].throughput is None


def test_the_answer_has_the_agreed_form_and_survives_json(models, data):
    events = []
    found = compare(models, data, runs=20, on_event=events.append)
    events = [event for event in events if "stage" in event.values]  # after a look at the pictures
    answer = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert {"models", "ratios", "environment"} <= answer.keys()
    wanted = {"path", "runtime", "size_bytes", "top1", "top5", "agreement", "max_difference", "latency_ms", "inference_ms", "throughput"}
    assert all(wanted <= model.keys() for model in answer["models"])
    assert answer["models"][0]["latency_ms"].keys() == {"p50", "p90", "p99"} == answer["models"][0]["inference_ms"].keys()
    assert answer["ratios"][0].keys() == {"of", "to", "ratio", "interval"}
    assert answer["ratios"][0]["of"] == answer["models"][1]["path"] and answer["ratios"][0]["to"] == answer["models"][0]["path"]
    throughputs = [model["throughput"] for model in answer["models"]]
    assert answer["ratios"][0]["ratio"] == pytest.approx(throughputs[1] / throughputs[0])
    assert {"cpu", "threads", "batch", "runs", "os", "versions"} <= answer["environment"].keys() and answer["environment"]["runs"] == 20
    assert Comparison.from_dict(answer) == found
    rounds = [event for event in events if event.values.get("stage") == "speed"]
    assert len(rounds) == 2 * 20 and events[-1].done == events[-1].total and [e.done for e in events] == list(range(1, len(events) + 1))


def test_speed_needs_no_pictures(models):
    found = compare(models, None, speed_only=True, runs=4, batch_size=3)
    assert found.models[0].top1 is None and found.models[0].agreement is None and found.models[0].latency_ms.p50 > 0
    assert found.environment["batch"] == 3 and found.changed == ()


def test_a_model_that_knows_the_classes_in_another_order_is_read_by_label(tmp_path, data, models):
    turned = tmp_path / "turned.onnx"
    weights = np.random.default_rng(0).normal(size=(3, 3)).astype(np.float32)
    save(turned, weights=weights[:, [2, 0, 1]], with_card=card(classes=(CLASSES[2], CLASSES[0], CLASSES[1])).to_json())
    found = compare([models[0], turned], data, accuracy_only=True)
    assert found.models[1].agreement == 1 and found.models[1].max_difference < 1e-6 and found.models[1].top1 == found.models[0].top1


def test_names_tell_models_apart(models, data):
    assert [m.name for m in compare([*models, models[0]], data, accuracy_only=True).models] == ["ONNX first.onnx #1", "ONNX second.onnx", "ONNX first.onnx #2"]
    assert [m.name for m in compare(models[:1], data, accuracy_only=True).models] == ["ONNX"]


def test_a_card_by_hand_serves_a_file_without_one(tmp_path, data):
    bare = save(tmp_path / "bare.onnx", with_card=False)
    with pytest.raises(NoCard):
        compare([bare], data)
    assert compare([bare], data, accuracy_only=True, cards=[card()]).models[0].count == len(data)


def test_what_the_data_warn_of_stands_beside_the_figures(tmp_path, models):
    leaking = pictures(tmp_path, warnings=("2 pictures leak.",))
    assert compare(models, leaking, accuracy_only=True).warnings == ("2 pictures leak.",)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"threads": 0}, "threads"), ({"threads": True}, "threads"), ({"threads": 1.5}, "threads"), ({"batch_size": -1}, "batch_size"), ({"runs": "ten"}, "runs"),
     ({"accuracy_only": True, "speed_only": True}, "speed_only"), ({"data": None}, "data"), ({"models": []}, "models"), ({"models": "best.pth"}, "models"),
     ({"models": [5]}, "models"), ({"models": [b"x.onnx"]}, "models")],
)  # fmt: skip
def test_bad_arguments_are_named_before_any_work(models, data, wrong, name):
    arguments = {"models": models, "data": data} | wrong
    with pytest.raises(BadArgument) as caught:
        compare(arguments.pop("models"), arguments.pop("data"), **arguments)
    assert caught.value.found["name"] == name


def test_bad_files_are_coded_errors(tmp_path, models, data):
    (tmp_path / "model.txt").write_text("no model")
    with pytest.raises(UnknownModelFormat):
        compare([models[0], tmp_path / "model.txt"], data)
    with pytest.raises(FileMissing):
        compare([models[0], tmp_path / "gone.onnx"], data)
    with pytest.raises(ClassesDiffer):
        compare(models, pictures(tmp_path, classes=("a", "b")), accuracy_only=True)


def test_an_error_in_a_measuring_process_arrives_as_itself_and_in_our_language(tmp_path, data):
    broken = save(tmp_path / "nan.onnx", weights=np.array([[1, 2, 3e38]] * 3, np.float32))
    set_language("zh")
    with pytest.raises(NotFinite) as caught:
        compare([broken], data, accuracy_only=True)
    assert caught.value.code == "E312" and "nan.onnx" in caught.value.message


def test_a_picture_that_vanished_is_a_coded_error(models, data):
    data[4].path.unlink()
    with pytest.raises(BadDataset, match=data[4].path.name):
        compare(models, data, accuracy_only=True)


def test_stop_is_heard_long_before_the_end(models, data):
    seen = []
    with pytest.raises(Stopped):
        compare(models, data, runs=20_000, on_event=seen.append, should_stop=lambda: any(event.values.get("stage") == "speed" for event in seen))
    assert sum(event.values.get("stage") == "speed" for event in seen) == 1
