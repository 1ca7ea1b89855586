"""Words become values, and every mistake is a coded error in either language."""
import argparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edukit.cli.main import COMMON
from edukit.core.command_line import attach_values, help_of, parser_of, read_arguments, read_value
from edukit.core.errors import BadArgument, EdukitError, UnknownChoice, UsageError
from edukit.core.i18n import LANGUAGES, set_language, texts
from edukit.core.parameters import Parameter
from edukit.core.verbs import VERBS

EPOCHS, LR, PRETRAINED, JSON = (
    Parameter(name=name, kind=kind, default=None) for name, kind in (("epochs", "integer"), ("lr", "number"), ("pretrained", "boolean"), ("json", "flag"))
)
IMAGES = Parameter(name="images", kind="object", metavar="IMAGE", positional=True, many=True)


@given(st.integers(-10**17, 10**17))
def test_whole_numbers_are_read(number):
    assert read_value(EPOCHS, str(number)) == number


@pytest.mark.parametrize("word", ["", " ", "1.0", "1e3", "nan", "one", "0x10", "1_000", "٣", "9" * 40, "--", "True"])
def test_what_is_no_whole_number_is_refused(word):
    with pytest.raises(BadArgument) as caught:
        read_value(EPOCHS, word)
    assert "--epochs" in caught.value.message


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read(number):
    assert read_value(LR, repr(number)) == number


@pytest.mark.parametrize("word", ["", "nan", "inf", "-inf", "1e999", "one", "1,5"])
def test_what_is_no_finite_number_is_refused(word):
    with pytest.raises(BadArgument):
        read_value(LR, word)


def test_yes_and_no_are_true_and_false():
    assert read_value(PRETRAINED, "true") is True and read_value(PRETRAINED, "False") is False
    with pytest.raises(UnknownChoice):
        read_value(PRETRAINED, "yes")


def test_a_choice_names_the_nearest():
    with pytest.raises(UnknownChoice) as caught:
        read_value(Parameter(name="split", choices=("train", "validation", "test")), "tset")
    assert "“test”" in caught.value.remedy


def test_a_value_that_looks_like_an_option_is_still_a_value():
    arguments = (EPOCHS, LR, JSON, IMAGES)
    assert attach_values(["--lr", "-1e-3", "--epochs", "-1", "a"], arguments) == ["--lr=-1e-3", "--epochs=-1", "a"]
    assert attach_values(["--lr", "--epochs", "3"], arguments) == ["--lr", "--epochs=3"]
    assert attach_values(["--json", "a", "--", "--lr", "1"], arguments) == ["--json", "a", "--", "--lr", "1"]
    assert attach_values(["--lr"], arguments) == ["--lr"] and attach_values([], arguments) == []


@given(st.lists(st.sampled_from(["--lr", "--epochs", "--json", "--", "-1", "x", "--lr=2", "-h", ""]), max_size=8))
def test_any_words_are_values_or_a_coded_error(words):
    arguments = (EPOCHS, LR, JSON, IMAGES)
    try:
        read_arguments(words, arguments)
    except EdukitError as error:
        assert error.code in ("E401", "E402", "E403")


@pytest.mark.parametrize(
    "words, told", [(["a", "--frob"], "--frob"), ([], "IMAGE"), (["a", "--lr"], "--lr"), (["a", "--json=1"], "--json"), (["a", "--learn", "1"], "--learn")]
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_complaints_name_what_is_wrong_in_the_chosen_language(words, told, lang):
    set_language(lang)
    arguments = (LR, JSON, IMAGES)
    with pytest.raises(UsageError) as caught:
        parser_of("edukit test", "", arguments).parse_args(attach_values(words, arguments))
    assert told in caught.value.message and "edukit test --help" in caught.value.remedy
    english = ("required", "expected", "unrecognized", "ignored")
    assert not any(word in caught.value.message for word in english)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_argument_is_explained_in_both_languages(verb, lang):
    set_language(lang)
    parameters = verb.parameters()
    for parameter in (*parameters, *COMMON):
        assert help_of(parameter, verb.name)
    text = parser_of("edukit", texts()[f"cli.about.{verb.name}"][lang], (*parameters, *COMMON), verb.name).format_help()
    assert all(parameter.option in text for parameter in parameters if not parameter.positional)
    assert ("用法" in text) == (lang == "zh") and "usage:" not in text and not any(word in text for word in ("show this help message", "positional arguments"))
    assert "(default: )" not in text and "（默认 ）" not in text and ("选项：\n" in text) == (lang == "zh")


def test_a_percent_sign_in_a_text_does_not_break_the_help():
    parser = parser_of("edukit", "100 %", ())
    assert isinstance(parser, argparse.ArgumentParser) and "100 %" in parser.format_help()
