"""Quantization: smaller, nearly the same answers, honest figures, and nothing written when anything is wrong."""
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from dataset_files import imagenet
from onnx import numpy_helper
from onnx_files import card, convolutions, network, save, save_external

import edukit
from edukit.compression import quantize
from edukit.compression.quantizing import CALIBRATION_PICTURES, split_calibration
from edukit.core.errors import (
    AlreadyQuantized,
    BadSuffix,
    ClassesDiffer,
    NoCard,
    NotAnOnnxFile,
    NotFinite,
    OutputExists,
    TooFewPictures,
)
from edukit.core.events import Stopped
from edukit.data import ClassLabel, load_dataset
from edukit.runtime import inspect_onnx, load_onnx

PETS = ("bird", "cat", "dog")


@pytest.fixture(scope="module")
def train(tmp_path_factory):
    return load_dataset(imagenet(tmp_path_factory.mktemp("data") / "pets", *PETS)).train


@pytest.fixture
def fp32(tmp_path):
    own = card(classes=PETS, notes={"pretrained": None, "gate": {}}, metrics={"val_top1": 0.9})
    return save(tmp_path / "a.onnx", convolutions(channels=64), with_card=own.to_json())



def test_it_is_smaller_and_answers_nearly_the_same(fp32, train):
    done = quantize(fp32, calibration=train)
    assert done.path.name == "a-int8.onnx" and done.size_bytes < done.size_before_bytes == fp32.stat().st_size
    onnx.checker.check_model(str(done.path), full_check=True)
    before, after = load_onnx(fp32), load_onnx(done)
    assert np.abs(before.predict_answers(train) - after.predict_answers(train)).max() < 0.06
    assert inspect_onnx(done).quantized and inspect_onnx(done).operators["QuantizeLinear"] >= 3
    assert onnxruntime.InferenceSession(str(done.path)).run(None, {"input": np.zeros((2, 3, 16, 16), np.float32)})[0].shape == (2, 3)


def test_weights_are_signed_per_channel_and_activations_unsigned(fp32, train):
    model = onnx.load(quantize(fp32, calibration=train).path)
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    weight = stored["w1_quantized"]
    assert weight.dtype == np.int8 and np.abs(weight).max() <= 64 and stored["w1_scale"].shape == (64,)  # 7 bits
    assert {stored[node.input[2]].dtype.name for node in model.graph.node if node.op_type == "QuantizeLinear"} == {"uint8"}


def test_the_card_tells_what_was_done(fp32, train):
    done = quantize(fp32, calibration=train)
    card_after = load_onnx(done).card
    assert card_after.precision == "int8" and card_after.notes["reduce_range"] is done.reduce_range is True and card_after.notes["pretrained"] is None
    noted = card_after.notes["quantization"]
    assert noted["calibrated_on"] == done.calibrated_on == len(train) * 2 // 3 and noted["count"] == len(train) - done.calibrated_on
    assert noted["method"] == done.method and 0 <= noted["top1_after"] <= 1
    assert dict(card_after.metrics) == {"agreement": done.agreement} and "gate" not in card_after.notes
    assert card_after.made["verb"] == "quantize" and set(card_after.made["inputs"]) == {"model", "calibration"}


def test_figures_are_those_of_pictures_that_calibration_did_not_see(fp32, train):
    done, (_, held_out) = quantize(fp32, calibration=train), split_calibration(train)
    before, after = (load_onnx(path).predict_answers(held_out).argmax(axis=1) for path in (fp32, done))
    assert done.count == len(held_out) and done.agreement == pytest.approx((before == after).mean())
    assert (done.top1_before, done.top1_after) == pytest.approx(((before == held_out.labels).mean(), (after == held_out.labels).mean()))


def test_a_dataset_may_list_the_same_classes_in_another_order(fp32, train):
    place = {2: 0, 1: 1, 0: 2}
    samples = tuple(replace(sample, target=ClassLabel(sample.label, place[sample.index])) for sample in train)
    turned = replace(train, classes=train.classes[::-1], samples=samples)
    assert (found := quantize(fp32, calibration=turned)).count == split_calibration(turned)[1].labels.size
    right = np.array([train.classes.index(sample.label) for sample in split_calibration(turned)[1]])
    assert found.top1_before == pytest.approx((load_onnx(fp32).predict_answers(split_calibration(turned)[1]).argmax(axis=1) == right).mean())


def test_calibration_and_measurement_share_no_picture_and_every_class_has_its_turn(train):
    shown, held_out = split_calibration(train)
    assert not {s.path for s in shown} & {s.path for s in held_out} and set(shown.labels) == {0, 1, 2}
    assert max(shown.counts.values()) - min(shown.counts.values()) <= 1 and len(shown) <= CALIBRATION_PICTURES
    assert [s.path for s in split_calibration(train)[0]] == [s.path for s in shown]
    single = train.subset([0])
    assert [len(part) for part in split_calibration(single)] == [1, 1]


