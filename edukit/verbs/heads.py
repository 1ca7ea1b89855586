"""Training a head without PyTorch, and the same weights as a checkpoint: the verbs behind the Studio."""
from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from edukit.conversion.parity import gate_inputs, parity
from edukit.conversion.results import Gate
from edukit.core.errors import ExportFailed
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import user_path, write_bytes
from edukit.core.parameters import PATH, AsOption, Metavar, verb
from edukit.core.results import Result
from edukit.core.workspace import current
from edukit.data import Dataset, Split, load_dataset, verify
from edukit.models import DataLike, ModelLike, find_backbone
from edukit.models.inputs import model_file
from edukit.runtime import load_onnx
from edukit.runtime.onnx_graph import GraphError, simplify_graph
from edukit.tasks import find_task
from edukit.training.bodies import Body, body_path, cut_head, int8_body, read_head, with_head
from edukit.training.head import Head, fit_head
from edukit.training.head_files import BACKBONE, CHECKPOINT, INT8, ONNX, head_card, write_models

GATE_TOLERANCE = 1e-4


@dataclass(frozen=True)
class HeadResult(Result):
    """A head that was trained without PyTorch.

    Args:
        path: The INT8 file.
        files: All files.
        classes: In the order of the outputs.
        images: How many pictures it was learnt from.
        metrics: The share of right labels on validation and on test pictures, where there are such.
        seconds: Of the whole.
    """

    path: Path
    files: tuple[Path, ...]
    classes: tuple[str, ...]
    images: int
    metrics: Mapping[str, float]
    seconds: float


@dataclass(frozen=True)
class HeadCheckpoint(Result):
    """The same weights as a checkpoint and as FP32 ONNX.

    Args:
        best: The checkpoint.
        onnx: The FP32 file.
        gate: The proof that both give the same answers.
        int8_agreement: On how many of the gate's inputs the INT8 file gives the checkpoint's answer, 0 to 1.
        size_bytes: Of the checkpoint.
    """

    best: Path
    onnx: Path
    gate: Gate
    int8_agreement: float
    size_bytes: int


