"""Networks built by name: torchvision's and timm's, and LeNet, each with a head for the classes at hand."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from edukit.core.errors import BadArgument
from edukit.core.events import Reporter
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.models.backbones import Backbone, find_backbone
from edukit.models.operators import fill_missing_operators
from edukit.models.weights import find_weights, read_weights

IMAGENET_CLASSES = 1000


class LeNet(nn.Module):
    """LeNet-5 after LeCun et al. 1998, "Gradient-based learning applied to document recognition", with ReLU and maximum pooling.

    Args:
        classes: How many.
        size: Height and width of the input, in pixels.
    """

    def __init__(self, classes: int, *, size: int = 32) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        )  # fmt: skip
        side = ((size - 4) // 2 - 4) // 2
        self.classifier = nn.Sequential(nn.Linear(16 * side * side, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, classes))

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Logits (N, classes) for a batch (N, 3, size, size)."""
        logits: torch.Tensor = self.classifier(self.features(batch))
        return logits


def build_network(
    backbone: str, num_classes: int, *, pretrained: bool | None = None, channels: int = 3, image_size: int | None = None, reporter: Reporter | None = None
) -> tuple[nn.Module, dict[str, Any]]:
    """A network with a fresh head.

    Args:
        backbone: One of ``backbones()``.
        num_classes: How many outputs.
        pretrained: None takes ImageNet weights that are on this machine, True fetches them if need be, False starts from nothing.
        channels: 3 for colour, 1 for grey.
        image_size: Height and width of the input; only LeNet's layers depend on it.
        reporter: Told what is fetched and used.

    Returns:
        The network, and the notes for its card: ``{"pretrained": "imagenet" | None, "weights": file name | None}``.

    Raises:
        UnknownBackbone, BadArgument, WeightsUnavailable, PackageMissing
    """
    found, reporter = find_backbone(backbone), reporter or Reporter()
    size = found.size if image_size is None else image_size
    if size < found.min_size:
        raise BadArgument(name="image_size", value=size, wanted=t("models.at_least", least=found.min_size))
    weights = None if pretrained is False else find_weights(found, ask=pretrained is True, reporter=reporter)
    network = _empty(found, IMAGENET_CLASSES if weights else num_classes, size)
    if weights:
        load_imagenet(network, found, read_weights(weights))
        set_head(network, num_classes)
    if channels != 3:
        _take_channels(network, channels)
    return network, {"pretrained": "imagenet" if weights else None, "weights": weights.name if weights else None}


def load_imagenet(network: nn.Module, backbone: Backbone, state: dict[str, torch.Tensor]) -> None:
    """Puts ImageNet weights into a network of 1000 classes.

    The package's tensors for EfficientNet-Lite0 bear other names than timm's, but stand in the same order.
    """
    own = network.state_dict()
    if backbone.name == "EfficientNet-Lite0" and [v.shape for v in own.values()] == [v.shape for v in state.values()]:
        state = dict(zip(own, state.values()))
    network.load_state_dict(state)


def head_name(network: nn.Module) -> str:
    """Where the last linear layer, which gives one score a class, sits in the network."""
    names: list[str] = [name for name, module in network.named_modules() if isinstance(module, nn.Linear)]
    return names[-1]


def head_of(network: nn.Module) -> nn.Linear:
    """The last linear layer."""
    head = network.get_submodule(head_name(network))
    assert isinstance(head, nn.Linear)
    return head


def set_head(network: nn.Module, classes: int) -> None:
    """Puts a fresh head for ``classes`` classes in place of the last linear layer."""
    _put(network, head_name(network), nn.Linear(head_of(network).in_features, classes))


@contextmanager
def without_head(network: nn.Module) -> Iterator[nn.Module]:
    """The network giving the features that its head sees, shape (N, features), for the time of the block."""
    name, head = head_name(network), head_of(network)
    _put(network, name, nn.Identity())
    try:
        yield network
    finally:
        _put(network, name, head)


def _put(network: nn.Module, name: str, module: nn.Module) -> None:
    parent, _, leaf = name.rpartition(".")
    setattr(network.get_submodule(parent), leaf, module)


def _empty(backbone: Backbone, classes: int, size: int) -> nn.Module:
    if backbone.name == "LeNet":
        return LeNet(classes, size=size)
    return _from_timm(classes) if backbone.name == "EfficientNet-Lite0" else _from_torchvision(backbone.name, classes)


def _from_torchvision(name: str, classes: int) -> nn.Module:
    fill_missing_operators()
    models = imported("torchvision.models")
    builders = {"MobileNet": models.mobilenet_v2, "MobileNetV3-Small": models.mobilenet_v3_small, "ResNet18": models.resnet18}
    network: nn.Module = builders[name](weights=None, num_classes=classes)
    return network


def _from_timm(classes: int) -> nn.Module:
    fill_missing_operators()  # timm imports torchvision
    network: nn.Module = imported("timm").create_model("tf_efficientnet_lite0", pretrained=False, num_classes=classes)
    return network


def _take_channels(network: nn.Module, channels: int) -> None:
    """Lets the first convolution take grey pictures: its colour weights are added up, so what it learnt is kept."""
    first = next(module for module in network.modules() if isinstance(module, nn.Conv2d))
    with torch.no_grad():
        first.weight = nn.Parameter(first.weight.sum(dim=1, keepdim=True).repeat(1, channels, 1, 1) / channels)
    first.in_channels = channels
