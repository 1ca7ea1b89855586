"""What a comparison found; plain values with units in their names."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from edukit.comparison.summary import comparison_html, sentence
from edukit.core.html import shown_alone
from edukit.core.packages import imported
from edukit.core.results import Result
from edukit.tasks import DEFAULT, FiguredResult, Task, find_task


@dataclass(frozen=True)
class Percentiles(Result):
    """Half, nine tenths and 99 of 100 measurements were at most this long, in milliseconds."""

    p50: float
    p90: float
    p99: float


@dataclass(frozen=True, kw_only=True)
class Measured(FiguredResult):
    """One model's figures; what was not measured is None.

    Args:
        path: The model file.
        name: What people call it here, such as ``"ONNX INT8"``; no two models of one comparison share a name.
        runtime: ``"PyTorch"`` or ``"ONNX Runtime"``.
        precision: ``"fp32"`` or ``"int8"``.
        backbone: The network's name.
        size_bytes: Size of the file.
        count: How many pictures the accuracy was measured on.
        figures: What the task measures, its deciding figure among them with its 95 % interval; ``agreement``, the share of pictures that get the same
            answer as from the first model; ``max_difference``, the largest difference of any number of an answer from the first model's.
        latency_ms: Time of a whole ``predict()`` of one batch, from the picture's file to the label.
        inference_ms: The runtime's part of it.
        throughput: Pictures a second.
        task: What the model does.
    """

    path: Path
    name: str
    runtime: str
    precision: str
    backbone: str
    size_bytes: int
    count: int = 0
    figures: Mapping[str, Any] = field(default_factory=dict)
    latency_ms: Percentiles | None = None
    inference_ms: Percentiles | None = None
    throughput: float | None = None
    task: str = DEFAULT

    @property
    def value(self) -> float | None:
        """The task's deciding figure."""
        return self.figures.get(find_task(self.task).best.name)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95 % interval, where the task knows one."""
        return self.figures.get(f"{find_task(self.task).best.name}_interval")


@dataclass(frozen=True)
class Ratio(Result):
    """How many times as many pictures a second ``of`` does as ``to``; above 1 is faster. ``interval`` is the 95 % interval."""

    of: Path
    to: Path
    ratio: float
    interval: tuple[float, float]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of ``to_dict``; JSON has no infinity and holds None instead."""
        low, high = values["interval"]
        return super().from_dict({**values, "interval": (low, math.inf if high is None else high)})


@dataclass(frozen=True)
class ChangedPicture(Result):
    """A picture to which ``model`` gives another answer (``other``) than the first model does (``first``); ``label`` is the true one."""

    path: Path
    label: str
    first: str
    other: str
    model: Path


@dataclass(frozen=True, kw_only=True)
class Comparison(Result):
    """Several models on the same pictures; the first one is what the others are held against.

    Args:
        models: In the order in which they were given.
        ratios: Of the throughput of each later model to the first.
        environment: The machine, the threads, the batch, the runs, the versions.
        changed: The pictures whose answer changed.
        warnings: What makes these figures worth less: a leak, a noisy machine.
    """

    models: tuple[Measured, ...]
    ratios: tuple[Ratio, ...] = ()
    environment: Mapping[str, Any] = field(default_factory=dict)
    changed: tuple[ChangedPicture, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def task(self) -> Task:
        """What the models do."""
        return find_task(self.models[0].task)

    def ratio_of(self, model: Measured) -> Ratio | None:
        """How much faster ``model`` is than the first one; None for the first and where speed was not measured."""
        return next((ratio for ratio, other in zip(self.ratios, self.models[1:]) if other is model), None)

    def changed_by(self, model: Measured) -> tuple[ChangedPicture, ...]:
        """The pictures to which ``model`` gives another answer than the first one does."""
        return tuple(picture for picture in self.changed if picture.model == model.path)

    def to_frame(self) -> Any:
        """A pandas table, one row a model.

        Raises:
            PackageMissing: Without pandas.
        """
        return imported("pandas").DataFrame([self._row(model) for model in self.models]).set_index("name")

    def _row(self, model: Measured) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for name, value in model.to_dict().items():
            if isinstance(value, dict):
                row |= {f"{name}_{part}": one for part, one in value.items()}
            elif not isinstance(value, list):
                row[name] = value
        ratio = self.ratio_of(model)
        return row | ({"ratio": ratio.ratio, "ratio_low": ratio.interval[0], "ratio_high": ratio.interval[1]} if ratio else {})

    def __str__(self) -> str:
        return sentence(self)

    def _repr_html_(self) -> str:
        return shown_alone(comparison_html(self))