@verb
def train_head(
    dataset: DataLike,
    *,
    out: Annotated[PATH | None, AsOption(), Metavar("DIR")] = None,
    skip_bad: bool = False,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> HeadResult:
    """Trains only the last layer, in seconds and without PyTorch: a finished model-int8.onnx, and model.onnx where the FP32 network is at hand.

    Args:
        dataset: A folder, zip, sample set or ``Dataset`` of classes.
        out: The folder of the files; by default the next run's.
        skip_bad: Go on without bad pictures.
        on_event, should_stop: Progress, in pictures, and the wish to stop.

    Raises:
        BadArgument: Fewer than two classes. OutputNotWritable, DiskFull, and as ``load_dataset``.

    Example:
        >>> train_head("emoji", out="quick").classes[:2]
        ('animal', 'building')
    """
    began, reporter = time.monotonic(), Reporter(on_event, should_stop)
    loaded = load_dataset(dataset if isinstance(dataset, Dataset) else str(dataset), skip_bad=skip_bad)
    loaded = verify(loaded, ("train", "validation", "test"), skip_bad=skip_bad, on_event=on_event, should_stop=should_stop)
    folder = user_path(out, output=True) if out is not None else current().new_run_folder("train")
    body, total, done = Body(int8_body(), threads=None), sum(map(len, loaded.splits)), 0
    features = {}
    for split in loaded.splits:
        rows = []
        for sample in split:
            reporter.check()
            rows.append(body.features([sample]))
            done += 1
            reporter.progress(done, total, "picture")
        features[split.name] = np.concatenate(rows) if rows else np.zeros((0, 1), np.float32)
    head = fit_head(features["train"], [sample.label for sample in loaded.train], classes=loaded.classes)
    measured = [(short, split) for short, split in (("val", loaded.validation), ("test", loaded.test)) if len(split)]
    metrics = {f"{short}_{find_task().best.name}": _accuracy(head, features[split.name], split) for short, split in measured}
    about = {"name": loaded.name, "folder": str(loaded.folder), "fingerprint": loaded.fingerprint}
    card = head_card(head, body.card, dataset=about, class_names={lang: dict(names) for lang, names in loaded.class_names.items()}, metrics=metrics)
    files = write_models(head, folder, card)
    return HeadResult(files[0], files, head.classes, len(loaded.train), metrics, time.monotonic() - began)


@verb
def checkpoint_head(
    model: ModelLike,
    *,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> HeadCheckpoint:
    """Writes what ``train_head`` made as a checkpoint, best.pth, and as model.onnx, beside it; proves that both give the same answers.

    Args:
        model: The model-int8.onnx or model.onnx that ``train_head`` or the Studio made.
        on_event, should_stop: Progress, and the wish to stop.

    Raises:
        ExportFailed: The file is not of that kind. ParityFailed, WeightsUnavailable, PackageMissing, OutputNotWritable, DiskFull
    """
    from edukit.models.checkpoint import load_checkpoint, save_checkpoint

    reporter, file = Reporter(on_event, should_stop), model_file(model, need_card=True)
    folder, card = file.path.parent, file.card.replace(precision="fp32")
    try:
        weight, bias = read_head(file.path)
    except GraphError as error:
        raise ExportFailed(path=file.path, reason=error) from error
    network = _network(weight, bias, reporter)
    reporter.check()
    body = fp32_body(reporter)
    best, onnx = folder / CHECKPOINT, folder / ONNX
    save_checkpoint(best, network, card)
    write_bytes(onnx, with_head(body, weight, bias, card))
    original, inputs = load_checkpoint(best), gate_inputs(None, card, best, reporter)
    try:
        gate = parity(original, load_onnx(onnx), inputs, tolerance=GATE_TOLERANCE, reporter=reporter).require()
    except BaseException:  # nothing unproved is left; the INT8 file stays
        for path in (best, onnx):
            path.unlink(missing_ok=True)
        raise
    write_bytes(onnx, with_head(body, weight, bias, card.replace(notes={**card.notes, "gate": gate.to_dict()})))
    small = folder / INT8
    agree = parity(original, load_onnx(small), inputs, tolerance=1e9, reporter=reporter).agree / gate.count if small.is_file() else 1.0
    return HeadCheckpoint(best, onnx, gate, agree, best.stat().st_size)


def fp32_body(reporter: Reporter | None = None) -> Path:
    """The FP32 network without its head, in the cache; exported once, which needs PyTorch.

    Raises:
        WeightsUnavailable, ExportFailed, OutputNotWritable, DiskFull
    """
    from edukit.conversion.exporting import export_network

    path = body_path("fp32")
    if not path.is_file():
        network = _network(np.zeros((2, 1280), np.float32), np.zeros(2, np.float32), reporter or Reporter(None, None))
        card = Body(int8_body()).card.replace(precision="fp32", classes=("0", "1"), class_names={}, metrics={})
        graph = simplify_graph(export_network(network, card, opset_version=17, dynamic="batch", path=path))
        write_bytes(path, cut_head(graph, card))
    return path


def _network(weight: Any, bias: Any, reporter: Reporter) -> Any:
    import torch

    from edukit.models.networks import head_of, new_network

    backbone = find_backbone(BACKBONE)
    network, _ = new_network(backbone.describe(len(bias)), pretrained=True, reporter=reporter)
    head = head_of(network, backbone)
    head.load_state_dict({"weight": torch.tensor(weight), "bias": torch.tensor(bias)})
    return network.eval()


def _accuracy(head: Head, features: Any, split: Split) -> float:
    found = head.probabilities(features).argmax(axis=1)
    return float(np.mean([head.classes[place] == sample.label for place, sample in zip(found, split)]))
