"""Networks that neither torchvision nor timm builds by a call: LeNet in two kinds, VGG with one linear layer, RegNet of any width and depth."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from edukit.core.packages import imported

_MOST = 4096  # channels, and blocks of all stages: a card from elsewhere may name any number


class LeNet(nn.Module):
    """LeNet-5 after LeCun et al. 1998, "Gradient-based learning applied to document recognition", with ReLU and maximum pooling.

    Args:
        outputs: How many scores it gives.
        size: Height and width of the input, in pixels.
        mmedu: As MMEdu has it: tanh and mean pooling, and the first of the wide layers is a convolution.
    """

    def __init__(self, outputs: int, *, size: int = 32, mmedu: bool = False) -> None:
        super().__init__()
        active: type[nn.Module] = nn.Tanh if mmedu else nn.ReLU
        pool: type[nn.Module] = nn.AvgPool2d if mmedu else nn.MaxPool2d
        front = [nn.Conv2d(3, 6, 5), active(), pool(2), nn.Conv2d(6, 16, 5), active(), pool(2)]
        side = ((size - 4) // 2 - 4) // 2
        wide = [nn.Conv2d(16, 120, 5), active(), nn.Flatten()] if mmedu else [nn.Flatten(), nn.Linear(16 * side * side, 120), active()]
        last = nn.Linear(120 * (side - 4) ** 2 if mmedu else 120, 84)
        before = 3 if mmedu else 1  # of the wide layers belong to the features; the names of the weights say so
        self.features = nn.Sequential(*front, *wide[:before])
        self.classifier = nn.Sequential(*wide[before:], last, active(), nn.Linear(84, outputs))

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Scores (N, outputs) for a batch (N, 3, size, size)."""
        scores: torch.Tensor = self.classifier(self.features(batch))
        return scores


class VGG(nn.Module):
    """torchvision's ``vgg11_bn`` up to its last feature map, then a mean and a linear layer: 9 million numbers instead of 129 million.

    torchvision's ImageNet weights fit the convolutions.

    Args:
        outputs: How many scores.
        size: Of the input, in pixels; any from 32 on will do.
    """

    def __init__(self, outputs: int, *, size: int) -> None:
        super().__init__()
        models = imported("torchvision.models")
        with torch.device("meta"):  # its own classifier is 400 MB that nobody needs
            whole = models.vgg11_bn(weights=None, init_weights=False)
        self.features = whole.features.to_empty(device=torch.get_default_device())
        for layer in self.features:
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # its convolutions have one
            elif isinstance(layer, nn.BatchNorm2d):
                layer.reset_parameters()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(512, outputs)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """(N, channels, height, width) to scores (N, outputs)."""
        scores: torch.Tensor = self.classifier(torch.flatten(self.pool(self.features(batch)), 1))
        return scores


def fits(depths: Any, widths: Any, group_widths: Any) -> bool:
    """Whether these are four stages of a RegNet that can be built."""
    numbers = (depths, widths, group_widths)
    if not all(isinstance(one, Sequence) and len(one) == 4 and all(type(n) is int and 0 < n <= _MOST for n in one) for one in numbers):
        return False
    return sum(depths) <= 100 and all(width % group == 0 for width, group in zip(widths, group_widths))


def make_regnet(
    outputs: int, *, size: int = 224, depths: Sequence[int] = (1, 2, 7, 12), widths: Sequence[int] = (32, 64, 160, 400), group_widths: Sequence[int] = (16,) * 4
) -> nn.Module:
    """RegNetX-400MF after Radosavovic et al. 2020, "Designing network design spaces", or a relative; torchvision's function builds none on the meta device.

    Args:
        outputs: How many scores it gives.
        size: Not asked for: any size of 32 pixels or more does.
        depths: Blocks of each stage.
        widths: Channels of each stage.
        group_widths: Channels of a group in each stage's middle convolution.
    """
    module = imported("torchvision.models.regnet")
    blocks = module.BlockParams(list(depths), list(widths), list(group_widths), [1.0] * 4, [2] * 4)
    network: nn.Module = module.RegNet(blocks, num_classes=outputs, norm_layer=nn.BatchNorm2d, activation=nn.ReLU)
    return network
