"""Results become plain values and come back the same, whatever their fields hold; damaged values are refused."""
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from edukit.core.results import Result


@dataclass(frozen=True)
class Inner(Result):
    path: Path
    share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Outer(Result):
    _left_out = ("secret",)

    name: str
    one: Inner
    perhaps: Inner | None = None
    many: tuple[Inner, ...] = ()
    listed: list[Inner] = field(default_factory=list)
    interval: tuple[float, float] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    secret: str = "kept"


FULL = Outer(
    name="猫", one=Inner(Path("/a b/图.jpg"), 0.5), perhaps=Inner(Path("x")), many=(Inner(Path("y"), 1.0), Inner(Path("z"))), listed=[Inner(Path("l"))],
    interval=(0.25, 0.75), facts={"shape": (1, 3), "path": Path("p"), "deep": {"inner": Inner(Path("q"))}}, secret="never told",
)


def test_plain_values_are_what_json_holds_and_leave_out_what_is_named():
    values = FULL.to_dict()
    assert json.loads(json.dumps(values)) == values and "secret" not in values
    assert values["one"] == {"path": str(Path("/a b/图.jpg")), "share": 0.5} and values["facts"]["shape"] == [1, 3]
    assert values["facts"]["deep"] == {"inner": {"path": "q", "share": None}}


@pytest.mark.parametrize("result", [FULL, Outer(name="a", one=Inner(Path("b")))])
def test_a_result_comes_back_with_its_types_after_a_trip_through_json(result):
    back = Outer.from_dict(json.loads(json.dumps(result.to_dict())))
    assert (back.name, back.one, back.perhaps, back.many, back.listed, back.interval) == (
        result.name, result.one, result.perhaps, result.many, result.listed, result.interval,
    )  # fmt: skip
    assert back.secret == "kept"


def test_names_of_later_versions_are_ignored_and_missing_ones_take_their_defaults():
    assert Outer.from_dict({"name": "a", "one": {"path": "b"}, "of_a_later_version": 1}) == Outer(name="a", one=Inner(Path("b")))


@pytest.mark.parametrize(
    "values",
    [[], "text", None, {}, {"name": "a"}, {"name": "a", "one": 5}, {"name": "a", "one": {}}, {"name": "a", "one": {"path": 7}},
     {"name": "a", "one": {"path": "b"}, "interval": [1]}, {"name": "a", "one": {"path": "b"}, "many": 3}],
)  # fmt: skip
def test_damaged_values_are_refused(values):
    with pytest.raises((TypeError, ValueError)):
        Outer.from_dict(values)
