"""A verb's signature is the one description of its arguments: command line, views, jobs and shown code all read it here.

Annotations say what a type alone does not: ``epochs: Annotated[int, Between(1, 100_000), Usual(1, 2, 5, 10)] = 10``.
"""
from __future__ import annotations

import inspect
import math
import numbers
import operator
import os
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, wraps
from pathlib import Path
from typing import Annotated, Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from edukit.core.errors import BadArgument, UnknownChoice
from edukit.core.i18n import t

Kind = Literal["text", "path", "integer", "number", "boolean", "flag", "object"]
HOOKS = ("on_event", "should_stop")
PATH = str | os.PathLike[str]

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Between:
    """The smallest and the largest value; ``above`` leaves the smallest itself out."""

    least: float
    most: float
    above: bool = False


class OneOf:
    """The possible values, whatever their case."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices


@dataclass(frozen=True)
class Names:
    """A function that lists names to choose from; the verb itself checks the name, with an error of its own."""

    listed: Callable[[], Iterable[str]]


class Usual:
    """The values that a view offers; an argument without this mark stands in no view.

    Args:
        values: None are needed for a choice, for names and for yes or no.
        rare: Whether it stands behind "More settings".
        slider: Whether the values are stops of a slider.
    """

    def __init__(self, *values: Any, rare: bool = True, slider: bool = False) -> None:
        self.values, self.rare, self.slider = values, rare, slider


@dataclass(frozen=True)
class Metavar:
    """What stands for the value in the help."""

    text: str


class AsOption:
    """Typed as ``--name`` on the command line although Python takes it by its place."""


class TrueOrFalse:
    """Typed with true or false although the default is False; else it would be a flag."""


class PythonOnly:
    """No command line and no view can give it."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One argument of a verb.

    Args:
        name: Its Python name; on the command line its underscores are dashes.
        kind: A ``"flag"`` takes no word; an ``"object"`` is what the verb itself understands: models, data, pictures.
        default: Its value where none is given; ``inspect.Parameter.empty`` if it must be given.
        optional: Whether it may be None.
        positional: Whether it is given by its place.
        many: Whether it takes one word or more.
        choices: The only possible values.
        names: Lists names to choose from.
        between: The range of a number.
        usual: What a view offers.
        metavar: What stands for the value in the help; for a positional one also its name there.
    """

    name: str
    kind: Kind = "text"
    default: Any = inspect.Parameter.empty
    optional: bool = False
    positional: bool = False
    many: bool = False
    choices: tuple[str, ...] = ()
    names: Callable[[], Iterable[str]] | None = None
    between: Between | None = None
    usual: Usual | None = None
    metavar: str = ""

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is inspect.Parameter.empty

    @property
    def option(self) -> str:
        """The name as it is typed."""
        return self.metavar if self.positional else "--" + self.name.replace("_", "-")

    def check(self, value: Any, name: str = "") -> Any:
        """``value`` as the verb uses it: NumPy's numbers become Python's, a choice gets its usual case.

        Args:
            value: What was given in Python.
            name: What the error calls the argument.

        Raises:
            BadArgument, UnknownChoice
        """
        return value if (value is None and self.optional) or self.kind == "object" else _CHECKS[self.kind](self, value, name or self.name)

    def within(self, least: float, most: float) -> Parameter:
        """The same argument with another range, where it depends on a second argument."""
        return replace(self, between=Between(least, most))


def verb(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Checks every argument against the signature before ``function`` runs.

    Raises:
        BadArgument, UnknownChoice: By the decorated function.
    """
    signature = inspect.signature(function)

    @wraps(function)
    def checked(*places: Arguments.args, **named: Arguments.kwargs) -> Result:
        given = signature.bind(*places, **named)
        for parameter in parameters_of(function):
            if parameter.name in given.arguments:
                given.arguments[parameter.name] = parameter.check(given.arguments[parameter.name])
        return function(*given.args, **given.kwargs)

    return checked


