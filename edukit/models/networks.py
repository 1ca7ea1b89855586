"""Networks built as a card describes them, and new ones for a training. The entries in ``backbones`` say how each is built."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import nn

from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument, BadCard, NotFinite, WrongBackbone
from edukit.core.events import Reporter
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.models.backbones import Backbone, backbones_with_head, describe_network, find_backbone
from edukit.models.weights import find_weights, read_weights

IMAGENET_CLASSES, COLOURS = 1000, 3
Description = Mapping[str, Any]  # of a network, as ``ModelCard.network`` holds it


def build_network(card: ModelCard, path: object = "card") -> nn.Module:
    """The network that a card describes, with fresh weights.

    Args:
        card: Whatever ``BUILDERS`` can build.
        path: The file that bears the card, for errors.

    Raises:
        UnknownBackbone, BadCard, BadArgument, PackageMissing
    """
    build = BUILDERS.get(str(card.network.get("builder", "backbone")))
    if build is None:
        raise BadCard(path=path, field="network", found=repr(card.network)[:80])
    return build(describe_network(card, path))


def new_network(
    description: Description, *, pretrained: bool | None = None, file: Path | None = None, reporter: Reporter | None = None
) -> tuple[nn.Module, dict[str, Any]]:
    """A network for a new training, with pretrained weights where they can be had, and with a fresh head.

    Args:
        description: As ``Backbone.describe`` gives it.
        pretrained: None takes ImageNet weights that are on this machine, True fetches them if need be, False starts from nothing.
        file: These weights are taken instead; whatever their head, it is replaced.
        reporter: Told what is fetched and used.

    Returns:
        The network, and the notes for its card: ``{"pretrained": "imagenet" | "file" | None, "weights": file name | None}``.

    Raises:
        UnknownBackbone, BadArgument, WeightsUnavailable, PackageMissing; WrongBackbone, NotFinite, NotACheckpoint: The file does not fit.
    """
    backbone = find_backbone(description["backbone"])
    _check_size(backbone, description)
    reporter = reporter or Reporter()
    weights = file or (None if pretrained is False else find_weights(backbone, ask=pretrained is True, reporter=reporter))
    if weights is None:
        return _backbone_network(description), {"pretrained": None, "weights": None}
    network = _build_plain(backbone, IMAGENET_CLASSES, description["image_size"])
    _load_pretrained(network, backbone, read_weights(weights), weights)
    set_head(network, backbone, description["head"]["outputs"])
    _adapt_channels(network, description["channels"])
    if file:
        reporter.message(t("models.weights.file", name=backbone.name, file=file.name))
    return network, {"pretrained": "file" if file else "imagenet", "weights": weights.name}


def head_of(network: nn.Module, backbone: Backbone) -> nn.Module:
    """The layer that gives one score a class."""
    return network.get_submodule(backbone.head)


def set_head(network: nn.Module, backbone: Backbone, outputs: int) -> None:
    """Puts a fresh layer of the same kind, with so many outputs, in place of the head.

    Raises:
        TypeError: The head is neither a linear layer nor a convolution.
    """
    head, new = head_of(network, backbone), nn.Module()
    if isinstance(head, nn.Linear):
        new = nn.Linear(head.in_features, outputs, bias=head.bias is not None)
    elif isinstance(head, nn.Conv2d):
        new = nn.Conv2d(head.in_channels, outputs, head.kernel_size, head.stride, head.padding, bias=head.bias is not None)  # type: ignore[arg-type]
    else:
        raise TypeError(f"{backbone.name}: {backbone.head} is a {type(head).__name__}")
    network.set_submodule(backbone.head, new)


@contextmanager
def without_head(network: nn.Module, backbone: Backbone) -> Iterator[nn.Module]:
    """The network giving the features that its head sees, shape (N, features), for the time of the block; for heads that are last."""
    head = head_of(network, backbone)
    network.set_submodule(backbone.head, nn.Identity())
    try:
        yield network
    finally:
        network.set_submodule(backbone.head, head)


def deployed(network: nn.Module) -> nn.Module:
    """The network as a device runs it: branches that only training needs (RepVGG, MobileOne) are added up into one convolution each.

    Args:
        network: Stays as it is; in evaluation mode.

    Returns:
        A copy that gives the same numbers, or ``network`` itself if it has no such branches.
    """
    if not any(hasattr(module, "reparameterize") or hasattr(module, "switch_to_deploy") for module in network.modules()):
        return network
    fused: nn.Module = imported("timm.utils.model").reparameterize_model(network)
    return fused.eval()


def with_fixed_padding(network: nn.Module, example: torch.Tensor) -> nn.Module:
    """The network for one size of input: layers of timm that compute their padding from the input's size keep the one for ``example``.

    Args:
        network: Stays as it is; in evaluation mode.
        example: An input of that size.

    Returns:
        A copy that gives the same numbers, or ``network`` itself if no such layer sees an odd size: then the padding's arithmetic folds as it is.
    """
    if not any(type(module).__name__ == "Conv2dSame" for module in network.modules()):
        return network
    same, fixed, odd = imported("timm.layers.conv2d_same"), deepcopy(network), [False]
    hooks = []
    for module in fixed.modules():
        if isinstance(module, same.Conv2dSame):
            module.__class__, module.pad = same.Conv2dSameExport, None
            hooks.append(module.register_forward_pre_hook(lambda _, inputs: odd.append(any(side % 2 for side in inputs[0].shape[2:]))))
    with torch.no_grad():
        fixed(example)  # the padding is decided at the first run; while tracing it would become nodes again
    for hook in hooks:
        hook.remove()
    return fixed if any(odd) else network


def _backbone_network(description: Description) -> nn.Module:
    backbone = find_backbone(description.get("backbone"))
    _check_size(backbone, description)
    network = _build_plain(backbone, description["head"]["outputs"], description["image_size"])
    _adapt_channels(network, description["channels"])
    return network


def _regnet(description: Description) -> nn.Module:
    from edukit.models.own_networks import fits, make_regnet

    stages = {name: description.get(name) for name in ("depths", "widths", "group_widths")}
    if not fits(**stages):
        raise BadCard(path="card", field="network", found=repr(stages)[:80])
    network = make_regnet(description["head"]["outputs"], **stages)  # type: ignore[arg-type]  # checked
    _adapt_channels(network, description["channels"])
    return network


def _layers(description: Description) -> nn.Module:
    from edukit.models.layers import build_layers

    layers = description.get("layers")
    if not isinstance(layers, (list, tuple)) or not all(isinstance(one, Mapping) for one in layers):
        raise BadCard(path="card", field="network", found=repr(layers)[:80])
    return build_layers(layers)


# by ``ModelCard.network["builder"]``
BUILDERS: dict[str, Callable[[Description], nn.Module]] = {"backbone": _backbone_network, "regnet": _regnet, "layers": _layers}


def _check_size(backbone: Backbone, description: Description) -> None:
    if description["image_size"] < backbone.min_size:
        raise BadArgument(name="image_size", value=description["image_size"], wanted=t("models.at_least", least=backbone.min_size))


def _build_plain(backbone: Backbone, outputs: int, size: int) -> nn.Module:
    """The network with fresh weights, from where its entry says."""
    network: nn.Module
    if backbone.source == "own":
        module, _, name = backbone.builder.partition(":")
        network = getattr(import_module(module), name)(outputs, size=size, **backbone.options)
        return network
    if backbone.source == "timm":
        network = imported("timm").create_model(backbone.builder, pretrained=False, num_classes=outputs, **backbone.options)
    else:
        network = getattr(imported("torchvision.models"), backbone.builder)(weights=None, num_classes=outputs, **backbone.options)
    return network


def _load_pretrained(network: nn.Module, backbone: Backbone, state: dict[str, torch.Tensor], path: Path) -> None:
    own, weights = network.state_dict(), backbone.weights
    if weights and weights.in_order and [v.shape for v in own.values()] == [v.shape for v in state.values()]:
        state = dict(zip(own, state.values()))
    head, part = f"{backbone.head}.", weights.part if weights else ""
    body = {name: value for name, value in state.items() if name.startswith(part) and not name.startswith(head)}
    try:
        network.load_state_dict(body | {name: value for name, value in own.items() if name.startswith(head)})  # the head is new anyway
    except RuntimeError as error:
        shapes = {name: tuple(value.shape) for name, value in state.items()}
        raise WrongBackbone(path=path, found=backbones_with_head(shapes, but=backbone.name), wanted=backbone.name) from error
    if not all(bool(value.isfinite().all()) for value in body.values()):
        raise NotFinite(path=path, where=t("models.weights_word"))


def _adapt_channels(network: nn.Module, channels: int) -> None:
    """Lets the first convolution take grey pictures: its colour weights are added up, so what it learnt is kept."""
    if channels == COLOURS:  # as every builder makes it
        return
    for module in network.modules():  # RepVGG's first block has several, and knows how many channels they take
        if vars(module).get("in_channels") == COLOURS:
            vars(module)["in_channels"] = channels
            if isinstance(module, nn.Conv2d):
                with torch.no_grad():
                    module.weight = nn.Parameter(module.weight.sum(dim=1, keepdim=True).repeat(1, channels, 1, 1) / channels)
