"""Changing a graph: fewer nodes and the same answers, a card inside, and no file that ONNX's checker refuses."""
import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper
from onnx_files import card, convolutions, network

from edukit.runtime.onnx_file import parse_onnx
from edukit.runtime.onnx_graph import GraphError, check_graph, derive_card, serialize_with_card, simplify_graph


def test_constants_are_folded_and_the_answers_stay(tmp_path):
    import onnxruntime

    size, number = helper.make_node("Shape", ["bias"], ["size"]), helper.make_node("Cast", ["size"], ["number"], to=1)
    head = [size, number, helper.make_node("Mul", ["input", "number"], ["changed"])]
    model, batch = network(head=head), np.random.default_rng(0).normal(size=(2, 3, 16, 16)).astype(np.float32)
    small = simplify_graph(model)
    assert len(small.graph.node) < len(model.graph.node)
    wanted, found = (onnxruntime.InferenceSession(one.SerializeToString()).run(None, {"input": batch})[0] for one in (model, small))
    assert np.allclose(wanted, found, atol=1e-6)


def test_the_card_is_the_only_text_inside(tmp_path):
    model = convolutions()
    model.metadata_props.add(key="other", value="x")
    facts = parse_onnx(serialize_with_card(model, card(), ir_version=9), tmp_path)
    assert list(facts.metadata) == ["edukit"] and facts.card == card() and facts.ir_version == 9


def test_what_the_checker_refuses_is_an_error_of_ours():
    broken = network()
    broken.graph.node[0].input[0] = "nowhere"
    with pytest.raises(GraphError, match="nowhere"):
        check_graph(broken)
    lying = network()
    lying.graph.initializer[0].CopyFrom(numpy_helper.from_array(np.ones((7, 3), np.float32), "weights"))
    with pytest.raises(GraphError):
        check_graph(lying)


def test_a_card_of_what_was_made_from_another():
    before = card(versions={"torch": "1"}, metrics={"val_top1": 0.5})
    after = derive_card(before, made={"verb": "quantize"}, notes={"a": 1}, packages=("onnx",), precision="int8")
    assert (after.made, after.notes, after.precision, after.metrics) == ({"verb": "quantize"}, {"a": 1}, "int8", before.metrics)
    assert after.versions == {"torch": "1", "onnx": onnx.__version__} and after.created.endswith("+00:00")
