"""Texts by key in Chinese and English, both beside each other in ``texts/*.json``."""
from __future__ import annotations

import json
import locale
import os
import re
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")

_chosen: list[str] = []  # of the whole process, every thread of it; a server that speaks both asks ``texts`` itself


def language() -> str:
    """The language in use: the chosen one, else ``EDUKIT_LANG``, else the machine's, else English."""
    return _chosen[0] if _chosen else _machine_language()


def set_language(lang: str) -> None:
    """Chooses ``"zh"`` or ``"en"`` for this process.

    Raises:
        UnknownChoice: For any other language.
    """
    if lang not in LANGUAGES:
        from edukit.core.errors import UnknownChoice

        raise UnknownChoice.among("lang", lang, LANGUAGES)
    _chosen[:] = [lang]


def t(key: str, **values: object) -> str:
    """The text of ``key`` in the language in use, with its values put in.

    Example:
        >>> set_language("en"); t("plots.kept", value="90%")
        'kept: 90%'
    """
    return texts()[key][language()].format(**values)


def text_or(key: str, otherwise: str = "", **values: object) -> str:
    """The text of ``key`` where there is one, with its values put in, else ``otherwise``.

    Example:
        >>> text_or("widgets.nothing.title", "nothing")
        'nothing'
    """
    return t(key, **values) if key in texts() else otherwise


def retranslate(text: str, *prefixes: str) -> str:
    """A stored text in the language in use: where a key of these prefixes made it in any language, the same key with the same values, else ``text``.

    Example:
        >>> set_language("en"); retranslate("保留的：90%", "plots.kept")
        'kept: 90%'
    """
    for key, wordings in texts().items():
        for wording in wordings.values() if key.startswith(prefixes) else ():
            if found := re.fullmatch(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(wording)), text):
                lists = {name: re.split("、|, ", value) for name, value in found.groupdict().items()}
                return t(key, **{name: t("data.comma").join(retranslate(part, *prefixes) for part in parts) for name, parts in lists.items()})
    return text


def large_number(count: int) -> str:
    """A large number as people say it: ``"3.4 million"``, ``"62 thousand"``; in Chinese by ten thousands: ``"340 万"``."""
    if language() == "zh":
        return f"{count / 10_000:.0f} 万" if count >= 95_000 else f"{count / 10_000:.1f} 万"
    return f"{count / 1e6:.1f} million" if count >= 950_000 else f"{count / 1000:.0f} thousand"


@cache
def texts() -> dict[str, dict[str, str]]:
    """Every text: key to language to wording."""
    merged: dict[str, dict[str, str]] = {}
    for path in sorted((Path(__file__).parent / "texts").glob("*.json")):
        merged.update(json.loads(path.read_text(encoding="utf-8")))
    return merged


@cache
def _machine_language() -> str:
    named = os.environ.get("EDUKIT_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or (locale.getlocale()[0] or "")
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"
