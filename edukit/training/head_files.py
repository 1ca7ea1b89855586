"""A solved head as files like any others: model-int8.onnx, and model.onnx where the FP32 network is at hand; both with cards, without torch."""
from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.files import write_bytes
from edukit.core.workspace import Workspace
from edukit.training.bodies import body_path, int8_body, with_head
from edukit.training.head import Head

INT8, ONNX, CHECKPOINT = "model-int8.onnx", "model.onnx", "best.pth"
BACKBONE = "EfficientNet-Lite0"


def head_card(
    head: Head, body: ModelCard, *, dataset: Mapping[str, Any], class_names: Mapping[str, Mapping[str, str]], metrics: Mapping[str, float]
) -> ModelCard:
    """The card of a file with this head.

    Args:
        head: Solved.
        body: The card of the network's body.
        dataset: ``{"name", "folder", "fingerprint"}`` of what it was learnt from.
        class_names: Language to label to name.
        metrics: Measured figures.
    """
    size = body.preprocess.size[0]
    return ModelCard(
        network={"backbone": BACKBONE, "head": {"outputs": len(head.classes)}, "channels": 3, "image_size": size},
        classes=head.classes, class_names=class_names, preprocess=body.preprocess, metrics=dict(metrics), dataset=dict(dataset),
        made={"verb": "train-head", "options": {}, "inputs": {"dataset": str(dataset.get("fingerprint", ""))}},
        notes={"pretrained": "imagenet", "weights": body.notes.get("weights"), "frozen": True, "head": "numpy", "pictures": len(head.learnt)},
        versions={"numpy": np.__version__, "python": platform.python_version(), **{name: version(name) for name in ("onnx", "onnxruntime")}},
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip


def write_models(head: Head, folder: Path, card: ModelCard, workspace: Workspace | None = None) -> tuple[Path, ...]:
    """Writes model-int8.onnx, and model.onnx if the FP32 network is in the cache.

    Raises:
        OutputNotWritable, DiskFull
    """
    bodies = [(INT8, "int8", int8_body(workspace)), (ONNX, "fp32", body_path("fp32", workspace))]
    made = []
    for name, precision, body in bodies:
        if body.is_file():
            write_bytes(folder / name, with_head(body, head.weight, head.bias, card.replace(precision=precision)))
            made.append(folder / name)
    return tuple(made)
