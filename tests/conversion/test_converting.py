"""Conversion: the same answers, a card inside, nothing written when anything is wrong."""
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from dataset_files import imagenet
from onnx_files import pictures
from PIL import Image
from timm.layers.conv2d_same import Conv2dSame

import edukit
from edukit.conversion import Gate, convert
from edukit.conversion.exporting import export_network
from edukit.conversion.simplifying import simplify_checked
from edukit.core.card import METADATA_KEY, ModelCard
from edukit.core.errors import (
    BadArgument,
    BadSuffix,
    ClassesDiffer,
    ExportFailed,
    FileMissing,
    NoCard,
    NotACheckpoint,
    OutputExists,
    ParityFailed,
    UnknownChoice,
    WrongInput,
)
from edukit.core.events import Stopped
from edukit.core.images import read_image
from edukit.core.preprocess import Preprocess
from edukit.data import load_dataset
from edukit.models import find_backbone, load_checkpoint, save_checkpoint
from edukit.runtime import inspect_onnx, load_onnx
from tests.networks import fresh

CLASSES = ("cat", "dog")
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(edukit.__file__).parents[1])}


def checkpoint(path, backbone="LeNet", **values):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    network, notes = fresh(backbone, len(CLASSES), pretrained=False)
    save_checkpoint(path, network.eval(), ModelCard(backbone=backbone, classes=CLASSES, preprocess=find_backbone(backbone).preprocess, notes=notes, **values))
    return path


@pytest.fixture
def lenet(tmp_path):
    return checkpoint(tmp_path / "best.pth", metrics={"val_top1": 0.5}, class_names={"zh": {"cat": "猫"}})


def test_the_onnx_file_answers_as_the_checkpoint_does(lenet):
    done = convert(lenet)
    assert done.path == lenet.with_suffix(".onnx") and open(done, "rb").read(1)  # noqa: SIM115, PTH123 - a result stands where a path may stand
    onnx.checker.check_model(str(done.path), full_check=True)
    bare = onnxruntime.InferenceSession(str(done.path), providers=["CPUExecutionProvider"])
    ours, original = load_onnx(done), load_checkpoint(lenet)
    for picture in pictures(6):
        wanted = original.predict(picture)
        assert ours.predict(picture).labels == wanted.labels and ours.predict(picture).scores == pytest.approx(wanted.scores, abs=1e-5)
        assert CLASSES[int(bare.run(None, {"input": ours.card.preprocess(picture)})[0].argmax())] == wanted.label


def photographs(folder):
    """Wide, tall, tiny, grey, transparent, palette, CMYK, 16-bit and turned pictures."""
    wide = Image.fromarray(pictures(1, side=90)[0]).resize((400, 30))
    turned = Image.Exif()
    turned[0x0112] = 6
    kinds = {
        "wide.jpg": wide, "tall.png": wide.rotate(90, expand=True), "tiny.png": wide.resize((1, 1)), "grey.png": wide.convert("L"),
        "see through.png": wide.convert("RGBA"), "palette.gif": wide.convert("P"), "print.jpg": wide.convert("CMYK"), "宽.webp": wide,
        "deep.png": Image.fromarray(np.arange(3000, dtype=np.uint16).reshape(30, 100) * 20),
    }  # fmt: skip
    for name, picture in kinds.items():
        picture.save(folder / name)
    wide.save(folder / "turned.jpg", exif=turned)
    return sorted(folder.iterdir())


def test_every_kind_of_picture_gives_the_same_from_both_files(lenet, tmp_path):
    (tmp_path / "p").mkdir()
    original, converted = load_checkpoint(lenet), load_onnx(convert(lenet))
    paths = photographs(tmp_path / "p")
    assert len(paths) == 10
    for path in paths:
        assert converted.predict(path).scores == pytest.approx(original.predict(path).scores, abs=1e-5)


def test_the_card_travels_and_says_what_made_the_file(lenet):
    done = convert(lenet, opset_version=13)
    card, before = load_onnx(done).card, load_checkpoint(lenet).card
    assert (card.classes, card.class_names, card.preprocess, card.metrics) == (before.classes, before.class_names, before.preprocess, before.metrics)
    assert card.made["verb"] == "convert" and card.made["options"]["opset_version"] == 13 and len(card.made["inputs"]["checkpoint"]) == 64
    assert Gate.from_dict(card.notes["gate"]) == done.gate and card.scores == "logits" and card.versions["torch"]
    assert json.loads({p.key: p.value for p in onnx.load(done.path).metadata_props}[METADATA_KEY])["classes"] == list(CLASSES)


