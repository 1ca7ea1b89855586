"""From a dataset to a checkpoint. torch is imported only once the arguments and the pictures are known to be good."""
from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edukit.training.probe_results import BatchCheck, RateSearch
    from edukit.training.probing import find_rate, learn_batch
    from edukit.training.result import TrainResult
    from edukit.training.trainer import train

__all__ = ["BatchCheck", "RateSearch", "TrainResult", "find_rate", "learn_batch", "train"]

_HOMES = {
    "BatchCheck": "probe_results", "RateSearch": "probe_results", "TrainResult": "result", "find_rate": "probing", "learn_batch": "probing", "train": "trainer",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Loaded when it is first used: the Studio solves a head in a kernel that never trains."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"edukit.training.{_HOMES[name]}"), name)
