"""The views' texts: every one that is asked for is there, and Chinese reads as Chinese."""
import json
import re
from pathlib import Path

import pytest

import edukit
from edukit.widgets import explorable_kinds

PACKAGE = Path(edukit.__file__).parent
FILES = [PACKAGE / "core" / "texts" / f"{name}.json" for name in ("widgets", *explorable_kinds())]
TEXTS = {key: text for path in FILES for key, text in json.loads(path.read_text(encoding="utf-8")).items()}
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "widgets").glob("*.py"))


def test_every_text_that_is_asked_for_is_there():
    asked = set(re.findall(r"""["'](widgets\.[a-z0-9_]+(?:\.[a-z0-9_]+)?)["'],? ?""", CODE))
    assert len(asked) > 80
    assert {key for key in asked if not key.endswith("_")} <= set(TEXTS)


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_a_text_says_the_same_in_both_languages_each_with_its_own_punctuation(key):
    zh, en = TEXTS[key]["zh"], TEXTS[key]["en"]
    assert set(re.findall(r"{\w+}", zh)) == set(re.findall(r"{\w+}", en)) and zh and en
    assert not re.search(r"[\u4e00-\u9fff] ?[,;:!?]|[\u4e00-\u9fff]\.(?![a-z.])", zh), "Chinese punctuation in Chinese"
    assert not re.search(r"[\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]", en), "no Chinese in English"
