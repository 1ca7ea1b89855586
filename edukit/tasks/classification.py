"""Which of several classes a picture belongs to."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edukit.core.card import CLASSIFICATION
from edukit.core.errors import ClassesDiffer
from edukit.core.formatting import right_of, score
from edukit.tasks.base import CloseAnswer, Shape, Task
from edukit.tasks.classification_results import AnsweredPicture, ClassEvaluation, Prediction, WrongPicture, best
from edukit.tasks.figures import Figure, Outputs
from edukit.tasks.metrics import confusion_matrix, f1_scores, precision_and_recall, top_k_accuracy, wilson_interval

if TYPE_CHECKING:
    from edukit.core.card import ModelCard
    from edukit.core.preprocess import Float32Array
    from edukit.data import Sample, Split

_SCORES = "scores"  # the only output: logits or probabilities (N, classes); answers are probabilities
_SIDES = (("left", "right"), ("左", "右"))  # words in labels: a mirror makes one class of the other


class Classification(Task):
    """One class a picture; targets are the class's index, answers the probabilities (pictures, classes)."""

    name = CLASSIFICATION
    outputs = (_SCORES,)
    figures = (Figure(name="top1", label="classification.figure"),)
    compared = ("top1", "top5", "top1_interval")
    adjusts_loss = True

    def head_width(self, classes: Sequence[str]) -> int:
        """One score a class."""
        return len(classes)

    def output_shapes(self, card: ModelCard) -> dict[str, Shape]:
        """(N, classes)."""
        return {_SCORES: (None, len(card.classes))}

    def check_data(self, card: ModelCard, split: Split, path: object) -> None:
        """The classes must be the model's, in any order."""
        if split.task == self.name and set(split.classes) != set(card.classes):
            raise ClassesDiffer.between(path, card.classes, split.folder, split.classes)
        super().check_data(card, split, path)

    def targets(self, samples: Sequence[Sample], classes: Sequence[str]) -> NDArray[np.int64]:
        """The index of each picture's class in ``classes``, shape (pictures,)."""
        place = {label: index for index, label in enumerate(classes)}
        return np.array([place[sample.label] for sample in samples], np.int64)

    def may_mirror(self, classes: Sequence[str]) -> bool:
        """Not where the classes are digits or letters, nor where left and right tell two of them apart."""
        names = {label.lower() for label in classes}
        sided = any(name.replace(left, right) in names for name in names for left, right in _SIDES if left in name)
        return not sided and not all(len(label) == 1 and label.isascii() for label in classes)

    def batch_targets(self, targets: Sequence[Any]) -> NDArray[np.int64]:
        """Shape (N,)."""
        return np.asarray(targets, np.int64)

    def groups(self, targets: Any) -> NDArray[np.int64]:
        """The classes."""
        return np.asarray(targets)

    def loss(self, outputs: Mapping[str, Any], targets: Any) -> Any:
        """The cross-entropy."""
        return -outputs[_SCORES].log_softmax(1).gather(1, targets[:, None]).mean()

    def adjusted_loss(self, outputs: Mapping[str, Any], targets: Any, *, weights: Any = None, smoothing: float = 0.0) -> Any:
        """The cross-entropy with smoothed labels, each picture counted with its class's weight."""
        logs = outputs[_SCORES].log_softmax(1)
        losses = -(1 - smoothing) * logs.gather(1, targets[:, None])[:, 0] - smoothing * logs.mean(1)
        return losses.mean() if weights is None else (losses * weights[targets]).sum() / weights[targets].sum()

    def top_hits(self, outputs: Outputs, targets: Any, k: int) -> NDArray[np.bool_]:
        """Whether the true class is among the ``k`` highest scores; of equal scores the first class wins."""
        best = np.argsort(-np.asarray(outputs[_SCORES]), axis=1, kind="stable")[:, :k]
        return np.asarray((best == np.asarray(targets)[:, None]).any(axis=1))

    def measure_batch(self, outputs: Outputs, targets: Any) -> dict[str, NDArray[Any]]:
        """Whether the highest score is that of the true class."""
        return {"top1": outputs[_SCORES].argmax(axis=1) == targets}

    def decode(self, outputs: Outputs, card: ModelCard, shapes: Sequence[tuple[int, int]]) -> Float32Array:
        """Probabilities (N, classes)."""
        return outputs[_SCORES] if card.scores == "probabilities" else softmax(outputs[_SCORES])

    def join(self, parts: Sequence[Float32Array], card: ModelCard) -> Float32Array:
        """Shape (pictures, classes)."""
        return np.concatenate([np.empty((0, len(card.classes)), np.float32), *parts])

    def from_plain(self, rows: Sequence[Any], card: ModelCard, classes: Sequence[str]) -> NDArray[np.float64]:
        """Probabilities with their columns in the order of ``classes``."""
        return np.array(rows, np.float64)[:, [card.classes.index(label) for label in classes]]

    def prediction(self, answer: Any, card: ModelCard, image: str, top: int) -> Prediction:
        """The ``top`` likeliest labels."""
        return best(image, answer, card.classes, top, card.class_names)

    def measure(self, answers: Any, targets: Any) -> dict[str, Any]:
        """The share of right labels with its interval, and how often the true class is among the best five."""
        right = int((answers.argmax(axis=1) == targets).sum())
        return {"top1": right / len(targets), "top5": top_k_accuracy(answers, targets, 5), "top1_interval": wilson_interval(right, len(targets))}

    def by_picture(self, answers: Any, targets: Any) -> dict[str, NDArray[np.bool_]]:
        """Whether the likeliest label is right, and whether the right one is among the best five."""
        return {f"top{k}": self.top_hits({_SCORES: answers}, targets, k) for k in (1, 5)}

    def short_name(self, figure: str) -> str:
        """As the field writes it."""
        return {"top1": "top-1", "top5": "top-5"}.get(figure, "")

    def same(self, answers: Any, others: Any) -> NDArray[np.bool_]:
        """Whether the likeliest label is the same."""
        return np.asarray(answers.argmax(axis=1) == others.argmax(axis=1))

    def answer_text(self, answer: Any, classes: Sequence[str]) -> str:
        """The likeliest label."""
        return classes[int(answer.argmax())]

    def target_text(self, target: Any, classes: Sequence[str]) -> str:
        """The true label."""
        return classes[int(target)]

    def evaluation(self, answers: Any, targets: Any, samples: Sequence[Sample], classes: Sequence[str], **common: Any) -> ClassEvaluation:
        """The figures, class by class too, and what was answered for every picture."""
        predicted = answers.argmax(axis=1)
        confusion = confusion_matrix(targets, predicted, len(classes))
        ranks = (np.argsort(-answers, axis=1, kind="stable") == np.asarray(targets)[:, None]).argmax(axis=1) + 1  # of equal scores the first class wins
        pictures = [
            AnsweredPicture(sample.path, classes[true], classes[taken], float(row[taken]), float(row[true]), int(rank))
            for sample, true, taken, row, rank in zip(samples, targets, predicted, answers, ranks)
        ]
        wrong = [WrongPicture(one.path, one.label, one.predicted, one.score) for one in pictures if not one.right]
        figures = self.measure(answers, targets)
        return ClassEvaluation(
            top1=figures["top1"], top5=figures["top5"], interval=figures["top1_interval"], per_class=_per_class(classes, confusion),
            confusion=confusion.tolist(), classes=tuple(classes), wrong=tuple(sorted(wrong, key=lambda one: -one.score)),
            pictures=tuple(pictures), **common,
        )  # fmt: skip

    def cell(self, value: float | None, count: int, digits: int | None = None) -> str:
        """A share; of few pictures the count."""
        return score(value, count, 1 if digits is None else digits)

    def amount(self, value: float, count: int) -> str:
        """How many are right."""
        return str(round(value * count))

    def phrase(self, value: float | None, count: int) -> str:
        """How many are right, of how many."""
        return right_of(round(value * count), count) if count and value is not None else super().phrase(value, count)

    def same_outputs(
        self, wanted: Outputs, found: Outputs, card: ModelCard, allowed: Mapping[str, float]
    ) -> tuple[NDArray[np.bool_], tuple[CloseAnswer, ...]]:
        """Whether the labels are the same; another label is no failure where the two best scores are as good as equal."""
        scores = wanted[_SCORES]
        labels, others = scores.argmax(axis=1), found[_SCORES].argmax(axis=1)
        ordered = np.sort(scores, axis=1)
        margins = ordered[:, -1] - ordered[:, -2] if scores.shape[1] > 1 else np.full(len(scores), math.inf)
        close = tuple(
            CloseAnswer(int(i), card.classes[labels[i]], card.classes[others[i]], float(margins[i]))
            for i in np.flatnonzero(labels != others)
            if margins[i] <= allowed[_SCORES]
        )
        return labels == others, close


def softmax(logits: Float32Array) -> Float32Array:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def _per_class(classes: Sequence[str], confusion: NDArray[np.int64]) -> dict[str, dict[str, float | None]]:
    precision, recall = precision_and_recall(confusion)
    figures = {"recall": recall, "precision": precision, "f1": f1_scores(confusion)}
    return {
        label: {"count": int(confusion[i].sum()), "correct": int(confusion[i, i])}
        | {name: None if math.isnan(values[i]) else float(values[i]) for name, values in figures.items()}
        for i, label in enumerate(classes)
    }
