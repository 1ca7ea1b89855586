"""Results as plain JSON values and back: the one conversion that every result class shares."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, ClassVar, Self, Union, get_args, get_origin, get_type_hints


class Result:
    """Base of frozen dataclasses that hold a verb's answer: ``to_dict`` and ``from_dict`` follow the fields and their types.

    A field's type may be a plain value, a path, a mapping, another ``Result``, a tuple or list of these, or one of these or None.
    Names in ``_left_out`` are not part of the plain values.

    Example:
        >>> from dataclasses import dataclass
        >>> @dataclass(frozen=True)
        ... class Size(Result):
        ...     path: Path
        ...     sides: tuple[int, ...]
        >>> Size(Path("cat.jpg"), (4, 3)).to_dict()
        {'path': 'cat.jpg', 'sides': [4, 3]}
        >>> Size.from_dict({"path": "cat.jpg", "sides": [4, 3]}).sides
        (4, 3)
    """

    _left_out: ClassVar[tuple[str, ...]] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {one.name: plain(getattr(self, one.name)) for one in fields(self) if one.name not in self._left_out}  # type: ignore[arg-type]  # a dataclass

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of ``to_dict``; names that are no field are ignored.

        Raises:
            TypeError, ValueError: A field without default is missing, or a value has not the form of its field.
        """
        if not isinstance(values, Mapping):
            raise TypeError(f"{cls.__name__} is made from a mapping, not from {type(values).__name__}")
        return cls(**{name: _typed(values[name], kind) for name, kind in _kinds(cls).items() if name in values})  # type: ignore[arg-type]  # mypy doubts that a class is hashable


def plain(value: Any) -> Any:
    """``value`` as JSON can hold it: results and mappings become dictionaries, tuples become lists, paths become text."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


@cache
def _kinds(cls: Any) -> dict[str, Any]:
    kinds = get_type_hints(cls)
    return {one.name: kinds[one.name] for one in fields(cls)}


def _typed(value: Any, kind: Any) -> Any:
    """A plain value as the type of its field."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if value is None else _typed(value, next(one for one in inner if one is not NoneType))
    if origin in (tuple, list):
        kinds = inner * len(value) if origin is list else inner[:1] * len(value) if inner[-1] is Ellipsis else inner
        return origin(_typed(item, one) for item, one in zip(value, kinds, strict=True))
    if kind is Path:
        return Path(value)
    return kind.from_dict(value) if is_dataclass(kind) and hasattr(kind, "from_dict") else value
