"""What is trained: the whole network on pictures, or its head alone on features that were computed once."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np
import torch
from torch import nn

from edukit.models.backbones import Backbone
from edukit.models.networks import head_of, without_head
from edukit.training.pictures import Pictures, batches_of

Batch = tuple[torch.Tensor, Any]  # inputs and the task's targets
Outputs = dict[str, torch.Tensor]
Report = Callable[[int | None, float], None]
FEATURE_PASSES = 1200  # pictures sent through a frozen network, variations included: half a minute on a laptop
MOST_VIEWS = 4         # each picture as it is, and three variations
CHUNK = 16
BATCH_NORM_MOMENTUM = 0.1


class Learner(Protocol):
    """Gives batches and scores them; ``module`` is what the optimizer changes."""

    module: nn.Module
    steps: int

    def train_batches(self, epoch: int) -> Iterator[Batch]:
        """The training batches of one epoch, in an order of its own."""

    def validation_batches(self) -> Iterator[Batch]:
        """The validation batches."""

    def forward(self, inputs: torch.Tensor) -> Outputs:
        """The network's outputs for a batch, by name."""

    def set_training(self, training: bool) -> None:
        """Chooses between training and measuring."""


class WholeNetwork:
    """Every weight learns.

    Args:
        network: On its device.
        train, validation: The pictures.
        augment: Whether training pictures are varied.
        batch_size, random_seed: As for ``train``.
        device: Where the network is.
    """

    def __init__(
        self, network: nn.Module, train: Pictures, validation: Pictures, *, augment: bool, batch_size: int, random_seed: int, device: torch.device
    ) -> None:
        self.network = self.module = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm2d):  # MobileNetV3's 0.01 needs thousands of steps before it may measure; a class has fifty
                layer.momentum = max(layer.momentum or 0, BATCH_NORM_MOMENTUM)
        self.train, self.validation, self.augment = train, validation, augment
        self.batch_size, self.random_seed, self.device = batch_size, random_seed, device
        self.steps = len(batches_of(np.arange(len(train)), batch_size))

    def train_batches(self, epoch: int) -> Iterator[Batch]:
        """The training pictures in an order that seed and epoch decide, so that a resumed training goes on exactly."""
        order = np.random.default_rng((self.random_seed, epoch)).permutation(len(self.train))
        for piece in batches_of(order, self.batch_size):
            yield self._tensors(*self.train.batch(piece, varied=epoch if self.augment else None))

    def validation_batches(self) -> Iterator[Batch]:
        """The validation pictures as they are."""
        for start in range(0, len(self.validation), CHUNK):
            piece = np.arange(start, min(start + CHUNK, len(self.validation)))
            yield self._tensors(*self.validation.batch(piece))

    def forward(self, inputs: torch.Tensor) -> Outputs:
        """The network's outputs for a batch, by name."""
        return self.train.task.name_outputs(self.network(inputs))

    def set_training(self, training: bool) -> None:
        """Batch normalisation and dropout behave differently while measuring."""
        self.module.train(training)

    def _tensors(self, inputs: np.ndarray, targets: list[Any]) -> Batch:
        tensor = torch.from_numpy(inputs).contiguous(memory_format=torch.channels_last)
        return tensor.to(self.device), on_device(self.train.task.batch_targets(targets), self.device)


class HeadInNetwork(WholeNetwork):
    """The network is frozen; only its head learns, in its place, for networks that do more after their head: each step computes the whole network.

    Args:
        network, train, validation, augment, batch_size, random_seed, device: As for ``WholeNetwork``.
        backbone: Says where the head is.
    """

    def __init__(self, network: nn.Module, train: Pictures, validation: Pictures, *, backbone: Backbone, **common: Any) -> None:
        super().__init__(network, train, validation, **common)
        self.network = network.requires_grad_(False).eval()
        self.module = head_of(network, backbone).requires_grad_(True)

    def set_training(self, training: bool) -> None:
        """A frozen network stays as it measures."""


class HeadOnFeatures:
    """The network is frozen; only its last layer learns, on features that are computed once for each picture and variation.

    The first epochs show new variations and take their time; later ones show the same again and take a blink.

    Args:
        network: On its device; its weights stay as they are.
        train, validation, augment, batch_size, random_seed, device: As for ``WholeNetwork``.
        backbone: Says where the head is.
        report: Called with an epoch and the share of it that is done, also to ask for a Stop.
    """

    def __init__(
        self, network: nn.Module, train: Pictures, validation: Pictures, *, augment: bool, batch_size: int, random_seed: int, device: torch.device,
        backbone: Backbone, report: Report,
    ) -> None:  # fmt: skip
        self.module: nn.Module = head_of(network, backbone)
        self.backbone = backbone
        self.network = network.to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        self.train, self.validation, self.report = train, validation, report
        self.batch_size, self.random_seed, self.device = batch_size, random_seed, device
        self.views = max(1, min(MOST_VIEWS, FEATURE_PASSES // max(1, len(train)))) if augment else 1
        self.steps = len(batches_of(np.arange(len(train)), batch_size))
        self.cache: dict[int | None, tuple[torch.Tensor, list[Any]]] = {}

    def train_batches(self, epoch: int) -> Iterator[Batch]:
        """The features of one variation of the training pictures, in an order that seed and epoch decide."""
        view = (epoch - 1) % self.views
        features, targets = self._features(self.train, view, view or None, epoch)
        order = np.random.default_rng((self.random_seed, epoch)).permutation(len(self.train))
        for piece in batches_of(order, self.batch_size):
            yield features[piece].to(self.device), on_device(self.train.task.batch_targets([targets[i] for i in piece]), self.device)

    def validation_batches(self) -> Iterator[Batch]:
        """The features of the validation pictures."""
        if len(self.validation):
            features, targets = self._features(self.validation, None, None, None)
            yield features.to(self.device), on_device(self.validation.task.batch_targets(targets), self.device)

    def forward(self, inputs: torch.Tensor) -> Outputs:
        """The network's outputs for a batch of features, by name."""
        return self.train.task.name_outputs(self.module(inputs))

    def set_training(self, training: bool) -> None:
        """A linear layer is the same in both."""

    def _features(self, pictures: Pictures, key: int | None, varied: int | None, epoch: int | None) -> tuple[torch.Tensor, list[Any]]:
        """What the head sees of these pictures, shape (pictures, features), and their targets; in fixed chunks, so that a resumed one sees the same."""
        if key in self.cache:
            return self.cache[key]
        rows, targets = [], []
        # no_grad, not inference_mode: tensors made there could not take part in the head's training.
        with without_head(self.network, self.backbone) as body, torch.no_grad():
            for start in range(0, len(pictures), CHUNK):
                self.report(epoch, start / len(pictures))
                inputs, some = pictures.batch(np.arange(start, min(start + CHUNK, len(pictures))), varied=varied)
                rows.append(body(torch.from_numpy(inputs).contiguous(memory_format=torch.channels_last).to(self.device)).float().cpu())
                targets += some
        self.cache[key] = torch.cat(rows), targets
        return self.cache[key]


def on_device(values: Any, device: torch.device) -> Any:
    """Arrays, also inside lists and mappings, as tensors on ``device``."""
    if isinstance(values, np.ndarray):
        return torch.from_numpy(values).to(device)
    if isinstance(values, Mapping):
        return {name: on_device(value, device) for name, value in values.items()}
    return [on_device(value, device) for value in values] if isinstance(values, (list, tuple)) else values
