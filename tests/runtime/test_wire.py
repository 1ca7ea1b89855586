"""The wire reader against protobuf's own, and against bytes that lie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import NodeProto, TensorProto

from edukit.runtime.wire import MAX_FIELDS, MalformedError, Wire, to_signed


def message(data):
    return Wire().message(memoryview(data))


@given(st.lists(st.integers(-(1 << 63), (1 << 63) - 1), max_size=20), st.text(max_size=20), st.binary(max_size=50))
def test_it_reads_what_protobuf_wrote(dims, name, raw):
    tensor = TensorProto(dims=dims, name=name, raw_data=raw, data_type=1)
    found = message(tensor.SerializeToString())
    assert found.integers(1) == dims and found.text(8) == name and found.integer(2) == 1
    assert b"".join(map(bytes, found.blobs(9))) == raw


@given(st.lists(st.integers(-(1 << 63), (1 << 63) - 1), max_size=20))
def test_packed_numbers_read_as_unpacked_ones(numbers):
    packed = b"".join(varint(number % (1 << 64)) for number in numbers)
    assert message(b"\x0a" + varint(len(packed)) + packed).integers(1) == numbers


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    try:
        message(data)
    except MalformedError as error:
        assert str(error).startswith("runtime.onnx_")


LIES = [b"\x0a", b"\x0a\x05abc", b"\x0d\x01\x02", b"\x09\x01", b"\x08", b"\x08" + b"\xff" * 12, b"\x0b\x00", b"\x0a" + b"\xff" * 9 + b"\x01"]


@pytest.mark.parametrize("data", LIES)
def test_what_ends_early_or_is_no_message_is_refused(data):
    with pytest.raises(MalformedError):
        message(data)


def test_fields_of_another_kind_are_not_there():
    node = message(NodeProto(op_type="Relu").SerializeToString())
    assert node.integer(4) == 0 and node.blobs(1) == [] and node.text(99) == "" and not node.has(1)


def test_a_file_of_nothing_but_tiny_fields_has_an_end():
    with pytest.raises(MalformedError, match="too_many_parts"):
        message(b"\x08\x01" * (MAX_FIELDS + 1))


def test_long_packed_lists_are_not_unrolled():
    with pytest.raises(MalformedError):
        message(b"\x0a" + varint(5000) + b"\x01" * 5000).integers(1)


def test_signed_numbers():
    assert to_signed((1 << 64) - 1) == -1 and to_signed(5) == 5
