"""How many numbers a runtime would compute before it sees a picture: what it folds into constants while it opens a file.

ONNX Runtime computes every node whose inputs are all constant at once, keeps the result, and cannot be stopped: a file of a kilobyte can ask for
hours of work and all memory. Here the sizes of such nodes are followed without computing them; where one cannot be told it counts as endless.
"""
from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SAME = frozenset((
    "Identity", "Cast", "Relu", "LeakyRelu", "Sigmoid", "HardSigmoid", "Tanh", "Exp", "Log", "Sqrt", "Reciprocal", "Neg", "Abs", "Sign", "Floor", "Ceil",
    "Round", "Erf", "Clip", "Not", "Sin", "Cos", "Softmax", "QuantizeLinear", "DequantizeLinear",
))  # fmt: skip
_BROADCAST = frozenset((
    "Add", "Sub", "Mul", "Div", "Pow", "Mod", "Min", "Max", "Where", "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor",
))  # fmt: skip
_NOT_LARGER = frozenset((
    "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Flatten", "Concat", "Slice", "Split", "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin",
    "ReduceProd", "ArgMax", "ArgMin",
))  # fmt: skip
_SHAPES = frozenset(("Shape", "Size"))  # of a picture too: its sizes may be fixed
_SIZED_BY = {"ConstantOfShape": 0, "Expand": 1}  # the input that says how large the result is
_SETS_RANK = {"Reshape": 1, "Expand": 1, "Tile": 1, "Unsqueeze": 1, "ConstantOfShape": 0}
MAX_RANK = 64  # of any tensor that a network has use for


@dataclass(frozen=True)
class Constant:
    """What is known of a constant.

    Args:
        elements: How many numbers at most, a side of 0 counted as 1: a sum over nothing is a number all the same.
        shape: Its shape where that is known.
        values: Its values where they are a few stored whole numbers.
        stored: Whether it lies in the file and was not computed.
    """

    elements: float
    shape: tuple[int, ...] | None = None
    values: tuple[int, ...] | None = None
    stored: bool = False

    @classmethod
    def of(cls, shape: tuple[int, ...], values: tuple[int, ...] | None = None, *, stored: bool = False) -> Constant:
        """A constant of known shape."""
        return cls(float(math.prod(max(1, side) for side in shape)), shape, values, stored)


ENDLESS = Constant(math.inf)


class Folding:
    """Follows the constants of one file, node by node.

    Attributes:
        elements: How many numbers would be computed in all, at most; infinite where that cannot be told.
    """

    def __init__(self) -> None:
        self.elements = 0.0
        self._rank = MAX_RANK  # that a tensor may have by now

    def give_up(self) -> None:
        """Something is there that cannot be followed."""
        self.elements = math.inf

    def node(self, operator: str, inputs: Sequence[str], outputs: Sequence[str], known: ChainMap[str, Constant]) -> None:
        """Takes in a node; its outputs join ``known`` if all its inputs are there, or if only their shape counts."""
        self._watch_rank(operator, inputs, known)
        given = [known[name] for name in inputs if name in known]
        if len(given) < sum(map(bool, inputs)) and operator not in _SHAPES:
            return
        made = Constant(self._rank) if operator in _SHAPES else result(operator, given)
        if not (operator == "DequantizeLinear" and given and given[0].stored):  # left in the graph: quantized networks are made of these
            self.elements += made.elements
        known.update(dict.fromkeys(filter(None, outputs), made))

    def _watch_rank(self, operator: str, inputs: Sequence[str], known: Mapping[str, Constant]) -> None:
        place = _SETS_RANK.get(operator, len(inputs))
        if place < len(inputs) and inputs[place] in known and known[inputs[place]].elements > MAX_RANK:
            self.give_up()
        if operator == "Unsqueeze":
            self._rank += MAX_RANK


def result(operator: str, given: Sequence[Constant]) -> Constant:
    """What an operator makes of constants."""
    if operator in _SAME and given:
        return Constant(given[0].elements, given[0].shape)
    if operator in _BROADCAST and given:
        return _broadcast([one.shape for one in given], math.prod(one.elements for one in given))
    if operator in _NOT_LARGER and given:
        return Constant(sum(one.elements for one in given))
    if operator == "Gather" and len(given) == 2:
        return Constant(given[0].elements * given[1].elements)
    place = _SIZED_BY.get(operator, len(given))
    sizes = given[place].values if place < len(given) else None
    if sizes is None or min(sizes, default=0) < 0:
        return ENDLESS
    return Constant.of(sizes) if operator == "ConstantOfShape" else _broadcast([given[0].shape, sizes], math.inf)


def _broadcast(shapes: Sequence[tuple[int, ...] | None], otherwise: float) -> Constant:
    """The result of operators that repeat the smaller input; ``otherwise`` bounds it where a shape is not known."""
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes):
        return Constant(otherwise)
    rank = max(map(len, known))
    aligned = zip(*((1,) * (rank - len(shape)) + shape for shape in known))
    return Constant.of(tuple(max(sizes) for sizes in aligned))
