"""From a PyTorch network to an ONNX graph."""
from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument, ExportFailed
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.runtime.onnx_graph import short
from edukit.tasks import find_task

if TYPE_CHECKING:
    import onnx
    from torch import nn

INPUT = "input"
_FREE = {"batch": {0: "batch"}, "all": {0: "batch", 2: "height", 3: "width"}}  # axes of the input


def export_network(network: nn.Module, card: ModelCard, *, opset_version: int, dynamic: str, path: Path) -> onnx.ModelProto:
    """What PyTorch's TorchScript exporter makes of ``network``.

    Args:
        network: In evaluation mode.
        card: Its input shape is the one that is traced.
        opset_version: ONNX operator set.
        dynamic: Which sizes of the input stay free: ``"batch"``, ``"all"`` (batch, height and width) or ``"none"``.
        path: The checkpoint, for the error.

    Raises:
        ExportFailed, PackageMissing
    """
    import torch

    onnx = imported("onnx")
    example = torch.zeros(1 if dynamic == "none" else 2, *card.input_shape[1:])  # a batch of 1 could be traced as a constant
    outputs = list(find_task(card.task).outputs)
    free = None if dynamic == "none" else {INPUT: _FREE[dynamic]} | {name: {0: "batch"} for name in outputs}
    stream = io.BytesIO()
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # the exporter warns of its own age; its successor gives wrong answers for some networks
            torch.onnx.export(
                network.eval(), (example,), stream, dynamo=False,  # type: ignore[arg-type]  # a stream is documented for this exporter
                opset_version=opset_version, input_names=[INPUT], output_names=outputs, dynamic_axes=free,
            )  # fmt: skip
    except Exception as error:  # the exporter has no error class of its own
        raise ExportFailed(path=path, reason=short(error)) from error
    return onnx.load_model_from_string(stream.getvalue())


def check_other_size(network: nn.Module, data: bytes, card: ModelCard, *, tolerance: float) -> None:
    """Proves that height and width are really free: pooling to more than 1 x 1, or a flattened picture, makes them not so.

    Raises:
        BadArgument: ``dynamic="all"`` cannot be had for this network.
    """
    import torch

    from edukit.runtime.onnx_session import options, runtime

    height, width = card.preprocess.size
    batch = np.random.default_rng(0).normal(size=(2, card.preprocess.channels, height + 32, width + 64)).astype(np.float32)
    ort = runtime()
    try:
        with torch.no_grad():
            wanted = find_task(card.task).name_outputs(network.eval()(torch.from_numpy(batch)))
        found = ort.InferenceSession(data, options(ort, 1), providers=["CPUExecutionProvider"]).run(list(wanted), {INPUT: batch})
    except Exception as error:  # torch's and ONNX Runtime's errors share no class
        raise not_free(card) from error
    for ours, theirs in zip((output.numpy() for output in wanted.values()), found):
        if ours.shape != theirs.shape or not np.abs(ours - theirs).max() <= tolerance * max(1.0, float(np.abs(ours).max())):
            raise not_free(card)


def not_free(card: ModelCard) -> BadArgument:
    """The error for a network whose layers depend on the size of its input."""
    return BadArgument(name="dynamic", value="all", wanted=t("conversion.not_free", backbone=card.backbone))
