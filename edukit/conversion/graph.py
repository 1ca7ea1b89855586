"""A look inside an ONNX file: its layers in order, what each does in plain words, which sizes are free, and where weights and bytes are."""
from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edukit.conversion.graph_drawing import graph_html, words_of
from edukit.core.errors import NotAnOnnxFile
from edukit.core.files import human_size
from edukit.core.html import shown_alone
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.core.parameters import verb
from edukit.core.results import Result
from edukit.models.inputs import ModelLike, model_file
from edukit.runtime.formats import as_onnx
from edukit.runtime.onnx_graph import short
from edukit.runtime.onnx_reader import TensorFacts

_SILENT = ("Constant", "Identity", "QuantizeLinear", "DequantizeLinear", "Cast")  # layers of no interest: what goes in comes out in another form


@dataclass(frozen=True)
class Layer(Result):
    """One node of the graph.

    Args:
        name: Its own.
        operator: What it does, by ONNX's name.
        settings: What it is set to, such as ``"3×3, stride 2"``.
        after: The places of the layers that it takes its input from; -1 is the model's input.
        shape: Of what it puts out, a free size by its name; empty if it is not known.
        weights: How many stored numbers it uses.
        size_bytes: What they take.
    """

    name: str
    operator: str
    settings: str
    after: tuple[int, ...]
    shape: tuple[Any, ...]
    weights: int
    size_bytes: int


@dataclass(frozen=True)
class Graph(Result):
    """What ``inspect_graph`` finds.

    Args:
        path: The file.
        size_bytes: Its size.
        opset_version, ir_version: Its versions.
        inputs, outputs: Name to sizes; a free size by its name.
        operators: How many nodes of each operator.
        layers: In the order in which they are computed; without constants, and without nodes that only change the form of numbers.
        weights, weight_bytes: Stored numbers, and what they take.
        card: The model card; None if there is none.
    """

    path: Path
    size_bytes: int
    opset_version: int
    ir_version: int
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    operators: Mapping[str, int]
    layers: tuple[Layer, ...]
    weights: int
    weight_bytes: int
    card: Mapping[str, Any] | None

    def axes(self) -> list[str]:
        """For each input and output one sentence: which sizes are free and which are fixed."""
        return [_axes(kind, name, shape) for kind, named in (("input", self.inputs), ("output", self.outputs)) for name, shape in named.items()]

    def operator_rows(self) -> list[tuple[str, str, str]]:
        """Operator, count, what it does; the most frequent first."""
        counts = sorted(self.operators.items(), key=lambda one: (-one[1], one[0]))
        return [(name, str(count), words_of(name)) for name, count in counts]

    def __str__(self) -> str:
        share = f"{self.weight_bytes / max(1, self.size_bytes):.0%}"
        figures = {"nodes": sum(self.operators.values()), "weights": f"{self.weights:,}", "bytes": human_size(self.weight_bytes), "share": share}
        return t("graph.summary", name=self.path.name, size=human_size(self.size_bytes), **figures)

    def _repr_html_(self) -> str:
        return shown_alone(graph_html(self))


@verb
def inspect_graph(model: ModelLike) -> Graph:
    """Looks inside an ONNX file; nothing in it is run.

    Args:
        model: The file; without a card too.

    Raises:
        NotAnOnnxFile, and what reading the file raises.

    Example:
        >>> inspect_graph("emoji-int8.onnx").operators["Conv"]
        49
    """
    file = as_onnx(model_file(model))
    onnx = imported("onnx")
    try:
        loaded = onnx.load(file.path, load_external_data=False)
        shaped = onnx.shape_inference.infer_shapes(loaded).graph
    except Exception as error:  # onnx's and protobuf's errors share no class
        raise NotAnOnnxFile(path=file.path, reason=short(error)) from error
    own = file.own_card()
    return Graph(
        path=file.path, size_bytes=file.size_bytes, opset_version=file.opsets.get("", 0), ir_version=file.ir_version, inputs=_sizes(file.inputs),
        outputs=_sizes(file.outputs), operators=dict(file.operators), layers=_layers(shaped, {one.name: one.size_bytes for one in file.tensors}),
        weights=file.parameters, weight_bytes=sum(one.size_bytes for one in file.tensors), card=json.loads(own.to_json()) if own else None,
    )  # fmt: skip


def _layers(graph: Any, sizes: Mapping[str, int]) -> tuple[Layer, ...]:
    shapes = {one.name: _shape(one) for one in (*graph.value_info, *graph.output)}
    weights = {one.name: math.prod(one.dims) for one in graph.initializer}
    owners: dict[str, int] = {one.name: -1 for one in graph.input if one.name not in weights}
    stored: dict[str, tuple[int, int]] = {name: (count, sizes.get(name, 0)) for name, count in weights.items()}  # numbers and bytes behind a tensor
    layers: list[Layer] = []
    for node in graph.node:
        known = [stored[name] for name in node.input if name in stored]
        after = tuple(dict.fromkeys(owners[name] for name in node.input if name in owners))
        if node.op_type in _SILENT:
            if after:
                owners |= dict.fromkeys(node.output, after[0])
            else:
                stored |= dict.fromkeys(node.output, known[0] if known else (0, 0))
            continue
        count, size = (sum(part) for part in zip(*known)) if known else (0, 0)
        owners |= dict.fromkeys(node.output, len(layers))
        layers.append(Layer(node.name, node.op_type, _settings(node), after, shapes.get(node.output[0], ()) if node.output else (), count, size))
    return tuple(layers)


def _settings(node: Any) -> str:
    found: dict[str, Any] = {one.name: list(one.ints) or one.i for one in node.attribute}
    parts = ["×".join(map(str, found["kernel_shape"]))] if "kernel_shape" in found else []
    if any(step != 1 for step in found.get("strides", ())):
        parts.append(t("graph.stride", step="×".join(map(str, dict.fromkeys(found["strides"])))))
    if found.get("group", 1) > 1:
        parts.append(t("graph.group", count=found["group"]))
    return ", ".join(parts)


def _shape(value: Any) -> tuple[Any, ...]:
    return tuple(one.dim_value if one.HasField("dim_value") else one.dim_param or "?" for one in value.type.tensor_type.shape.dim)


def _sizes(tensors: tuple[TensorFacts, ...]) -> dict[str, Any]:
    return {one.name: {"type": one.type, "shape": [size if size is not None else "?" for size in one.shape or ()]} for one in tensors}


def _axes(kind: str, name: str, tensor: Mapping[str, Any]) -> str:
    free = [str(size) for size in tensor["shape"] if not isinstance(size, int)]
    fixed = [str(size) for size in tensor["shape"] if isinstance(size, int)]
    shown = {"name": name, "type": tensor["type"], "shape": " × ".join(map(str, tensor["shape"])), "free": ", ".join(free), "fixed": ", ".join(fixed)}
    return t(f"graph.{kind}", **shown) + t("graph.free" if free and fixed else "graph.all_fixed" if fixed else "graph.all_free", **shown)
