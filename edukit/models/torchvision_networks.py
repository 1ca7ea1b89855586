"""Networks of torchvision that need more than a call: VGG with one linear layer, RegNet on any device."""
from __future__ import annotations

import torch
from torch import nn

from edukit.core.packages import imported
from edukit.models.operators import fill_missing_operators


class VGG(nn.Module):
    """torchvision's ``vgg11_bn`` up to its last feature map, then a mean and a linear layer: 9 million numbers instead of 129 million.

    torchvision's ImageNet weights fit the convolutions.

    Args:
        outputs: How many scores.
        size: Of the input, in pixels; any from 32 on will do.
    """

    def __init__(self, outputs: int, *, size: int) -> None:
        super().__init__()
        fill_missing_operators()
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


def make_regnet(outputs: int, *, size: int) -> nn.Module:
    """RegNetX-400MF, also on the meta device: torchvision computes its widths with tensors, which hold no numbers there."""
    fill_missing_operators()
    device, models = torch.get_default_device(), imported("torchvision.models")
    with torch.device("cpu"):
        network: nn.Module = models.regnet_x_400mf(weights=None, num_classes=outputs)
    return network.to(device)
