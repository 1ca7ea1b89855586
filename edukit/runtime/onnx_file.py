"""What an ONNX file says of itself, read without onnx and ONNX Runtime, so that a hostile file is refused before either sees it."""
from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from edukit.core.card import METADATA_KEY, ModelCard
from edukit.core.errors import BadCard, EmptyFile, FileUnreadable, NotAnOnnxFile, UnsupportedOnnx, WrongInput
from edukit.core.files import input_file
from edukit.core.i18n import t
from edukit.core.limits import MAX_JSON_BYTES, MAX_MODEL_BYTES
from edukit.runtime.model_file import GraphFile
from edukit.runtime.onnx_reader import OnnxParser, TensorFacts
from edukit.runtime.onnx_tensors import StoredTensor, check_external
from edukit.runtime.wire import MalformedError
from edukit.tasks import find_task

MAX_FIXED_BATCH = 256         # a single picture is repeated to fill it
_FOREIGN_KEY = "MODEL_INFO"  # what MMEdu writes into the metadata
_INTEGER_OPERATORS = (
    "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "QGemm",
)  # fmt: skip
_A_PICTURE = TensorFacts("", "uint8", (None, None, 3))  # what a file takes in which Preprocess is embedded


@dataclass(frozen=True, kw_only=True)
class OnnxFile(GraphFile):
    """What an ONNX file says of itself; operators of foreign domains are called ``domain:Name``.

    Args:
        ir_version: Version of the file form.
        opsets: Operator set by domain; ``""`` is ONNX's own.
        producer: The program that wrote it, with its version.
        metadata: The texts in ``metadata_props``.
        outputs: Of the graph.
        tensors: What is stored: weights and constants.
    """

    ir_version: int
    opsets: Mapping[str, int]
    producer: str
    metadata: Mapping[str, str]
    outputs: tuple[TensorFacts, ...]
    tensors: tuple[StoredTensor, ...]

    @property
    def external_data(self) -> tuple[str, ...]:
        """Names of the files in which weights are kept, in order of first use."""
        return tuple(dict.fromkeys(tensor.location for tensor in self.tensors if tensor.location is not None))

    @property
    def quantized(self) -> bool:
        """Whether it computes with whole numbers."""
        return any(name.rpartition(":")[2] in _INTEGER_OPERATORS for name in self.operators)

    def facts(self) -> dict[str, Any]:
        """What ``info`` tells of the file itself."""
        return {
            "ir_version": self.ir_version, "opsets": dict(self.opsets), "producer": self.producer, "outputs": [asdict(one) for one in self.outputs],
            "external_data": list(self.external_data), "quantized": self.quantized, "metadata_keys": list(self.metadata), **super().facts(),
        }  # fmt: skip

    def own_card(self) -> ModelCard | None:
        """The card in its metadata; None if it bears none."""
        text = self.metadata.get(METADATA_KEY)
        if text is not None and len(text) > MAX_JSON_BYTES:
            raise BadCard(path=self.path, field=METADATA_KEY, found=len(text))
        return None if text is None else ModelCard.from_json(text, path=self.path)

    @property
    def foreign(self) -> Mapping[str, Any]:
        """What MMEdu's metadata say."""
        return self._model_info or {}

    @cached_property
    def _model_info(self) -> dict[str, Any] | None:
        """MMEdu's metadata, read as JSON and never evaluated; None if they are no JSON object."""
        try:
            values = json.loads(self.metadata.get(_FOREIGN_KEY, "{}"))
        except (ValueError, RecursionError):
            return None
        return values if isinstance(values, dict) else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """Metadata that are no JSON, and weights that are no numbers."""
        return (*([t("verbs.info.bad_model_info")] if self._model_info is None else []), *super().warnings)

    def check(self, card: ModelCard) -> None:
        """Holds what the file says to the card of its model.

        Raises:
            WrongTask, UnsupportedOnnx, WrongInput, NotFinite
        """
        task = find_task(card.task, path=self.path)
        if "Loop" in self.operators:  # it may run without end, and no network of ours needs it
            raise UnsupportedOnnx(path=self.path, reason=t("runtime.loops"))
        super().check(card)
        if (self.fixed_batch or 0) > MAX_FIXED_BATCH:
            raise WrongInput(path=self.path, found=self.inputs[0], wanted=self.input_for(card))
        promised = tuple(TensorFacts("", "float32", shape) for shape in task.output_shapes(card).values())
        outputs = self.outputs[: len(promised)]
        if self.fixed_batch == 1:  # MMEdu's LeNet has no axis for its only picture
            outputs = tuple(_with_batch(found, one) for found, one in zip(outputs, promised))
        if len(outputs) != len(promised) or not all(found.fits(one) for found, one in zip(outputs, promised)):
            raise WrongInput(path=self.path, found="; ".join(map(str, outputs)) or "0", wanted="; ".join(map(str, promised)))

    @property
    def embeds_preprocess(self) -> bool:
        """Whether it takes one picture, uint8 (height, width, 3) of any size, and prepares it itself."""
        shape = self.inputs[0].shape or () if len(self.inputs) == 1 else ()
        return len(shape) == 3 and self.inputs[0].fits(_A_PICTURE) and not any(isinstance(side, int) for side in shape[:2])

    @property
    def fixed_batch(self) -> int | None:
        """The only batch size that the network takes; None if any."""
        return 1 if self.embeds_preprocess else super().fixed_batch

    def input_for(self, card: ModelCard) -> TensorFacts:
        """The input that the card of the model promises, or a picture where the file prepares it."""
        return _A_PICTURE if self.embeds_preprocess else super().input_for(card)


