"""Checkpoints: a network's weights with the card that says what they are, in a .pth that loads with ``weights_only=True``, and predicting with them."""
from __future__ import annotations

import copy
import io
import json
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from edukit.core.card import METADATA_KEY, ModelCard
from edukit.core.errors import NotACheckpoint, NotFinite, WrongBackbone
from edukit.core.files import write_bytes
from edukit.core.i18n import t
from edukit.core.preprocess import Float32Array
from edukit.models.backbones import backbones
from edukit.models.checkpoint_file import CheckpointFile
from edukit.models.checkpoint_reader import inspect_checkpoint, without_prefix
from edukit.models.networks import build_network, new_network
from edukit.runtime.predictor import Predictor


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds.

    Args:
        path: The file.
        card: What it says about itself.
        state: The weights by name.
        blank: The network that the card describes, without numbers.
        training: What going on with the training needs, if it was asked for.
    """

    path: Path
    card: ModelCard
    state: dict[str, torch.Tensor]
    blank: nn.Module
    training: dict[str, Any] | None = None

    def network(self) -> nn.Module:
        """The network with these weights."""
        network = copy.deepcopy(self.blank)
        own = network.state_dict()
        network.load_state_dict({name: value.to(own[name].dtype).contiguous() for name, value in self.state.items()}, assign=True)
        return network


class TorchModel(Predictor):
    """A network in PyTorch, ready to predict.

    Args:
        path: The checkpoint.
        card: What it says about itself.
        network: In evaluation mode from here on.
        threads: How many PyTorch may use in this process; unchanged if None.
    """

    runtime = "PyTorch"

    def __init__(self, path: Path, card: ModelCard, network: nn.Module, *, threads: int | None = None) -> None:
        super().__init__(path, card)
        if threads is not None:
            torch.set_num_threads(threads)
        # channels_last is 1.1 to 1.8 times as fast for convolutions on a CPU
        self.network = network.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._dtype = torch.float32

    def use_form(self, form: str) -> None:
        """Computes from now on as ``"bf16"`` (16-bit floating point) or by ``"compile"`` (``torch.compile``, which needs a C++ compiler)."""
        if form == "bf16":
            self._dtype = torch.bfloat16
            self.network = self.network.to(self._dtype)
        elif form == "compile":
            self.network = torch.compile(self.network, dynamic=False)  # called in the same way

    def run(self, batch: Float32Array) -> dict[str, Float32Array]:
        """The raw outputs by name for a batch (N, channels, height, width)."""
        with torch.inference_mode():
            inputs = torch.from_numpy(np.ascontiguousarray(batch)).to(self._dtype).contiguous(memory_format=torch.channels_last)
            return {name: np.asarray(output.float().numpy(), np.float32) for name, output in self.task.name_outputs(self.network(inputs)).items()}


def save_checkpoint(path: Path, network: nn.Module, card: ModelCard, *, training: dict[str, Any] | None = None) -> None:
    """Writes a whole checkpoint, or leaves what was there.

    Args:
        path: Ends in ``.pth``.
        network: Whose weights.
        card: Travels inside.
        training: What going on with the training needs: plain values and tensors.

    Raises:
        DiskFull, OutputNotWritable
    """
    state = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
    content: dict[str, Any] = {METADATA_KEY: json.loads(card.to_json()), "state_dict": state}  # plain values only
    if training is not None:
        content["training"] = training
    memory = io.BytesIO()  # not straight to the disk: a full one must be the system's error, not one of torch's archive writer
    torch.save(content, memory)
    write_bytes(path, memory.getbuffer())


def read_checkpoint(checkpoint: Path | CheckpointFile, *, with_training: bool = False, card: ModelCard | None = None) -> Checkpoint:
    """Reads a checkpoint once it is known to be safe.

    Args:
        checkpoint: The file, or what ``inspect_checkpoint`` gave.
        with_training: Whether to give what going on with the training needs.
        card: In place of the file's own, for a file that bears none.

    Raises:
        NotACheckpoint, UnsafeCheckpoint, ModelTooLarge, NoCard, BadCard, NotFinite, UnknownBackbone, and what ``input_file`` raises.
        WrongBackbone: The weights are not those of the backbone that the card names.
        WrongInput: The card asks for an input that the backbone does not take.
    """
    inspected = checkpoint if isinstance(checkpoint, CheckpointFile) else inspect_checkpoint(checkpoint)
    if inspected.stamp and not inspected.unchanged:
        inspected = inspect_checkpoint(inspected.path)
    path, card = inspected.path, card or inspected.card
    blank = _blank_network(inspected, card)
    try:
        with torch.serialization.safe_globals(_numpy_scalars()):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises whatever its unpickler and zip reader meet
        raise NotACheckpoint(path=path, reason=t("models.file.will_not_load", detail=str(error).split("\n")[0][:80])) from error
    state = content.get("state_dict")
    if inspected.renames and isinstance(state, dict):
        state = {inspected.renames.get(name, name): value for name, value in state.items()}
    if not isinstance(state, dict) or not all(isinstance(name, str) and isinstance(value, torch.Tensor) for name, value in state.items()):
        raise NotACheckpoint(path=path, reason=t("models.file.no_state"))
    state = without_prefix(state)
    if not all(bool(torch.isfinite(value).all()) for value in state.values() if value.is_floating_point()):
        raise NotFinite(path=path, where=t("models.weights_word"))
    training = content.get("training") if with_training else None
    return Checkpoint(path, card, dict(state), blank, training if isinstance(training, dict) else None)


def load_checkpoint(path: Path | CheckpointFile, *, card: ModelCard | None = None, threads: int | None = None) -> TorchModel:
    """The model in a checkpoint.

    Raises:
        NoCard, WrongTask, UnknownBackbone, WrongBackbone, and what ``read_checkpoint`` raises.
    """
    checkpoint = read_checkpoint(path, card=card)
    return TorchModel(checkpoint.path, checkpoint.card, checkpoint.network(), threads=threads)


def _numpy_scalars() -> list[Any]:
    """What a figure such as ``{"acc": numpy.float64(0.9)}`` needs beside the weights; the reader has checked how it is used."""
    scalar = import_module("numpy._core.multiarray").scalar
    kinds = {type(np.dtype(kind)) for kind in ("?", "b", "B", "h", "H", "i", "I", "l", "L", "q", "Q", "e", "f", "d")}
    return [*((scalar, f"numpy.{core}.multiarray.scalar") for core in ("core", "_core")), np.dtype, *kinds]


def _blank_network(inspected: CheckpointFile, card: ModelCard) -> nn.Module:
    """The network that the card describes, once the file is known to hold its weights; shapes alone, for a false card may ask for any size."""
    inspected.check(card)
    with torch.device("meta"):
        network = build_network(card, inspected.path)
    if _shapes(network) != dict(inspected.shapes):
        raise WrongBackbone(path=inspected.path, found=_find_matching_backbone(inspected, card), wanted=card.backbone or card.network.get("builder", ""))
    return network


def _find_matching_backbone(inspected: CheckpointFile, card: ModelCard) -> str:
    """The backbone whose layers bear the names that the file has."""
    for backbone in backbones():
        if backbone.has_head(inspected.shapes):
            with torch.device("meta"):
                network, _ = new_network(backbone.describe(1), pretrained=False)
            if _shapes(network).keys() == inspected.shapes.keys():
                return t("models.other_shape", name=backbone.name) if backbone.name == card.backbone else backbone.name
    return t("models.another_network")


def _shapes(network: nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in network.state_dict().items()}
