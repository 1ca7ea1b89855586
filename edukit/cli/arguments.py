"""What a verb's arguments are, and how their words become values; every mistake is one of our coded errors, in either language."""
from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from edukit.core.errors import BadArgument, UnknownChoice, UsageError
from edukit.core.i18n import t, texts

Kind = Literal["text", "integer", "number", "boolean", "flag"]


@dataclass(frozen=True)
class Argument:
    """One argument of a verb, under its Python name.

    Args:
        name: The Python parameter's name; on the command line its underscores are dashes.
        kind: What its word is turned into; a ``"flag"`` takes no word.
        shown: What stands for the value in the help; with ``positional`` the argument's name there.
        positional: Whether it is given by its place.
        many: Whether it takes one word or more.
        required: Whether it must be there; positional ones must.
        choices: The only possible words.
    """

    name: str
    kind: Kind = "text"
    shown: str = ""
    positional: bool = False
    many: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def option(self) -> str:
        """The name as it is typed."""
        return self.shown if self.positional else "--" + self.name.replace("_", "-")

    def value(self, word: Any) -> Any:
        """The Python value of what was typed.

        Raises:
            BadArgument, UnknownChoice
        """
        if isinstance(word, list):
            return [self.value(one) for one in word]
        if self.choices and word not in self.choices:
            raise UnknownChoice.among(self.option, word, self.choices)
        return _READERS[self.kind](self, word)


class Parser(argparse.ArgumentParser):
    """An argument parser that raises our errors and speaks the chosen language."""

    def error(self, message: str) -> NoReturn:
        """Raises what argparse would print in English before it ends the process."""
        for pattern, key in _COMPLAINTS:
            if found := re.search(pattern, message):
                raise UsageError(detail=t(key, names=found[1]))
        raise UsageError(detail=message)

    def format_help(self) -> str:
        """The help, with argparse's own words in the chosen language."""
        return super().format_help().replace("usage: ", t("cli.usage"), 1)


_COMPLAINTS = (
    (r"the following arguments are required: (.+)", "cli.missing"),
    (r"unrecognized arguments: (\S+)", "cli.unrecognized"),
    (r"argument (.+): expected (?:one|at least one) argument", "cli.needs_value"),
    (r"argument (.+): ignored explicit argument", "cli.takes_no_value"),
)


def parser_of(program: str, about: str, arguments: Sequence[Argument], verb: str = "") -> Parser:
    """The parser of one verb.

    Args:
        program: What the usage line begins with.
        about: The verb in a sentence.
        arguments: What it takes.
        verb: Its name, for the help texts.
    """
    parser = Parser(prog=program, description=about, add_help=False, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser._positionals.title, parser._optionals.title = t("cli.positionals"), t("cli.options")  # argparse offers no other way to name them
    for argument in arguments:
        _add(parser, argument, verb)
    return parser


def _add(parser: Parser, argument: Argument, verb: str) -> None:
    explained: dict[str, Any] = {"help": help_of(argument, verb), "default": argparse.SUPPRESS}
    if argument.kind == "flag":
        parser.add_argument(argument.option, dest=argument.name, action="store_true", **explained)
    elif argument.positional:
        parser.add_argument(argument.name, metavar=argument.shown, nargs="+" if argument.many else None, help=explained["help"])
    else:
        shown = argument.shown or ("|".join(argument.choices) if argument.choices else {"boolean": "true|false"}.get(argument.kind, "N"))
        parser.add_argument(argument.option, dest=argument.name, metavar=shown, required=argument.required, **explained)


def help_of(argument: Argument, verb: str) -> str:
    """The argument in a sentence: the verb's own wording, else the common one."""
    own = f"cli.help.{verb}.{argument.name}"
    return t(own if own in texts() else f"cli.help.{argument.name}").replace("%", "%%")


def joined(words: Sequence[str], arguments: Sequence[Argument]) -> list[str]:
    """``--lr -1`` as ``--lr=-1``: argparse would take the value for an option, and the student would not learn what is wrong with it."""
    takes_value = {argument.option for argument in arguments if not argument.positional and argument.kind != "flag"}
    options = {argument.option for argument in arguments if not argument.positional}
    result: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            return [*result, word, *rest]
        value = next(rest, None) if word in takes_value else None
        if value is None:
            result.append(word)
        elif value in options:
            return [*result, word, *joined([value, *rest], arguments)]
        else:
            result.append(f"{word}={value}")
    return result


def _text(argument: Argument, word: str) -> str:
    if "\0" in word:
        raise BadArgument(name=argument.option, value=repr(word)[:80], wanted=t("cli.wanted_text"))
    return word


def _integer(argument: Argument, word: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", word):
        raise BadArgument(name=argument.option, value=word[:80], wanted=t("cli.wanted_integer"))
    return int(word)


def _number(argument: Argument, word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadArgument(name=argument.option, value=word[:80], wanted=t("cli.wanted_number"))
    return value


def _boolean(argument: Argument, word: str) -> bool:
    if word.lower() not in ("true", "false"):
        raise UnknownChoice.among(argument.option, word, ("true", "false"))
    return word.lower() == "true"


def _flag(argument: Argument, word: bool) -> bool:
    return word


_READERS: dict[Kind, Callable[[Argument, Any], Any]] = {"text": _text, "integer": _integer, "number": _number, "boolean": _boolean, "flag": _flag}