@cache
def parameters_of(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """What ``function`` takes, as its signature describes it; hooks and what only Python can give are left out.

    Example:
        >>> def draw(path: str, *, size: Annotated[int, Between(1, 9)] = 3) -> None: ...
        >>> [(one.name, one.kind, one.positional, one.default) for one in parameters_of(draw)][1]
        ('size', 'integer', False, 3)
    """
    function = inspect.unwrap(function)
    hints = get_type_hints(function, include_extras=True)
    described = (_parameter(one, hints.get(one.name, Any)) for one in inspect.signature(function).parameters.values() if one.name not in (*HOOKS, "lang"))
    return tuple(one for one in described if one is not None)


def takes_hooks(function: Callable[..., Any]) -> bool:
    """Whether ``function`` reports events and can be asked to stop."""
    return set(HOOKS) <= inspect.signature(function).parameters.keys()


def _parameter(one: inspect.Parameter, hint: Any) -> Parameter | None:
    members, marks = _members_and_marks(hint)
    found = {type(mark): mark for mark in marks}
    if PythonOnly in found:
        return None
    kind, many = _kind(members, None if TrueOrFalse in found else one.default)
    positional = one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD and AsOption not in found
    choices = found[OneOf].choices if OneOf in found else ()
    names = found[Names].listed if Names in found else None
    metavar = found[Metavar].text if Metavar in found else "|".join(choices) or "NAME" * (names is not None) or _METAVARS[kind]
    return Parameter(
        name=one.name, kind=kind, default=one.default, optional=type(None) in members, positional=positional, many=many, choices=choices,
        names=names, between=found.get(Between), usual=found.get(Usual), metavar=metavar,
    )  # fmt: skip


def _members_and_marks(hint: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The types that a hint allows, and its marks; those further out come last."""
    origin = get_origin(hint)
    if origin is Annotated:
        members, marks = _members_and_marks(hint.__origin__)
        return members, (*marks, *hint.__metadata__)
    if origin not in (Union, types.UnionType):
        return (hint,), ()
    parts = [_members_and_marks(member) for member in get_args(hint)]
    return tuple(member for members, _ in parts for member in members), tuple(mark for _, marks in parts for mark in marks)


def _kind(members: Sequence[Any], default: Any) -> tuple[Kind, bool]:
    plain = [member for member in members if member is not type(None)]
    if plain == [bool]:
        return ("flag" if default is False else "boolean"), False
    simple: dict[Any, Kind] = {int: "integer", float: "number", str: "text"}
    if len(plain) == 1 and plain[0] in simple:
        return simple[plain[0]], False
    if set(plain) <= {str, os.PathLike[str], Path}:
        return "path", False
    return "object", any(get_origin(member) is Sequence for member in plain)


_METAVARS: Mapping[Kind, str] = {
    "text": "NAME", "path": "FILE", "integer": "N", "number": "X", "boolean": "true|false", "flag": "", "object": "FILE",
}  # fmt: skip


def _check_text(one: Parameter, value: Any, name: str) -> str:
    if one.choices:
        for choice in one.choices:
            if isinstance(value, str) and value.lower() == choice.lower():
                return choice
        raise UnknownChoice.among(name, shorten(value), one.choices)
    if not isinstance(value, str) and one.names is None:
        raise BadArgument(name=name, value=shorten(value), wanted=t("arguments.wanted.text"))
    return value  # type: ignore[no-any-return]  # with names the verb says what is wrong


def _check_path(one: Parameter, value: Any, name: str) -> Any:
    if not isinstance(value, (str, os.PathLike)) or not os.fspath(value):
        raise BadArgument(name=name, value=shorten(value), wanted=t("arguments.wanted.path"))
    return value


def _check_integer(one: Parameter, value: Any, name: str) -> int:
    between = one.between or Between(-(2**63), 2**63)
    try:
        number = None if isinstance(value, bool) else operator.index(value)  # NumPy's whole numbers too
    except TypeError:
        number = None
    if number is None or not between.least <= number <= between.most:
        wanted = t("arguments.wanted.whole", least=between.least, most=between.most) if one.between else t("arguments.wanted.integer")
        raise BadArgument(name=name, value=shorten(value), wanted=wanted)
    return number


def _check_number(one: Parameter, value: Any, name: str) -> float:
    between = one.between or Between(-math.inf, math.inf)
    try:
        number = float(value) if isinstance(value, numbers.Real) and not isinstance(value, bool) else math.nan
    except OverflowError:
        number = math.inf
    good = between.least < number <= between.most if between.above else between.least <= number <= between.most
    if not good or math.isinf(number):
        key = "arguments.wanted.above" if between.above else "arguments.wanted.number"
        wanted = t(key, least=f"{between.least:g}", most=f"{between.most:g}") if one.between else t("arguments.wanted.finite")
        raise BadArgument(name=name, value=shorten(value), wanted=wanted)
    return number


def _check_boolean(one: Parameter, value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise BadArgument(name=name, value=shorten(value), wanted="True / False")
    return value


def shorten(value: Any) -> str:
    """A wrong value as an error shows it."""
    return value if isinstance(value, str) and value and len(value) < 60 else repr(value)[:60]


_CHECKS: dict[Kind, Callable[[Parameter, Any, str], Any]] = {
    "text": _check_text, "path": _check_path, "integer": _check_integer, "number": _check_number, "boolean": _check_boolean, "flag": _check_boolean,
}  # fmt: skip
