"""Networks and the files that hold them: the lowest floor that imports torch, and only when a network is really needed."""
from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from edukit.models.backbones import Backbone, backbones, find_backbone
from edukit.models.checkpoint_file import CheckpointFile
from edukit.models.checkpoint_reader import inspect_checkpoint
from edukit.models.inputs import DataLike, ModelLike
from edukit.models.loading import FORMATS, check_checkpoint, load_model, predict

if TYPE_CHECKING:
    from edukit.models.checkpoint import Checkpoint, TorchModel, load_checkpoint, read_checkpoint, save_checkpoint
    from edukit.models.networks import build_network, new_network

__all__ = [
    "FORMATS", "Backbone", "Checkpoint", "CheckpointFile", "DataLike", "ModelLike", "TorchModel", "backbones", "build_network", "check_checkpoint",
    "find_backbone", "inspect_checkpoint", "load_checkpoint", "load_model", "new_network", "predict", "read_checkpoint",
    "save_checkpoint",
]  # fmt: skip

_NEEDS_TORCH = {
    "Checkpoint": "checkpoint", "read_checkpoint": "checkpoint", "save_checkpoint": "checkpoint", "build_network": "networks", "new_network": "networks",
    "TorchModel": "checkpoint", "load_checkpoint": "checkpoint",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _NEEDS_TORCH:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_NEEDS_TORCH[name]}"), name)
