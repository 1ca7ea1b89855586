"""What a runtime would fold while it opens a file: never less than ONNX's own evaluator computes, and endless where that cannot be told."""
import math
from collections import ChainMap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx_files import calling, model_of, network

from edukit.runtime.onnx_file import parse_onnx
from edukit.runtime.onnx_folding import ENDLESS, Constant, Folding, result
from edukit.runtime.onnx_session import MAX_FOLDED, may_fold

ONE_INPUT = ("Tanh", "Neg", "Identity", "Shape", "Size")
TWO_INPUTS = ("Add", "Mul", "Max", "Concat", "Gather", "MatMul")


def whole_numbers(values, name):
    return numpy_helper.from_array(np.array(values, np.int64), name)


def facts_of(nodes, stored, tmp_path):
    return parse_onnx(model_of(nodes, stored, ["batch", 3, 4, 4], ["batch", 3]).SerializeToString(), tmp_path)


@st.composite
def constant_graphs(draw):
    """A chain of operators on two stored tensors, and the names of what they make."""
    shapes = draw(st.lists(st.sampled_from([(2, 3), (1, 3), (3,), (1,), (2, 1), (4, 2, 3)]), min_size=2, max_size=2))
    stored = [numpy_helper.from_array(np.ones(shape, np.float32), f"c{i}") for i, shape in enumerate(shapes)]
    names, nodes = ["c0", "c1"], []
    for number in range(draw(st.integers(1, 5))):
        operator = draw(st.sampled_from([*ONE_INPUT, *TWO_INPUTS]))
        used = [draw(st.sampled_from(names)) for _ in range(1 if operator in ONE_INPUT else 2)]
        attributes = {"axis": 0} if operator == "Concat" else {}
        nodes.append(helper.make_node(operator, used, [f"n{number}"], **attributes))
        names.append(f"n{number}")
    return nodes, stored


@given(constant_graphs())
def test_it_is_never_less_than_what_is_computed(drawn):
    nodes, stored = drawn
    outputs = [node.output[0] for node in nodes]
    graph = helper.make_graph(nodes, "g", [], [helper.make_empty_tensor_value_info(name) for name in outputs], stored)
    try:
        computed = ReferenceEvaluator(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])).run(None, {})
    except Exception:  # shapes or types that do not go together: no runtime computes that
        reject()
    folding, known = Folding(), ChainMap({tensor.name: Constant(math.prod(tensor.dims), tuple(tensor.dims)) for tensor in stored})
    for node in nodes:
        folding.node(node.op_type, node.input, node.output, known)
    assert folding.elements >= sum(np.size(one) for one in computed)
    last = helper.make_node("Sum", ["input", outputs[-1]], ["logits"])
    assert parse_onnx(model_of([*nodes, last], stored, [1, 3, 4, 4], [1, 3]).SerializeToString(), Path("m.onnx")).folded_elements == folding.elements


@pytest.mark.parametrize(
    ("operator", "given", "made"),
    [
        ("Add", [Constant(6, (2, 3)), Constant(3, (3,))], Constant(6, (2, 3))),
        ("Mul", [Constant(1000, (1000, 1)), Constant(1000, (1, 1000))], Constant(1_000_000, (1000, 1000))),
        ("Where", [Constant(1, ()), Constant(2, (2,)), Constant(3, (3, 1))], Constant(6, (3, 2))),
        ("Add", [Constant(6), Constant(7, (7,))], Constant(42)),
        ("DequantizeLinear", [Constant(600, (2, 300)), Constant(2, (2,)), Constant(2, (2,))], Constant(600, (2, 300))),
        ("ConstantOfShape", [Constant(2, (2,), (30, 40))], Constant(1200, (30, 40))),
        ("Expand", [Constant(3, (3, 1)), Constant(2, (2,), (1, 500))], Constant(1500, (3, 500))),
        ("ConstantOfShape", [Constant(2, (2,))], ENDLESS),
        ("Expand", [Constant(3, (3, 1)), Constant(2, (2,), (1, -5))], ENDLESS),
        ("Expand", [Constant(3, (3, 1))], ENDLESS),
        ("Conv", [Constant(3, (3, 1))], ENDLESS),
        ("evil.example:Mine", [], ENDLESS),
    ],
)
def test_what_operators_make_of_constants(operator, given, made):
    assert result(operator, given) == made


def test_an_ordinary_network_folds_nothing(tmp_path):
    facts = parse_onnx(network().SerializeToString(), tmp_path)
    assert facts.folded_elements == 0 and may_fold(facts)


