"""The loss of a training step: with smoothed labels, weighted classes and mixed pictures where they are asked for."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from edukit.core.errors import BadArgument
from edukit.core.i18n import t
from edukit.data import Dataset
from edukit.tasks import Task
from edukit.training.arguments import Settings
from edukit.training.learners import Learner


class TrainingLoss:
    """Computes a step's loss and outputs; without options it is the task's own step.

    Args:
        settings: Their ``label_smoothing``, ``class_weights`` and ``mixup``.
        dataset: Its training pictures decide the weights of the classes.
        task: What is learnt.

    Raises:
        BadArgument: The task's loss knows no such options, or there is nothing to mix or to weigh.
    """

    def __init__(self, settings: Settings, dataset: Dataset, task: Task) -> None:
        self.settings, self.task = settings, task
        asked = {name: value for name in ("label_smoothing", "class_weights", "mixup") if (value := getattr(settings, name)) not in (0, "none")}
        self.plain = not asked
        name = next(iter(asked), "")
        if asked and not task.adjusts_loss:
            raise BadArgument(name=name, value=asked[name], wanted=t("training.wanted.own_loss", task=task.name))
        groups = task.groups(task.targets(dataset.train.samples, dataset.classes)) if asked else np.zeros(0, np.int64)
        if asked and len(np.unique(groups)) < 2:
            raise BadArgument(name=name, value=asked[name], wanted=t("training.wanted.two_classes", classes=", ".join(dataset.classes)))
        counts = np.bincount(groups, minlength=len(dataset.classes)) if settings.class_weights == "balanced" else None
        self.weights = None if counts is None else torch.from_numpy((counts.sum() / (len(counts) * np.maximum(counts, 1))).astype(np.float32))

    def step(self, learner: Learner, inputs: torch.Tensor, targets: Any, *, key: tuple[int, ...]) -> tuple[Any, Mapping[str, torch.Tensor]]:
        """The loss of a batch, and the outputs for it; ``key`` decides what is mixed."""
        if self.plain:
            loss, outputs = self.task.step(learner.forward, inputs, targets)
            return loss, outputs
        share, order = 1.0, None
        if self.settings.mixup:
            random = np.random.default_rng(key)
            share = float(random.beta(self.settings.mixup, self.settings.mixup))
            share = max(share, 1 - share)  # figures are counted for the picture that is seen most of
            order = torch.from_numpy(random.permutation(len(inputs))).to(inputs.device)
            inputs = share * inputs + (1 - share) * inputs[order]
        outputs = learner.forward(inputs)
        loss = self._loss(outputs, targets)
        return (loss if order is None else share * loss + (1 - share) * self._loss(outputs, targets[order])), outputs

    def _loss(self, outputs: Mapping[str, torch.Tensor], targets: torch.Tensor) -> torch.Tensor:
        weights = None if self.weights is None else self.weights.to(targets.device)
        loss: torch.Tensor = self.task.adjusted_loss(outputs, targets, weights=weights, smoothing=self.settings.label_smoothing)
        return loss
