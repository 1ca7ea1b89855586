"""What is trained: the whole network on pictures, or its head alone on features that were computed once."""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from edukit.core.preprocess import Float32Array
from edukit.models.backbones import Backbone
from edukit.models.networks import head_of, without_head
from edukit.training.arithmetic import Arithmetic
from edukit.training.features import FeatureStore
from edukit.training.pictures import Pictures, batches_of
from edukit.training.ranks import Ranks

Batch = tuple[torch.Tensor, Any]  # inputs and the task's targets
Outputs = dict[str, torch.Tensor]
Report = Callable[[int, int], None]
FEATURE_PASSES = 320   # training pictures sent through a frozen network, variations included: ten seconds on a laptop
MOST_VIEWS = 4         # each picture as it is, and three variations
CHUNK = 16
BATCH_NORM_MOMENTUM = 0.1


class Learner(ABC):
    """Gives batches and scores them; ``module`` is what the optimizer changes.

    Args:
        train, validation: The pictures.
        augment: Whether training pictures are varied.
        batch_size, random_seed: As for ``train``.
        device: Where the network is.
        ranks: The processes that train together; each gets its share of the pictures.
        least_batch: The smallest share of a step.
    """

    module: nn.Module
    network: nn.Module             # what a batch goes through, and the same as several processes share it
    shared: nn.Module | None = None

    def __init__(
        self, train: Pictures, validation: Pictures, *, augment: bool, batch_size: int, random_seed: int, device: torch.device,
        ranks: Ranks | None = None, least_batch: int = 1,
    ) -> None:  # fmt: skip
        self.ranks, self.least_batch = ranks or Ranks(), least_batch
        self.train, self.validation, self.augment = train, validation, augment
        self.batch_size, self.random_seed, self.device = batch_size, random_seed, device
        self.steps = len(self.pieces(0))

    def pieces(self, epoch: int) -> list[NDArray[np.integer]]:
        """Which training pictures make each batch, in an order that seed and epoch decide, so that a resumed training goes on exactly."""
        order, world = np.random.default_rng((self.random_seed, epoch)).permutation(len(self.train)), self.ranks.world
        return [self.ranks.share(piece) for piece in batches_of(order, self.batch_size * world, max(2, self.least_batch * world))]

    def call(self, inputs: torch.Tensor) -> Any:
        """Sends a batch through the network, or the head."""
        return (self.shared or self.network)(inputs)

    def prepare(self, first: int, last: int) -> None:  # noqa: B027 - most share nothing
        """Computes what the epochs from ``first`` to ``last`` share; those that change every weight share nothing."""

    @abstractmethod
    def train_batches(self, epoch: int) -> Iterator[Batch]:
        """The training batches of one epoch."""

    @abstractmethod
    def validation_batches(self) -> Iterator[Batch]:
        """The validation batches."""

    @abstractmethod
    def forward(self, inputs: torch.Tensor) -> Outputs:
        """The network's outputs for a batch, by name."""

    def set_training(self, training: bool) -> None:  # noqa: B027
        """Chooses between training and measuring; what is frozen stays as it measures."""

    def targets_of(self, targets: list[Any]) -> Any:
        """Targets as the task's loss takes them, on the device."""
        return map_leaves(self.train.task.batch_targets(targets), np.ndarray, lambda array: torch.from_numpy(array).to(self.device))


class WholeNetwork(Learner):
    """Every weight learns.

    Args:
        network: On its device.
        train, validation, common: As for ``Learner``.
        arithmetic: Memory format and precision.
    """

    def __init__(self, network: nn.Module, train: Pictures, validation: Pictures, *, arithmetic: Arithmetic | None = None, **common: Any) -> None:
        super().__init__(train, validation, **common)
        self.arithmetic = arithmetic or Arithmetic()
        self.network = self.module = network.to(memory_format=self.arithmetic.layout)  # type: ignore[call-overload]
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm2d):  # MobileNetV3's 0.01 needs thousands of steps before it may measure; a class has fifty
                layer.momentum = max(layer.momentum or 0, BATCH_NORM_MOMENTUM)

    def train_batches(self, epoch: int) -> Iterator[Batch]:
        """The training pictures, varied if that is wanted."""
        for piece in self.pieces(epoch):
            yield self._tensors(*self.train.batch(piece, varied=epoch if self.augment else None))

    def validation_batches(self) -> Iterator[Batch]:
        """The validation pictures as they are."""
        for start in self.ranks.share(range(0, len(self.validation), CHUNK)):
            piece = np.arange(start, min(start + CHUNK, len(self.validation)))
            yield self._tensors(*self.validation.batch(piece))

    def forward(self, inputs: torch.Tensor) -> Outputs:
        """The network's outputs for a batch, by name; measured with all digits, so that figures are those of the file."""
        if self.arithmetic.precision == "fp32" or not self.network.training:
            return self.train.task.name_outputs(self.call(inputs))
        with torch.autocast(self.device.type, torch.bfloat16):
            outputs = self.train.task.name_outputs(self.call(inputs))
        return {name: value.float() for name, value in outputs.items()}

    def set_training(self, training: bool) -> None:
        """Batch normalisation and dropout behave differently while measuring."""
        self.module.train(training)

    def _tensors(self, inputs: np.ndarray, targets: list[Any]) -> Batch:
        return torch.from_numpy(inputs).contiguous(memory_format=self.arithmetic.layout).to(self.device), self.targets_of(targets)


