"""What a student can set in a view: its name, its plain meaning, and the values that it may take."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from edukit.core.errors import BadArgument, UnknownChoice
from edukit.core.i18n import t

MAX_TEXT = 4000  # characters of a path


@dataclass(frozen=True)
class Option:
    """One value of a setting and how it is shown; ``hint`` replaces the setting's own while it is chosen."""

    value: Any
    label: str
    hint: str = ""

    def to_dict(self) -> dict[str, Any]:
        """What the page needs."""
        return {"value": self.value, "label": self.label, "hint": self.hint}


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
    kind: Literal["select", "range", "check", "text"]
    label: str
    hint: str = ""
    default: Any = None
    options: tuple[Option, ...] = ()
    rare: bool = False
    placeholder: str = ""

    def checked(self, value: Any) -> Any:
        """``value`` if this setting may take it.

        Raises:
            UnknownChoice: It is none of the options.
            BadArgument: It is not of the right kind.
        """
        if self.kind in ("select", "range"):
            if not any(type(option.value) is type(value) and option.value == value for option in self.options):
                raise UnknownChoice.among(self.name, value, [str(option.value) for option in self.options])
        elif self.kind == "check" and not isinstance(value, bool):
            raise BadArgument(name=self.name, value=value, wanted=t("widgets.wanted_yes_no"))
        elif self.kind == "text" and (not isinstance(value, str) or len(value) > MAX_TEXT or "\0" in value):
            raise BadArgument(name=self.name, value=str(value)[:40], wanted=t("widgets.wanted_text"))
        return value

    def to_dict(self) -> dict[str, Any]:
        """What the page needs."""
        return {
            "name": self.name, "kind": self.kind, "label": self.label, "hint": self.hint, "rare": self.rare, "placeholder": self.placeholder,
            "options": [option.to_dict() for option in self.options],
        }


def values_of(settings: tuple[Setting, ...], saved: Mapping[str, Any]) -> dict[str, Any]:
    """The saved values where they still fit, else the defaults."""
    values = {}
    for setting in settings:
        try:
            values[setting.name] = setting.checked(saved[setting.name])
        except (KeyError, UnknownChoice, BadArgument):
            values[setting.name] = setting.default
    return values
