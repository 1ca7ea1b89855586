"""Files that MMEdu wrote are models like others: read safely, with its answers, by every verb."""
import json

import numpy as np
import pytest
import torch

import edukit as ek
from edukit.cli.main import main
from edukit.core.errors import BadCard, NoCard, WrongBackbone
from edukit.models import inspect_checkpoint, load_model
from edukit.models.own_networks import make_regnet
from tests.mmedu_files import ANSWERS, CLASSES, MORE, ONNX, PICTURES, PTH, answers_in, save_as_mmedu

FILES = [PTH, ONNX, *sorted(path for path in MORE.glob("*.*") if path.suffix in (".pth", ".onnx"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_its_labels_and_scores(path):
    told = path.with_name(f"{path.stem}-answers.json")
    answers = answers_in(told) if told.is_file() else ANSWERS
    found = load_model(path).predict_answers([picture for picture, _ in answers])
    for row, (_, answer) in zip(found, answers):
        assert int(row.argmax()) == answer["pred_label"] and row.max() == pytest.approx(answer["pred_score"], abs=1e-3)


@pytest.mark.parametrize("layout", ["MobileNet", "ResNet18", "ResNet50", "RegNet"])
def test_the_layout_is_read_off_the_weights(layout, tmp_path):
    network = save_as_mmedu(tmp_path / "old.pth", layout, backbone="LeNet")  # what the file says of itself does not count
    model = load_model(tmp_path / "old.pth")
    batch = np.random.default_rng(0).normal(size=(1, 3, 64, 64)).astype(np.float32)
    with torch.no_grad():
        wanted = network.eval()(torch.from_numpy(batch)).numpy()
    np.testing.assert_allclose(model.run(batch)["scores"], wanted, atol=1e-4)
    assert (model.card.backbone, model.card.classes) == (layout, CLASSES)
    assert model.card.preprocess.interpolation == ("pillow" if layout == "MobileNet" else "bilinear")


def test_a_regnet_of_another_width_and_depth(tmp_path):
    small = {"depths": [1, 1, 2, 1], "widths": [24, 48, 96, 192], "group_widths": [24, 24, 24, 24]}
    save_as_mmedu(tmp_path / "old.pth", "RegNet", make_regnet(3, **small))
    assert load_model(tmp_path / "old.pth").card.network == {"builder": "regnet", "backbone": "RegNet", **small}


def test_every_verb_takes_them(tmp_path, capsys):
    picture = str(ANSWERS[0][0])
    assert main(["predict", str(PTH), picture, "--json"]) == 0 and "square" in capsys.readouterr().out
    assert ek.info(PTH).card.classes == CLASSES
    data = ek.load_dataset(PICTURES)
    assert ek.evaluate(ONNX, data.test).count == 3
    onnx = ek.convert(PTH, tmp_path / "new.onnx")
    for path in (onnx.path, ONNX):  # MMEdu's has operator set 9
        small = ek.quantize(path, tmp_path / f"int8-{path.name}", calibration=data.train)
        assert small.size_bytes < path.stat().st_size / 2
    assert ek.train(PICTURES, "LeNet5", epochs=1, checkpoint=PTH, out=tmp_path / "run").card.classes == CLASSES


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"CLASSES": "abc"}, BadCard), ({"CLASSES": ["a", "a", "b"]}, BadCard), ({"CLASSES": [1, 2, 3]}, BadCard), ({"CLASSES": ["a"]}, WrongBackbone),
        ({"backbone": "VGG"}, NoCard),
    ],
)  # fmt: skip
def test_false_metadata_are_told(change, error, tmp_path):
    content = torch.load(PTH, weights_only=True)
    content["meta"] |= change
    if "CLASSES" not in change:  # another network
        content["state_dict"] = {"backbone.other.weight": torch.zeros(3)}
    torch.save(content, tmp_path / "false.pth")
    with pytest.raises(error):
        load_model(tmp_path / "false.pth")


def test_names_that_only_look_like_mmedus_are_no_layout(tmp_path):
    blocks = [f"backbone.layer{layer}.{block}.x" for layer, count in enumerate((1, 2, 3, 4, 3, 3, 1), 1) for block in range(count)]
    state = {name: torch.zeros(1) for name in ("backbone.conv1.conv.weight", *blocks)}
    torch.save({"meta": {}, "state_dict": state}, tmp_path / "false.pth")
    assert inspect_checkpoint(tmp_path / "false.pth").layout is None


def test_metadata_are_never_run(tmp_path):
    import onnx

    for text in ("__import__('os').mkdir('made')", json.dumps({"codebase": "MMCls", "modelname": "LeNet", "classes": 3})):
        model = onnx.load(ONNX)
        onnx.helper.set_model_props(model, {"MODEL_INFO": text})
        onnx.save(model, tmp_path / "false.onnx")
        with pytest.raises(ek.EdukitError):
            load_model(tmp_path / "false.onnx")


def test_an_operator_that_cannot_be_carried_over_is_told(tmp_path):
    import onnx

    model = onnx.load(ONNX)
    model.opset_import[0].version = 6
    onnx.save(model, tmp_path / "old.onnx")
    with pytest.raises(ek.EdukitError):
        ek.quantize(tmp_path / "old.onnx", tmp_path / "out.onnx", calibration=ek.load_dataset(PICTURES).train)
    assert not (tmp_path / "out.onnx").exists()
