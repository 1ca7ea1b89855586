"""How the learning rate runs over a training: a function of the place in it and of the history alone, so that a resumed run has the same rates."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from edukit.tasks import Task
from edukit.training.arguments import Settings

ONE_CYCLE_RISE, ONE_CYCLE_START = 0.3, 0.04  # share of the training that the rate rises, and where it begins
STEPS, STEP_FACTOR = 3, 0.1                  # the rate falls twice, to a tenth each time
PLATEAU_PATIENCE, PLATEAU_FACTOR = 2, 0.3    # so many epochs without a better figure


def rate_share(settings: Settings, place: float, history: Sequence[dict[str, Any]], task: Task) -> float:
    """By what the learning rate is multiplied now.

    Args:
        settings: Their ``schedule``, ``warmup_epochs`` and ``epochs``.
        place: Epochs that are done, with the part of the present one.
        history: The rows of whole epochs.
        task: Says which row is best, for ``"plateau"``.

    Returns:
        From 0 to 1.
    """
    share = min(1.0, place / settings.epochs)
    warmup = min(1.0, place / settings.warmup_epochs) if settings.warmup_epochs else 1.0
    if settings.schedule == "cosine":
        value = (1 + math.cos(math.pi * share)) / 2
    elif settings.schedule == "one-cycle":
        rise = min(1.0, share / ONE_CYCLE_RISE)
        fall = max(0.0, (share - ONE_CYCLE_RISE) / (1 - ONE_CYCLE_RISE))
        value = ONE_CYCLE_START + (1 - ONE_CYCLE_START) * (1 - math.cos(math.pi * rise)) / 2 if fall == 0 else (1 + math.cos(math.pi * fall)) / 2
    elif settings.schedule == "step":
        value = STEP_FACTOR ** min(STEPS - 1, int(share * STEPS))
    elif settings.schedule == "plateau":
        value = PLATEAU_FACTOR ** _plateaus(history, task)
    else:
        value = 1.0
    return float(value * warmup)


def epochs_without_gain(history: Sequence[dict[str, Any]], task: Task) -> int:
    """How many epochs ago the best one was."""
    best = task.best_row(history)
    return int(history[-1]["epoch"] - best["epoch"]) if best else 0


def _plateaus(history: Sequence[dict[str, Any]], task: Task) -> int:
    count = last = 0
    for done in range(1, len(history) + 1):
        if min(epochs_without_gain(history[:done], task), done - last) > PLATEAU_PATIENCE:
            count, last = count + 1, done
    return count
