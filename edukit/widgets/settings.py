"""What a student can set in a view: its name, its plain meaning, and the values that it may take."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import starmap
from typing import Any, Literal

from edukit.core.command_line import text_of
from edukit.core.errors import BadArgument, UnknownChoice
from edukit.core.i18n import t, text_or
from edukit.core.parameters import Parameter, Usual
from edukit.core.verbs import find_verb

Kind = Literal["select", "range", "check", "text"]
MAX_TEXT = 4000  # characters of a path
_SENT: dict[type, type] = {float: int}  # as what a whole number may come from a page


@dataclass(frozen=True)
class Option:
    """One value of a setting and how it is shown; ``hint`` replaces the setting's own while it is chosen, ``meaning`` stands below the control.

    With a ``picture`` (an SVG of ours) it is also offered as a card.
    """

    value: Any
    label: str
    hint: str = ""
    meaning: str = ""
    picture: str = ""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One thing to set.

    Args:
        name: As the verb's argument is called.
        kind: ``"select"`` or ``"range"`` (a slider over ``options``), ``"check"`` or ``"text"``.
        label: Its name for people.
        hint: Its plain meaning.
        default: The value at first.
        options: The values it may take (select, range).
        rare: Whether it stands behind "More settings".
        placeholder: What an empty text field shows.
    """

    name: str
    kind: Kind
    label: str
    hint: str = ""
    default: Any = None
    options: tuple[Option, ...] = ()
    rare: bool = False
    placeholder: str = ""

    def check(self, value: Any) -> Any:
        """``value`` as this setting takes it: a page sends 2 for 2.0.

        Raises:
            UnknownChoice: It is none of the options.
            BadArgument: It is not of the right kind.
        """
        if self.kind in ("select", "range"):
            same = [option.value for option in self.options if option.value == value and type(value) in (type(option.value), _SENT.get(type(option.value)))]
            if not same:
                raise UnknownChoice.among(self.name, value, [str(option.value) for option in self.options])
            return same[0]
        elif self.kind == "check" and not isinstance(value, bool):
            raise BadArgument(name=self.name, value=value, wanted=t("widgets.wanted_yes_no"))
        elif self.kind == "text" and (not isinstance(value, str) or len(value) > MAX_TEXT or "\0" in value):
            raise BadArgument(name=self.name, value=str(value)[:40], wanted=t("widgets.wanted_text"))
        return value

    def to_dict(self) -> dict[str, Any]:
        """What the page needs."""
        return {name: value for name, value in asdict(self).items() if name != "default"} | {"options": list(map(asdict, self.options))}


def setting(
    key: str, kind: Kind = "select", options: Mapping[Any, str] | Iterable[Option] = (), *, default: Any = None, placeholder: str = "", **values: Any
) -> Setting:
    """A setting that is no argument of a verb, by its text: its name is the last word of ``key``, and ``<key>_hint`` and ``<key>_placeholder`` are its others.

    Args:
        key: Such as ``"widgets.evaluate.split"``.
        kind: As ``Setting`` has it.
        options: What it may take; or values, each with how it is shown.
        default: The value at first; by default the first option, or an empty text.
        placeholder: Where it is no text.
        values: What the texts say.
    """
    listed = tuple(starmap(Option, options.items()) if isinstance(options, Mapping) else options)
    first = listed[0].value if listed else ""
    return Setting(
        name=key.rpartition(".")[2], kind=kind, label=t(key), hint=text_or(f"{key}_hint", **values), options=listed,
        placeholder=placeholder or text_or(f"{key}_placeholder"), default=first if default is None else default,
    )  # fmt: skip


def settings_of(
    verb: str, *, start: Mapping[str, Any] | None = None, options: Mapping[str, tuple[Option, ...]] | None = None, saved: Mapping[str, Any] | None = None
) -> tuple[Setting, ...]:
    """The settings for the arguments of ``verb`` that have usual values, as its signature describes them; the rare ones last.

    Args:
        verb: Such as ``"train"``.
        start: First values, where a view begins with others than the verb's defaults.
        options: The options of a setting, where they say more than a name.
        saved: Values that must be among the options: a number that the verb takes becomes a stop of its slider.
    """
    offered = [one for one in find_verb(verb).parameters() if one.usual is not None]
    found = (
        (one, _setting(verb, one, (start or {}).get(one.name, one.default), (options or {}).get(one.name)))
        for one in sorted(offered, key=lambda one: one.usual is not None and one.usual.rare)
    )
    return tuple(_with_stop(setting, one, (saved or {}).get(one.name)) for one, setting in found)


def shown_value(setting: Setting | None, value: Any) -> str:
    """A value as its setting shows it."""
    label = next((one.label for one in setting.options if type(one.value) is type(value) and one.value == value), None) if setting else None
    if label is None and isinstance(value, bool):
        return t("widgets.is_so" if value else "widgets.is_not")
    return label or (t("widgets.automatic") if value is None else f"{value:g}" if isinstance(value, float) else str(value))


def _with_stop(setting: Setting, parameter: Parameter, value: Any) -> Setting:
    known = [option.value for option in setting.options]
    if type(value) in (int, float) and known and value not in known:
        with suppress(BadArgument):
            stops = [*setting.options, Option(parameter.check(value), f"{value:g}")]
            return replace(setting, options=tuple(sorted(stops, key=lambda one: (one.value is not None, one.value or 0))))  # "automatic" stays the first
    return setting


def _setting(verb: str, parameter: Parameter, first: Any, options: tuple[Option, ...] | None) -> Setting:
    usual, key = parameter.usual or Usual(), f"widgets.{verb}.{parameter.name}"
    kind: Kind = "check" if parameter.kind == "flag" else "range" if usual.slider else "select"
    return Setting(
        name=parameter.name, kind=kind, label=text_or(key, parameter.name), hint=text_or(f"{key}_hint", "" if options else text_of(parameter, verb)),
        default=first, rare=usual.rare, options=() if kind == "check" else options or _options(parameter, usual, key),
    )  # fmt: skip


def _options(parameter: Parameter, usual: Usual, key: str) -> tuple[Option, ...]:
    automatic = (Option(None, t("widgets.automatic")),) if parameter.optional else ()
    if parameter.kind == "boolean":
        return (*automatic, Option(True, text_or(f"{key}_yes", t("widgets.is_so"))), Option(False, text_or(f"{key}_no", t("widgets.is_not"))))
    values = usual.values or parameter.choices or tuple(parameter.names() if parameter.names else ())
    return (*automatic, *(Option(value, text_or(f"{key}_{value}".lower(), f"{value:g}" if isinstance(value, float) else str(value))) for value in values))


def values_of(settings: tuple[Setting, ...], saved: Mapping[str, Any]) -> dict[str, Any]:
    """The saved values where they still fit, else the defaults."""
    values = {}
    for setting in settings:
        try:
            values[setting.name] = setting.check(saved[setting.name])
        except (KeyError, UnknownChoice, BadArgument):
            values[setting.name] = setting.default
    return values
