"""torchvision's operators where its compiled ones cannot load, as beside a CPU build of PyTorch: the same numbers, written with PyTorch's own operations.

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
    library.define(
        "roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, int sampling_ratio, bool aligned) -> Tensor"
    )
    library.impl("roi_align", _roi_align, "CPU")
    torch.library.register_fake("torchvision::roi_align", _roi_align_shape, lib=library)
    torch.library.register_autograd("torchvision::roi_align", _roi_align_backward, setup_context=_remember, lib=library)
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


def tell_torchvision() -> None:
    """Lets torchvision's functions use these operators; its own way round a missing roi_align takes a minute a step and 20 GB."""
    from torchvision.ops import boxes, roi_align

    module: Any = sys.modules["torchvision.ops.roi_align"]
    assert roi_align is module.roi_align
    boxes._assert_has_ops = module._assert_has_ops = _assert_nothing
    module._has_ops = _always


def _assert_nothing() -> None:
    """In place of an assertion. A lambda here would break the exporter, which reads source code."""


def _always() -> bool:
    return True


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


def _roi_align(
    features: torch.Tensor, rois: torch.Tensor, spatial_scale: float, pooled_height: int, pooled_width: int, sampling_ratio: int, aligned: bool
) -> torch.Tensor:
    """Averages of bilinear samples, (K, channels, pooled_height, pooled_width), as in He et al. 2017, "Mask R-CNN".

    A bilinear sample is a product of a weight down and one across, so a whole cell is two small matrix products.
    """
    pooled = features.new_zeros((len(rois), features.shape[1], pooled_height, pooled_width))
    for index, (image, down, across, rows, columns) in enumerate(
        _windows(features.shape, rois, spatial_scale, (pooled_height, pooled_width), sampling_ratio, aligned)
    ):
        pooled[index] = down.to(features) @ features[image, :, rows, columns] @ across.to(features).T
    return pooled


def _remember(ctx: Any, inputs: tuple[Any, ...], output: torch.Tensor) -> None:
    ctx.save_for_backward(inputs[1])
    ctx.shape, ctx.arguments = inputs[0].shape, inputs[2:]


def _roi_align_backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
    (rois,) = ctx.saved_tensors
    scale, height, width, sampling_ratio, aligned = ctx.arguments
    total = gradient.new_zeros(ctx.shape)
    for index, (image, down, across, rows, columns) in enumerate(_windows(ctx.shape, rois, scale, (height, width), sampling_ratio, aligned)):
        total[image, :, rows, columns] += down.to(gradient).T @ gradient[index] @ across.to(gradient)
    return total, None, None, None, None, None, None


def _roi_align_shape(
    features: torch.Tensor, rois: torch.Tensor, spatial_scale: float, pooled_height: int, pooled_width: int, sampling_ratio: int, aligned: bool
) -> torch.Tensor:
    return features.new_empty((rois.shape[0], features.shape[1], pooled_height, pooled_width))


def _windows(shape: Any, rois: torch.Tensor, scale: float, cells: tuple[int, int], sampling_ratio: int, aligned: bool) -> Any:
    """For each region: its image, the weights down (cells, rows) and across (cells, columns), and which rows and columns they are for."""
    for image, x1, y1, x2, y2 in rois.detach().double().tolist():
        sides = []
        for start, end, count, length in ((y1, y2, cells[0], shape[2]), (x1, x2, cells[1], shape[3])):
            offset = 0.5 if aligned else 0.0
            low, high = start * scale - offset, end * scale - offset
            sides.append(_weights(low, high - low if aligned else max(high - low, 1.0), count, length, sampling_ratio))
        (down, rows), (across, columns) = sides
        yield int(image), down, across, rows, columns


def _weights(start: float, extent: float, cells: int, length: int, sampling_ratio: int) -> tuple[torch.Tensor, slice]:
    """How much each position of one axis counts in each cell, and the part of the axis that counts at all."""
    samples = sampling_ratio if sampling_ratio > 0 else int(np.ceil(extent / cells))
    weights = np.zeros((cells, length))
    if samples > 0:
        cell, sample = np.indices((cells, samples))
        position = start + (cell + (sample + 0.5) / samples) * extent / cells
        inside = (position >= -1) & (position <= length)
        position = np.clip(position, 0, length - 1)
        lower = np.minimum(position.astype(int), max(length - 2, 0))
        upper = np.minimum(lower + 1, length - 1)
        np.add.at(weights, (cell, lower), inside * (1 - (position - lower)) / samples)
        np.add.at(weights, (cell, upper), inside * (position - lower) / samples)
    used = np.flatnonzero(weights.any(axis=0))
    part = slice(int(used[0]), int(used[-1]) + 1) if len(used) else slice(0, 0)
    return torch.from_numpy(weights[:, part]), part
