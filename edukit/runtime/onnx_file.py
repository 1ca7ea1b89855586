"""What an ONNX file says of itself, read without onnx and ONNX Runtime, so that a hostile file is refused before either sees it."""
from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edukit.core.card import METADATA_KEY, ModelCard
from edukit.core.errors import BadCard, EdukitError, EmptyFile, FileUnreadable, NoCard, NotAnOnnxFile
from edukit.core.files import input_file
from edukit.core.i18n import t
from edukit.core.limits import MAX_JSON_BYTES, MAX_MODEL_BYTES
from edukit.runtime.onnx_reader import TensorFacts, Walk
from edukit.runtime.onnx_tensors import StoredTensor
from edukit.runtime.wire import MalformedError

_INTEGER_OPERATORS = (
    "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "QGemm",
)  # fmt: skip


@dataclass(frozen=True)
class OnnxFacts:
    """What an ONNX file says of itself.

    Args:
        path: The file.
        size_bytes: Its size.
        ir_version: Version of the file form.
        opsets: Operator set by domain; ``""`` is ONNX's own.
        producer: The program that wrote it, with its version.
        metadata: The texts in ``metadata_props``.
        inputs, outputs: Of the graph; an input with a stored value is not counted.
        operators: How many nodes of each operator, in all graphs; those of foreign domains as ``domain:Name``.
        tensors: What is stored: weights and constants.
        folded_elements: How many numbers a runtime would compute from constants alone while it opens the file.
    """

    path: Path
    size_bytes: int
    ir_version: int
    opsets: Mapping[str, int]
    producer: str
    metadata: Mapping[str, str]
    inputs: tuple[TensorFacts, ...]
    outputs: tuple[TensorFacts, ...]
    operators: Mapping[str, int]
    tensors: tuple[StoredTensor, ...]
    folded_elements: float = 0.0

    @property
    def node_count(self) -> int:
        """Nodes of all graphs."""
        return sum(self.operators.values())

    @property
    def parameters(self) -> int:
        """Stored numbers."""
        return sum(tensor.elements for tensor in self.tensors)

    @property
    def external_data(self) -> tuple[str, ...]:
        """Names of the files in which weights are kept, in order of first use."""
        return tuple(dict.fromkeys(tensor.location for tensor in self.tensors if tensor.location is not None))

    @property
    def has_nan(self) -> bool:
        """Whether a stored weight is NaN, or infinite where it is not a lone bound."""
        return any(tensor.has_nan for tensor in self.tensors)

    @property
    def quantized(self) -> bool:
        """Whether it computes with whole numbers."""
        return any(name.rpartition(":")[2] in _INTEGER_OPERATORS for name in self.operators)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values: what ``info`` tells of the file itself."""
        return {
            "path": str(self.path), "size_bytes": self.size_bytes, "ir_version": self.ir_version, "opsets": dict(self.opsets), "producer": self.producer,
            "inputs": [asdict(one) for one in self.inputs], "outputs": [asdict(one) for one in self.outputs], "node_count": self.node_count,
            "operators": dict(self.operators), "parameters": self.parameters, "external_data": list(self.external_data), "has_nan": self.has_nan,
            "quantized": self.quantized, "metadata_keys": list(self.metadata),
        }  # fmt: skip


def read_onnx_facts(path: str | os.PathLike[str]) -> OnnxFacts:
    """Reads what an ONNX file says of itself, from untrusted bytes.

    Raises:
        FileMissing, NotAFile, FileTooLarge, FileUnreadable, EmptyFile
        NotAnOnnxFile: It ends early, is no ONNX file, or claims more than it holds.

    Example:
        >>> read_onnx_facts("emoji.onnx").opsets
        {'': 17}
    """
    found = input_file(path, max_bytes=MAX_MODEL_BYTES)
    try:
        data = found.read_bytes()
    except OSError as error:
        raise FileUnreadable(path=found, reason=error.strerror or error) from error
    return facts_in(data, found)


def facts_in(data: bytes, path: Path) -> OnnxFacts:
    """What the bytes of an ONNX file say; ``path`` stands in errors and is where external data would lie. Raises ``EmptyFile`` or ``NotAnOnnxFile``."""
    if not data:
        raise EmptyFile(path=path)
    try:
        walk = Walk(data)
    except MalformedError as error:
        raise NotAnOnnxFile(path=path, reason=t(str(error))) from None
    stored = {tensor.name for tensor in walk.tensors}
    return OnnxFacts(
        path, len(data), walk.ir_version, walk.opsets, walk.producer, walk.metadata, tuple(one for one in walk.inputs if one.name not in stored),
        tuple(walk.outputs), dict(walk.operators), tuple(walk.tensors), walk.folding.elements,
    )  # fmt: skip


def card_of_onnx(path: str | os.PathLike[str]) -> ModelCard:
    """The card in an ONNX file. Raises ``NoCard``, ``BadCard``, and as ``read_onnx_facts``."""
    return card_in(read_onnx_facts(path))


def card_in(facts: OnnxFacts) -> ModelCard:
    """The card among an ONNX file's facts. Raises ``NoCard`` or ``BadCard``."""
    text = facts.metadata.get(METADATA_KEY)
    if text is None:
        raise NoCard(path=facts.path)
    if len(text) > MAX_JSON_BYTES:
        raise BadCard(path=facts.path, field=METADATA_KEY, found=len(text))
    return ModelCard.from_json(text, path=facts.path)


def made_of_onnx(path: Path) -> Mapping[str, Any] | None:
    """What made the ONNX file at ``path``, as its card tells; None for a file that is not ours."""
    try:
        return card_of_onnx(path).made
    except EdukitError:
        return None