def test_without_data_the_gate_uses_random_inputs_and_says_so(lenet):
    gate = convert(lenet).gate
    assert (gate.data, gate.count, gate.agree, gate.close_calls) == ("random", 16, 16, ()) and 0 <= gate.max_difference <= gate.tolerance


def test_with_data_it_uses_the_test_pictures(lenet, tmp_path):
    test = load_dataset(imagenet(tmp_path / "pets")).test
    gate = convert(lenet, data=test).gate
    assert (gate.data, gate.dataset, gate.count, gate.agree) == ("test", "pets", len(test), len(test))


def test_else_those_of_the_dataset_that_the_card_names(tmp_path):
    folder = imagenet(tmp_path / "pets")
    path = checkpoint(tmp_path / "a.pth", dataset={"name": "pets", "folder": str(folder), "fingerprint": ""})
    assert convert(path).gate.data == "test"
    (next((folder / "test_set").rglob("*.png"))).write_bytes(b"")
    assert convert(path, tmp_path / "b.onnx").gate.count == 7  # one is broken now
    folder.rename(tmp_path / "moved")
    assert convert(path, tmp_path / "c.onnx").gate.data == "random"


def test_pictures_of_other_classes_are_refused(lenet, tmp_path):
    with pytest.raises(ClassesDiffer, match="owl"):
        convert(lenet, data=load_dataset(imagenet(tmp_path / "d", "owl", "fox")).test)


@pytest.mark.parametrize(("dynamic", "shape"), [("batch", ("batch", 3, 32, 32)), ("none", (1, 3, 32, 32))])
def test_which_sizes_stay_free(lenet, dynamic, shape):
    done = convert(lenet, dynamic=dynamic)
    assert inspect_onnx(done).inputs[0].shape == shape and done.dynamic == dynamic
    assert load_onnx(done).predict_answers(pictures(3)).shape == (3, 2)


def test_free_height_and_width_are_refused_where_they_would_be_wrong(lenet, tmp_path):
    with pytest.raises(BadArgument, match="LeNet"):
        convert(lenet, dynamic="all")
    assert not lenet.with_suffix(".onnx").exists()
    done = convert(checkpoint(tmp_path / "small.pth", "MobileNetV3-Small"), dynamic="all")
    assert inspect_onnx(done).inputs[0].shape == ("batch", 3, "height", "width") and done.nodes_after < done.nodes_before
    session = onnxruntime.InferenceSession(str(done.path), providers=["CPUExecutionProvider"])
    assert session.run(None, {"input": np.zeros((3, 3, 96, 160), np.float32)})[0].shape == (3, 2)


@pytest.mark.parametrize(("opset", "ir"), [(11, 6), (11, None), (17, 8), (20, None), (20, 10)])
def test_versions_are_as_asked_for(lenet, opset, ir):
    done = convert(lenet, opset_version=opset, ir_version=ir)
    facts = inspect_onnx(done)
    assert facts.opsets[""] == done.opset_version == opset and facts.ir_version == done.ir_version == (ir or done.ir_version)


def test_differences_are_measured_at_two_values_of_each_free_size(lenet, tmp_path):
    assert [one.shape for one in convert(lenet).differences] == [(1, 3, 32, 32), (3, 3, 32, 32)]
    assert [one.shape for one in convert(lenet, tmp_path / "b.onnx", dynamic="none").differences] == [(1, 3, 32, 32)]


def test_simplifying_says_what_it_did_and_why_not(lenet, tmp_path):
    small = checkpoint(tmp_path / "small.pth", "ShuffleNet_v2-0.5")
    done, plain = convert(small), convert(small, tmp_path / "plain.onnx", simplify=False)
    report = done.simplification
    assert report.changed and sum(report.operators_before.values()) == plain.nodes_after == plain.nodes_before > 4 * done.nodes_after
    assert dict(report.operators_after) == dict(inspect_onnx(done).operators) and plain.simplification is None and report.foldable > 0
    for picture in pictures(3):
        assert load_onnx(done).predict(picture).scores == pytest.approx(load_onnx(plain).predict(picture).scores, abs=1e-6)
    nothing = convert(lenet).simplification
    assert not nothing.changed and (nothing.foldable, nothing.passing) == (0, 0) and nothing.why.startswith("Nothing changed") and report.norms > 0
    assert report.norms == 0 or f"{sum(report.operators_before.values())} to {done.nodes_after}" in report.why


