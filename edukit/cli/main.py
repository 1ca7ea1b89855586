"""``edukit VERB …``: reads the words, runs the verb, answers in the chosen language and form."""
from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import edukit
from edukit.cli.events import EventLines
from edukit.cli.running import STOPPED, Style, answer, outcome_of, run
from edukit.cli.streams import event_writer, say
from edukit.core import workspace
from edukit.core.command_line import attach_values, parser_of, read_arguments
from edukit.core.errors import UsageError
from edukit.core.i18n import LANGUAGES, set_language, t
from edukit.core.packages import imported
from edukit.core.parameters import Parameter
from edukit.core.registry import load_plugins
from edukit.core.verbs import VERBS, Verb, find_verb

_FLAGS = tuple(Parameter(name=name, kind="flag", default=False) for name in ("json", "events", "help"))
COMMON = (*_FLAGS[:2], Parameter(name="lang", default=None, choices=LANGUAGES, metavar="|".join(LANGUAGES)), _FLAGS[2])


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command line.

    Args:
        words: What follows the program's name; by default this process's arguments.

    Returns:
        The exit code: 0 done, 2 bad input, 130 stopped, 1 a fault of ours.
    """
    try:
        if words is None:
            _complete()
        return _main(list(sys.argv[1:] if words is None else words))
    except KeyboardInterrupt:  # between two steps; within a verb it is an answer
        return STOPPED


def _main(words: list[str]) -> int:
    style, rest = _style(words)
    try:
        workspace.use(workspace.Workspace.from_environment())
        load_plugins()
        if style.lang is not None:
            set_language(style.lang)
        asked = _read(rest, style)
        if isinstance(asked, str):
            say(asked)
            return 0
    except Exception as error:  # also a package that the verb's module needs and that is missing
        return _refuse(error, style)
    verb, values = asked
    if verb.name in ("serve", "lab") and style.lang is not None:
        values["lang"] = style.lang  # pages have a language of their own; without the word each browser's
    return run(verb, values, style)


def _refuse(error: Exception, style: Style) -> int:
    outcome = answer("", outcome_of(error), style)
    if style.events:
        with event_writer(None) as write:
            EventLines(write)(outcome.last_event())
    return outcome.code


def _style(words: list[str]) -> tuple[Style, list[str]]:
    """How to answer, wherever it stands, and the other words: an error among those is answered in that form already."""
    found: dict[str, str | bool] = {}
    rest: list[str] = []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            rest += [word, *waiting]
            break
        if word in ("--json", "--events"):
            found[word[2:]] = True
        elif word.startswith("--lang="):
            found["lang"] = word.partition("=")[2]
        elif word == "--lang":
            found["lang"] = waiting.pop(0) if waiting and not waiting[0].startswith("-") else ""
        else:
            rest.append(word)
    lang = found.get("lang")
    return Style(json=bool(found.get("json")), events=bool(found.get("events")), lang=None if lang is None else str(lang)), rest


def _read(words: list[str], style: Style) -> tuple[Verb, dict[str, Any]] | str:
    """The verb and its arguments; a text where help or version are asked for."""
    first = words[0] if words else ""
    if first in ("-h", "--help") or (not words and not style.json):
        return _overview()
    if first == "--version":
        return f"edukit {edukit.__version__}"
    if not first or first.startswith("-"):
        told = t("cli.unrecognized", names=first) if first else t("cli.no_verb", names=", ".join(verb.name for verb in VERBS))
        raise UsageError(detail=told, program="edukit")
    verb = find_verb(first)
    parameters = verb.parameters()
    parser = parser_of(f"edukit {first}", t(f"cli.about.{first}"), (*parameters, *COMMON), first)
    typed = attach_values(words[1:], parameters)
    if {"-h", "--help"} & set(typed[: typed.index("--")] if "--" in typed else typed):
        return parser.format_help().rstrip()
    return verb, read_arguments(typed, parameters, parser)


def _overview() -> str:
    width = max(len(verb.name) for verb in VERBS)
    listed = "\n".join(f"  {verb.name:<{width}}  {t(f'cli.about.{verb.name}')}" for verb in VERBS)
    program = os.path.basename(sys.argv[0]) if sys.argv[0].endswith("edukit") else "edukit"  # noqa: PTH119
    return t("cli.overview", verbs=listed, program=program).rstrip()


def _complete() -> None:
    """Answers a shell that asks by argcomplete, once ``eval "$(register-python-argcomplete edukit)"`` stands in its settings, and ends the process."""
    if "_ARGCOMPLETE" not in os.environ:
        return
    typed = os.environ.get("COMP_LINE", "").split()
    parser = parser_of("edukit", "", ())
    verbs = parser.add_subparsers()
    for verb in VERBS:
        parameters = (*verb.parameters(), *COMMON) if verb.name in typed[1:2] else ()  # the others' modules are not imported
        words = verbs.add_parser(verb.name, parents=[parser_of(verb.name, "", parameters, verb.name)], add_help=False, help=t(f"cli.about.{verb.name}"))
        for one, action in zip(parameters, words._actions):
            action.choices = one.choices or (tuple(one.names()) if one.names else ("true", "false") if one.kind == "boolean" else None)
    imported("argcomplete").autocomplete(parser)
