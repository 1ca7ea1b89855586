"""``edukit VERB …``: reads the words, runs the verb, answers in the chosen language and form."""
from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import edukit
from edukit.cli.arguments import Argument, joined, parser_of
from edukit.cli.commands import COMMANDS, Command, Values
from edukit.cli.events import EventLines
from edukit.cli.running import STOPPED, Style, answer, failed, run
from edukit.cli.streams import event_writer, say
from edukit.core import workspace
from edukit.core.errors import EdukitError, UnknownChoice, UsageError
from edukit.core.i18n import LANGUAGES, set_language, t

COMMON = (Argument("json", "flag"), Argument("events", "flag"), Argument("lang", choices=LANGUAGES), Argument("help", "flag"))


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command line.

    Args:
        words: What follows the program's name; by default this process's arguments.

    Returns:
        The exit code: 0 done, 2 bad input, 130 stopped, 1 a fault of ours.
    """
    try:
        return _main(list(sys.argv[1:] if words is None else words))
    except KeyboardInterrupt:  # between two steps; within a verb it is an answer
        return STOPPED


def _main(words: list[str]) -> int:
    style, rest = _style(words)
    try:
        workspace.use(workspace.Workspace.from_environment())
        if style.lang is not None:
            set_language(style.lang)
        command, values = _read(rest, style)
    except EdukitError as error:
        return _refuse(error, style)
    except _Said:
        return 0
    if command.name in ("serve", "lab") and style.lang is not None:
        values["lang"] = style.lang  # pages have a language of their own; without the word each browser's
    return run(command, values, style)


def _refuse(error: EdukitError, style: Style) -> int:
    outcome = answer("", failed(error), style)
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


class _Said(Exception):
    """Help or version were asked for and given: nothing is left to do."""


def _read(words: list[str], style: Style) -> tuple[Command, Values]:
    verb = words[0] if words else ""
    if verb in ("-h", "--help") or (not words and not style.json):
        return _show(_overview())
    if verb == "--version":
        return _show(f"edukit {edukit.__version__}")
    if not verb or verb.startswith("-"):
        raise UsageError(detail=t("cli.no_verb", names=", ".join(c.name for c in COMMANDS)) if not verb else t("cli.unrecognized", names=verb))
    command = next((c for c in COMMANDS if c.name == verb), None)
    if command is None:
        raise UnknownChoice.among(t("cli.verb"), verb, [c.name for c in COMMANDS])
    arguments = (*command.arguments, *COMMON)
    parser = parser_of(f"edukit {verb}", t(f"cli.about.{verb}"), arguments, verb)
    typed = joined(words[1:], arguments)
    if {"-h", "--help"} & set(typed[: typed.index("--")] if "--" in typed else typed):
        return _show(parser.format_help())
    given = vars(parser.parse_args(typed))
    return command, {argument.name: argument.value(given[argument.name]) for argument in command.arguments if argument.name in given}


def _show(text: str) -> tuple[Command, Values]:
    say(text.rstrip())
    raise _Said


def _overview() -> str:
    width = max(len(command.name) for command in COMMANDS)
    listed = "\n".join(f"  {command.name:<{width}}  {t(f'cli.about.{command.name}')}" for command in COMMANDS)
    return t("cli.overview", verbs=listed, program=os.path.basename(sys.argv[0]) if sys.argv[0].endswith("edukit") else "edukit")  # noqa: PTH119
