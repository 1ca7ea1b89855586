"""Changing an ONNX graph: fewer nodes, a card inside, and the check that it is valid. Needs the onnx package, which prediction does not."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from edukit.core.card import METADATA_KEY, ModelCard
from edukit.core.i18n import t
from edukit.core.packages import imported

if TYPE_CHECKING:
    import onnx


class GraphError(ValueError):
    """A graph that cannot be had; the argument says why, in the words of the library."""


def simplify_graph(model: onnx.ModelProto, *, fold: bool = True) -> onnx.ModelProto:
    """The same network with fewer nodes: constants folded, batch normalisation merged into convolutions.

    Args:
        model: Its graph is left as it is.
        fold: Whether what depends on constants alone is computed; only for a graph of ours, for it can be work without end.

    Raises:
        GraphError, PackageMissing
    """
    slim = imported("onnxslim").slim
    try:
        slimmer: onnx.ModelProto = slim(model, skip_optimizations=None if fold else ["constant_folding"])
        return slimmer
    except Exception as error:  # onnxslim has no error class of its own
        raise GraphError(short(error)) from error


def at_least_opset(model: onnx.ModelProto, opset: int) -> onnx.ModelProto:
    """The same network in this operator set, if it is written in an earlier one; its version of the file form rises with it.

    Raises:
        GraphError: An operator cannot be carried over.
    """
    found = next((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), 0)
    if found >= opset:
        return model
    try:
        newer: onnx.ModelProto = imported("onnx.version_converter").convert_version(model, opset)
    except Exception as error:  # the converter has no error class of its own
        raise GraphError(t("compression.old_opset", found=found, least=opset)) from error
    newer.ir_version = max(newer.ir_version, 7)
    return newer


def serialize_with_card(model: onnx.ModelProto, card: ModelCard, *, ir_version: int | None = None) -> bytes:
    """The bytes of a model with its card inside, and with no other metadata.

    Args:
        model: Gets the card and ``ir_version``.
        card: Travels inside.
        ir_version: Version of the file form; None leaves the model's own.
    """
    onnx = imported("onnx")
    model.ir_version = ir_version or model.ir_version
    model.producer_name = "edukit"
    model.producer_version = ""
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {METADATA_KEY: card.to_json()})
    return bytes(model.SerializeToString())


def check_graph(model: onnx.ModelProto) -> None:
    """Asks ONNX's own checker, shape inference included, which takes seconds for a large model.

    Raises:
        GraphError: The model is not valid, or not with its version of the file form.
    """
    try:
        imported("onnx").checker.check_model(model, full_check=True)
    except Exception as error:  # the checker's errors and those of shape inference share no class
        raise GraphError(short(error)) from error


def derive_card(card: ModelCard, *, made: Mapping[str, Any], notes: Mapping[str, Any], packages: Sequence[str], precision: str) -> ModelCard:
    """The card of a file that is made from the file that bears ``card``.

    Args:
        card: The original's.
        made: What makes the new file.
        notes: Of the new file.
        packages: Those that make it; their versions are added.
        precision: ``"fp32"`` or ``"int8"``.
    """
    versions = {**card.versions, **{name: version(name) for name in packages}}
    return card.replace(made=made, notes=notes, versions=versions, precision=precision, created=datetime.now(UTC).isoformat(timespec="seconds"))


def short(error: Exception) -> str:
    """A library's error in one line."""
    return " ".join(str(error).split())[:200]


class Value:
    """A tensor in the graph that is being written; arithmetic with it adds nodes."""

    def __init__(self, graph: GraphWriter, name: str, kind: Any) -> None:
        self.graph, self.name, self.kind = graph, name, kind

    def __add__(self, other: Any) -> Value:
        return self.graph.op("Add", self, other)

    def __sub__(self, other: Any) -> Value:
        return self.graph.op("Sub", self, other)

    def __rsub__(self, other: Any) -> Value:
        return self.graph.op("Sub", self.graph.constant(other), self)

    def __mul__(self, other: Any) -> Value:
        return self.graph.op("Mul", self, other)

    def __truediv__(self, other: Any) -> Value:
        return self.graph.op("Div", self, other)

    __array_ufunc__ = None  # NumPy leaves ``array - value`` to ``__rsub__``

    def cast(self, kind: Any) -> Value:
        """The same numbers of another type."""
        onnx = imported("onnx")
        return self.graph.op("Cast", self, to=onnx.helper.np_dtype_to_tensor_dtype(np.dtype(kind)), kind=kind)

    def at(self, place: int) -> Value:
        """One number of a list."""
        return self.graph.op("Gather", self, np.array(place))


class GraphWriter:
    """Nodes and stored tensors, in the order in which they are written; ``part`` begins the names of both."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.nodes: list[Any] = []
        self.stored: list[Any] = []

    def constant(self, values: Any, kind: Any = None) -> Value:
        """Stored numbers."""
        array, name = np.asarray(values, kind), f"_{self.part}_{len(self.stored)}"
        self.stored.append(imported("onnx.numpy_helper").from_array(array, name))
        return Value(self, name, array.dtype)

    def op(self, operator: str, *inputs: Any, kind: Any = None, output: str = "", **attributes: Any) -> Value:
        """A node; plain numbers among its inputs are stored, as the type of the first input where they are Python's own.

        Args:
            operator: Its name in ONNX.
            inputs: Values, arrays, numbers.
            kind: The type of its result, if it is not that of its first input.
            output: The name of its result.
            attributes: Of the operator.
        """
        like = next((one.kind for one in inputs if isinstance(one, Value)), None)
        values = [one if isinstance(one, Value) else self.constant(one, like if isinstance(one, float) else None) for one in inputs]
        name = output or f"_{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(imported("onnx.helper").make_node(operator, [one.name for one in values], [name], name=f"{self.part}/{name}", **attributes))
        return Value(self, name, kind or values[0].kind)
