"""Parsing an ONNX file's messages, graphs inside nodes included.

Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from edukit.core.i18n import t
from edukit.runtime.onnx_tensors import ELEMENT_TYPES, StoredTensor, check_shape, stored_tensor
from edukit.runtime.wire import MalformedError, Message, Wire

MAX_DEPTH = 24  # of graphs inside nodes, and of functions inside functions
MAX_NODES = 20_000  # once functions are written out; the largest classifiers have some 5,000, and a runtime's work grows faster than their number


@dataclass(frozen=True)
class TensorFacts:
    """An input or output: its name, element type, and shape.

    In a shape a number is fixed, a name or None stands for a size that is free; a shape of None is not told.
    """

    name: str
    type: str
    shape: tuple[int | str | None, ...] | None

    def __str__(self) -> str:
        if not self.type:
            return t("runtime.no_tensor")
        return f"{self.type} {' × '.join('?' if size is None else str(size) for size in self.shape or ('?',))}"

    def fits(self, wanted: TensorFacts) -> bool:
        """Whether type and shape can be those of ``wanted``; what is free or not told can be anything, and sizes of 1 at the end do not count."""
        if self.type != wanted.type or self.shape is None or wanted.shape is None:
            return self.type == wanted.type
        head, tail = self.shape[: len(wanted.shape)], self.shape[len(wanted.shape) :]
        sizes_agree = all(not isinstance(have, int) or want is None or have == want for have, want in zip(head, wanted.shape))
        return len(head) == len(wanted.shape) and sizes_agree and all(size == 1 for size in tail)


class OnnxParser:
    """What one file's bytes say, read in one pass; the methods are named after ONNX's messages.

    Raises:
        MalformedError: The bytes are no ONNX file, or one that claims more than it holds.
    """

    def __init__(self, data: bytes) -> None:
        self._wire = Wire()
        self.opsets: dict[str, int] = {}
        self.metadata: dict[str, str] = {}
        self.inputs: list[TensorFacts] = []
        self.outputs: list[TensorFacts] = []
        self.operators: Counter[str] = Counter()
        self.tensors: list[StoredTensor] = []
        self._functions: dict[str, Counter[str]] = {}
        self._sizes: dict[str, int] = {}
        self._model(self._wire.message(memoryview(data)))

    def _model(self, model: Message) -> None:
        self.ir_version = model.integer(1)
        self.producer = f"{model.text(2)} {model.text(3)}".strip()
        for opset in map(self._wire.message, model.blobs(8)):
            domain = opset.text(1)
            self.opsets["" if domain == "ai.onnx" else domain] = opset.integer(2)
        for entry in map(self._wire.message, model.blobs(14)):
            self.metadata[entry.text(1)] = entry.text(2)
        for graph in model.blobs(7):
            self._graph(self._wire.message(graph), 0)
        for training in map(self._wire.message, model.blobs(20)):
            for graph in training.blobs(1) + training.blobs(2):
                self._graph(self._wire.message(graph), 1)
        called = self.operators.copy()
        for function in map(self._wire.message, model.blobs(25)):
            self._function(function)
        if self._inlined_size(called, 0) > MAX_NODES:
            raise MalformedError("runtime.onnx_too_many_parts")
        if self.ir_version < 1 or not self.outputs or not self.operators:
            raise MalformedError("runtime.onnx_no_graph")

    def _graph(self, graph: Message, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise MalformedError("runtime.onnx_too_deep")
        self._tensors(graph.blobs(5))
        self._sparse_tensors(graph.blobs(15))
        self._nodes(graph.blobs(1), depth)
        if depth == 0:
            self.inputs += map(self._value_info, graph.blobs(11))
            self.outputs += map(self._value_info, graph.blobs(12))

    def _function(self, function: Message) -> None:
        before = self.operators.copy()
        self._nodes(function.blobs(7), 1)
        self._attributes(function.blobs(11), 1)
        self._functions[f"{function.text(10)}:{function.text(1)}"] = self.operators - before

    def _inlined_size(self, operators: Counter[str], depth: int) -> int:
        """How many nodes there are once each function stands where it is called: a few short ones can double each other to billions."""
        if depth > MAX_DEPTH:
            raise MalformedError("runtime.onnx_too_deep")
        for name in operators.keys() & self._functions.keys() - self._sizes.keys():
            self._sizes[name] = self._inlined_size(self._functions[name], depth + 1)
        return sum(count * self._sizes.get(name, 1) for name, count in operators.items())

    def _nodes(self, nodes: list[memoryview], depth: int) -> None:
        for node in map(self._wire.message, nodes):
            domain = node.text(7)
            self.operators[node.text(4) if domain in ("", "ai.onnx") else f"{domain}:{node.text(4)}"] += 1
            self._attributes(node.blobs(5), depth)

    def _attributes(self, attributes: list[memoryview], depth: int) -> None:
        for attribute in map(self._wire.message, attributes):
            self._tensors(attribute.blobs(5) + attribute.blobs(10))
            self._sparse_tensors(attribute.blobs(22) + attribute.blobs(23))
            for graph in attribute.blobs(6) + attribute.blobs(11):
                self._graph(self._wire.message(graph), depth + 1)

    def _tensors(self, tensors: list[memoryview]) -> None:
        for message in map(self._wire.message, tensors):
            tensor = stored_tensor(message)
            self.tensors.append(self._external(message, tensor) if message.integer(14) == 1 else tensor)

    def _external(self, message: Message, tensor: StoredTensor) -> StoredTensor:
        entries = {entry.text(1): entry.text(2) for entry in map(self._wire.message, message.blobs(13))}
        try:
            offset, length = int(entries.get("offset") or 0), int(entries["length"]) if entries.get("length") else None
        except ValueError:
            raise MalformedError("runtime.onnx_missing_values") from None
        return replace(tensor, location=entries.get("location", ""), offset=offset, length=length)

    def _sparse_tensors(self, tensors: list[memoryview]) -> None:
        for sparse in map(self._wire.message, tensors):
            check_shape(tuple(sparse.integers(3)), 64)  # what it becomes when the runtime writes it out in full
            self._tensors(sparse.blobs(1) + sparse.blobs(2))

    def _value_info(self, data: memoryview) -> TensorFacts:
        value = self._wire.message(data)
        kinds = [self._wire.message(blob) for blob in value.blobs(2)]
        tensors = [self._wire.message(blob) for kind in kinds for blob in kind.blobs(1)]
        kind = tensors[-1].integer(1) if tensors else 0
        shapes = [self._wire.message(blob) for tensor in tensors[-1:] for blob in tensor.blobs(2)]
        shape = tuple(self._dimension(blob) for blob in shapes[-1].blobs(1)) if shapes else None
        return TensorFacts(value.text(1), ELEMENT_TYPES.get(kind, "") if tensors else "", shape)

    def _dimension(self, data: memoryview) -> int | str | None:
        dimension = self._wire.message(data)
        return dimension.text(2) or (dimension.integer(1) if dimension.has(1) else None)
