"""RegNetX of any width and depth: MMEdu's differs from torchvision's ready-made ones."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn

from edukit.core.packages import imported
from edukit.models.operators import fill_missing_operators

_MOST = 4096  # channels, and blocks of all stages: a card from elsewhere may name any number


def fits(depths: Any, widths: Any, group_widths: Any) -> bool:
    """Whether these are four stages that can be built."""
    numbers = (depths, widths, group_widths)
    if not all(isinstance(one, Sequence) and len(one) == 4 and all(type(n) is int and 0 < n <= _MOST for n in one) for one in numbers):
        return False
    return sum(depths) <= 100 and all(width % group == 0 for width, group in zip(widths, group_widths))


def regnet(
    outputs: int, *, size: int = 224, depths: Sequence[int] = (1, 2, 7, 12), widths: Sequence[int] = (32, 64, 160, 384), group_widths: Sequence[int] = (16,) * 4
) -> nn.Module:
    """RegNetX-400MF after Radosavovic et al. 2020, "Designing network design spaces", or a relative.

    Args:
        outputs: How many scores it gives.
        size: Not asked for: any size of 32 pixels or more does.
        depths: Blocks of each stage.
        widths: Channels of each stage.
        group_widths: Channels of a group in each stage's middle convolution.
    """
    fill_missing_operators()
    module = imported("torchvision.models.regnet")
    blocks = module.BlockParams(list(depths), list(widths), list(group_widths), [1.0] * 4, [2] * 4)
    network: nn.Module = module.RegNet(blocks, num_classes=outputs, norm_layer=nn.BatchNorm2d, activation=nn.ReLU)
    return network
