"""Protobuf's wire form, read without trusting it: every length is checked, nothing is copied, and the work has an end.

Source: https://protobuf.dev/programming-guides/encoding
"""
from __future__ import annotations

MAX_FIELDS = 400_000  # a model of thousands of nodes has tens of thousands; a file of two-byte fields would keep Python busy for minutes


class MalformedError(ValueError):
    """The bytes are no protobuf message, or one that lies; the argument is the key of the text that says why."""


class Wire:
    """Reads the messages of one file and counts their fields."""

    def __init__(self) -> None:
        self.fields_left = MAX_FIELDS

    def message(self, data: memoryview) -> Message:
        """The fields of one message.

        Raises:
            MalformedError: The bytes end early, are no message, or hold too many fields.
        """
        found: dict[int, list[int | memoryview]] = {}
        position, end = 0, len(data)
        while position < end:
            self.fields_left -= 1
            if self.fields_left < 0:
                raise MalformedError("runtime.onnx_too_many_parts")
            tag, position = read_varint(data, position)
            kind = tag & 7
            if kind == 0:
                number, position = read_varint(data, position)
                found.setdefault(tag >> 3, []).append(number)
                continue
            if kind == 2:
                length, position = read_varint(data, position)
            elif kind in (1, 5):
                length = 8 if kind == 1 else 4
            else:
                raise MalformedError("runtime.onnx_not_protobuf")
            if length > end - position:
                raise MalformedError("runtime.onnx_ends_early")
            found.setdefault(tag >> 3, []).append(data[position : position + length])
            position += length
        return Message(found)


class Message:
    """One message's fields by number; a field of another kind than asked for is not there."""

    def __init__(self, fields: dict[int, list[int | memoryview]]) -> None:
        self._fields = fields

    def has(self, field: int) -> bool:
        """Whether the field is written."""
        return field in self._fields

    def blobs(self, field: int) -> list[memoryview]:
        """The bytes of each text, message, packed list or fixed-width number."""
        return [value for value in self._fields.get(field, ()) if not isinstance(value, int)]

    def integer(self, field: int) -> int:
        """A whole number, 0 where it is not written."""
        return next((to_signed(value) for value in reversed(self._fields.get(field, ())) if isinstance(value, int)), 0)

    def integers(self, field: int) -> list[int]:
        """A list of whole numbers, packed or one a field."""
        numbers: list[int] = []
        for value in self._fields.get(field, ()):
            numbers += [to_signed(value)] if isinstance(value, int) else unpack_integers(value)
        return numbers

    def text(self, field: int) -> str:
        """A text, empty where it is not written; bytes that are no UTF-8 are shown as such."""
        blobs = self.blobs(field)
        return bytes(blobs[-1]).decode("utf-8", "replace") if blobs else ""

    def size(self, field: int) -> int:
        """How many bytes a repeated field's values take; single whole numbers count as 8."""
        return sum(8 if isinstance(value, int) else len(value) for value in self._fields.get(field, ()))


def read_varint(data: memoryview, position: int) -> tuple[int, int]:
    """The unsigned number at ``position``, at most 64 bits, and where it ends."""
    value = shift = 0
    for index in range(position, min(position + 10, len(data))):
        byte = data[index]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, index + 1
        shift += 7
    raise MalformedError("runtime.onnx_ends_early" if position + 10 > len(data) else "runtime.onnx_not_protobuf")


def to_signed(number: int) -> int:
    """An unsigned 64-bit number as the signed one that it stands for."""
    return number - (1 << 64) if number >= 1 << 63 else number


def unpack_integers(data: memoryview) -> list[int]:
    """A packed list of whole numbers; only short ones are wanted here, such as shapes."""
    if len(data) > 1000:
        raise MalformedError("runtime.onnx_not_protobuf")
    numbers, position = [], 0
    while position < len(data):
        number, position = read_varint(data, position)
        numbers.append(to_signed(number))
    return numbers


def field_bytes(number: int, content: bytes) -> bytes:
    """A field of bytes as it stands in a message.

    Example:
        >>> field_bytes(1, b"ab")
        b'\\n\\x02ab'
    """
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    digits = bytearray()
    while number > 127:
        digits.append(number & 127 | 128)
        number >>= 7
    return bytes([*digits, number])