def test_the_same_again_is_kept_and_anything_else_is_not_touched(fp32, train, tmp_path):
    first = quantize(fp32, calibration=train)
    data = first.path.read_bytes()
    again = quantize(fp32, calibration=train)
    assert again.reused and again.path.read_bytes() == data and (again.top1_after, again.agreement) == (first.top1_after, first.agreement)
    with pytest.raises(OutputExists):
        quantize(fp32, calibration=train.subset(range(20)))
    (tmp_path / "mine.onnx").write_text("mine")
    for out in (tmp_path / "mine.onnx", fp32):
        with pytest.raises(OutputExists):
            quantize(fp32, out, calibration=train)
    with pytest.raises(OutputExists):
        quantize(fp32, fp32, calibration=train, overwrite=True)
    assert (tmp_path / "mine.onnx").read_text() == "mine"
    assert not quantize(fp32, calibration=train, overwrite=True).reused


def test_two_runs_give_the_same_bytes_but_for_the_time(fp32, train, tmp_path):
    models = [onnx.load(quantize(fp32, tmp_path / name, calibration=train).path) for name in ("b.onnx", "c.onnx")]
    assert models[0].graph == models[1].graph


def test_stop_leaves_nothing(fp32, train, tmp_path):
    for after in range(4):
        events = []
        with pytest.raises(Stopped):
            quantize(fp32, calibration=train, on_event=events.append, should_stop=lambda events=events, after=after: len(events) > after)
    assert [path.name for path in tmp_path.iterdir()] == ["a.onnx"]


def test_progress_names_the_steps(fp32, train):
    events = []
    quantize(fp32, calibration=train, on_event=events.append)
    events = [event for event in events if event.unit == "step"]  # after a look at the pictures
    assert list(dict.fromkeys(event.values["stage"] for event in events)) == ["calibrate", "quantize", "measure", "write"]
    assert [event.done for event in events] == sorted(event.done for event in events)


def test_what_cannot_be_quantized_is_said(train, tmp_path, fp32):
    text = card(classes=PETS).to_json()
    small = quantize(fp32, tmp_path / "small.onnx", calibration=train)
    nan = save(tmp_path / "nan.onnx", network(weights=np.full((3, 3), np.nan, np.float32)), with_card=text)
    (tmp_path / "text.onnx").write_text("hello")
    cases = (
        (small, AlreadyQuantized), (nan, NotFinite),
        (save(tmp_path / "other.onnx", convolutions()), ClassesDiffer), (save(tmp_path / "cardless.onnx", with_card=False), NoCard),
        (tmp_path / "text.onnx", NotAnOnnxFile),
    )  # fmt: skip
    before = sorted(path.name for path in tmp_path.iterdir())
    for path, kind in cases:
        with pytest.raises(kind):
            quantize(path, tmp_path / "out.onnx", calibration=train)
    with pytest.raises(TooFewPictures):
        quantize(fp32, calibration=train.subset([]))
    with pytest.raises(BadSuffix):
        quantize(fp32, tmp_path / "out.tflite", calibration=train)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_outputs_that_are_no_numbers_are_seen(train, tmp_path):
    head = [onnx.helper.make_node("Sqrt", ["input"], ["changed"])]
    path = save(tmp_path / "a.onnx", network(head=head), with_card=card(classes=PETS).to_json())
    with pytest.raises(NotFinite):
        quantize(path, calibration=train)


def test_weights_in_their_own_file_come_inside(train, tmp_path):
    path = save_external(tmp_path / "a.onnx", "a.bin")
    model = onnx.load(path, load_external_data=False)
    del model.metadata_props[:]
    save(path, model, with_card=card(classes=PETS).to_json())
    done = quantize(path, calibration=train)
    (tmp_path / "a.bin").unlink()
    assert load_onnx(done).predict(train[0]).label in PETS


SCRIPT = """
import sys
from edukit.compression import quantize
from edukit.data import load_dataset
quantize(sys.argv[1], calibration=load_dataset(sys.argv[2]).train)
print("torch" in sys.modules)
"""


def test_it_is_silent_needs_no_torch_and_leaves_no_temporary_file(fp32, train, tmp_path):
    scratch, place = tmp_path / "scratch", tmp_path / "cwd"
    scratch.mkdir()
    place.mkdir()
    environment = os.environ | {"PYTHONPATH": str(Path(edukit.__file__).parents[1]), "TMPDIR": str(scratch)}
    words = [sys.executable, "-c", SCRIPT, str(fp32), str(train.folder.parent if train.folder.name == "training_set" else train.folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=place, env=environment)
    assert (done.stdout, done.stderr) == ("False\n", "") and list(scratch.iterdir()) == list(place.iterdir()) == []
