"""Two quick looks before a training: which learning rate suits, and whether the network can learn one batch at all. Neither leaves anything on disk."""
from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np

from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.packages import need
from edukit.core.parameters import Between, Metavar, Names, OneOf, verb
from edukit.core.preprocess import MAX_SIDE
from edukit.core.verbs import find_verb
from edukit.data import Dataset, load_dataset, verify
from edukit.training.arguments import DEFAULT_BACKBONE, MAX_BATCH, Settings, backbone_names, parse_settings
from edukit.training.probe_results import BatchCheck, RateSearch

LOWEST, HIGHEST = 1e-5, 1.0  # of the rates that are tried; SGD's lie ten times higher
PLAIN = {"augment": False, "validate": False, "precision": "fp32"}  # what a look does without
Data = Annotated[str | os.PathLike[str] | Dataset, Metavar("DATASET")]
Network = Annotated[str, Names(backbone_names)]
BatchSize = Annotated[int | None, Between(1, MAX_BATCH)]
Optimizer = Annotated[str, OneOf("AdamW", "SGD", "Adam", "Adagrad")]
Side = Annotated[int | None, Between(1, MAX_SIDE)]
Seed = Annotated[int, Between(0, 2**31)]
Threads = Annotated[int | None, Between(1, 1024)]


@verb
def find_rate(
    dataset: Data, backbone: Network = DEFAULT_BACKBONE, *, steps: Annotated[int, Between(10, 10_000)] = 80, batch_size: BatchSize = None,
    optimizer: Optimizer = "AdamW", image_size: Side = None, pretrained: bool | None = None, freeze: bool | None = None,
    checkpoint: str | os.PathLike[str] | None = None, random_seed: Seed = 0, threads: Threads = None, skip_bad: bool = False,
    on_event: OnEvent | None = None, should_stop: ShouldStop | None = None,
) -> RateSearch:
    """Lets the rate grow from step to step and proposes one at which the loss still falls (L. N. Smith, https://arxiv.org/abs/1506.01186).

    Args:
        dataset, backbone, batch_size, optimizer, image_size, pretrained, freeze, checkpoint, random_seed, threads, skip_bad: As for ``train``.
        steps: How many rates are tried.
        on_event: Told each step's rate and loss.
        should_stop: Asked between steps; the rates tried so far are answered.

    Raises:
        What ``train`` raises before any work; OutOfMemory.

    Example:
        >>> find_rate("emoji", "LeNet").suggestion in (0.001, 0.002, 0.005)
        True
    """
    given = dict(locals())
    settings, began, reporter = _settings(given), time.monotonic(), Reporter(on_event, should_stop)
    usable = _training_pictures(settings, load_dataset(dataset, skip_bad=skip_bad, splits=("train",)), given)
    from edukit.training.probe_session import try_rates

    high = HIGHEST * (10 if settings.optimizer == "SGD" else 1)
    rates, losses, stopped = try_rates(settings, usable, reporter, np.geomspace(LOWEST * high, high, steps).tolist())
    return RateSearch.of(rates, losses, backbone=settings.backbone.name, stopped=stopped, seconds=time.monotonic() - began)


@verb
def learn_batch(
    dataset: Data, backbone: Network = DEFAULT_BACKBONE, *, steps: Annotated[int, Between(1, 10_000)] = 100,
    lr: Annotated[float | None, Between(0, 1000, above=True)] = None, batch_size: BatchSize = None,
    optimizer: Optimizer = "AdamW", image_size: Side = None, pretrained: bool | None = None, freeze: bool | None = None,
    checkpoint: str | os.PathLike[str] | None = None, random_seed: Seed = 0, threads: Threads = None, skip_bad: bool = False,
    on_event: OnEvent | None = None, should_stop: ShouldStop | None = None,
) -> BatchCheck:
    """Shows the network the same batch again and again: one that cannot learn even these by heart has a wrong setting or wrong labels.

    Args:
        dataset, backbone, lr, batch_size, optimizer, image_size, pretrained, freeze, checkpoint, random_seed, threads, skip_bad: As for ``train``.
        steps: How often at most; it ends as soon as the batch is known.
        on_event: Told each step's loss.
        should_stop: Asked between steps.

    Raises:
        What ``train`` raises before any work; OutOfMemory.

    Example:
        >>> learn_batch("emoji", "LeNet").learned
        True
    """
    given = dict(locals())
    settings, began, reporter = _settings(given), time.monotonic(), Reporter(on_event, should_stop)
    loaded = load_dataset(dataset, skip_bad=skip_bad, splits=("train",))
    count = min(len(loaded.train), settings.batch(frozen=bool(settings.freeze)))
    chosen = loaded.train.subset(np.linspace(0, len(loaded.train) - 1, count).astype(int).tolist())  # class by class, so all classes are among them
    usable = _training_pictures(settings, loaded.with_split(chosen), given)
    from edukit.training.probe_session import repeat_batch

    rows, rate, known, stopped = repeat_batch(settings, usable, reporter, steps)
    return BatchCheck(
        backbone=settings.backbone.name, lr=rate, pictures=len(usable.train), losses=tuple(row[0] for row in rows), values=tuple(row[1] for row in rows),
        learned=known, task=usable.task, stopped=stopped, seconds=time.monotonic() - began,
    )  # fmt: skip


def _settings(given: Mapping[str, Any]) -> Settings:
    names = {one.name: one.default for one in find_verb("train").parameters()}
    return parse_settings({**names, **PLAIN, **{name: value for name, value in given.items() if name in names}})


def _training_pictures(settings: Settings, dataset: Dataset, given: Mapping[str, Any]) -> Dataset:
    """The dataset with its training pictures alone, each of them looked at."""
    need("torch")
    hooks = {name: given[name] for name in ("skip_bad", "on_event", "should_stop")}
    return verify(dataset.with_split(dataset.validation.subset(())), ("train",), preprocess=settings.preprocess, **hooks)
