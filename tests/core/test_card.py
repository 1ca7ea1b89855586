"""ModelCard: the same after a trip through a file, and a clear refusal of whatever a file from elsewhere may hold."""
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edukit.core.card import ModelCard, is_plain
from edukit.core.errors import BadCard
from edukit.core.files import strict
from edukit.core.limits import MAX_CLASSES
from edukit.core.preprocess import Preprocess

names = st.text(min_size=1, max_size=30)
figures = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**9), 10**9))
plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=6,
)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=20), inner, max_size=4)),
    max_leaves=12,
)
cards = st.builds(
    ModelCard,
    backbone=names,
    classes=st.lists(st.text(max_size=40), min_size=1, max_size=8, unique=True).map(tuple),
    class_names=st.dictionaries(st.sampled_from(["zh", "en"]), st.dictionaries(names, names, max_size=3), max_size=2),
    preprocess=st.builds(Preprocess, fit=st.sampled_from(["crop", "pad", "stretch"]), size=st.tuples(st.integers(1, 512), st.integers(1, 512))),
    scores=st.sampled_from(["logits", "probabilities"]),
    metrics=st.dictionaries(names, figures, max_size=3),
    made=st.dictionaries(names, plain, max_size=3),
    dataset=st.dictionaries(names, plain, max_size=3),
    notes=st.dictionaries(names, plain, max_size=3),
    versions=st.dictionaries(names, names, max_size=3),
    precision=st.sampled_from(["fp32", "int8"]),
    created=st.text(max_size=20),
)


def card(**values) -> ModelCard:
    return ModelCard(**{"classes": ("cat", "dog"), "preprocess": Preprocess()} | values)


@given(cards)
def test_a_card_is_the_same_after_json(made):
    assert ModelCard.from_json(made.to_json()) == made


@given(cards)
def test_a_card_is_the_same_after_a_dictionary(made):
    assert ModelCard.from_dict(made.to_dict()) == made


@pytest.mark.parametrize("label", ["it's", 'say "hi"', "<script>alert(1)</script>", "猫", "😀", "a\\b", "\udcff latin", "", " ", "\n", "x" * 250])
def test_any_folder_name_is_a_label_that_comes_back(label):
    text = card(classes=("other", label)).to_json()
    text.encode("utf-8")
    assert ModelCard.from_json(text).classes == ("other", label)


def test_fields_of_later_versions_are_ignored():
    later = card().to_dict() | {"schema_version": 7, "mood": "bright", "preprocess": Preprocess().to_dict() | {"gamma": 2}}
    assert ModelCard.from_dict(later) == card(schema_version=7)


def test_chinese_stays_readable_in_the_file():
    assert "猫" in card(classes=("猫", "狗")).to_json()


def test_a_figure_that_is_no_number_becomes_null():
    text = card(metrics=strict({"loss": math.nan, "top1": 0.5}), notes={"worst": math.inf}).to_json()
    assert json.loads(text)["metrics"] == {"loss": None, "top1": 0.5} and json.loads(text)["notes"] == {"worst": None}


def test_the_input_shape_follows_from_preprocess():
    assert card(preprocess=Preprocess(size=(32, 48), mean=(0.0,), std=(1.0,))).input_shape == (1, 1, 32, 48)


def test_a_changed_copy_leaves_the_original():
    original = card()
    assert original.replace(precision="int8").precision == "int8" and original.precision == "fp32"


WRONG = {
    "task": [None, 3, ["classification"]],
    "backbone": [None, 1, {}],
    "classes": [[], "cat", None, 3, ["a", "a"], ["a", None], ["a", 1], {"0": "a"}, [["a"]], [f"x{n}" for n in range(MAX_CLASSES + 1)]],
    "class_names": [None, [], "zh", {"zh": None}, {"zh": ["a"]}, {"zh": {"cat": 1}}],
    "preprocess": [None, [], "resize", 3, {"size": "x"}, {"mean": [1]}, {"std": [0, 0, 0]}, {"fit": "__import__('os')"}, {"size": [10**9, 10**9]}],
    "scores": ["Logits", None, [], {}],
    "metrics": [None, [], {"top1": "0.9"}, {"top1": []}, {"top1": 10**400}],
    "made": [None, [], "convert"],
    "dataset": [None, 3],
    "notes": [None, [1]],
    "versions": [None, "2.13"],
    "schema_version": [0, -1, "1", None, 1.0, True],
}


@pytest.mark.parametrize("name, value", [(name, value) for name, values in WRONG.items() for value in values], ids=lambda value: repr(value)[:30])
def test_a_wrong_value_is_refused_with_the_file_and_the_field(name, value):
    with pytest.raises(BadCard) as caught:
        ModelCard.from_dict(card().to_dict() | {name: value}, path="model.onnx")
    assert caught.value.found["path"] == "model.onnx"
    assert caught.value.found["field"] == name or name == "preprocess"


@pytest.mark.parametrize("name", ["classes", "preprocess"])
def test_a_card_without_what_it_must_have_names_it(name):
    values = card().to_dict()
    del values[name]
    with pytest.raises(BadCard) as caught:
        ModelCard.from_dict(values)
    assert caught.value.found["field"] == name


@given(anything)
def test_whatever_json_holds_a_card_comes_or_a_coded_error(value):
    try:
        read = ModelCard.from_dict(value)
    except BadCard as error:
        assert error.message
    else:
        assert ModelCard.from_json(read.to_json()).classes == read.classes


@given(st.sampled_from(sorted(card().to_dict())), anything)
def test_one_field_of_any_value_gives_a_card_that_can_be_written_again_or_a_coded_error(name, value):
    try:
        read = ModelCard.from_json(json.dumps(card().to_dict() | {name: value}))
    except BadCard as error:
        assert str(error)
    else:
        json.loads(read.to_json(), parse_constant=lambda constant: pytest.fail(constant))


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "3", '"card"', "{", "{}", "\ufeff{}", "[" * 100_000, '{"notes":' * 5_000, "\x00", "1" * 10_000,
        "__import__('os').system('true')", "{'classes': ['a']}",
    ],
    ids=lambda text: text[:20],
)
def test_text_that_is_no_card_is_refused(text):
    with pytest.raises(BadCard):
        ModelCard.from_json(text)


@pytest.mark.parametrize("depth", [25, 300, 900])
def test_a_card_nested_too_deep_is_refused_before_it_can_hurt(depth):
    notes = {}
    for _ in range(depth):
        notes = {"a": notes}
    with pytest.raises(BadCard):
        ModelCard.from_dict(card().to_dict() | {"notes": notes})


def test_nothing_in_a_card_is_evaluated(tmp_path):
    trap = f"__import__('pathlib').Path({str(tmp_path / 'ran')!r}).touch()"
    ModelCard.from_json(card(backbone=trap, notes={trap: trap}, classes=(trap, "b")).to_json())
    assert list(tmp_path.iterdir()) == []


def test_plain_values_only():
    assert is_plain({"a": [1, 2.5, None, True, "x", (1,)]})
    assert not is_plain({"a": object()}) and not is_plain([b"bytes"])
