"""What every task must be able to say, so that no verb and no view has to know which one it works for."""
from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from edukit.core.errors import NotFinite, TooFewPictures, WrongInput, WrongTask
from edukit.core.i18n import t, texts
from edukit.tasks.figures import Figure, MeanTally, Outputs, Tally
from edukit.tasks.results import BasePrediction, Evaluation

if TYPE_CHECKING:
    from edukit.core.card import ModelCard
    from edukit.core.preprocess import Placement
    from edukit.data import Sample, Split

Answers: TypeAlias = Any               # what the outputs mean: a sequence with one item a picture, of the task's own kind
Shape = tuple[int | None, ...]         # None: any size


@dataclass(frozen=True)
class CloseAnswer:
    """Picture number ``index`` is answered differently only because two answers are as good as equal: ``margin`` is how far they lie apart."""

    index: int
    label: str
    other: str
    margin: float


@dataclass(frozen=True)
class Parity:
    """How far two models' outputs agree: on how many pictures, the largest difference, what was allowed, and what differs without being a failure."""

    agree: int
    max_difference: float
    allowed: float
    close: tuple[CloseAnswer, ...] = ()


class Task(ABC):
    """One task; adding it to ``edukit.tasks.TASKS`` is all that the verbs need.

    Targets are in the order of the pictures: ``targets`` gives one of a kind of its own for each, ``batch_targets`` puts those of a batch together.

    Attributes:
        name: In cards and datasets.
        outputs: Names of the network's outputs, in its order.
        figures: Of an epoch; the first decides which epoch and which model is best.
        compared: Names of what ``measure`` gives.
        can_freeze: Whether a head alone can be trained on features that are computed once.
        adjusts_loss: Whether there is an ``adjusted_loss``; then targets of a batch are one tensor.
    """

    name: str
    outputs: tuple[str, ...]
    figures: tuple[Figure, ...]
    compared: tuple[str, ...]
    can_freeze = True
    adjusts_loss = False

    # The network and its files

    @abstractmethod
    def head_width(self, classes: Sequence[str]) -> int:
        """How many numbers the last layer puts out."""

    @abstractmethod
    def output_shapes(self, card: ModelCard) -> dict[str, Shape]:
        """The shape of each output for any number of pictures."""

    def name_outputs(self, raw: Any) -> dict[str, Any]:
        """What a network puts out (a tensor, several, or a mapping) by name."""
        if isinstance(raw, Mapping):
            return dict(raw)
        return dict(zip(self.outputs, raw)) if isinstance(raw, (list, tuple)) else {self.outputs[0]: raw}

    def check_outputs(self, outputs: Outputs, count: int, card: ModelCard, path: object) -> None:
        """Raises ``WrongInput`` for outputs of another shape than promised for ``count`` pictures, ``NotFinite`` for NaN or infinity."""
        for name, (_, *sizes) in self.output_shapes(card).items():
            wanted = (count, *sizes)
            found = outputs[name].shape if name in outputs else ()
            if len(found) != len(wanted) or any(want not in (None, have) for have, want in zip(found, wanted)):
                shown = (" × ".join("?" if size is None else str(size) for size in shape) for shape in (found, wanted))
                raise WrongInput(path=path, **{role: t("runtime.output", shape=shape) for role, shape in zip(("found", "wanted"), shown)})
            if not np.isfinite(outputs[name]).all():
                raise NotFinite(path=path, where=t("runtime.outputs"))

    # What is learnt

    def check_data(self, card: ModelCard, split: Split, path: object) -> None:
        """Raises what makes ``split`` useless for the model at ``path``: ``WrongTask``, ``TooFewPictures`` if it is empty, and the task's own."""
        if split.task != self.name:
            raise WrongTask(path=path, found=self.name, wanted=split.task)
        if not len(split):
            raise TooFewPictures(path=split.folder, found=0, wanted=1)

    @abstractmethod
    def targets(self, samples: Sequence[Sample], classes: Sequence[str]) -> Any:
        """One target a picture, in pixels of the picture where it has a place in it."""

    def fit_target(self, target: Any, placement: Placement) -> Any:
        """The target in pixels of the network's input."""
        return target

    def vary_target(self, target: Any, matrix: NDArray[np.float64]) -> Any:
        """The target after the input was moved by ``matrix`` (2 × 3: x and y from x, y and 1)."""
        return target

    def may_mirror(self, classes: Sequence[str]) -> bool:
        """Whether a mirror image is still the same thing."""
        return True

    def batch_targets(self, targets: Sequence[Any]) -> Any:
        """The targets of a batch: arrays, or lists and mappings of arrays."""
        return np.asarray(targets)

    def groups(self, targets: Any) -> NDArray[np.int64]:
        """The number of the group that each picture belongs to; where only some pictures are used, every group has its share."""
        return np.zeros(len(targets), np.int64)

    @abstractmethod
    def loss(self, outputs: Mapping[str, Any], targets: Any) -> Any:
        """The mean loss of a batch: a tensor with a gradient, from tensors."""

    def adjusted_loss(self, outputs: Mapping[str, Any], targets: Any, *, weights: Any = None, smoothing: float = 0.0) -> Any:
        """The same with a weight for each class (a tensor), and with this share of each label given to all classes alike."""
        raise NotImplementedError

    def top_hits(self, outputs: Outputs, targets: Any, k: int) -> NDArray[np.bool_] | None:
        """For each picture whether the truth is among the ``k`` best answers; None where that means nothing."""
        return None

    def step(self, forward: Callable[[Any], Mapping[str, Any]], inputs: Any, targets: Any) -> tuple[Any, Mapping[str, Any]]:
        """The loss and the outputs of a batch; networks that compute their loss themselves have their own."""
        outputs = forward(inputs)
        return self.loss(outputs, targets), outputs

    @abstractmethod
    def measure_batch(self, outputs: Outputs, targets: Any) -> Mapping[str, NDArray[Any]]:
        """Each figure's value for every picture of a training or validation batch."""

    def tally(self) -> Tally:
        """Adds up an epoch; figures that are no means over pictures need their own."""
        return MeanTally(self.measure_batch)

    @property
    def best(self) -> Figure:
        """The figure that decides."""
        return self.figures[0]

    def best_value(self, row: Mapping[str, Any] | None, part: str = "val") -> float | None:
        """The deciding figure of an epoch's row (``part``: ``"val"`` or ``"train"``)."""
        return (row or {}).get(f"{part}_{self.best.name}")

    def best_row(self, history: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
        """The epoch that ``best.pth`` holds: the best figure, of equals the lowest loss; without validation pictures those of training decide."""

        def rank(row: Mapping[str, Any]) -> tuple[float, float]:
            part = "train" if self.best_value(row) is None else "val"
            loss = row.get(f"{part}_loss")
            return self.best.rank(self.best_value(row, part)), -(math.inf if loss is None else loss)

        return max(history, key=rank, default=None)

    # What a model answers

    @abstractmethod
    def decode(self, outputs: Outputs, card: ModelCard, shapes: Sequence[tuple[int, int]]) -> Answers:
        """What checked outputs mean, one answer a picture, in pixels of the original pictures, whose (height, width) are ``shapes``."""

    def join(self, parts: Sequence[Answers], card: ModelCard) -> Answers:
        """The answers of several batches as one."""
        return [answer for part in parts for answer in part]

    def plain(self, answers: Answers) -> Any:
        """Answers as JSON can hold them, one a picture."""
        return np.asarray(answers).tolist()

    def from_plain(self, rows: Sequence[Any], card: ModelCard, classes: Sequence[str]) -> Answers:
        """The inverse of ``plain``, with classes in the order of ``classes`` instead of the card's."""
        return np.asarray(rows, np.float64)

    @abstractmethod
    def prediction(self, answer: Any, card: ModelCard, image: str, top: int) -> BasePrediction:
        """What a person gets to see of one answer."""

    # What is measured

    @abstractmethod
    def measure(self, answers: Answers, targets: Any) -> dict[str, Any]:
        """The figures named in ``compared``; the deciding one is among them, its 95 % interval, where it has one, under ``<name>_interval``."""

    def by_picture(self, answers: Answers, targets: Any) -> dict[str, NDArray[Any]]:
        """For figures that are means over pictures: each picture's own value, by which two models are held against each other picture by picture."""
        return {}

    def short_name(self, figure: str) -> str:
        """What a share of the pictures is called at the head of a column; empty for a figure that is none."""
        return ""

    @abstractmethod
    def same(self, answers: Answers, others: Answers) -> NDArray[np.bool_]:
        """For each picture whether two models say the same of it."""

    def difference(self, answers: Answers, others: Answers) -> float:
        """The largest difference of any number in two models' answers."""
        return float(np.abs(np.asarray(answers) - np.asarray(others)).max())

    @abstractmethod
    def answer_text(self, answer: Any, classes: Sequence[str]) -> str:
        """An answer in stable words: a label, a place."""

    @abstractmethod
    def target_text(self, target: Any, classes: Sequence[str]) -> str:
        """A target in the same words."""

    def evaluation(self, answers: Answers, targets: Any, samples: Sequence[Sample], classes: Sequence[str], **common: Any) -> Evaluation:
        """What ``evaluate`` gives; ``common`` are the fields that are the same for every task."""
        return Evaluation(figures=self.measure(answers, targets), **common)

    def parity(self, wanted: Sequence[Outputs], found: Sequence[Outputs], card: ModelCard, tolerance: float) -> Parity:
        """Compares two models' outputs, batch by batch; ``tolerance`` is relative to the largest value of an output (at least 1)."""
        names = self.outputs[: len(wanted[0])]
        ours, theirs = ({name: np.concatenate([batch[name] for batch in batches]) for name in names} for batches in (wanted, found))
        allowed = {name: tolerance * max(1.0, float(np.abs(values).max())) for name, values in ours.items()}
        differences = {
            name: float(np.abs(values - theirs[name]).max()) if values.shape == theirs[name].shape else math.inf for name, values in ours.items()
        }
        worst = max(names, key=lambda name: differences[name] / allowed[name])
        same, close = self.same_outputs(ours, theirs, card, allowed)
        return Parity(int(same.sum()), differences[worst], allowed[worst], close)

    def same_outputs(
        self, wanted: Outputs, found: Outputs, card: ModelCard, allowed: Mapping[str, float]
    ) -> tuple[NDArray[np.bool_], tuple[CloseAnswer, ...]]:
        """For each picture whether both outputs mean the same, and what differs without being a failure."""
        count = len(wanted[self.outputs[0]])
        near = [np.abs(values - found[name]).reshape(count, -1).max(axis=1) <= allowed[name] for name, values in wanted.items()]
        return np.logical_and.reduce(near), ()

    # What people read

    def cell(self, value: float | None, count: int, digits: int | None = None) -> str:
        """The deciding figure over so many pictures (0: not known), for a table."""
        return self.best.text(value, digits)

    def amount(self, value: float, count: int) -> str:
        """The same for ``{before}`` and ``{after}`` in a sentence."""
        return self.best.text(value)

    def phrase(self, value: float | None, count: int) -> str:
        """The same as a part of a sentence that says what the figure is."""
        return f"{self.best.words} {self.best.text(value)}"

    def best_cell(self, row: Mapping[str, Any] | None, digits: int | None = None) -> str:
        """An epoch's deciding figure on validation pictures, for a table."""
        return self.cell(self.best_value(row), count_in(row), digits)

    def best_phrase(self, row: Mapping[str, Any] | None) -> str:
        """The same as a part of a sentence."""
        return self.phrase(self.best_value(row), count_in(row))

    def say(self, key: str, **values: object) -> str:
        """A text about this task: its own, ``<task>.<key>``, else the one for any task, ``task.<key>``; ``{figure}`` is the deciding figure."""
        own = f"{self.name}.{key}"
        return t(own if own in texts() else f"task.{key}", **{"figure": self.best.words, **values})


def count_in(row: Mapping[str, Any] | None, part: str = "val") -> int:
    """How many pictures an epoch's figures stand on; 0 for rows of an earlier version, which did not say."""
    return int((row or {}).get(f"{part}_count") or 0)
