"""The steps of a quick look: a network learns for a moment and is forgotten."""
from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import count

from edukit.core.events import Reporter, Stopped
from edukit.data import Dataset
from edukit.training.arguments import Settings
from edukit.training.parts import set_rate
from edukit.training.session import Session, computing, learner_of, start_of
from edukit.training.sums import Sums, share_of

DIVERGED = 4.0  # times the lowest loss
SURE = 0.1      # the share of the first loss below which a batch is known, whatever the task
IN_A_ROW = 2    # steps with everything right: one may be luck


class Look(Session):
    """A session without epochs, validation and files."""

    def __init__(self, settings: Settings, dataset: Dataset, reporter: Reporter) -> None:
        super().__init__(settings, dataset, start_of(settings, dataset, reporter), None, reporter)
        self.learner = learner_of(settings, dataset, self.start, self._report_features)
        self.learner.prepare(1, 1)
        self.optimizer = self._optimizer(self.learner.module)
        self.learner.set_training(True)

    def steps(self) -> Iterator[tuple[float, float | None]]:
        """One step after the other, without end: the loss before it, and the task's figure on its pictures."""
        for epoch in count(1):
            for inputs, targets in self.learner.train_batches(epoch):
                self.reporter.check()
                self.optimizer.zero_grad(set_to_none=True)
                loss, outputs = self.loss.step(self.learner, inputs, targets, key=(self.settings.random_seed, epoch))
                share, sums = share_of(loss, outputs, targets, len(inputs)), Sums(self.task, None)
                sums.add(share)
                yield share.loss, sums.row()[self.task.best.name]
                loss.backward()
                self.optimizer.step()


def try_rates(settings: Settings, dataset: Dataset, reporter: Reporter, rates: Sequence[float]) -> tuple[list[float], list[float], bool]:
    """One step at each rate, until the loss runs away: the rates tried, the loss before each step, and whether it was stopped."""
    losses: list[float] = []
    with computing(settings):
        look = Look(settings, dataset, reporter)
        try:
            for rate, (loss, _) in zip(rates, look.steps()):
                if not math.isfinite(loss) or loss > DIVERGED * min(losses, default=math.inf):
                    break
                losses.append(loss)
                set_rate(look.optimizer, rate)
                reporter.progress(len(losses), len(rates), "step", lr=rate, train_loss=loss)
        except Stopped:
            return list(rates[: len(losses)]), losses, True
    return list(rates[: len(losses)]), losses, False


def repeat_batch(settings: Settings, dataset: Dataset, reporter: Reporter, steps: int) -> tuple[list[tuple[float, float | None]], float, bool, bool]:
    """Steps on one batch: loss and figure of each, the learning rate, whether it is known by heart in the end, and whether it was stopped."""
    rows: list[tuple[float, float | None]] = []
    with computing(settings):
        look = Look(settings, dataset, reporter)
        try:
            for loss, value in look.steps():
                if len(rows) == steps or not math.isfinite(loss):
                    break
                rows.append((loss, value))
                reporter.progress(len(rows), steps, "step", train_loss=loss, value=value)
                right = look.task.best.is_share and all(one == 1.0 for _, one in rows[-IN_A_ROW:]) and len(rows) >= IN_A_ROW
                if right or loss < SURE * rows[0][0]:
                    return rows, look.rate, True, False
        except Stopped:
            return rows, look.rate, False, True
    return rows, look.rate, False, False
