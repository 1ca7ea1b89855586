"""Loading ONNX files that anyone may have made, and predicting like a bare loop does."""
import random
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper
from onnx_files import CLASSES, SIDE, calling, card, convolutions, network, pictures, save

from edukit.core.errors import (
    BadArgument,
    BadCard,
    EdukitError,
    NoCard,
    NotAnOnnxFile,
    NotFinite,
    OutOfMemory,
    UnsupportedOnnx,
    WrongInput,
    WrongTask,
)
from edukit.core.images import encode_png
from edukit.core.preprocess import Preprocess
from edukit.runtime import load_onnx, load_onnx_bytes


def test_it_answers_as_a_bare_loop_does(tmp_path):
    model, picture = load_onnx(save(tmp_path / "a.onnx", convolutions())), pictures(1)[0]
    onnx.checker.check_model(str(model.path), full_check=True)
    bare = onnxruntime.InferenceSession(str(model.path), providers=["CPUExecutionProvider"])
    logits = bare.run(None, {"input": model.card.preprocess(picture)})[0][0]
    wanted = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    found = model.predict(picture, top=3)
    assert found.label == CLASSES[int(logits.argmax())] and found.score == pytest.approx(float(wanted.max()), abs=1e-6)
    assert (model.runtime, model.size_bytes) == ("ONNX Runtime", model.path.stat().st_size)


@pytest.mark.parametrize("batch", ["batch", None, 1, 4])
def test_any_batch_gives_the_same_answers(tmp_path, batch):
    free = load_onnx(save(tmp_path / "free.onnx"))
    model = load_onnx(save(tmp_path / "a.onnx", batch=batch))
    assert model.fixed_batch == (batch if isinstance(batch, int) else None)
    for count in (1, 3, 4, 9):
        assert np.allclose(model.predict_answers(pictures(count)), free.predict_answers(pictures(count)), atol=1e-6)


def test_one_thread_or_several_give_the_same(tmp_path):
    path = save(tmp_path / "a.onnx", convolutions())
    assert load_onnx(path, threads=1).predict(pictures(1)[0]).label == load_onnx(path, threads=2).predict(pictures(1)[0]).label
    for threads in (0, -1, 1.5, "2", True, 10**9):
        with pytest.raises(BadArgument, match="threads"):
            load_onnx(path, threads=threads)


def test_a_file_without_a_card_can_be_given_one(tmp_path):
    path = save(tmp_path / "a.onnx", with_card=False)
    with pytest.raises(NoCard):
        load_onnx(path)
    assert load_onnx(path, card=card()).predict(pictures(1)[0]).label in CLASSES


def test_bytes_that_are_not_written_yet_can_be_tried(tmp_path):
    data = save(tmp_path / "a.onnx").read_bytes()
    assert load_onnx_bytes(data, tmp_path / "later.onnx").predict(pictures(1)[0]) == load_onnx(tmp_path / "a.onnx").predict(pictures(1)[0])
    assert not (tmp_path / "later.onnx").exists()


@pytest.mark.parametrize(
    ("change", "kind", "told"),
    [
        (lambda: save_kwargs(opset=99), UnsupportedOnnx, "opset 99"),
        (lambda: save_kwargs(head=[helper.make_node("Wobble", ["input"], ["changed"])]), UnsupportedOnnx, "Wobble"),
        (lambda: save_kwargs(head=[helper.make_node("Spy", ["input"], ["changed"], domain="com.evil")]), UnsupportedOnnx, "Spy"),
        (lambda: save_kwargs(classes=4), WrongInput, "× 4"),
        (lambda: save_kwargs(side=20), WrongInput, "20 × 20"),
        (lambda: save_kwargs(weights=np.full((3, 3), np.nan, np.float32)), NotFinite, "weights"),
        (lambda: save_kwargs(head=[helper.make_node("Reshape", ["input"], ["changed"])]), NotAnOnnxFile, "a.onnx"),
        (lambda: save_kwargs(head=[helper.make_node("Relu", ["nowhere"], ["changed"])]), NotAnOnnxFile, "nowhere"),
    ],
)
def test_what_cannot_run_is_said_in_words(tmp_path, change, kind, told):
    with pytest.raises(kind, match=told):
        load_onnx(save(tmp_path / "a.onnx", **change()))


def save_kwargs(**values):
    return values


def test_a_newer_file_version_is_said(tmp_path):
    model = network()
    model.ir_version = 99
    with pytest.raises(UnsupportedOnnx, match=r"IR 99.*ir_version=8"):
        load_onnx(save(tmp_path / "a.onnx", model))


def test_another_task_and_a_bad_card_are_said(tmp_path):
    text = card().to_json().replace('"task": "classification"', '"task": "detection"')
    with pytest.raises((WrongTask, BadCard)):
        load_onnx(save(tmp_path / "a.onnx", with_card=text))
    with pytest.raises(BadCard):
        load_onnx(save(tmp_path / "b.onnx", with_card=card().to_json().replace('"猫"', "7")))


def test_two_inputs_or_whole_numbers_are_not_pictures(tmp_path):
    model = network()
    model.graph.input.append(helper.make_tensor_value_info("second", 1, [1]))
    with pytest.raises(WrongInput):
        load_onnx(save(tmp_path / "a.onnx", model))
    model = network()
    model.graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.UINT8
    with pytest.raises(WrongInput, match="uint8"):
        load_onnx(save(tmp_path / "b.onnx", model))


