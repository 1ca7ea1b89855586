"""What an ONNX file says of itself: the same as the onnx package reads, and nothing but a coded error for bytes that lie."""
import json
import random
from collections import Counter

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from onnx_files import CLASSES, calling, card, convolutions, model_of, network, save, save_external

from edukit.core.errors import BadCard, EdukitError, EmptyFile, FileMissing, NoCard, NotAFile, NotAnOnnxFile
from edukit.core.limits import MAX_MODEL_BYTES
from edukit.runtime import inspect_onnx
from edukit.runtime.onnx_file import parse_onnx

SIZES = st.integers(0, 4)


@given(
    metadata=st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=30), max_size=4),
    opset=st.integers(1, 99), shape=st.lists(SIZES, max_size=4), dtype=st.sampled_from(["f4", "f8", "f2", "i8", "i4", "u1", "i1", "?"]),
    batch=st.one_of(st.none(), st.integers(0, 9), st.text(max_size=5)), domain=st.sampled_from(["", "ai.onnx", "com.foo"]), deep=st.booleans(),
)  # fmt: skip
def test_it_tells_what_the_onnx_package_reads(tmp_path_factory, metadata, opset, shape, dtype, batch, domain, deep):
    weight = numpy_helper.from_array(np.ones(shape, dtype), "weight")
    nodes = [helper.make_node("Foo", ["input", "weight"], ["logits"], domain=domain)]
    if deep:
        inner = helper.make_graph([helper.make_node("Bar", [], ["y"], value=weight)], "inner", [], [])
        nodes.append(helper.make_node("If", ["input"], ["z"], then_branch=inner, else_branch=inner))
    model = model_of(nodes, [weight], [batch, 3], ["n", 3], opset)
    helper.set_model_props(model, metadata)
    facts = parse_onnx(model.SerializeToString(), tmp_path_factory.getbasetemp())
    assert facts.metadata == metadata and facts.opsets == {"": opset} and facts.ir_version == model.ir_version
    assert facts.operators == dict(Counter(["Foo" if domain in ("", "ai.onnx") else "com.foo:Foo"] + (["Bar", "Bar", "If"] if deep else [])))
    assert [tensor.shape for tensor in facts.tensors] == [tuple(shape)] * (3 if deep else 1) and facts.producer == "tests"
    assert facts.inputs[0].shape == (batch or (None if batch is None or batch == "" else 0), 3) and facts.inputs[0].type == "float32"


