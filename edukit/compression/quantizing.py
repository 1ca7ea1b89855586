"""From an FP32 ONNX model to an INT8 one, calibrated on training pictures and measured on others before it is written."""
from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from edukit.compression.calibrating import observe
from edukit.compression.correcting import correct_biases
from edukit.compression.first_layer import blocks_first
from edukit.compression.qdq import LEAST_OPSET, quantize_graph
from edukit.compression.results import Quantization
from edukit.core.errors import AlreadyQuantized, QuantizeFailed, WrongInput
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import user_path, write_bytes
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.core.parameters import Between, verb
from edukit.core.preprocess import Float32Array
from edukit.core.workspace import output_beside
from edukit.models.inputs import DataLike, ModelLike, model_file, split_of
from edukit.runtime import ONNX, ModelFile, OnnxFile, OnnxModel, batches, inspect_model, load_onnx, load_onnx_bytes, settle_model
from edukit.runtime.formats import as_onnx
from edukit.runtime.onnx_graph import GraphError, at_least_opset, check_graph, derive_card, serialize_with_card, simplify_graph
from edukit.runtime.onnx_session import thread_count
from edukit.tasks import Answers, find_task

if TYPE_CHECKING:
    import onnx

    from edukit.data import Split

CALIBRATION_PICTURES = 64
HELD_OUT_PICTURES = 150
SHARE = 0.99999              # of an activation's values that its range must hold; the rest is clipped
_STEPS = 4                   # calibrate, quantize, measure, write
_CONVERSIONS_OWN = ("gate", "nodes_before", "nodes_after", "dynamic", "differences", "simplification")  # notes that would be false of an INT8 file


