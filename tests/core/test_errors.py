"""Errors: complete and alike in both languages, whole after a trip to another process, never a traceback."""
import builtins
import pickle
import re
import string

import pytest

from edukit.core import errors, i18n
from edukit.core.errors import ClassesDiffer, EdukitError, NotAnImage, UnknownChoice, nearest


def kinds() -> list[type[EdukitError]]:
    found = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, EdukitError)]
    return sorted(set(found) - {EdukitError}, key=lambda kind: kind.code)


def placeholders(wording: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(wording) if field is not None}


def documented(kind: type[EdukitError]) -> set[str]:
    return set(re.findall(r"``(\w+)``", kind.__doc__ or ""))


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_texts_say_what_the_class_says_it_was_given(kind, lang):
    texts = i18n.texts()
    message, remedy = (placeholders(texts[f"{kind.code}.{part}"][lang]) for part in ("message", "remedy"))
    assert message | remedy == documented(kind)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_an_error_says_what_was_found_and_what_to_do(kind, lang):
    i18n.set_language(lang)
    found = {name: f"<{name}>{{0}}" for name in documented(kind)}
    error = pickle.loads(pickle.dumps(kind(**found)))
    assert type(error) is kind and error.found == found
    assert str(error) == f"[{kind.code}] {error.message} {error.remedy}"
    assert all(value in str(error) for value in found.values())
    assert error.to_dict() == {"code": kind.code, "message": error.message, "remedy": error.remedy}


def test_codes_are_unique_and_of_the_stable_form():
    codes = [kind.code for kind in kinds()]
    assert len(set(codes)) == len(codes) and all(re.fullmatch(r"E[1-7]\d\d", code) for code in codes)


def test_every_worded_code_has_a_class():
    worded = {key.split(".")[0] for key in i18n.texts() if re.fullmatch(r"E\d+\.\w+", key)}
    assert worded - {kind.code for kind in kinds()} == {"E900"}  # a bug of ours, worded but never raised by us


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_an_error_is_also_the_fitting_builtin(kind):
    fitting = {cls for cls in kind.__mro__ if vars(builtins).get(cls.__name__) is cls} - {Exception, BaseException, object}
    assert fitting


def test_a_path_with_braces_and_markup_is_shown_as_it_is():
    assert "a{b}<script>%s.docx" in str(NotAnImage(path="a{b}<script>%s.docx"))


def test_a_notebook_draws_the_sentence_instead_of_a_traceback():
    error = NotAnImage(path="a.docx")
    assert error._render_traceback_() == [str(error)]


def test_a_mistyped_choice_names_the_nearest():
    error = UnknownChoice.among("optimizer", "adamw ", ["SGD", "AdamW"])
    assert error.found == {"name": "optimizer", "value": "adamw ", "choices": "SGD, AdamW", "nearest": "AdamW"}


@pytest.mark.parametrize("name, found", [("resnet", "ResNet18"), ("LENET", "LeNet"), ("", "LeNet"), ("图", "LeNet")])
def test_nearest_ignores_case_and_always_answers(name, found):
    assert nearest(name, ["LeNet", "ResNet18"]) == found


def test_nearest_of_nothing_is_empty():
    assert nearest("anything", []) == ""


def test_classes_are_listed_with_the_commas_of_the_language_and_not_by_the_thousand():
    many = [f"c{number}" for number in range(1000)]
    i18n.set_language("en")
    assert "knows a, b, the dataset pets has c0, c1, " in (told := ClassesDiffer.between("m.onnx", ["a", "b"], "pets", many).message) and len(told) < 200
    i18n.set_language("zh")
    assert "认识 甲、乙，" in ClassesDiffer.between("m.onnx", ["甲", "乙"], "pets", many).message


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), RuntimeError("DefaultCPUAllocator: can't allocate memory"),
     RuntimeError("[ONNXRuntimeError] : 6 : std::bad_alloc"), RuntimeError("bfc_arena.cc:376 Available memory of 0 is smaller than requested bytes of 9")],
)  # fmt: skip
def test_lack_of_memory_is_known_whoever_says_it(error):
    assert errors.OutOfMemory.meant_by(error, "model.onnx").found == {"detail": "model.onnx"} and errors.OutOfMemory.meant_by(error).found["detail"]
    assert errors.OutOfMemory.meant_by(RuntimeError("shape mismatch")) is None
