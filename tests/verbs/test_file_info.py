"""``info``: the card and what the file tells, of our files and of those from elsewhere."""
import json
from collections import OrderedDict

import pytest

import edukit as ek
from edukit.core.i18n import LANGUAGES, set_language
from edukit.verbs.file_info import describe_file
from tests.hostile import files
from tests.onnx_files import network, save


def mmedu_onnx(path, told):
    model = network(classes=3)
    model.metadata_props.add(key="MODEL_INFO", value=told)
    return save(path, model, with_card=False)


def mmedu_checkpoint(path):
    """As MMEdu writes it: meta, a state dictionary, an optimizer."""
    import torch

    meta = {"tool": "MMEdu2.0.0", "task": "Classification", "backbone": "LeNet", "epoch": 12, "CLASSES": ["circle", "square", "triangle"]}
    state = OrderedDict({"backbone.features.0.weight": torch.zeros(6, 1, 5, 5), "head.fc.bias": torch.zeros(3)})
    torch.save({"meta": meta, "state_dict": state, "optimizer": {"param_groups": [{"lr": 0.02}], "state": {}}}, path)
    return path


def test_our_onnx_file_tells_its_card_and_its_form(tmp_path):
    found = ek.info(files.good_onnx(tmp_path / "model.onnx"))
    assert found.card.classes == files.CLASSES and found.format == "ONNX" and found.warnings == ()
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["file"]["opsets"] == {"": 17} and told["card"]["classes"] == list(files.CLASSES) and told["size_bytes"] > 0


def test_mmedus_files_are_read_as_data(tmp_path):
    onnx = ek.info(mmedu_onnx(tmp_path / "LeNet.onnx", json.dumps({"codebase": "MMCls", "modelname": "LeNet", "classes": ["a", "b", "c"]})))
    assert onnx.card.classes == ("a", "b", "c") and onnx.card.notes["written_by"] == "MMEdu" and onnx.foreign["modelname"] == "LeNet"
    pth = ek.info(mmedu_checkpoint(tmp_path / "LeNet.pth"))
    assert pth.card is None and pth.foreign["CLASSES"] == ["circle", "square", "triangle"] and pth.file["parameters"] == 6 * 25 + 3
    assert "E3" not in pth.warnings[0] and len(pth.warnings) == 1


@pytest.mark.parametrize("told", ["{'codebase': 'MMCls'}", "__import__('os').system('true')", "[1]", "", "[" * 100_000])
def test_what_is_no_json_in_their_metadata_is_a_warning(tmp_path, told):
    found = ek.info(mmedu_onnx(tmp_path / "model.onnx", told))
    assert found.foreign == {} and len(found.warnings) == 2


def test_weights_that_are_no_numbers_are_a_warning(tmp_path):
    (tmp_path / "nan.onnx").write_bytes(files.BAD_ONNX["nan-weights"]())
    assert ek.info(tmp_path / "nan.onnx").warnings


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_shown_in_both_languages_and_escaped(tmp_path, lang):
    set_language(lang)
    found = ek.info(mmedu_onnx(tmp_path / "<b>.onnx", json.dumps({"modelname": "<script>"})))
    rows = dict(describe_file(found.to_dict()))
    assert ("文件" in rows) == (lang == "zh")
    assert "<script>" not in found._repr_html_() and "&lt;script&gt;" in found._repr_html_() and "<b>" not in found._repr_html_()
