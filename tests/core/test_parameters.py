"""Descriptions of arguments: what a signature says is what is checked, typed, shown and started."""
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edukit.core.command_line import Code, code_of, read_arguments, words_of
from edukit.core.errors import BadArgument, EdukitError, UnknownChoice, UsageError
from edukit.core.i18n import LANGUAGES, texts
from edukit.core.parameters import AsOption, Between, Metavar, Names, OneOf, PythonOnly, TrueOrFalse, Usual, parameters_of, takes_hooks, verb
from edukit.core.verbs import VERBS, find_verb


@verb
def paint(
    picture: Annotated[str | Path | bytes, Metavar("PICTURE")],
    others: Annotated[Sequence[Any] | Any, Metavar("OTHER")],
    out: Annotated[str | Path, AsOption(), Metavar("DIR")],
    colour: Annotated[str, Names(lambda: ["red", "blue"])] = "red",
    *,
    frame: int | None,
    layers: Annotated[int, Between(1, 9), Usual(1, 3)] = 3,
    strength: Annotated[float | None, Between(0, 1, above=True)] = None,
    brush: Annotated[str, OneOf("Round", "Flat")] = "Round",
    dry: bool = False,
    varnish: bool = True,
    wet: bool | None = None,
    matt: Annotated[bool, TrueOrFalse()] = False,
    secret: Annotated[object, PythonOnly()] = None,
    lang: str | None = None,
    on_event: object = None,
    should_stop: object = None,
):
    """What it was given."""
    return {"layers": layers, "strength": strength, "brush": brush, "frame": frame}


def test_the_signature_tells_kinds_places_and_defaults():
    told = {one.name: one for one in parameters_of(paint)}
    assert list(told) == ["picture", "others", "out", "colour", "frame", "layers", "strength", "brush", "dry", "varnish", "wet", "matt"]
    kinds = [one.kind for one in told.values()]
    assert kinds == ["object", "object", "path", "text", "integer", "integer", "number", "text", "flag", "boolean", "boolean", "boolean"]
    assert [one.name for one in told.values() if one.positional] == ["picture", "others"] and [one.name for one in told.values() if one.many] == ["others"]
    assert [one.name for one in told.values() if one.required] == ["picture", "others", "out", "frame"]
    assert [one.name for one in told.values() if one.optional] == ["frame", "strength", "wet"]
    assert (told["picture"].option, told["out"].option, told["brush"].metavar, told["layers"].metavar) == ("PICTURE", "--out", "Round|Flat", "N")
    assert takes_hooks(paint) and not takes_hooks(len)


@pytest.mark.parametrize(
    ("name", "value"),
    [("layers", value) for value in (0, 10, 1.5, "3", True, None, math.nan, [1], 10**30)]
    + [("strength", value) for value in (0, 1.5, "0.5", True, math.inf, math.nan, 10**400)]
    + [("varnish", value) for value in (1, "yes", None)]
    + [("out", value) for value in ("", 3, None)],
)
def test_what_cannot_be_is_named_before_the_function_runs(name, value):
    with pytest.raises(BadArgument) as caught:
        paint(*("picture", [], "out"), **{"frame": None, name: value}) if name != "out" else paint("picture", [], value, frame=None)
    assert name in caught.value.message and name in caught.value.remedy


def test_values_become_pythons_own():
    found = paint("picture", [], "out", frame=np.int64(2), layers=np.int8(4), strength=np.float32(0.5), brush="FLAT")
    assert found == {"layers": 4, "strength": 0.5, "brush": "Flat", "frame": 2} and type(found["layers"]) is type(found["frame"]) is int
    with pytest.raises(UnknownChoice, match="brush"):
        paint("picture", [], "out", frame=None, brush="thin")


@given(
    st.fixed_dictionaries(
        {"dataset": st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)},
        optional={
            "epochs": st.integers(1, 100_000), "lr": st.floats(1e-6, 1000), "pretrained": st.booleans(), "resume": st.booleans(),
            "out": st.sampled_from(["run", "-run", "a b"]), "optimizer": st.sampled_from(["AdamW", "SGD"]),
        },
    )
)
def test_words_say_what_was_asked(arguments):
    words = words_of("train", arguments)
    read = read_arguments(words[1:], find_verb("train").parameters())
    assert words[0] == "train" and read == {name: value for name, value in arguments.items() if (name, value) != ("resume", False)}


def test_many_places_and_no_stranger():
    assert words_of("predict", {"model": Path("m.onnx"), "images": ["a.png", "b.png"], "top": 2}) == ["predict", "m.onnx", "a.png", "b.png", "--top", "2"]
    with pytest.raises(UsageError, match="colour"):
        words_of("predict", {"colour": 1})
    with pytest.raises(UnknownChoice, match="predict"):
        words_of("predikt", {})


def test_the_shown_call_names_what_differs():
    assert code_of("train", {"dataset": Code("dataset"), "epochs": 10, "lr": 0.1, "freeze": None}) == "ek.train(dataset, lr=0.1)"
    assert code_of("train", {"dataset": "emoji"}, always=("epochs",)) == "ek.train('emoji', epochs=10)"
    assert code_of("convert", {"checkpoint": Code("trained.best"), "out": Path("a.onnx")}) == "ek.convert(trained.best, out='a.onnx')"
    with pytest.raises(EdukitError):
        code_of("trian", {})


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_argument_has_words_in_both_languages(verb):
    for one in verb.parameters():
        key = next(key for key in (f"cli.help.{verb.name}.{one.name}", f"cli.help.{one.name}") if key in texts())
        assert all(texts()[key][lang] for lang in LANGUAGES)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_default_is_one_that_may_be(verb):
    assert all(one.check(one.default) == one.default for one in verb.parameters() if not one.required)
