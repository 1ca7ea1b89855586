"""A verb's arguments as words of a command line, and back; and as the Python call that a view shows."""
from __future__ import annotations

import argparse
import difflib
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NoReturn

from edukit.core.errors import BadArgument, UnknownChoice, UsageError
from edukit.core.i18n import t, texts
from edukit.core.parameters import Kind, Parameter
from edukit.core.verbs import find_verb


class Code(str):
    """An argument that ``code_of`` writes as it stands: a name instead of a text."""

    def __repr__(self) -> str:
        return str(self)


def words_of(verb: str, arguments: Mapping[str, Any]) -> list[str]:
    """The verb and its arguments as one would type them.

    Raises:
        UnknownChoice, UsageError: There is no such verb or argument.

    Example:
        >>> words_of("check-dataset", {"source": "emoji", "random_seed": 3})
        ['check-dataset', 'emoji', '--random-seed', '3']
    """
    places: list[str] = []
    options: list[str] = []
    parameters = find_verb(verb).parameters()
    if unknown := arguments.keys() - {one.name for one in parameters}:
        raise UsageError(detail=t("cli.unrecognized", names=", ".join(sorted(unknown))), program="edukit")
    for one in parameters:
        value = arguments.get(one.name)
        if value is None or (one.kind == "flag" and not value):
            continue
        if one.positional:
            places += [_word(part) for part in (value if one.many else [value])]
        else:
            options += [one.option] if one.kind == "flag" else [one.option, _word(value)]
    if any(place.startswith("-") for place in places):
        return [verb, *options, "--", *places]
    return [verb, *places, *options]


def code_of(verb: str, arguments: Mapping[str, Any], *, always: Collection[str] = ()) -> str:
    """The same as a call in Python: what differs from the defaults, and what is ``always`` shown.

    Example:
        >>> code_of("check-dataset", {"source": Code("dataset"), "random_seed": 0})
        'ek.check_dataset(dataset)'
    """
    parts = []
    for one in find_verb(verb).parameters():
        value = arguments.get(one.name, one.default)
        if one.positional:
            parts.append(repr(value))
        elif value != one.default or one.name in always:
            parts.append(f"{one.name}={os.fspath(value)!r}" if isinstance(value, os.PathLike) else f"{one.name}={value!r}")
    return f"ek.{find_verb(verb).attribute}({', '.join(parts)})"


def read_arguments(words: Sequence[str], parameters: Sequence[Parameter], parser: Parser | None = None) -> dict[str, Any]:
    """The values of the words that follow a verb; only what was given.

    Raises:
        UsageError, BadArgument, UnknownChoice
    """
    given = vars((parser or parser_of("edukit", "", parameters)).parse_args(attach_values(words, parameters)))
    return {one.name: read_value(one, given[one.name]) for one in parameters if one.name in given}


def read_value(parameter: Parameter, word: Any) -> Any:
    """The value of what was typed: a word, a list of words, or True for a flag.

    Raises:
        BadArgument, UnknownChoice
    """
    if isinstance(word, list):
        return [read_value(parameter, one) for one in word]
    return parameter.check(_READERS[parameter.kind](parameter, word), parameter.option)


class Parser(argparse.ArgumentParser):
    """An argument parser that raises our errors and speaks the chosen language."""

    def error(self, message: str) -> NoReturn:
        """Raises what argparse would print in English before it ends the process."""
        for pattern, key in _COMPLAINTS:
            if match := re.search(pattern, message):
                raise UsageError(detail=t(key, names=match[1]) + (self._like(match[1]) if key == "cli.unrecognized" else ""), program=self.prog)
        raise UsageError(detail=message, program=self.prog)

    def _like(self, word: str) -> str:
        options = [option for action in self._actions for option in action.option_strings]
        near = difflib.get_close_matches(word.partition("=")[0], options, n=1)
        return t("cli.similar", name=near[0]) if near else ""

    def format_help(self) -> str:
        """The help, with argparse's own words in the chosen language."""
        said = super().format_help().replace("usage: ", t("cli.usage"), 1)
        for group in self._action_groups:
            said = said.replace(f"{group.title}:\n", f"{t('cli.heading', name=group.title)}\n", 1)
        return said