def inspect_onnx(path: str | os.PathLike[str]) -> OnnxFile:
    """Reads what an ONNX file says of itself, from untrusted bytes.

    Raises:
        FileMissing, NotAFile, FileTooLarge, FileUnreadable, EmptyFile
        NotAnOnnxFile: It ends early, is no ONNX file, or claims more than it holds.
        ExternalData, ModelTooLarge: It keeps weights where it must not, or more than is allowed.

    Example:
        >>> inspect_onnx("emoji.onnx").opsets
        {'': 17}
    """
    found = input_file(path, max_bytes=MAX_MODEL_BYTES)
    try:
        data = found.read_bytes()
    except OSError as error:
        raise FileUnreadable(path=found, reason=error.strerror or error) from error
    return parse_onnx(data, found)


def parse_onnx(data: bytes, path: Path) -> OnnxFile:
    """What the bytes of an ONNX file say; ``path`` stands in errors and is where external data would lie. Raises as ``inspect_onnx``."""
    if not data:
        raise EmptyFile(path=path)
    try:
        parsed = OnnxParser(data)
    except MalformedError as error:
        raise NotAnOnnxFile(path=path, reason=t(str(error))) from None
    stored = {tensor.name for tensor in parsed.tensors}
    return OnnxFile(
        path=path, size_bytes=len(data) + check_external(path, len(data), parsed.tensors), ir_version=parsed.ir_version, opsets=parsed.opsets,
        producer=parsed.producer, metadata=parsed.metadata, inputs=tuple(one for one in parsed.inputs if one.name not in stored),
        outputs=tuple(parsed.outputs), operators=dict(parsed.operators), tensors=tuple(parsed.tensors),
        parameters=sum(tensor.elements for tensor in parsed.tensors), has_nan=any(tensor.has_nan for tensor in parsed.tensors),
    )  # fmt: skip


def _with_batch(found: TensorFacts, wanted: TensorFacts) -> TensorFacts:
    short = found.shape is not None and wanted.shape is not None and len(found.shape) == len(wanted.shape) - 1
    return TensorFacts(found.name, found.type, (1, *(found.shape or ()))) if short else found
