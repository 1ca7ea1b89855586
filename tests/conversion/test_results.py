"""What a conversion tells: plain JSON, a sentence in either language, nothing that could be markup."""
import json
import os
from pathlib import Path

import pytest

from edukit.conversion import CloseCall, Conversion, Gate
from edukit.core.i18n import set_language

GATE = Gate("test", "<pets>", "abc", 10, 9, 1e-6, 1e-4, (CloseCall("a.png", "cat", "dog", 1e-5),))
DONE = Conversion(Path("/x/<b>.onnx"), 1234, 17, 8, "batch", GATE, 100, 60, 1.5)


def test_a_close_call_is_no_failure():
    assert GATE.passed and GATE.differing == 0
    assert not Gate("test", "pets", "", 10, 9, 1e-6, 1e-4).passed and not Gate("test", "pets", "", 10, 10, 1, 1e-4).passed


def test_it_is_a_path_and_plain_json():
    assert os.fspath(DONE) == "/x/<b>.onnx"
    values = json.loads(json.dumps(DONE.to_dict()))
    assert values["path"] == "/x/<b>.onnx" and values["gate"]["close_calls"][0]["image"] == "a.png"
    assert Gate.from_dict(values["gate"]) == GATE


@pytest.mark.parametrize(("lang", "told"), [("en", "9 of 10 labels agree"), ("zh", "9 个标签相同")])
def test_it_says_what_was_proved(lang, told):
    set_language(lang)
    assert told in str(DONE) and "<b>" not in DONE._repr_html_() and "&lt;pets&gt;" in DONE._repr_html_()
    assert Gate("random", "", "random", 16, 16, 0, 1e-4).passed