def test_what_depends_on_the_picture_is_not_counted_but_its_fixed_sizes_are(tmp_path):
    nodes = [
        helper.make_node("Tanh", ["input"], ["t"]), helper.make_node("Shape", ["t"], ["sizes"]), helper.make_node("Mul", ["sizes", "k"], ["large"]),
        helper.make_node("ConstantOfShape", ["large"], ["huge"]), helper.make_node("ReduceMean", ["huge"], ["logits"]),
    ]  # fmt: skip
    assert not may_fold(facts_of(nodes, [whole_numbers([1, 1, 900, 900], "k")], tmp_path))
    assert facts_of(nodes[:3], [whole_numbers([1, 1, 900, 900], "k")], tmp_path).folded_elements <= 1000


@pytest.mark.parametrize("side", [100, 10_000])
def test_constants_inside_nodes_count_too(tmp_path, side):
    nodes = [
        helper.make_node("Constant", [], ["shape"], value_ints=[side, side]), helper.make_node("ConstantOfShape", ["shape"], ["m"]),
        helper.make_node("Constant", [], ["one"], value=helper.make_tensor("v", TensorProto.FLOAT, [1], [1.0])),
        helper.make_node("Add", ["m", "one"], ["logits"]),
    ]  # fmt: skip
    facts = facts_of(nodes, [], tmp_path)
    assert facts.folded_elements == 2 * side * side and may_fold(facts) == (2 * side * side <= MAX_FOLDED)


def test_a_graph_inside_a_node_knows_the_constants_around_it(tmp_path):
    inner = helper.make_graph([helper.make_node("MatMul", ["c", "c"], ["out"])], "inner", [], [helper.make_empty_tensor_value_info("out")])
    nodes = [helper.make_node("If", ["input"], ["logits"], then_branch=inner, else_branch=inner)]
    assert facts_of(nodes, [numpy_helper.from_array(np.ones((2, 2), np.float32), "c")], tmp_path).folded_elements == math.inf


def filled(size="size", made="big"):
    return helper.make_node("ConstantOfShape", [size], [made])


def typed(kind, **values):
    """A Constant node whose one attribute says that it is of this kind, whatever else it holds."""
    node = helper.make_node("Constant", [], ["size"], value=whole_numbers([1], ""))
    attribute = node.attribute[0]
    attribute.type = kind
    for name, value in values.items():
        getattr(attribute, name).extend(value)
    return node


LARGE = [200_000_000]
SPARSE = helper.make_node("Constant", [], ["c"], sparse_value=helper.make_sparse_tensor(
    numpy_helper.from_array(np.ones(1, np.float32), ""), whole_numbers([5], ""), [50_000_000]))  # fmt: skip
TRICKS = {
    "used before it is made": ([filled(), helper.make_node("Constant", [], ["size"], value_ints=LARGE)], []),
    "made twice": ([helper.make_node("Identity", ["one"], ["size"]), filled(), helper.make_node("Constant", [], ["size"], value_ints=LARGE)],
                   [whole_numbers([1], "one")]),
    "made beside a stored one": ([helper.make_node("Constant", [], ["size"], value_ints=LARGE), filled()], [whole_numbers([1], "size")]),
    "sparse": ([SPARSE, helper.make_node("Tanh", ["c"], ["big"])], []),
    "another kind than it looks": ([typed(7, ints=LARGE), filled()], []),
    "two attributes": ([helper.make_node("Constant", [], ["size"], value_ints=LARGE, value_int=1), filled()], []),
    "a sum over nothing": ([helper.make_node("ReduceSum", ["empty", "axis"], ["big"])],
                           [numpy_helper.from_array(np.zeros((0, 50_000_000), np.int32), "empty"), whole_numbers([0], "axis")]),
    "texts": ([helper.make_node("Expand", ["text", "size"], ["big"])],
              [helper.make_tensor("text", TensorProto.STRING, [1], [b"x" * 1000]), whole_numbers([1500], "size")]),
    "numbers as texts": ([helper.make_node("Cast", ["c"], ["big"], to=TensorProto.STRING)], [numpy_helper.from_array(np.ones(9, np.float32), "c")]),
    "a tensor of a thousand sides": ([helper.make_node("Reshape", ["input", "sides"], ["r"]), helper.make_node("Shape", ["r"], ["big"])],
                                     [whole_numbers([1] * 997 + [3, 4, 4], "sides")]),
    "quantized over and over": ([helper.make_node("QuantizeLinear", ["c", "scale"], [f"q{i}"]) for i in range(30)],
                                [numpy_helper.from_array(np.ones(1_000_000, np.float32), "c"), numpy_helper.from_array(np.float32(1), "scale")]),
}  # fmt: skip


@pytest.mark.parametrize("name", TRICKS)
def test_tricks_that_hide_work_from_the_estimate(tmp_path, name):
    nodes, stored = TRICKS[name]
    assert not may_fold(facts_of(nodes, stored, tmp_path))


def test_functions_are_not_followed(tmp_path):
    assert not may_fold(parse_onnx(calling(["Tanh"]).SerializeToString(), tmp_path))
