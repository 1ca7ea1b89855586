"""From a PyTorch network to an ONNX graph."""
from __future__ import annotations

import io
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edukit.conversion.results import Difference
from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument, EdukitError, ExportFailed, ParityFailed
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.runtime.onnx_graph import short
from edukit.tasks import find_task

if TYPE_CHECKING:
    import onnx
    from torch import nn

    from edukit.runtime import Predictor

INPUT = "input"
_FREE = {"batch": {0: "batch"}, "all": {0: "batch", 2: "height", 3: "width"}}  # axes of the input
_FIXED = 0.01  # of the largest output: where a layer depends on the input's size, answers at another size are wrong by more


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

    from edukit.models.networks import with_fixed_padding

    onnx = imported("onnx")
    example = torch.zeros(1 if dynamic == "none" else 2, *card.input_shape[1:])  # a batch of 1 could be traced as a constant
    outputs = list(find_task(card.task).outputs)
    free = None if dynamic == "none" else {INPUT: _FREE[dynamic]} | {name: {0: "batch"} for name in outputs}
    stream = io.BytesIO()
    try:
        traced = network.eval() if dynamic == "all" else with_fixed_padding(network.eval(), example)
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # the exporter warns of its own age; its successor gives wrong answers for some networks
            torch.onnx.export(
                traced, (example,), stream, dynamo=False,  # type: ignore[arg-type]  # a stream is documented for this exporter
                opset_version=opset_version, input_names=[INPUT], output_names=outputs, dynamic_axes=free,
            )  # fmt: skip
    except Exception as error:  # the exporter has no error class of its own
        raise ExportFailed(path=path, reason=_reason(error)) from error
    return onnx.load_model_from_string(stream.getvalue())


def compare_free_sizes(original: Predictor, converted: Predictor, dynamic: str, tolerance: float) -> tuple[Difference, ...]:
    """Both models on random inputs, at two values of each size that is free, height and width also both at once.

    Raises:
        BadArgument: ``dynamic="all"`` cannot be had for this network: pooling to more than 1 x 1, or a flattened picture, fixes height and width.
        ParityFailed: The answers differ at the size that the network was made for, or slightly at another.
    """
    channels, (height, width) = original.card.preprocess.channels, original.card.preprocess.size
    batches = (1,) if dynamic == "none" else (1, 3)
    sides = ((height, width), (height + 32, width), (height, width + 64), (height + 32, width + 64)) if dynamic == "all" else ((height, width),)
    shapes = [(number, channels, *sides[0]) for number in batches] + [(2, channels, *side) for side in sides[1:]]
    rng, found = np.random.default_rng(0), []
    for shape in shapes:
        batch, own = rng.normal(size=shape).astype(np.float32), shape[2:] == (height, width)
        try:
            wanted, ours = original.run(batch), converted.run(batch)
            apart = {name: np.abs(values - ours[name]) for name, values in wanted.items()}
        except Exception as error:  # torch's and ONNX Runtime's errors share no class
            if own:
                raise
            raise not_free(original.card) from error
        for name, one in apart.items():
            found.append(Difference(name, shape, float(one.max()), float(one.mean()), float(np.abs(wanted[name]).max())))
            allowed = tolerance * max(1.0, found[-1].largest)
            if not found[-1].max_difference <= allowed:
                numbers = {"difference": f"{found[-1].max_difference:.2e}", "tolerance": f"{allowed:.2e}"}
                slight = found[-1].max_difference <= _FIXED * found[-1].largest
                raise ParityFailed(differing=0, count=shape[0], **numbers) if own or slight else not_free(original.card)
    return tuple(found)


def not_free(card: ModelCard) -> EdukitError:
    """The error for a network whose layers depend on the size of its input."""
    return BadArgument(name="dynamic", value="all", wanted=t("conversion.not_free", backbone=card.backbone))


def _reason(error: Exception) -> str:
    """Why the exporter gave up; of an operator that a later operator set has, its name and the lowest one that works."""
    found = re.search(r"Exporting the operator '(?:aten::)?([^']+)'.*?(?:added in version (\d+)|$)", " ".join(str(error).split()))
    if not found:
        return short(error)
    return t("conversion.operator_later", name=found[1], opset=found[2]) if found[2] else t("conversion.operator_never", name=found[1])
