"""From a checkpoint to one ONNX file that is proved to be the same model before it is written."""
from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from edukit.conversion.backends import convert_for
from edukit.conversion.embedding import check_embedded, embed_graph
from edukit.conversion.exporting import compare_free_sizes, export_network, not_free
from edukit.conversion.parity import GateInputs, gate_inputs, parity
from edukit.conversion.results import Conversion
from edukit.conversion.simplifying import simplify_checked
from edukit.core.card import ModelCard
from edukit.core.errors import ExportFailed
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import user_path, write_bytes
from edukit.core.i18n import t
from edukit.core.parameters import Between, Metavar, OneOf, TrueOrFalse, Usual, verb
from edukit.core.workspace import output_beside
from edukit.models import DataLike, ModelLike, check_checkpoint
from edukit.models.inputs import split_of
from edukit.runtime import ONNX, inspect_model, load_onnx_bytes, settle_model
from edukit.runtime.onnx_graph import GraphError, check_graph, derive_card, serialize_with_card
from edukit.runtime.onnx_session import thread_count

if TYPE_CHECKING:
    from torch import nn

    from edukit.data import Split
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
    count = thread_count(threads)
    if backend != "ONNX":
        def to_onnx(path: Path, pictures: Split | None) -> Conversion:
            same = {name: value for name, value in options.items() if name != "backend"}
            return convert(checkpoint, path, **same, data=pictures, threads=count, should_stop=should_stop)  # type: ignore[arg-type]

        return convert_for(
            backend, checkpoint, out, to_onnx=to_onnx, options=options, data=data, skip_bad=skip_bad, threads=count, overwrite=overwrite, reporter=reporter
        )
    file = check_checkpoint(checkpoint)
    source, card = file.path, file.card
    target = user_path(out, output=True) if out is not None else output_beside(source, ".onnx", "convert")
    made = {"verb": "convert", "options": options, "inputs": {"checkpoint": file.sha256}}
    earlier = settle_model(target, ONNX, source=source, overwrite=overwrite, made=made)
    pictures = None if data is None else split_of(data, "test", skip_bad=skip_bad, on_event=on_event, should_stop=should_stop)
    inputs = gate_inputs(pictures, card, source, reporter)
    if earlier and (kept := inputs.earlier(earlier)):
        return kept

    from edukit.models import load_checkpoint  # torch comes only here, when nothing can be refused any more

    original = load_checkpoint(file, threads=count)
    work = _Work(original, target, options, made, reporter)
    try:
        content = work.prove(inputs, count)
    except GraphError as error:
        raise ExportFailed(path=source, reason=error) from error
    write_bytes(target, content)
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
        card = self._card(notes)
        content = serialize_with_card(model, card, ir_version=self.options["ir_version"])
        check_graph(model)
        converted = load_onnx_bytes(content, self.target, threads=threads)
        differences = compare_free_sizes(self.original, converted, self.dynamic, tolerance)
        gate = parity(self.original, converted, inputs, tolerance=tolerance, reporter=self.reporter, first=3, total=_STEPS).require()
        proofs: dict[str, Any] = {"gate": gate.to_dict(), "differences": [one.to_dict() for one in differences]}
        if self.embed:
            model = embed_graph(model, card.preprocess)
            check_graph(model)
            whole = load_onnx_bytes(serialize_with_card(model, card), self.target, threads=threads)
            proofs |= {"embedded": check_embedded(self.original, whole, model, inputs).to_dict(), "dynamic": "picture"}
        return serialize_with_card(model, card.replace(notes={**card.notes, **proofs}))

    @property
    def embed(self) -> bool:
        """Whether the file prepares pictures itself."""
        return bool(self.options.get("embed_preprocess"))

    @property
    def dynamic(self) -> str:
        """Which sizes of the network's own input are free."""
        return "none" if self.embed else str(self.options["dynamic"])

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
        difference, modules = float((wanted - found).abs().max()), (sum(1 for _ in one.modules()) for one in (network, fused))
        before, after = modules
        self.reporter.message(t("conversion.fused", before=before, after=after, difference=f"{difference:.1e}"))
        return fused, {"fused": {"layers_before": before, "layers_after": after, "max_difference": difference}}

    def _card(self, notes: Mapping[str, Any]) -> ModelCard:
        card = self.original.card
        packages = ("torch", "onnx", "onnxslim", "onnxruntime")
        return derive_card(card, made=self.made, notes={**card.notes, **notes}, packages=packages, precision="fp32")
