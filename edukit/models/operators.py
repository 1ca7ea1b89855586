"""torchvision's non-maximum suppression where its compiled operators cannot load, as beside a CPU build of PyTorch: the same numbers, from NumPy.

PyPI's torchvision for Linux is built for CUDA. Beside PyTorch for CPUs its library does not load, and ``import torchvision`` fails before any network is made.
"""
from __future__ import annotations

import importlib.machinery
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

_kept: list[Any] = []  # a library's operators vanish with it


def are_filled() -> bool:
    """Whether torchvision works with the operators of this module; edukit's import hook defines them when torchvision is imported."""
    return bool(_kept)


def define_operators(folder: Path) -> bool:
    """Defines the operators, unless the compiled ones in torchvision's folder load; says whether they are ours."""
    if _kept or _compiled_operators_load(folder):
        return bool(_kept)
    library: Any = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    _kept.append(library)
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.impl(name, _nms, "CPU")
    return True


def _compiled_operators_load(folder: Path) -> bool:
    finder = importlib.machinery.FileFinder(str(folder), (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES))
    spec = finder.find_spec("_C")
    if spec is None or spec.origin is None:
        return False
    if sys.platform == "win32":
        os.add_dll_directory(str(folder))
    try:
        torch.ops.load_library(spec.origin)  # type: ignore[no-untyped-call]
    except (ImportError, OSError):
        return False
    return True


def use_operators() -> None:
    """Lets torchvision call these operators, once it is imported."""
    from torchvision.ops import boxes

    boxes._assert_has_ops = _assert_nothing


def _assert_nothing() -> None:
    """In place of an assertion. A lambda here would break the exporter, which reads source code."""


def _nms(dets: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Indices of the boxes (N, 4: x1, y1, x2, y2) that no better one overlaps by more than the threshold, best first."""
    kind = torch.float64 if dets.dtype == torch.float64 else torch.float32
    order = torch.sort(scores, stable=True, descending=True).indices.numpy()
    x1, y1, x2, y2 = dets.detach().to(kind).numpy()[order].T
    areas = (x2 - x1) * (y2 - y1)
    free = np.ones(len(order), bool)
    kept = []
    for best in range(len(order)):
        if not free[best]:
            continue
        kept.append(best)
        rest = slice(best + 1, None)
        wide = np.minimum(x2[best], x2[rest]) - np.maximum(x1[best], x1[rest])
        high = np.minimum(y2[best], y2[rest]) - np.maximum(y1[best], y1[rest])
        shared = np.maximum(wide, 0) * np.maximum(high, 0)
        with np.errstate(divide="ignore", invalid="ignore"):  # two empty boxes: not a number, so not above the threshold
            free[rest] &= ~(shared / (areas[best] + areas[rest] - shared) > iou_threshold)
    return torch.from_numpy(order[np.asarray(kept, np.int64)].astype(np.int64))