def test_a_real_graph_agrees_with_onnx(tmp_path):
    model = convolutions()
    facts = inspect_onnx(save(tmp_path / "a.onnx", model))
    assert facts.node_count == len(model.graph.node)
    assert facts.parameters == sum(numpy_helper.to_array(tensor).size for tensor in model.graph.initializer)
    assert {tensor.name: tensor.shape for tensor in facts.tensors} == {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    assert (facts.has_nan, facts.quantized, facts.external_data) == (False, False, ())
    assert json.loads(json.dumps(facts.facts()))["outputs"] == [{"name": "logits", "type": "float32", "shape": ["batch", 3]}]


def test_an_input_with_a_stored_value_is_no_input(tmp_path):
    model = network()
    model.graph.input.append(helper.make_tensor_value_info("weights", TensorProto.FLOAT, [3, 3]))  # as files before IR 4 have it
    assert [one.name for one in inspect_onnx(save(tmp_path / "a.onnx", model)).inputs] == ["input"]


@pytest.mark.parametrize("values", [[np.nan, 0, 0], [0, np.inf, 0], [0, 0, -np.inf]])
@pytest.mark.parametrize("dtype", ["f4", "f2", "f8"])
@pytest.mark.parametrize("raw", [True, False])
def test_values_that_are_no_numbers_are_seen(tmp_path, values, dtype, raw):
    model = network()
    if raw:
        model.graph.initializer.append(numpy_helper.from_array(np.array(values, dtype), "bad"))
    else:
        model.graph.initializer.append(helper.make_tensor("bad", {"f4": 1, "f2": 10, "f8": 11}[dtype], [3], values))
    assert inspect_onnx(save(tmp_path / "a.onnx", model)).has_nan or (not raw and dtype == "f2")  # halves outside raw_data are whole numbers


def test_bfloat16_is_looked_at_too(tmp_path):
    model = network()
    model.graph.initializer.append(TensorProto(name="b", data_type=16, dims=[2], raw_data=b"\x80\x3f\xc0\x7f"))
    assert inspect_onnx(save(tmp_path / "a.onnx", model)).has_nan


def test_a_lone_infinity_is_a_bound(tmp_path):
    model = network()
    model.graph.initializer.append(numpy_helper.from_array(np.array(np.inf, np.float32), "max"))
    assert not inspect_onnx(save(tmp_path / "a.onnx", model)).has_nan


def test_the_card_comes_back_and_is_never_evaluated(tmp_path):
    assert inspect_onnx(save(tmp_path / "a.onnx")).card == card() and card().classes == CLASSES
    with pytest.raises(NoCard):
        assert inspect_onnx(save(tmp_path / "b.onnx", with_card=False)).card
    marker = tmp_path / "ran"
    for text in (f"__import__('pathlib').Path({str(marker)!r}).touch()", "{'classes': ('a',)}", "[]", "null", "NaN", "[" * 100_000, '{"classes": 3}'):
        with pytest.raises(BadCard):
            assert inspect_onnx(save(tmp_path / "c.onnx", with_card=text)).card
    assert not marker.exists()


def test_what_is_no_file_is_said(tmp_path):
    (tmp_path / "empty.onnx").touch()
    for path, kind in ((tmp_path / "absent.onnx", FileMissing), (tmp_path, NotAFile), (tmp_path / "empty.onnx", EmptyFile)):
        with pytest.raises(kind):
            inspect_onnx(path)


OTHERS = [b"hello, I am a text\n" * 50, b"\x89PNG\r\n\x1a\n" + b"\0" * 99, b"PK\x03\x04" + b"\0" * 99, b"\0" * 1000, b"\x08\x08", b"{}"]


@pytest.mark.parametrize("data", OTHERS)
def test_other_files_are_refused(tmp_path, data):
    (tmp_path / "a.onnx").write_bytes(data)
    with pytest.raises(NotAnOnnxFile):
        inspect_onnx(tmp_path / "a.onnx")


def test_every_truncation_is_refused_or_still_whole(tmp_path):
    data = save(tmp_path / "a.onnx", convolutions()).read_bytes()
    rest = data.index(b"\n\x06edukit") - 12  # the operator sets and the card follow the graph
    for end in range(1, len(data)):
        try:
            parse_onnx(data[:end], tmp_path)
        except NotAnOnnxFile:
            continue
        assert end > rest


def test_random_damage_gives_facts_or_a_coded_error(tmp_path):
    data = save(tmp_path / "a.onnx", convolutions()).read_bytes()
    rng = random.Random(0)
    for _ in range(1500):
        damaged = bytearray(data)
        for _ in range(rng.choice((1, 2, 8))):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        try:
            parse_onnx(bytes(damaged), tmp_path).facts()
        except EdukitError as error:
            assert error.code in ("E308", "E102")


@pytest.mark.parametrize("dims", [[1 << 40], [-1], [1 << 20, 1 << 20, 1 << 30], [2] * 65, [4]])
def test_a_tensor_that_claims_more_than_it_holds_is_refused(tmp_path, dims):
    model = network()
    model.graph.initializer.append(TensorProto(name="huge", data_type=1, dims=dims))
    with pytest.raises(NotAnOnnxFile, match="claims more"):
        inspect_onnx(save(tmp_path / "a.onnx", model))


def test_so_is_a_sparse_one(tmp_path):
    model = network()
    sparse = model.graph.sparse_initializer.add()
    sparse.dims.extend([MAX_MODEL_BYTES])
    with pytest.raises(NotAnOnnxFile):
        inspect_onnx(save(tmp_path / "a.onnx", model))


@pytest.mark.parametrize("depth", [60, 20_000])
def test_graphs_nested_without_end_are_refused(tmp_path, depth):
    graph = b""
    for _ in range(depth):  # the onnx package itself cannot write these
        graph = field(1, field(5, field(6, graph)))
    with pytest.raises(NotAnOnnxFile, match="nested"):
        parse_onnx(network().SerializeToString() + field(7, graph), tmp_path)


def field(number, data):
    size, length = len(data), bytearray()
    while size > 0x7F:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([number << 3 | 2, *length, size]) + data


def test_functions_count_as_often_as_they_are_called(tmp_path):
    parse_onnx(calling(["Relu"], ["F0", "F0"], ["F1", "F1"]).SerializeToString(), tmp_path)
    doubling = [["Relu"]] + [[f"F{i}", f"F{i}"] for i in range(22)]  # 4 million nodes in a kilobyte
    with pytest.raises(NotAnOnnxFile, match="parts"):
        parse_onnx(calling(*doubling).SerializeToString(), tmp_path)


@pytest.mark.parametrize("bodies", [[["F0"]], [["F1", "F1"], ["F0", "F0"]], [["Relu"]] + [[f"F{i}"] for i in range(40)]])
def test_functions_that_call_themselves_are_refused(tmp_path, bodies):
    with pytest.raises(NotAnOnnxFile, match="nested"):
        parse_onnx(calling(*bodies).SerializeToString(), tmp_path)


def test_a_chain_of_tens_of_thousands_of_nodes_is_refused(tmp_path):
    model = network()
    model.graph.node.extend(helper.make_node("Add", [f"v{i}", f"v{i}"], [f"v{i + 1}"]) for i in range(21_000))
    with pytest.raises(NotAnOnnxFile, match="parts"):
        parse_onnx(model.SerializeToString(), tmp_path)


def test_a_large_file_of_nonsense_is_not_read_to_the_end(tmp_path):
    data = save(tmp_path / "a.onnx").read_bytes() + b"\x3a\x00" * 3_000_000
    with pytest.raises(NotAnOnnxFile, match="parts"):
        parse_onnx(data, tmp_path)


def test_external_data_is_named_wherever_it_hides(tmp_path):
    path = save_external(tmp_path / "a.onnx", "weights.bin")
    assert inspect_onnx(path).external_data == ("weights.bin",)
    model = onnx.load(path, load_external_data=False)
    hidden = model.graph.initializer.pop()
    while model.graph.initializer:
        hidden = model.graph.initializer.pop() if model.graph.initializer[-1].external_data else (model.graph.initializer.pop(), hidden)[1]
    model.graph.node.append(helper.make_node("Constant", [], ["c"], value=hidden))
    assert parse_onnx(model.SerializeToString(), path).external_data == ("weights.bin",)
