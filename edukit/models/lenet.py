"""LeNet, which neither torchvision nor timm has, in two kinds."""
from __future__ import annotations

import torch
from torch import nn


class LeNet(nn.Module):
    """LeNet-5 after LeCun et al. 1998, "Gradient-based learning applied to document recognition", with ReLU and maximum pooling.

    Args:
        outputs: How many scores it gives.
        size: Height and width of the input, in pixels.
    """

    def __init__(self, outputs: int, *, size: int = 32) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        )  # fmt: skip
        side = ((size - 4) // 2 - 4) // 2
        self.classifier = nn.Sequential(nn.Linear(16 * side * side, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, outputs))

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Scores (N, outputs) for a batch (N, 3, size, size)."""
        scores: torch.Tensor = self.classifier(self.features(batch))
        return scores


class LeNet5(nn.Module):
    """LeNet as MMEdu has it: tanh and mean pooling.

    Args:
        outputs: How many scores it gives.
        size: Height and width of the input, in pixels.
    """

    def __init__(self, outputs: int, *, size: int = 32) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 5), nn.Tanh(), nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten(),
        )  # fmt: skip
        side = ((size - 4) // 2 - 4) // 2 - 4
        self.classifier = nn.Sequential(nn.Linear(120 * side * side, 84), nn.Tanh(), nn.Linear(84, outputs))

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Scores (N, outputs) for a batch (N, 3, size, size)."""
        scores: torch.Tensor = self.classifier(self.features(batch))
        return scores
