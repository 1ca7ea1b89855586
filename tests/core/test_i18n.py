"""Texts: both languages for every key, the same placeholders, every key that the code names, and who decides the language."""
import ast
import json
import re
import string
import threading
from pathlib import Path

import pytest

import edukit
from edukit.core import i18n
from edukit.core.errors import UnknownChoice

PACKAGE = Path(edukit.__file__).parent
FILES = sorted((PACKAGE / "core" / "texts").glob("*.json"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def placeholders(wording: str) -> list[str]:
    return sorted({field for _, field, _, _ in string.Formatter().parse(wording) if field is not None})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_both_languages_say_the_same(file):
    wrong = {
        key: wording
        for key, wording in json.loads(file.read_text(encoding="utf-8")).items()
        if set(wording) != set(i18n.LANGUAGES)
        or not all(text.strip() for text in wording.values())
        or placeholders(wording["zh"]) != placeholders(wording["en"])
    }
    assert wrong == {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_english_holds_no_chinese(file):
    texts = json.loads(file.read_text(encoding="utf-8"))
    assert [key for key, wording in texts.items() if CHINESE.search(wording["en"].replace("中文", ""))] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_chinese_has_chinese_punctuation(file):
    """A half-width comma, colon or full stop right after a Chinese character is a slip."""
    texts = json.loads(file.read_text(encoding="utf-8"))
    assert [key for key, wording in texts.items() if re.search(r"[\u4e00-\u9fff][,;:?!.](?![\w{])", wording["zh"])] == []


def test_no_key_stands_in_two_files():
    keys = [key for file in FILES for key, _ in json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=list)]
    assert sorted(keys) == sorted(set(keys))


def literal_keys() -> dict[str, str]:
    """Every literal key that ``t`` or ``i18n.t`` is called with in the package, and where."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
            key = node.args[0]
            if name == "t" and isinstance(key, ast.Constant) and isinstance(key.value, str):
                found[key.value] = f"{path.name}:{node.lineno}"
    return found


def test_every_key_that_the_code_names_exists():
    assert {key: place for key, place in literal_keys().items() if key not in i18n.texts()} == {}


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_values_are_put_in(lang):
    i18n.set_language(lang)
    assert "猫 {x}.jpg" in i18n.t("E101.message", path="猫 {x}.jpg")


def test_an_unknown_language_is_an_error_and_changes_nothing():
    i18n.set_language("zh")
    with pytest.raises(UnknownChoice):
        i18n.set_language("fr")
    assert i18n.language() == "zh"


def test_threads_speak_the_chosen_language():
    i18n.set_language("zh")
    heard = []
    thread = threading.Thread(target=lambda: heard.append(i18n.language()))
    thread.start()
    thread.join()
    assert heard == ["zh"]


@pytest.mark.parametrize(
    "environment, lang",
    [
        ({"EDUKIT_LANG": "zh", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"EDUKIT_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_TW.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
    ],
)
def test_the_machine_decides_where_nobody_else_does(monkeypatch, environment, lang):
    for name in ("EDUKIT_LANG", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    i18n._machine_language.cache_clear()
    try:
        assert i18n._machine_language() == lang
    finally:
        i18n._machine_language.cache_clear()
