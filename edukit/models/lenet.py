"""LeNet, which neither torchvision nor timm has, in two kinds."""
from __future__ import annotations

import torch
from torch import nn


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