def test_padding_of_one_size_is_no_arithmetic_in_the_file(tmp_path):
    done = convert(checkpoint(tmp_path / "lite.pth", "EfficientNet-Lite1"))
    assert done.gate.passed and set(done.simplification.operators_after) == {"Add", "Clip", "Conv", "Flatten", "Gemm", "GlobalAveragePool"}


def test_folding_that_would_change_the_answers_is_left_out(monkeypatch):
    monkeypatch.setattr("edukit.models.networks.with_fixed_padding", lambda network, example: network)
    network = torch.nn.Sequential(Conv2dSame(3, 4, 3, stride=2), Conv2dSame(4, 4, 5, stride=2), torch.nn.Flatten(), torch.nn.Linear(256, 2))
    card, batch = ModelCard(backbone="Same", classes=CLASSES, preprocess=Preprocess(size=(30, 30))), np.random.default_rng(0).normal(size=(1, 3, 30, 30))
    graph = export_network(network, card, opset_version=17, dynamic="batch", path=Path("same.pth"))  # the second one gets an odd size, 15
    slim, done = simplify_checked(graph, network, batch.astype(np.float32))
    found = onnxruntime.InferenceSession(slim.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {"input": batch.astype(np.float32)})[0]
    assert found == pytest.approx(network(torch.tensor(batch, dtype=torch.float32)).detach().numpy(), abs=1e-4)
    assert not done.folded and "not computed" in done.why


@pytest.mark.parametrize("values", [{}, {"fit": "pad", "interpolation": "pillow"}, {"fit": "stretch", "mean": (120.0,), "std": (60.0,)}])
def test_a_file_with_its_preprocessing_inside_answers_as_the_checkpoint(tmp_path, values):
    folder, preprocess = tmp_path / "photographs", Preprocess(**{"size": (32, 32)} | values)
    folder.mkdir()
    torch.manual_seed(0)
    network, _ = fresh("LeNet", 2, channels=preprocess.channels, pretrained=False)
    save_checkpoint(tmp_path / "a.pth", network.eval(), ModelCard(backbone="LeNet", classes=CLASSES, preprocess=preprocess))
    done, original = convert(tmp_path / "a.pth", embed_preprocess=True, opset_version=13), load_checkpoint(tmp_path / "a.pth")
    file, ours = inspect_onnx(done), load_onnx(done)
    assert (file.inputs[0].type, file.inputs[0].shape, done.dynamic) == ("uint8", ("height", "width", 3), "picture")
    assert len(onnx.load(done.path).opset_import) == 1
    assert done.embedded.count == 4 and done.embedded.max_levels <= 2 and f"{done.embedded.agree} of 4" in str(done.embedded)
    session = onnxruntime.InferenceSession(str(done.path), providers=["CPUExecutionProvider"])
    paths = photographs(folder)
    for path in paths:
        wanted, bare = original.predict(path), session.run(None, {"picture": read_image(path)})[0]
        assert ours.predict(path).labels == wanted.labels and ours.predict(path).scores == pytest.approx(wanted.scores, abs=0.01)
        assert bare.shape == (1, 2) and CLASSES[int(bare.argmax())] == wanted.label
    assert ours.predict_answers(paths).shape == (10, 2)
    with pytest.raises(WrongInput, match="embed"):
        edukit.quantize(done, calibration=load_dataset(imagenet(tmp_path / "pets")))


def test_the_same_again_is_kept_and_anything_else_is_not_touched(lenet, tmp_path):
    first = convert(lenet)
    before = first.path.read_bytes()
    again = convert(lenet)
    assert again.reused and not first.reused and again.path.read_bytes() == before and again.gate == first.gate
    with pytest.raises(OutputExists):
        convert(lenet, opset_version=12)
    (tmp_path / "mine.onnx").write_text("my own work")
    with pytest.raises(OutputExists):
        convert(lenet, tmp_path / "mine.onnx")
    assert (tmp_path / "mine.onnx").read_text() == "my own work" and first.path.read_bytes() == before
    assert convert(lenet, opset_version=12, overwrite=True).opset_version == 12


