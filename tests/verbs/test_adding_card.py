"""``add_card``: a file from elsewhere answers in every verb; what is guessed, what is said by hand, and what is refused."""
import json

import numpy as np
import onnx
import pytest
from onnx import helper
from onnx_files import CLASSES, SIDE, network, pictures, save, save_external

import edukit as ek
from edukit.cli.main import main
from edukit.core.errors import BadArgument, ClassesDiffer, EdukitError, OutputExists, WrongInput
from edukit.core.images import encode_png
from edukit.models.guessing import NORMALISATIONS, guess_card
from edukit.runtime.onnx_file import inspect_onnx
from edukit.widgets.card_form import CardForm
from tests.comparisons import pictures as labelled


def bare(path, model=None, **metadata):
    model = model or network()
    helper.set_model_props(model, metadata)
    return save(path, model, with_card=False)


def with_softmax():
    model = network()
    model.graph.node.append(helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1))
    model.graph.output[0].name = "probabilities"
    return model


def test_a_file_with_a_card_by_hand_answers_in_every_verb(tmp_path, capsys):
    source = bare(tmp_path / "theirs.onnx", author="somebody")
    words = ["add-card", str(source), "--classes", ",".join(CLASSES), "--normalise", "-1..1", "--fit", "stretch", "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    card = told["card"]
    assert told["path"] == str(tmp_path / "theirs-card.onnx") and tuple(card["classes"]) == CLASSES and card["preprocess"]["fit"] == "stretch"
    assert card["preprocess"]["mean"] == [127.5] * 3 and card["preprocess"]["size"] == [SIDE, SIDE] and card["scores"] == "logits"
    onnx.checker.check_model(told["path"])
    assert {one.key: one.value for one in onnx.load(told["path"]).metadata_props}["author"] == "somebody", "the rest of the file stays as it was"
    model, picture = ek.load_model(told["path"]), pictures(1)[0]
    logits = next(iter(model.run(model.card.preprocess(picture)).values()))[0]
    assert model.predict(picture).label == CLASSES[int(logits.argmax())]
    data = labelled(tmp_path)
    assert ek.compare_accuracy([told["path"]], data).models[0].count == len(data)
    assert main(words) == 0, "the same again is kept"
    assert main([*words[:-1], "--scores", "probabilities"]) == 2 and "E" in capsys.readouterr().err
    assert main([*words, "--scores", "probabilities", "--overwrite"]) == 0


def test_what_is_guessed(tmp_path):
    found = guess_card(inspect_onnx(bare(tmp_path / "a.onnx", names=json.dumps(["cat", "dog", "owl"]))))
    assert found.classes == ("cat", "dog", "owl") and found.scores == "logits" and found.preprocess.size == (SIDE, SIDE)
    assert found.preprocess.mean == NORMALISATIONS["imagenet"][0]
    assert guess_card(inspect_onnx(bare(tmp_path / "b.onnx", names="{0: 'cat', 1: \"it's\", 2: 'owl'}"))).classes == ("cat", "it's", "owl")
    assert guess_card(inspect_onnx(bare(tmp_path / "c.onnx", with_softmax(), names="__import__('os')"))).scores == "probabilities"
    free = guess_card(inspect_onnx(bare(tmp_path / "d.onnx", network(side="side", classes=1000))))
    assert free.preprocess.size == (224, 224) and free.class_names["zh"]["n02123045"] == "虎斑猫"


def whole_numbers(shape, head):
    model = network(batch=1, side="side", head=head)
    model.graph.input[0].CopyFrom(helper.make_tensor_value_info("input", onnx.TensorProto.UINT8, shape))
    return model


def test_a_file_that_prepares_pictures_itself_gets_a_card(tmp_path):
    head = [
        helper.make_node("Cast", ["input"], ["float"], to=onnx.TensorProto.FLOAT), helper.make_node("Transpose", ["float"], ["planes"], perm=[2, 0, 1]),
        helper.make_node("Unsqueeze", ["planes", "first"], ["changed"]),
    ]  # fmt: skip
    model = whole_numbers(["h", "w", 3], head)
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([0]), "first"))
    source, picture = bare(tmp_path / "bytes.onnx", model), pictures(1)[0]
    made = ek.load_model(ek.add_card(source, classes=CLASSES).path)
    wanted = picture.reshape(-1, 3).mean(0) @ onnx.numpy_helper.to_array(model.graph.initializer[0])
    assert made.card.scores == "logits" and made.predict(picture).label == CLASSES[int(wanted.argmax())]
    form = CardForm(source)
    (tmp_path / "a.png").write_bytes(encode_png(picture))
    shown = form.html({one.name: one.default for one in form.settings}, tmp_path / "a.png")
    assert [one.name for one in form.settings] == ["classes", "scores"] and shown.count("<img") == 1 and "ek-bars" in shown


@pytest.mark.parametrize("shape", [[1, 3, SIDE, SIDE], [1, SIDE, SIDE, 3], [SIDE, SIDE, 3]])
def test_other_whole_numbers_are_named_with_the_way_out(tmp_path, shape):
    source = bare(tmp_path / "bytes.onnx", whole_numbers(shape, [helper.make_node("Cast", ["input"], ["changed"], to=onnx.TensorProto.FLOAT)]))
    with pytest.raises(WrongInput, match=r"found uint8 .*wanted float32 .*export the model again"):
        ek.add_card(source)


def test_weights_beside_the_file_come_along(tmp_path):
    model = save_external(tmp_path / "m.onnx", "weights.bin")
    plain = onnx.load(model, load_external_data=False)
    del plain.metadata_props[:]
    model.write_bytes(plain.SerializeToString())
    (tmp_path / "other").mkdir()
    made = ek.add_card(model, tmp_path / "other" / "m.onnx")
    assert np.isfinite(ek.load_model(made.path).predict(pictures(1)[0]).score)


def test_what_is_refused(tmp_path):
    carded, theirs = save(tmp_path / "ours.onnx"), bare(tmp_path / "theirs.onnx")
    wide = bare(tmp_path / "wide.onnx", network(side=8))
    for kind, call in (
        (BadArgument, lambda: ek.add_card(carded)), (WrongInput, lambda: ek.add_card(theirs, classes="a,b")),
        (WrongInput, lambda: ek.add_card(wide, image_size=9)), (OutputExists, lambda: ek.add_card(theirs, carded)),
        (EdukitError, lambda: ek.add_card(theirs, classes="a,a,b")),
    ):  # fmt: skip
        with pytest.raises(kind):
            call()
    with pytest.raises(ClassesDiffer):
        ek.compare_accuracy([ek.add_card(theirs).path], labelled(tmp_path))
    assert not list(tmp_path.glob("wide-*"))
