"""What an epoch's batches add up to, whichever process computed them."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch

from edukit.tasks import Task
from edukit.training.learners import map_leaves
from edukit.training.result import Row


class Share(NamedTuple):
    """A batch of one process: its mean loss, outputs and targets in NumPy, how many pictures, and whether a Stop is wanted."""

    loss: float
    outputs: Mapping[str, Any]
    targets: Any
    pictures: int
    stop: bool


def share_of(loss: torch.Tensor, outputs: Mapping[str, torch.Tensor], targets: Any, pictures: int, *, stop: bool = False) -> Share:
    """A batch as the other processes can be given it."""
    arrays, truth = (map_leaves(values, torch.Tensor, lambda tensor: tensor.detach().cpu().numpy()) for values in (outputs, targets))
    return Share(float(loss.detach()), arrays, truth, pictures, stop)


class Sums:
    """What an epoch's batches add up to: the loss and the task's figures."""

    def __init__(self, task: Task, topk: int | None) -> None:
        self.task, self.tally, self.loss, self.count = task, task.tally(), 0.0, 0
        self.topk, self.hits = topk, 0.0

    def add(self, share: Share) -> None:
        """Takes in a batch."""
        self.loss, self.count = self.loss + share.loss * share.pictures, self.count + share.pictures
        self.tally.add(share.outputs, share.targets)
        if self.topk and (hits := self.task.top_hits(share.outputs, share.targets, self.topk)) is not None:
            self.hits += float(hits.sum())
        else:
            self.topk = None

    def row(self) -> Row:
        """``loss``, the figures and of how many pictures; None without pictures."""
        if not self.count:
            return dict.fromkeys(("loss", *(figure.name for figure in self.task.figures)))
        best = {f"top{self.topk}": self.hits / self.count} if self.topk else {}
        return {"loss": self.loss / self.count, **self.tally.figures(), **best, "count": self.count}
