"""From a checkpoint to one ONNX file that is proved to be the same model before it is written."""
from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from edukit.conversion.backends import carry_over, find_backend, settle_folder, source_for
from edukit.conversion.embedding import check_embedded, embed_graph
from edukit.conversion.exporting import compare_free_sizes, export_network, not_free
from edukit.conversion.parity import GateInputs, gate_inputs, parity
from edukit.conversion.results import Conversion
from edukit.conversion.simplifying import simplify_checked
from edukit.core.errors import ExportFailed
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import user_path, write_bytes
from edukit.core.i18n import t
from edukit.core.parameters import Between, Metavar, OneOf, TrueOrFalse, Usual, verb
from edukit.core.workspace import output_beside
from edukit.models import DataLike, ModelLike, check_checkpoint
from edukit.models.inputs import split_of
from edukit.runtime import ONNX, OnnxFile, inspect_model, load_onnx_bytes, settle_model
from edukit.runtime.onnx_graph import GraphError, check_graph, derive_card, serialize_with_card
from edukit.runtime.onnx_session import thread_count

if TYPE_CHECKING:
    from torch import nn

    from edukit.models import TorchModel

_STEPS = 4                   # export, simplify, check, compare


@verb
def convert(
    checkpoint: Annotated[ModelLike, Metavar("CHECKPOINT")],
    out: str | os.PathLike[str] | None = None,
    *,
    opset_version: Annotated[int, Between(11, 20), Usual(13, 15, 17, 18)] = 17,  # PyTorch's TorchScript exporter knows no later one
    ir_version: Annotated[int | None, Between(6, 10)] = None,
    dynamic: Annotated[str, OneOf("batch", "all", "none"), Usual()] = "batch",
    backend: Annotated[str, OneOf("ONNX", "OpenVINO", "NCNN", "TensorRT")] = "ONNX",
    embed_preprocess: Annotated[bool, TrueOrFalse()] = False,
    simplify: Annotated[bool, Usual()] = True,
    data: DataLike | None = None,
    tolerance: Annotated[float, Between(0, 1000, above=True)] = 1e-4,
    skip_bad: bool = False,
    threads: Annotated[int | None, Between(1, 1024)] = None,
    overwrite: bool = False,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> Conversion:
    """Writes a checkpoint as one ONNX file with its card inside, simplified, and proved to give the same answers.

    Args:
        checkpoint: A .pth file with a card, or a training result.
        out: The .onnx file; by default beside the checkpoint. A file there that the same checkpoint made in the same way is kept as it is.
        opset_version: ONNX operator set, 11 to 20.
        ir_version: Version of the file form, 6 to 10, for old runtimes; None leaves it to the exporter.
        dynamic: Which sizes of the input stay free: ``"batch"``, ``"all"`` (also height and width) or ``"none"``.
        backend: ``"ONNX"``; or another runtime, whose model is a folder with card.json: ``"OpenVINO"``, ``"NCNN"``, ``"TensorRT"``. To these an
            .onnx file can be carried over too, to OpenVINO also an INT8 one.
        embed_preprocess: Whether the file prepares pictures itself: it then takes one picture, uint8 (height, width, 3), red first, of any size,
            whatever ``dynamic`` says.
        simplify: Whether the graph is simplified.
        data: Pictures to compare on, of a dataset the test split; None takes those of the dataset that the card names if it is still there, else random inputs.
        tolerance: Largest allowed difference of an output, relative to the largest output (at least 1).
        skip_bad: Go on without bad pictures.
        threads: How many threads compare; None takes all processors.
        overwrite: Replace whatever file lies at ``out``.
        on_event: Told the steps export, simplify, check and compare.
        should_stop: Asked between steps and pictures; ``Stopped`` is raised, and nothing is written.

    Raises:
        ParityFailed: The answers differ; nothing was written.
        BadArgument, UnknownChoice, BadSuffix, OutputExists, OutputNotWritable, NotACheckpoint, UnsafeCheckpoint, NoCard, WrongTask, ClassesDiffer,
        ExportFailed, NotFinite

    Example:
        >>> convert("best.pth", "model.onnx").gate.passed
        True
    """
    began, reporter = time.monotonic(), Reporter(on_event, should_stop)
    options = {"opset_version": opset_version, "ir_version": ir_version, "dynamic": dynamic, "backend": backend, "tolerance": tolerance}
    if embed_preprocess or not simplify:  # files of earlier versions, which had no such options, are kept as they are
        options |= {"embed_preprocess": embed_preprocess, "simplify": simplify}
    other, count = find_backend(backend, embed_preprocess=embed_preprocess), thread_count(threads)
    file = source_for(other, checkpoint) if other else check_checkpoint(checkpoint)
    source = file.path
    target = user_path(out, output=True) if out is not None else output_beside(source, f"-{other.name.lower()}" if other else ".onnx", "convert")
    made = {"verb": "convert", "options": options, "inputs": {"checkpoint": file.sha256}}
    if other:
        earlier = settle_folder(target, other.form, made=made, overwrite=overwrite)
    else:
        earlier = settle_model(target, ONNX, source=source, overwrite=overwrite, made=made)
    pictures = None if data is None else split_of(data, "test", skip_bad=skip_bad, on_event=on_event, should_stop=should_stop)
    inputs = gate_inputs(pictures, file.card, source, reporter)
    if earlier and (kept := inputs.earlier(earlier)):
        return kept
    if other:
        with tempfile.TemporaryDirectory(prefix=".ek-", ignore_cleanup_errors=True) as scratch:
            onnx, same = file, {name: value for name, value in options.items() if name != "backend"}
            if not isinstance(file, OnnxFile):
                path = Path(scratch) / "model.onnx"
                onnx = inspect_model(convert(file, path, **same, data=inputs.split, threads=count, should_stop=should_stop))  # type: ignore[arg-type]
            carry_over(other, file, onnx, target, made=made, inputs=inputs, threads=count, reporter=reporter)
    else:
        from edukit.models import load_checkpoint  # torch comes only here, when nothing can be refused any more

        work = _Work(load_checkpoint(check_checkpoint(file), threads=count), target, options, made, reporter)
        try:
            write_bytes(target, work.prove(inputs, count))
        except GraphError as error:
            raise ExportFailed(path=source, reason=error) from error
    return Conversion.of_file(inspect_model(target), began)


@dataclass
class _Work:
    """One conversion on its way."""

    original: TorchModel
    target: Path
    options: Mapping[str, Any]
    made: Mapping[str, Any]
    reporter: Reporter

    def prove(self, inputs: GateInputs, threads: int) -> bytes:
        """The bytes of the ONNX file, once they have passed the gate."""
        tolerance = self.options["tolerance"]
        model, notes = self._graph()
        self.reporter.step(2, _STEPS, "check")
        card = self.original.card
        card = derive_card(card, made=self.made, notes={**card.notes, **notes}, packages=("torch", "onnx", "onnxslim", "onnxruntime"), precision="fp32")
        content = serialize_with_card(model, card, ir_version=self.options["ir_version"])
        check_graph(model)
        converted = load_onnx_bytes(content, self.target, threads=threads)
        differences = compare_free_sizes(self.original, converted, self.dynamic, tolerance)
        gate = parity(self.original, converted, inputs, tolerance=tolerance, reporter=self.reporter, first=3, total=_STEPS).require()
        proofs: dict[str, Any] = {"gate": gate.to_dict(), "differences": [one.to_dict() for one in differences]}
        if self.options.get("embed_preprocess"):
            model = embed_graph(model, card.preprocess)
            check_graph(model)
            whole = load_onnx_bytes(serialize_with_card(model, card), self.target, threads=threads)
            proofs |= {"embedded": check_embedded(self.original, whole, model, inputs).to_dict(), "dynamic": "picture"}
        return serialize_with_card(model, card.replace(notes={**card.notes, **proofs}))

    @property
    def dynamic(self) -> str:
        """Which sizes of the network's own input are free."""
        return "none" if self.options.get("embed_preprocess") else str(self.options["dynamic"])

    def _graph(self) -> tuple[Any, dict[str, Any]]:
        path, card, dynamic = self.original.path, self.original.card, self.dynamic
        self.reporter.step(0, _STEPS, "export")
        try:
            network, fused = self._deployed()
            model = export_network(network, card, opset_version=self.options["opset_version"], dynamic=dynamic, path=path)
        except ExportFailed as error:
            raise not_free(card) if dynamic == "all" else error from error  # the exporter refuses what cannot be free
        before, notes = len(model.graph.node), {"dynamic": dynamic, **fused}
        self.reporter.step(1, _STEPS, "simplify")
        if self.options.get("simplify", True):
            batch = np.random.default_rng(0).normal(size=(1, *card.input_shape[1:])).astype(np.float32)
            model, done = simplify_checked(model, self.original.network, batch)
            notes["simplification"] = done.to_dict()
        return model, {"nodes_before": before, "nodes_after": len(model.graph.node), **notes}

    def _deployed(self) -> tuple[nn.Module, dict[str, Any]]:
        """The network with its training branches added up, and for the card by how much its outputs differ; the gate compares with the original."""
        import torch

        from edukit.models.networks import deployed

        network = self.original.network
        fused = deployed(network)
        if fused is network:
            return network, {}
        batch = torch.rand(2, *self.original.card.input_shape[1:], generator=torch.Generator().manual_seed(0)) * 2 - 1
        with torch.no_grad():
            wanted, found = network(batch), fused(batch)
        difference = float((wanted - found).abs().max())
        before, after = (sum(1 for _ in one.modules()) for one in (network, fused))
        self.reporter.message(t("conversion.fused", before=before, after=after, difference=f"{difference:.1e}"))
        return fused, {"fused": {"layers_before": before, "layers_after": after, "max_difference": difference}}