def test_a_kept_file_is_proved_anew_on_new_pictures(lenet, tmp_path):
    assert convert(lenet).gate.data == "random"
    test = load_dataset(imagenet(tmp_path / "pets")).test
    again = convert(lenet, data=test)
    assert not again.reused and again.gate.data == "test" and convert(lenet, data=test).reused


def test_when_the_gate_fails_nothing_is_written(lenet, tmp_path):
    with pytest.raises(ParityFailed, match="Nothing was written"):
        convert(lenet, tmp_path / "out" / "a.onnx", tolerance=1e-12)
    assert not (tmp_path / "out").exists() and [path.name for path in tmp_path.iterdir()] == ["best.pth"]


def test_stop_leaves_nothing(lenet, tmp_path):
    for after in range(4):
        events = []
        with pytest.raises(Stopped):
            convert(lenet, on_event=events.append, should_stop=lambda events=events, after=after: len(events) > after)
    assert [path.name for path in tmp_path.iterdir()] == ["best.pth"]


def test_progress_names_the_steps(lenet):
    events = []
    convert(lenet, on_event=events.append)
    stages = [event.values["stage"] for event in events]
    assert list(dict.fromkeys(stages)) == ["export", "simplify", "check", "compare"]
    assert [event.done for event in events] == sorted(event.done for event in events) and events[-1].done == events[-1].total == 4


BAD = [
    ({"opset_version": 10}, BadArgument), ({"opset_version": 21}, BadArgument), ({"opset_version": "17"}, BadArgument), ({"opset_version": True}, BadArgument),
    ({"opset_version": None}, BadArgument), ({"ir_version": 5}, BadArgument), ({"ir_version": 11}, BadArgument), ({"dynamic": "height"}, UnknownChoice),
    ({"backend": "CoreML"}, UnknownChoice), ({"tolerance": 0}, BadArgument), ({"tolerance": float("nan")}, BadArgument), ({"tolerance": "1"}, BadArgument),
    ({"threads": 0}, BadArgument), ({"out": "model.pt"}, BadSuffix),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "kind"), BAD)
def test_bad_arguments_are_said(lenet, tmp_path, arguments, kind):
    arguments = {name: tmp_path / value if name == "out" else value for name, value in arguments.items()}
    with pytest.raises(kind):
        convert(lenet, **arguments)
    assert [path.name for path in tmp_path.iterdir()] == ["best.pth"]


def test_what_is_no_checkpoint_is_said(tmp_path):
    (tmp_path / "text.pth").write_text("hello")
    torch.save({"state_dict": {}}, tmp_path / "cardless.pth")
    for name, kind in (("absent.pth", FileMissing), ("text.pth", NotACheckpoint), ("cardless.pth", NoCard)):
        with pytest.raises(kind):
            convert(tmp_path / name)


def test_a_checkpoint_is_not_overwritten_by_its_own_conversion(tmp_path):
    file, other_name = checkpoint(tmp_path / "best.pth"), tmp_path / "best.onnx"
    os.link(file, other_name)
    for overwrite in (False, True):
        with pytest.raises(OutputExists):
            convert(file, overwrite=overwrite)
    assert load_checkpoint(file).card.backbone == "LeNet"


def test_what_the_exporter_cannot_do_is_an_export_error(lenet, monkeypatch):
    def refuse(*_, **__):
        raise RuntimeError("unsupported operator: aten::wobble")

    monkeypatch.setattr(torch.onnx, "export", refuse)
    with pytest.raises(ExportFailed, match="wobble"):
        convert(lenet)


SCRIPT = """
import sys
from edukit.conversion import convert
for out in sys.argv[2:]:
    try:
        convert(sys.argv[1], out)
    except (ValueError, OSError) as error:
        print(error.code, "torch" in sys.modules)
"""


def test_it_is_silent_and_refuses_before_torch_is_imported(lenet, tmp_path):
    (tmp_path / "mine.onnx").write_text("mine")
    outs = [str(tmp_path / name) for name in ("a.pt", "mine.onnx", "good.onnx")]
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(lenet), *outs], capture_output=True, text=True, check=True, cwd=tmp_path, env=ENVIRONMENT)
    assert done.stdout.split("\n") == ["E505 False", "E501 False", ""] and done.stderr == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best.pth", "good.onnx", "mine.onnx"]
