"""Files of OpenVINO and ncnn from anyone: what is broken or hostile is refused with a code, before or while the runtime opens it."""
import json
import subprocess
import sys

import numpy as np
import pytest

from edukit.core.card import ModelCard
from edukit.core.errors import BadModelFolder, EdukitError, ExternalData, FileTooLarge, ModelTooLarge, NoCard, NotFinite, WrongInput
from edukit.core.preprocess import Preprocess
from edukit.models import load_model
from edukit.runtime import inspect_model

CARD = ModelCard(backbone="Tiny", classes=("a", "b", "c"), preprocess=Preprocess(size=(8, 8)))
WEIGHTS = np.arange(9, dtype=np.float32)

# The mean of each colour times nine weights.
NCNN = """7767517
3 3
Input in0 0 1 in0
Pooling mean 1 1 in0 1 0=1 4=1
InnerProduct head 1 1 1 out0 0=3 1=0 2=9
"""


def layer(number, kind, data="", opset="opset1", inputs=(), outputs=()):
    ports = "".join(f"<port id='{port}'>{''.join(f'<dim>{size}</dim>' for size in sizes)}</port>" for port, sizes in enumerate(inputs))
    results = "".join(
        f"<port id='{port}' precision='{precision}'>{''.join(f'<dim>{size}</dim>' for size in sizes)}</port>"
        for port, (precision, sizes) in enumerate(outputs, len(inputs))
    )
    given = f"<input>{ports}</input>" if inputs else ""
    return f"<layer id='{number}' name='n{number}' type='{kind}' version='{opset}'>{data}{given}<output>{results}</output></layer>"


def openvino(extra="", size=36, offset=0, axes=8, head=""):
    layers = [
        layer(0, "Parameter", "<data shape='?,3,8,8' element_type='f32'/>", outputs=[("FP32", (-1, 3, 8, 8))]),
        layer(1, "Const", f"<data element_type='i64' shape='2' offset='36' size='{axes * 2}'/>", outputs=[("I64", (2,))]),
        layer(2, "ReduceMean", "<data keep_dims='false'/>", inputs=[(-1, 3, 8, 8), (2,)], outputs=[("FP32", (-1, 3))]),
        layer(3, "Const", f"<data element_type='f32' shape='3, 3' offset='{offset}' size='{size}'/>", outputs=[("FP32", (3, 3))]),
        layer(4, "MatMul", "<data transpose_a='false' transpose_b='false'/>", inputs=[(-1, 3), (3, 3)], outputs=[("FP32", (-1, 3))]),
        "<layer id='5' name='out' type='Result' version='opset1'><input><port id='0'><dim>-1</dim><dim>3</dim></port></input></layer>",
        extra,
    ]
    edges = [(0, 0, 2, 0), (1, 0, 2, 1), (2, 2, 4, 0), (3, 0, 4, 1), (4, 2, 5, 0)]
    lines = "".join(f"<edge from-layer='{a}' from-port='{b}' to-layer='{c}' to-port='{d}'/>" for a, b, c, d in edges)
    return f"<?xml version='1.0'?>{head}<net name='m' version='11'><layers>{''.join(layers)}</layers><edges>{lines}</edges></net>"


def write(folder, suffix, text, weights, card=CARD):
    folder.mkdir()
    (folder / f"m{suffix}").write_text(text)
    (folder / "m.bin").write_bytes(weights)
    if card:
        (folder / "card.json").write_text(card.to_json())
    return folder


def openvino_weights(values=WEIGHTS):
    return values.tobytes() + np.array([2, 3], np.int64).tobytes()


def ncnn_weights(values=WEIGHTS):
    return bytes(4) + values.tobytes()


@pytest.fixture(params=["OpenVINO", "ncnn"])
def make(request, tmp_path):
    """Writes a small model by hand, in one of both forms."""
    suffix, text, weights = (".xml", openvino(), openvino_weights) if request.param == "OpenVINO" else (".param", NCNN, ncnn_weights)

    def model(name="m", text=text, values=WEIGHTS, cut=None, card=CARD):
        return write(tmp_path / name, suffix, text, weights(values)[:cut], card)

    model.text, model.suffix = text, suffix
    return model


