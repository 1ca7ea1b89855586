"""Networks for tests: edukit's own by their names, and made-up ones that are no entries of edukit."""
import torch
from torch import nn

from edukit.core.preprocess import Preprocess
from edukit.models import Backbone, find_backbone, new_network


def fresh(name, outputs, *, channels=None, image_size=None, **how):
    """A network that knows nothing, or what ``pretrained`` gives it, with the notes for its card."""
    return new_network(find_backbone(name).describe(outputs, channels=channels, image_size=image_size), **how)


class Tiny(nn.Module):
    """A convolution, an average, a linear layer."""

    def __init__(self, outputs, *, size, width=4):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, width, 3, stride=2), nn.BatchNorm2d(width), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(width, outputs)

    def forward(self, batch):
        return self.head(self.body(batch))


class ConvolutionHead(nn.Module):
    """Like SqueezeNet: its head is a convolution, and an average comes after it."""

    def __init__(self, outputs, *, size):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 6, 3, stride=2), nn.ReLU())
        self.classifier = nn.Sequential(nn.Dropout(0.5), nn.Conv2d(6, outputs, 1), nn.AdaptiveAvgPool2d(1))

    def forward(self, batch):
        return torch.flatten(self.classifier(self.body(batch)), 1)


class HeadInTheMiddle(nn.Module):
    """Its head is not what comes last: the scores are scaled by a number that the network knows."""

    def __init__(self, outputs, *, size):
        super().__init__()
        self.head = nn.Linear(3, outputs)
        self.scale = nn.Linear(1, 1)

    def forward(self, batch):
        return self.scale(self.head(batch.mean((2, 3))).unsqueeze(2)).squeeze(2)


def _entry(name, builder, head, features, parameters, **more):
    return Backbone(
        name=name, source="own", builder=f"{__name__}:{builder}", head=head, features=features, parameters=parameters, min_size=8,
        preprocess=Preprocess(size=(24, 24)), **more,
    )  # fmt: skip


MADE_UP = (
    _entry("Tiny", "Tiny", "head", 4, 170),
    _entry("Tiny-Wide", "Tiny", "head", 8, 330, options={"width": 8}),
    _entry("ConvolutionHead", "ConvolutionHead", "classifier.1", 6, 238, head_is_last=False),
    _entry("HeadInTheMiddle", "HeadInTheMiddle", "head", 3, 42, head_is_last=False),
)