_COMPLAINTS = (
    (r"the following arguments are required: (.+)", "cli.missing"),
    (r"unrecognized arguments: (\S+)", "cli.unrecognized"),
    (r"argument (.+): expected (?:one|at least one) argument", "cli.needs_value"),
    (r"argument (.+): ignored explicit argument", "cli.takes_no_value"),
)


def parser_of(program: str, about: str, parameters: Sequence[Parameter], verb: str = "") -> Parser:
    """The parser of one verb.

    Args:
        program: What the usage line begins with.
        about: The verb in a sentence.
        parameters: What it takes.
        verb: Its name, for the help texts.
    """
    parser = Parser(prog=program, description=about, add_help=False, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser._positionals.title, parser._optionals.title = t("cli.positionals"), t("cli.options")  # argparse offers no other way to name them
    for one in parameters:
        explained: dict[str, Any] = {"help": help_of(one, verb), "default": argparse.SUPPRESS}
        if one.kind == "flag":
            parser.add_argument(one.option, dest=one.name, action="store_true", **explained)
        elif one.positional:
            parser.add_argument(one.name, metavar=one.metavar, nargs="+" if one.many else None, help=explained["help"])
        else:
            parser.add_argument(one.option, dest=one.name, metavar=one.metavar, required=one.required, **explained)
    return parser


def help_of(parameter: Parameter, verb: str) -> str:
    """The argument in a sentence: the verb's own wording, else the common one; then the names to choose from, and the default."""
    said = text_of(parameter, verb)
    if parameter.names is not None:
        said = t("cli.with_names", text=said, names=", ".join(parameter.names()))
    if parameter.kind != "flag" and not parameter.required and parameter.default not in (None, ""):
        said = t("cli.with_default", text=said, default=str(parameter.default).lower() if parameter.kind == "boolean" else parameter.default)
    return said.replace("%", "%%")


def text_of(parameter: Parameter, verb: str) -> str:
    """The argument's words alone."""
    own = f"cli.help.{verb}.{parameter.name}"
    return t(own if own in texts() else f"cli.help.{parameter.name}")


def attach_values(words: Sequence[str], parameters: Sequence[Parameter]) -> list[str]:
    """``--lr -1`` as ``--lr=-1``: argparse would take the value for an option, and the student would not learn what is wrong with it."""
    takes_value = {one.option: one.kind != "flag" for one in parameters if not one.positional}
    result: list[str] = []
    for word in words:
        if result and takes_value.get(result[-1]) and word not in takes_value and "--" not in result:
            result[-1] += f"={word}"
        else:
            result.append(word)
    return result


def _word(value: Any) -> str:
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value).lower() if isinstance(value, bool) else str(value)


def _read_text(one: Parameter, word: str) -> str:
    if "\0" in word:
        raise BadArgument(name=one.option, value=repr(word)[:80], wanted=t("arguments.wanted.plain_text"))
    return word


def _read_integer(one: Parameter, word: str) -> int | str:
    return int(word) if re.fullmatch(r"[+-]?[0-9]{1,18}", word) else word  # the check says what is wrong with a word


def _read_number(one: Parameter, word: str) -> float | str:
    try:
        return float(word)
    except ValueError:
        return word


def _read_boolean(one: Parameter, word: str) -> bool:
    if word.lower() not in ("true", "false"):
        raise UnknownChoice.among(one.option, word, ("true", "false"))
    return word.lower() == "true"


_READERS: dict[Kind, Callable[[Parameter, Any], Any]] = {
    "text": _read_text, "path": _read_text, "object": _read_text, "integer": _read_integer, "number": _read_number, "boolean": _read_boolean,
    "flag": lambda one, word: word,
}  # fmt: skip
