"""How many numbers a runtime would compute before it sees a picture: what it folds into constants while it opens a file.

ONNX Runtime computes every node whose inputs are all constant at once, keeps the result, and cannot be stopped: a file of a kilobyte can ask for
hours of work and all memory. Here the sizes of such nodes are followed without computing them; where one cannot be told it counts as endless.
"""
from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Sequence
from dataclasses import dataclass

_SAME = frozenset((
    "Identity", "Cast", "Relu", "LeakyRelu", "Sigmoid", "HardSigmoid", "Tanh", "Exp", "Log", "Sqrt", "Reciprocal", "Neg", "Abs", "Sign", "Floor", "Ceil",
    "Round", "Erf", "Clip", "Not", "Sin", "Cos", "Softmax", "QuantizeLinear", "DequantizeLinear",
))  # fmt: skip
_BROADCAST = frozenset((
    "Add", "Sub", "Mul", "Div", "Pow", "Mod", "Min", "Max", "Where", "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor",
))  # fmt: skip
_NOT_LARGER = frozenset((
    "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Flatten", "Concat", "Slice", "Split", "ReduceMean", "ReduceSum", "ReduceMax",
    "ReduceMin", "ReduceProd", "ArgMax", "ArgMin",
))  # fmt: skip
_SHAPES = frozenset(("Shape", "Size"))  # of a picture too: its sizes may be fixed
_SIZED_BY = {"ConstantOfShape": 0, "Expand": 1}  # the input that says how large the result is
MAX_RANK = 8  # of any real tensor
_KEPT = frozenset(("QuantizeLinear", "DequantizeLinear"))  # left in the graph on purpose


@dataclass(frozen=True)
class Constant:
    """What is known of a constant: how many numbers at most, its shape where that is known, its values where they are a few stored whole numbers."""

    elements: float
    shape: tuple[int, ...] | None = None
    values: tuple[int, ...] | None = None


ENDLESS = Constant(math.inf)


class Folding:
    """Follows the constants of one file, node by node.

    Attributes:
        elements: How many numbers would be computed in all, at most; infinite where that cannot be told.
    """

    def __init__(self) -> None:
        self.elements = 0.0

    def node(self, operator: str, inputs: Sequence[str], outputs: Sequence[str], known: ChainMap[str, Constant]) -> None:
        """Takes in a node; its outputs join ``known`` if all its inputs are there, or if only their shape counts."""
        given = [known[name] for name in inputs if name in known]
        if len(given) < sum(map(bool, inputs)) and operator not in _SHAPES:
            return
        made = result(operator, given)
        if operator not in _KEPT:
            self.elements += made.elements
        known.update(dict.fromkeys(filter(None, outputs), made))


def result(operator: str, given: Sequence[Constant]) -> Constant:
    """What an operator makes of constants."""
    if operator in _SHAPES:
        return Constant(MAX_RANK)
    if operator in _SAME and given:
        return Constant(given[0].elements, given[0].shape)
    if operator in _BROADCAST and given:
        return _broadcast([one.shape for one in given], math.prod(one.elements for one in given))
    if operator in _NOT_LARGER:
        return Constant(sum(one.elements for one in given))
    if operator == "Gather" and len(given) == 2:
        return Constant(given[0].elements * given[1].elements)
    place = _SIZED_BY.get(operator, len(given))
    sizes = given[place].values if place < len(given) else None
    if sizes is None or min(sizes, default=0) < 0:
        return ENDLESS
    return Constant(float(math.prod(sizes)), sizes) if operator == "ConstantOfShape" else _broadcast([given[0].shape, sizes], math.inf)


def _broadcast(shapes: Sequence[tuple[int, ...] | None], otherwise: float) -> Constant:
    """The result of operators that repeat the smaller input; ``otherwise`` bounds it where a shape is not known."""
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes):
        return Constant(otherwise)
    rank = max(map(len, known))
    aligned = zip(*((1,) * (rank - len(shape)) + shape for shape in known))
    shape = tuple(0 if 0 in sizes else max(sizes) for sizes in aligned)
    return Constant(float(math.prod(shape)), shape)
