"""What is trained: the whole network on pictures, or its head alone on features that were computed once."""
from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Protocol

import numpy as np
import torch
from torch import nn

from edukit.core.events import Reporter, Stopped
from edukit.models.networks import head_of, without_head
from edukit.training.pictures import Pictures, batches_of

Batch = tuple[torch.Tensor, torch.Tensor]  # inputs and labels
FEATURE_PASSES = 1500  # pictures sent through a frozen network, variations included: half a minute on a laptop
MOST_VIEWS = 6         # each picture as it is, and five variations
CHUNK = 16


class Learner(Protocol):
    """Gives batches and scores them; ``module`` is what the optimizer changes."""

    module: nn.Module
    steps: int

    def train_batches(self, epoch: int) -> Iterator[Batch]:
        """The training batches of one epoch, in an order of its own."""

    def validation_batches(self) -> Iterator[Batch]:
        """The validation batches."""

    def logits(self, inputs: torch.Tensor) -> torch.Tensor:
        """Scores (N, classes) of a batch."""

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
        self.module = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.train, self.validation, self.augment = train, validation, augment
        self.batch_size, self.random_seed, self.device = batch_size, random_seed, device
        self.steps = len(batches_of(np.arange(len(train)), batch_size))

    def train_batches(self, epoch: int) -> Iterator[Batch]:
        """The training pictures in an order that seed and epoch decide, so that a resumed training goes on exactly."""
        order = np.random.default_rng((self.random_seed, epoch)).permutation(len(self.train))
        for piece in batches_of(order, self.batch_size):
            yield self._tensors(self.train.batch(piece, varied=epoch if self.augment else None), self.train.labels[piece])

    def validation_batches(self) -> Iterator[Batch]:
        """The validation pictures as they are."""
        for start in range(0, len(self.validation), CHUNK):
            piece = np.arange(start, min(start + CHUNK, len(self.validation)))
            yield self._tensors(self.validation.batch(piece), self.validation.labels[piece])

    def logits(self, inputs: torch.Tensor) -> torch.Tensor:
        """Scores (N, classes) of a batch."""
        scores: torch.Tensor = self.module(inputs)
        return scores

    def set_training(self, training: bool) -> None:
        """Batch normalisation and dropout behave differently while measuring."""
        self.module.train(training)

    def _tensors(self, inputs: np.ndarray, labels: np.ndarray) -> Batch:
        tensor = torch.from_numpy(inputs).contiguous(memory_format=torch.channels_last)
        return tensor.to(self.device), torch.from_numpy(labels).to(self.device)


class HeadOnFeatures:
    """The network is frozen; only its last layer learns, on features of every training picture and of some variations of it.

    The features are computed once, which makes an epoch take a blink.

    Args:
        network: On its device; its weights stay as they are.
        train, validation, augment, batch_size, random_seed, device: As for ``WholeNetwork``.
        reporter: Told the progress of computing the features, in pictures.

    Raises:
        Stopped: The user stopped while features were computed.
    """

    def __init__(
        self, network: nn.Module, train: Pictures, validation: Pictures, *, augment: bool, batch_size: int, random_seed: int, device: torch.device,
        reporter: Reporter,
    ) -> None:  # fmt: skip
        self.module: nn.Module = head_of(network)
        self.batch_size, self.random_seed, self.device = batch_size, random_seed, device
        views = max(1, min(MOST_VIEWS, FEATURE_PASSES // max(1, len(train)))) if augment else 1
        jobs = [(train, None if view == 0 else view) for view in range(views)] + [(validation, None)]
        network.to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        *shown, self.validation = _features(network, jobs, device, reporter)
        self.features = torch.cat(shown)
        self.labels = torch.from_numpy(np.tile(train.labels, views))
        self.validation_labels = torch.from_numpy(validation.labels)
        self.steps = len(batches_of(np.arange(len(self.features)), batch_size))

    def train_batches(self, epoch: int) -> Iterator[Batch]:
        """All features in an order that seed and epoch decide."""
        order = np.random.default_rng((self.random_seed, epoch)).permutation(len(self.features))
        for piece in batches_of(order, self.batch_size):
            yield self.features[piece].to(self.device), self.labels[piece].to(self.device)

    def validation_batches(self) -> Iterator[Batch]:
        """The validation pictures' features."""
        if len(self.validation_labels):
            yield self.validation.to(self.device), self.validation_labels.to(self.device)

    def logits(self, inputs: torch.Tensor) -> torch.Tensor:
        """Scores (N, classes) of a batch of features."""
        scores: torch.Tensor = self.module(inputs)
        return scores

    def set_training(self, training: bool) -> None:
        """A linear layer is the same in both."""


def _features(network: nn.Module, jobs: list[tuple[Pictures, int | None]], device: torch.device, reporter: Reporter) -> list[torch.Tensor]:
    """The features of each set of pictures in each variation, shape (pictures, features) each."""
    total, done, told = sum(len(pictures) for pictures, _ in jobs), 0, 0.0
    collected = []
    # no_grad, not inference_mode: tensors made there could not take part in the head's training.
    with without_head(network) as body, torch.no_grad():
        for pictures, varied in jobs:
            rows = [torch.empty((0, 1))] if not len(pictures) else []
            for start in range(0, len(pictures), CHUNK):
                if reporter.wants_stop():
                    raise Stopped
                piece = np.arange(start, min(start + CHUNK, len(pictures)))
                inputs = torch.from_numpy(pictures.batch(piece, varied=varied)).contiguous(memory_format=torch.channels_last)
                rows.append(body(inputs.to(device)).float().cpu())
                done += len(piece)
                if time.monotonic() - told >= 0.1 or done == total:
                    told = time.monotonic()
                    reporter.progress(done, total, "picture", step="features")
            collected.append(torch.cat(rows))
    return collected