def test_outputs_that_are_no_numbers_are_seen(tmp_path):
    model = load_onnx(save(tmp_path / "a.onnx", head=[helper.make_node("Sqrt", ["input"], ["changed"])]))
    with pytest.raises(NotFinite, match="outputs"):
        model.predict(np.zeros((20, 20, 3), np.uint8))


def test_a_free_output_that_turns_out_too_wide_is_seen(tmp_path):
    model = network(classes=5)
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_param = "any"
    with pytest.raises(WrongInput, match="1 × 5"):
        load_onnx(save(tmp_path / "a.onnx", model)).predict(pictures(1)[0])


def test_outputs_with_trailing_ones_are_scores_too(tmp_path):
    model = network()
    model.graph.node[-1].output[0] = "flat_logits"
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([2, 3]), "axes"))
    model.graph.node.append(helper.make_node("Unsqueeze", ["flat_logits", "axes"], ["logits"]))
    for _ in range(2):
        model.graph.output[0].type.tensor_type.shape.dim.add().dim_value = 1
    assert load_onnx(save(tmp_path / "a.onnx", model)).predict(pictures(1)[0]).labels == load_onnx(save(tmp_path / "b.onnx")).predict(pictures(1)[0]).labels


def test_grey_networks_get_grey_pictures(tmp_path):
    model = network()
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 1
    model.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(np.ones((1, 3), np.float32), "weights"))
    grey = card(preprocess=Preprocess(size=(16, 16), mean=(128.0,), std=(64.0,)))
    assert load_onnx(save(tmp_path / "a.onnx", model, with_card=grey.to_json())).predict(pictures(1)[0]).score == pytest.approx(1 / 3)


def test_functions_of_the_file_s_own_run(tmp_path):
    plain = load_onnx(save(tmp_path / "a.onnx")).predict(pictures(1)[0])
    assert load_onnx(save(tmp_path / "b.onnx", calling(["Identity"], ["F0", "F0"]))).predict(pictures(1)[0]).labels == plain.labels


def test_a_node_that_asks_for_gigabytes_gets_an_error_instead(tmp_path):
    model = network(head=[helper.make_node("ConstantOfShape", ["shape"], ["huge"]), helper.make_node("ReduceMax", ["huge"], ["one"], keepdims=0)])
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([400_000_000]), "shape"))
    model.graph.node.insert(2, helper.make_node("Add", ["input", "one"], ["changed"]))
    with pytest.raises(OutOfMemory):
        load_onnx(save(tmp_path / "a.onnx", model)).predict(pictures(1)[0])


def test_a_loop_is_refused_for_it_may_never_end(tmp_path):
    body = helper.make_graph([], "body", [], [])
    with pytest.raises(UnsupportedOnnx, match="Loop"):
        load_onnx(save(tmp_path / "a.onnx", head=[helper.make_node("Loop", ["input"], ["changed"], body=body)]))


@pytest.mark.timeout(60)  # a walk that is quadratic in the nodes takes longer
def test_thousands_of_nodes_load(tmp_path):
    head = [helper.make_node("Add", [f"v{i}" if i else "input"] * 2, ["changed" if i == 7999 else f"v{i + 1}"]) for i in range(8000)]
    load_onnx(save(tmp_path / "a.onnx", head=head), threads=1)


def test_damaged_files_give_a_model_or_a_coded_error(tmp_path):
    data, rng = save(tmp_path / "a.onnx").read_bytes(), random.Random(1)
    for number in range(200):
        damaged = bytearray(data)
        damaged[rng.randrange(len(data))] = rng.randrange(256)
        path = tmp_path / f"{number}.onnx"
        path.write_bytes(damaged)
        try:
            load_onnx(path, threads=1).predict(pictures(1)[0])
        except EdukitError as error:
            assert error.code in ("E304", "E306", "E307", "E308", "E310", "E312", "E315", "E309")


SCRIPT = """
import sys
from edukit.runtime import load_onnx
print(load_onnx(sys.argv[1]).predict(sys.argv[2]).label)
try:
    load_onnx(sys.argv[3])
except ValueError as error:
    print(error.code)
heavy = [name for name in ("torch", "onnx", "matplotlib", "pandas", "PIL") if name in sys.modules]
print(heavy)
"""


def test_prediction_needs_neither_torch_nor_onnx_and_says_nothing_of_its_own(tmp_path):
    good, odd = save(tmp_path / "a.onnx"), save(tmp_path / "b.onnx", opset=99)
    import cv2

    cv2.imwrite(str(tmp_path / "p.jpg"), pictures(1)[0])
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(good), str(tmp_path / "p.jpg"), str(odd)], capture_output=True, text=True, check=True)
    label, code, heavy = done.stdout.splitlines()
    assert label in CLASSES and code == "E310" and heavy == "[]" and done.stderr == ""


def test_a_png_needs_pillow_and_nothing_more(tmp_path):
    (tmp_path / "p.png").write_bytes(encode_png(pictures(1)[0]))
    assert load_onnx(save(tmp_path / "a.onnx")).predict(tmp_path / "p.png") == load_onnx(tmp_path / "a.onnx").predict(str(tmp_path / "p.png"))


@pytest.mark.parametrize("shape", [["n", 3, SIDE, SIDE], ["height", "width", 4], [SIDE, SIDE], ["height", "width", 3, 1, 1]])
def test_an_8_bit_input_that_is_no_picture_is_refused(tmp_path, shape):
    model = network()
    model.graph.input[0].CopyFrom(helper.make_tensor_value_info("input", TensorProto.UINT8, shape))
    with pytest.raises(WrongInput, match="uint8"):
        load_onnx(save(tmp_path / "bytes.onnx", model))