def test_a_model_made_by_hand_computes_what_it_says(make):
    batch = np.random.default_rng(0).normal(size=(4, 3, 8, 8)).astype(np.float32)
    table = WEIGHTS.reshape(3, 3) if make.suffix == ".xml" else WEIGHTS.reshape(3, 3).T
    model, wanted = load_model(make()), pytest.approx(batch.mean((2, 3)) @ table, abs=1e-4)
    first = model.run(batch)["scores"]
    frozen = batch.copy()
    frozen.flags.writeable = False
    turned = np.ascontiguousarray(batch.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    assert [model.run(one)["scores"] == wanted for one in (frozen, turned, batch.astype(np.float64))] == [True] * 3
    assert first == wanted and model.run(batch[:1])["scores"] == pytest.approx(first[:1], abs=1e-4) and first == wanted  # nobody writes over an answer


def test_what_is_wrong_with_the_files_is_told(make):
    for number, (text, cut, kind) in enumerate((
        ("", None, EdukitError), (make.text[:60], None, BadModelFolder), ("\0\xff" * 50, None, BadModelFolder), (make.text, 20, BadModelFolder),
        (make.text, 0, BadModelFolder),
    )):  # fmt: skip
        with pytest.raises(kind):
            load_model(make(f"bad{number}", text=text, cut=cut))
    with pytest.raises(NotFinite):
        load_model(make("nan", values=np.array([1, np.nan] * 4 + [0], np.float32)))
    with pytest.raises(NoCard):
        load_model(make("bare", card=None))
    assert inspect_model(make("bare2", card=None)).facts()["parameters"] in (9, 11)
    assert load_model(make("given", card=None), card=CARD).card == CARD
    with pytest.raises(EdukitError):
        load_model(make("classes", card=CARD.replace(classes=("a", "b")))).predict(np.zeros((8, 8, 3), np.uint8))
    folder = make("link")
    (folder / "m.bin").rename(folder / "other.bin")
    (folder / "m.bin").symlink_to(folder / "other.bin")
    with pytest.raises(ExternalData):
        load_model(folder)
    folder = make("long")
    (folder / f"m{make.suffix}").write_text(make.text + " " * 16_000_000)
    with pytest.raises(FileTooLarge):
        load_model(folder)


def test_files_that_changed_since_they_were_inspected_are_inspected_anew(make):
    file = inspect_model(make())
    file.path.write_text("no graph")
    with pytest.raises(BadModelFolder):
        load_model(file, threads=1)


def test_the_card_beside_it_is_not_believed(make):
    folder = make()
    (folder / "card.json").write_text(json.dumps({"classes": 7}))
    with pytest.raises(EdukitError):
        load_model(folder)


@pytest.mark.parametrize("text", [
    openvino(layer(9, "Loop")), openvino(layer(9, "Custom", opset="extension")), openvino(size=4_000_000_000), openvino(offset=-4), openvino(offset=40),
    openvino(head="<!DOCTYPE net [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>"), "<net version='11'>" + "<layer/>" * 20_001 + "</net>",
])  # fmt: skip
def test_openvino_never_sees_a_hostile_file(text, tmp_path):
    with pytest.raises(BadModelFolder):
        inspect_model(write(tmp_path / "m", ".xml", text, openvino_weights()))


def test_an_openvino_file_of_a_kilobyte_cannot_ask_for_a_terabyte(tmp_path):
    huge = openvino().replace("type='ReduceMean' version='opset1'><data keep_dims='false'/>", "type='Tile' version='opset1'>")
    huge = huge.replace("element_type='i64' shape='2' offset='36' size='16'", "element_type='i64' shape='4' offset='36' size='32'")
    with pytest.raises((ModelTooLarge, BadModelFolder)) as caught:
        load_model(write(tmp_path / "m", ".xml", huge, WEIGHTS.tobytes() + np.array([1, 1, 500_000, 500_000], np.int64).tobytes()))
    assert "500000" in str(caught.value) or "TB" in str(caught.value) or "GB" in str(caught.value) or caught.type is BadModelFolder


@pytest.mark.parametrize("change", [
    ("InnerProduct head", "Custom head"), ("3 3\n", "3 9\n"), ("0=3 1=0 2=9", "0=3 1=0 2=90000000"), ("1 1 1 out0", "1 1 7 out0"), ("3 3\n", "2 3\n"),
    ("1 1 in0 1", "70 1 in0 1"), ("0=3", "0=99999999999"), ("Input in0 0 1 in0", "Input in0 0 0"),
])  # fmt: skip
def test_ncnn_never_sees_a_hostile_file(change, tmp_path):
    with pytest.raises((BadModelFolder, WrongInput)):
        inspect_model(write(tmp_path / "m", ".param", NCNN.replace(*change), ncnn_weights())).check(CARD)


def test_an_ncnn_file_that_lies_of_its_sizes_ends_another_process_not_this_one(tmp_path):
    lying = NCNN.replace("0=3 1=0 2=9", "0=90000000 1=0 2=9")  # so many outputs of nine weights: ncnn reads far outside its memory
    with pytest.raises(EdukitError):
        load_model(write(tmp_path / "m", ".param", lying, ncnn_weights())).predict(np.zeros((8, 8, 3), np.uint8))


def test_an_ncnn_file_that_asks_for_a_terabyte_or_for_ever_is_refused(tmp_path):
    wide = "Padding wide 1 1 in0 5 0=400000 1=400000 2=400000 3=400000"
    padded = NCNN.replace("3 3\n", "4 4\n").replace("Pooling mean 1 1 in0 1", f"{wide}\nPooling mean 1 1 5 1")
    with pytest.raises(BadModelFolder):
        load_model(write(tmp_path / "m", ".param", padded, ncnn_weights()))


def test_openvino_sends_nothing_home():
    code = "import edukit.core.subprocess_env as q; q.silence(); import openvino, sys; print(any(n.startswith('openvino_telemetry.') for n in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"