@verb
def quantize(
    model: ModelLike,
    out: str | os.PathLike[str] | None = None,
    *,
    calibration: DataLike,
    skip_bad: bool = False,
    threads: Annotated[int | None, Between(1, 1024)] = None,
    overwrite: bool = False,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> Quantization:
    """Turns an FP32 ONNX model into an INT8 one: static quantization, a quarter of the size.

    Args:
        model: An FP32 .onnx file with a card, or a conversion.
        out: The new file; by default ``<model>-int8.onnx`` beside it. A file there that the same model made in the same way is kept as it is.
        calibration: Training pictures, of a dataset its training split; some show the range of values, others what it costs.
        skip_bad: Go on without bad pictures.
        threads: How many threads compute; None takes all processors.
        overwrite: Replace whatever file lies at ``out``.
        on_event: Told the steps calibrate, quantize, measure and write.
        should_stop: Asked between steps and pictures; ``Stopped`` is raised, and nothing is written.

    Raises:
        AlreadyQuantized, ClassesDiffer, TooFewPictures, QuantizeFailed, NotFinite, BadSuffix, OutputExists, OutputNotWritable, and what ``load_onnx``
        raises

    Example:
        >>> small = quantize("emoji.onnx", "small.onnx", calibration=dataset.train)
        >>> small.size_bytes < small.size_before_bytes
        True
    """
    began, reporter, count = time.monotonic(), Reporter(on_event, should_stop), thread_count(threads)
    file = _checked_file(model)
    target = user_path(out, output=True) if out is not None else output_beside(file.path, "-int8.onnx", "convert")
    pictures = split_of(calibration, "train", name="calibration", skip_bad=skip_bad, on_event=on_event, should_stop=should_stop)
    find_task(file.card.task).check_data(file.card, pictures, file.path)
    made = {"verb": "quantize", "options": {}, "inputs": {"model": file.sha256, "calibration": pictures.fingerprint}}
    earlier = settle_model(target, ONNX, source=file.path, overwrite=overwrite, made=made)
    if earlier and (kept := _earlier(earlier)):
        return kept
    try:
        content = _Work(file, target, made, pictures, count, reporter).content()
    except GraphError as error:
        raise QuantizeFailed(path=file.path, reason=error) from error
    reporter.step(3, _STEPS, "write")
    write_bytes(target, content)
    reporter.progress(_STEPS, _STEPS, "step", stage="write")
    return _quantization_of(inspect_model(target), began)


@dataclass
class _Work:
    """One quantization on its way."""

    source: OnnxFile
    target: Path
    made: Mapping[str, Any]
    calibration: Split
    threads: int
    reporter: Reporter

    def content(self) -> bytes:
        """The bytes of the INT8 file."""
        before = load_onnx(self.source, threads=self.threads)
        best_figure = before.task.best
        shown, held_out = split_calibration(self.calibration)
        # Computed before it is simplified: a network that takes too much memory is refused here, where there is a limit.
        wanted = before.predict_answers(held_out.samples, should_stop=self.reporter.should_stop)
        graph = at_least_opset(imported("onnx").load(self.source.path), LEAST_OPSET)
        if "simplification" not in self.source.card.notes:  # else convert has done it
            graph = simplify_graph(graph, fold=False)
        graph = blocks_first(graph)
        self.reporter.step(0, _STEPS, "calibrate")
        seen = observe(graph, self._inputs(shown, before), threads=self.threads)
        ranges = {name: tensor.range_of(SHARE) for name, tensor in seen.items()}
        notes = {"method": f"percentile {SHARE:.3%}, bias correction", "calibrated_on": len(shown), "size_before_bytes": before.size_bytes}
        best: tuple[float, bytes] | None = None
        for reduce_range in (True, False):
            first = 1 if reduce_range else 2
            self.reporter.step(first, _STEPS, "quantize")
            small = quantize_graph(correct_biases(graph, seen, reduce_range=reduce_range), ranges, reduce_range=reduce_range)
            self.reporter.step(first + 0.5, _STEPS, "measure")
            figures = self._measure(small, held_out, wanted)
            loss = -best_figure.gain(figures[f"{best_figure.name}_after"], figures[f"{best_figure.name}_before"])
            if best is None or best[0] - loss > best_figure.worth:
                best = (loss, self._serialize(small, {**notes, **figures, "reduce_range": reduce_range}))
            if loss <= best_figure.worth:  # 8 bits could not be better by more than this
                break
        assert best is not None
        return best[1]

    def _inputs(self, shown: Split, before: OnnxModel) -> Iterator[Float32Array]:
        size = before.fixed_batch or 1
        for start, batch, _ in batches(shown, self.source.card, size):
            self.reporter.check()
            if start % 8 == 0:
                self.reporter.progress(start / len(shown), _STEPS, "step", stage="calibrate", pictures=start)
            yield batch if len(batch) == size else np.resize(batch, (size, *batch.shape[1:]))

    def _measure(self, small: onnx.ModelProto, held_out: Split, wanted: Answers) -> dict[str, Any]:
        data = self._serialize(small, {})
        check_graph(small)
        after = load_onnx_bytes(data, self.target, threads=self.threads)
        found = after.predict_answers(held_out.samples, should_stop=self.reporter.should_stop)
        targets, name = after.task.targets(held_out.samples, self.source.card.classes), after.task.best.name
        figures = {f"{name}_{when}": after.task.measure(answers, targets)[name] for when, answers in (("before", wanted), ("after", found))}
        return {"count": len(held_out), **figures, "agreement": float(after.task.same(wanted, found).mean())}

    def _serialize(self, small: onnx.ModelProto, notes: Mapping[str, Any]) -> bytes:
        kept = {name: value for name, value in self.source.card.notes.items() if name not in _CONVERSIONS_OWN}
        kept |= {"quantization": dict(notes), "reduce_range": notes.get("reduce_range")}
        card = derive_card(self.source.card, made=self.made, notes=kept, packages=("onnx", "onnxslim", "onnxruntime"), precision="int8")
        measured = {"agreement": notes["agreement"]} if "agreement" in notes else {}
        return serialize_with_card(small, card.replace(metrics=measured))  # what training measured is true of the original alone


def split_calibration(calibration: Split) -> tuple[Split, Split]:
    """Pictures to calibrate on and others to measure on, drawn from the task's groups (classes) in turn, the same ones every time.

    At most two thirds of a small set calibrate, so that there is something left to measure on; a single picture does both.
    """
    rng = np.random.default_rng(0)
    groups = find_task(calibration.task).groups(calibration.targets)
    turns: list[tuple[int, int, int]] = []
    for group in range(int(groups.max(initial=-1)) + 1):
        own = rng.permutation(np.flatnonzero(groups == group))
        turns += [(turn, group, int(index)) for turn, index in enumerate(own)]
    order = [index for _, _, index in sorted(turns)]
    shown = min(CALIBRATION_PICTURES, max(1, len(order) * 2 // 3))
    return calibration.subset(order[:shown]), calibration.subset(order[shown : shown + HELD_OUT_PICTURES] or order)


def _checked_file(model: ModelLike) -> OnnxFile:
    """The file of a model that can be quantized."""
    file = as_onnx(model_file(model, need_card=True))
    if file.quantized or file.card.precision == "int8":
        raise AlreadyQuantized(path=file.path)
    if file.embeds_preprocess:
        raise WrongInput(path=file.path, found=t("compression.embedded"), wanted=t("compression.prepared"))
    return file


def _earlier(earlier: ModelFile) -> Quantization | None:
    """The quantization that lies there already; None if its card does not tell all of it."""
    try:
        done = _quantization_of(earlier, None)
        return done if str(done) else None  # what is missing is missed here
    except (KeyError, TypeError):
        return None


def _quantization_of(file: ModelFile, began: float | None) -> Quantization:
    facts = {"size_bytes": file.size_bytes, "seconds": 0.0 if began is None else time.monotonic() - began, "reused": began is None}
    return Quantization.from_dict({**file.card.notes["quantization"], **facts, "path": file.path, "task": file.card.task})
