"""Why a picture was taken for what it was taken for: where the network looked (Grad-CAM), and which training pictures look alike to it. Needs a checkpoint."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edukit.core.errors import BadArgument
from edukit.core.events import Reporter
from edukit.core.i18n import t
from edukit.core.images import as_image
from edukit.core.preprocess import Float32Array, Placement
from edukit.models.backbones import find_backbone
from edukit.models.inputs import ModelLike, loaded_or_file, predictor_of
from edukit.tasks.classification_results import Reasons, SimilarPicture

if TYPE_CHECKING:
    from torch import Tensor, nn

    from edukit.data import Sample
    from edukit.models import TorchModel

GRID, SIMILAR, AT_ONCE = 24, 3, 16  # sides of the grid over a picture, training pictures shown, pictures computed at once


def grad_cam(model: ModelLike, picture: Any, label: str = "") -> Float32Array:
    """Where the network looked: the last layer that still knows places, each of its maps weighted by how much it raises the score of a class.

    After Selvaraju et al. 2017, "Grad-CAM".

    Args:
        model: A checkpoint, or what has one.
        picture: A path, bytes, an RGB array, or a sample of a split.
        label: The class whose score is asked about; by default the answer.

    Returns:
        A grid (24, 24) over the whole picture, 0..1.

    Raises:
        BadArgument: The model is no checkpoint, or knows no such class.
    """
    import torch

    opened = torch_model(model)
    image, card = as_image(getattr(picture, "path", picture)), opened.card
    if label and label not in card.classes:
        raise BadArgument(name="label", value=label, wanted=t("data.comma").join(card.classes))
    batch = torch.from_numpy(np.ascontiguousarray(card.preprocess(image)))
    kept: list[Any] = []

    def keep(_layer: nn.Module, _inputs: Any, output: Any) -> Any:
        kept.append(output.requires_grad_())
        return output.clone()  # a later layer may change what it is given

    handle = _last_map(opened, batch).register_forward_hook(keep)
    try:
        scores = opened.task.name_outputs(opened.network(batch))[opened.task.outputs[0]]
        score = scores[0, card.classes.index(label) if label else int(scores[0].argmax())]
        (slopes,) = torch.autograd.grad(score, kept[0])
    finally:
        handle.remove()
    heat = (slopes.mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1)[0].relu().detach().numpy()
    return _over_picture(heat / max(float(heat.max()), 1e-12), card.preprocess.placement(image.shape), image.shape, card.preprocess.size)


def _last_map(model: TorchModel, batch: Tensor) -> nn.Module:
    """The last layer before the head whose output still has places: (1, channels, height, width) with more than one of them."""
    import torch

    found: list[nn.Module] = []
    head = find_backbone(model.card.backbone).head

    def seen(layer: nn.Module, _inputs: Any, output: Any) -> None:
        if isinstance(output, torch.Tensor) and output.ndim == 4 and output.shape[2] * output.shape[3] > 1:
            found.append(layer)

    inside = [module for name, module in model.network.named_modules() if name and name != head and not any(module.children())]
    handles = [module.register_forward_hook(seen) for module in inside]
    try:
        with torch.no_grad():
            model.network(batch)
    finally:
        for handle in handles:
            handle.remove()
    return found[-1]


def _over_picture(heat: NDArray[np.floating], placement: Placement, shape: tuple[int, ...], size: tuple[int, int]) -> Float32Array:
    """A map of the network's input as a grid over the picture; 0 where the input did not reach."""
    import cv2

    whole = cv2.resize(np.asarray(heat, np.float32), size[::-1], interpolation=cv2.INTER_CUBIC)
    centres = (np.arange(GRID) + 0.5) / GRID
    points = placement.to_input(np.stack(np.meshgrid(centres * shape[1], centres * shape[0]), axis=-1)) - 0.5
    grid = cv2.remap(whole, points[..., 0].astype(np.float32), points[..., 1].astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(np.clip(grid, 0, 1), np.float32)


def features(model: ModelLike, pictures: Sequence[Any], reporter: Reporter | None = None) -> Float32Array:
    """What the head of a checkpoint sees of each picture, shape (pictures, features)."""
    import torch

    opened, parts = torch_model(model), list[Float32Array]()
    head = opened.network.get_submodule(find_backbone(opened.card.backbone).head)
    kept: list[Any] = []
    handle = head.register_forward_hook(lambda _layer, inputs, _output: kept.append(inputs[0]))
    try:
        for start in range(0, len(pictures), AT_ONCE):
            batch = np.concatenate([opened.card.preprocess(as_image(getattr(one, "path", one))) for one in pictures[start : start + AT_ONCE]])
            if reporter:
                reporter.check()
            with torch.inference_mode():
                opened.network(torch.from_numpy(batch))
            found = kept.pop()
            parts.append(np.asarray(found.mean(dim=(2, 3)).numpy() if found.ndim == 4 else found.numpy(), np.float32))
    finally:
        handle.remove()
    return np.concatenate(parts)


def nearest(model: ModelLike, pictures: Sequence[Any], training: Sequence[Sample], reporter: Reporter | None = None) -> list[tuple[SimilarPicture, ...]]:
    """The three training pictures that are most alike to each picture, as the network sees them, the nearest first.

    Alike is the cosine between features, seen from the mean of all training pictures: what all of them share tells nothing.
    """
    if not pictures or not training:
        return [() for _ in pictures]
    known = features(model, training, reporter)
    ours, theirs = (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
                    for rows in (features(model, pictures, reporter) - known.mean(axis=0), known - known.mean(axis=0)))  # fmt: skip
    alike = ours @ theirs.T
    order = np.argsort(-alike, axis=1, kind="stable")[:, :SIMILAR]
    return [tuple(SimilarPicture(training[i].path, training[i].label, float(row[i])) for i in places) for row, places in zip(alike, order)]


def reasons_for(model: ModelLike, pictures: Sequence[Any], training: Sequence[Sample], reporter: Reporter | None = None) -> tuple[Reasons, ...]:
    """Heat and similar training pictures of each picture (paths)."""
    similar, made = nearest(model, pictures, training, reporter), []
    for path, alike in zip(pictures, similar):
        if reporter:
            reporter.check()
        heat = grad_cam(model, path).round(2).tolist()
        made.append(Reasons(path, tuple(tuple(row) for row in heat), alike))
    return tuple(made)


def torch_model(model: ModelLike) -> TorchModel:
    """The checkpoint as a network in PyTorch; itself where it is loaded already.

    Raises:
        BadArgument: It is of another format, which gives no gradients.
    """
    opened: Any = predictor_of(loaded_or_file(model))
    if not hasattr(opened, "network"):
        raise BadArgument(name="model", value=opened.path.name, wanted=t("evaluation.wanted_checkpoint"))
    found: TorchModel = opened
    return found