class HeadInNetwork(WholeNetwork):
    """The network is frozen; only its head learns, in its place, for networks that do more after their head: each step computes the whole network.

    Args:
        network, train, validation, common: As for ``WholeNetwork``.
        backbone: Says where the head is.
    """

    def __init__(self, network: nn.Module, train: Pictures, validation: Pictures, *, backbone: Backbone, **common: Any) -> None:
        super().__init__(network, train, validation, **common)
        self.network = network.requires_grad_(False).eval()
        self.module = head_of(network, backbone).requires_grad_(True)

    def set_training(self, training: bool) -> None:
        """A frozen network stays as it measures."""


class HeadOnFeatures(Learner):
    """The network is frozen; only its last layer learns, on features that are computed once for each picture and variation, before the first epoch.

    Variations help a head that sees few pictures; with hundreds they cost seconds and bring nothing, and there are none.

    Args:
        network: On its device; its weights stay as they are.
        train, validation, common: As for ``Learner``.
        backbone: Says where the head is.
        cache: The folder where features are kept for the next training.
        report: Called with the number of pictures that went through the network and of all that will, also to ask for a Stop.
    """

    def __init__(
        self, network: nn.Module, train: Pictures, validation: Pictures, *, backbone: Backbone, cache: Path, report: Report, **common: Any
    ) -> None:
        super().__init__(train, validation, **common)
        self.network = self.module = head_of(network, backbone)
        self.backbone, self.cache, self.report = backbone, cache, report
        self.whole = network.to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        self.views = max(1, min(MOST_VIEWS, FEATURE_PASSES // max(1, len(train)))) if self.augment else 1
        self._ready: dict[int | None, tuple[torch.Tensor, list[Any]]] = {}  # by variation; None: the validation pictures

    def prepare(self, first: int, last: int) -> None:
        """Computes the features that the epochs from ``first`` to ``last`` show; in fixed chunks, so that a resumed training sees the same."""
        views = sorted({self._view(epoch) for epoch in range(first, min(last, first + self.views - 1) + 1)})
        parts: list[tuple[int | None, Pictures]] = [(None, self.validation), *((view, self.train) for view in views)]
        done, total = 0, sum(len(pictures) for _, pictures in parts)
        with self.ranks.first_before_others(), without_head(self.whole, self.backbone) as body:
            store = FeatureStore(self.cache, body)
            for view, pictures in parts:
                rows, targets = [torch.empty(0)], []
                for start in range(0, len(pictures), CHUNK):
                    self.report(done, total)
                    inputs, some = pictures.batch(np.arange(start, min(start + CHUNK, len(pictures))), varied=view or None)
                    rows.append(torch.from_numpy(store.features(inputs, lambda batch: self._compute(body, batch))))
                    targets += some
                    done += len(some)
                self._ready[view] = torch.cat(rows[1:] or rows), targets
        self.report(done, total)
        store.prune()

    def train_batches(self, epoch: int) -> Iterator[Batch]:
        """The features of one variation of the training pictures."""
        features, targets = self._ready[self._view(epoch)]
        for piece in self.pieces(epoch):
            yield features[piece].to(self.device), self.targets_of([targets[i] for i in piece])

    def validation_batches(self) -> Iterator[Batch]:
        """The features of the validation pictures."""
        if len(self.validation) and self.ranks.first:
            features, targets = self._ready[None]
            yield features.to(self.device), self.targets_of(targets)

    def forward(self, inputs: torch.Tensor) -> Outputs:
        """The network's outputs for a batch of features, by name."""
        return self.train.task.name_outputs(self.call(inputs))

    def _view(self, epoch: int) -> int:
        return (epoch - 1) % self.views

    def _compute(self, body: nn.Module, batch: Float32Array) -> Float32Array:
        with torch.no_grad():  # not inference_mode: tensors made there could not take part in the head's training
            features = body(torch.from_numpy(batch).contiguous(memory_format=torch.channels_last).to(self.device))
        return np.asarray(features.float().cpu().numpy(), np.float32)


def map_leaves(values: Any, kind: type, change: Callable[[Any], Any]) -> Any:
    """``values`` with ``change`` applied to everything of ``kind`` in it, also inside lists and mappings."""
    if isinstance(values, kind):
        return change(values)
    if isinstance(values, Mapping):
        return {name: map_leaves(value, kind, change) for name, value in values.items()}
    return [map_leaves(value, kind, change) for value in values] if isinstance(values, (list, tuple)) else values
