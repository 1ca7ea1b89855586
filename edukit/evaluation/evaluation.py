"""Measuring a model on pictures that it has not seen."""
from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from edukit.core import html
from edukit.core.errors import ClassesDiffer, TooFewPictures
from edukit.core.events import OnEvent, ShouldStop
from edukit.core.formatting import percent, right_of
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.core.parameters import Between, OneOf, verb
from edukit.core.results import Result
from edukit.data.dataset import SPLITS, Split
from edukit.evaluation.metrics import confusion_matrix, precision_and_recall, top_k_accuracy, wilson_interval
from edukit.models.inputs import DataLike, ModelLike, look_at_model, predictor_of, split_of
from edukit.runtime.predictor import Predictor


@dataclass(frozen=True)
class WrongPicture(Result):
    """A picture that was taken for something else.

    Args:
        path: The picture's file.
        label: Its true class.
        predicted: What it was taken for.
        score: How sure the model was, 0..1.
    """

    path: Path
    label: str
    predicted: str
    score: float


@dataclass(frozen=True, kw_only=True)
class Evaluation(Result):
    """How good a model is on one split.

    Args:
        count: How many pictures.
        top1, top5: Share whose true class is the best, or among the five best.
        interval: The 95 % interval of ``top1``, from the number of pictures.
        per_class: Label to ``{"count", "correct", "recall", "precision"}``; None where there is nothing to divide by.
        confusion: Rows are true classes, columns predicted ones, in the order of ``classes``.
        classes: The labels in the model's order.
        wrong: Every wrong picture, the surest first.
        warnings: Sentences to be read beside the figures.
        model: The model file.
        dataset, split: What it was measured on.
    """

    count: int
    top1: float
    top5: float
    interval: tuple[float, float]
    per_class: dict[str, dict[str, float | None]]
    confusion: list[list[int]]
    classes: tuple[str, ...]
    wrong: tuple[WrongPicture, ...]
    warnings: tuple[str, ...] = ()
    model: str = ""
    dataset: str = ""
    split: str = ""

    def to_frame(self) -> Any:
        """One row a class, as a pandas table.

        Raises:
            PackageMissing: Without pandas.
        """
        return imported("pandas").DataFrame.from_dict(self.per_class, orient="index")

    def __str__(self) -> str:
        low, high = (percent(edge, 0) for edge in self.interval)
        return t("evaluation.answer", right=right_of(self.count - len(self.wrong), self.count), low=low, high=high)

    def _repr_html_(self) -> str:
        heads = [t(f"evaluation.{name}") for name in ("class", "count", "correct", "recall", "precision")]
        rows = [(label, row["count"], row["correct"], percent(row["recall"], 0), percent(row["precision"], 0)) for label, row in self.per_class.items()]
        return html.shown_alone(html.answer(str(self)), html.warnings(self.warnings), html.table(heads, rows))


@verb
def evaluate(
    model: ModelLike,
    data: DataLike,
    *,
    split: Annotated[str, OneOf(*SPLITS)] = "test",
    batch_size: Annotated[int, Between(1, 4096)] = 16,
    skip_bad: bool = False,
    threads: Annotated[int | None, Between(1, 1024)] = None,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> Evaluation:
    """Measures a model on every picture of a split.

    Args:
        model: A model file, a result that has one, or a loaded model of any runtime.
        data: The pictures; their classes must be the model's, in any order.
        split: Which split of ``data``, unless it is one.
        batch_size: How many pictures are computed at once.
        skip_bad: Go on without bad pictures.
        threads: Of the runtime; by default its own choice.
        on_event: Told the progress, in pictures.
        should_stop: Asked before each batch.

    Raises:
        ClassesDiffer: The model knows other classes than the dataset has.
        TooFewPictures: The split is empty.
        BadArgument, BadDataset, SplitMissing, NotFinite, Stopped, and what loading a model raises

    Example:
        >>> evaluate("emoji-int8.onnx", dataset.test).count
        91
    """
    look_at_model(model)
    pictures = split_of(data, split, skip_bad=skip_bad, on_event=on_event, should_stop=should_stop)
    predictor = predictor_of(model, threads=threads)
    labels = labels_for(predictor, pictures)
    scores = predictor.predict_scores(tuple(pictures), batch_size=batch_size, on_event=on_event, should_stop=should_stop)
    return _summed_up(predictor, pictures, labels, scores)


def labels_for(predictor: Predictor, split: Split) -> NDArray[np.int64]:
    """The index of every picture's class in the model's order, which need not be the dataset's."""
    classes = predictor.card.classes
    if set(split.classes) != set(classes):
        raise ClassesDiffer.between(predictor.path, classes, split.folder, split.classes)
    if not len(split):
        raise TooFewPictures(path=split.folder, found=0, wanted=1)
    place = {label: index for index, label in enumerate(classes)}
    return np.array([place[sample.label] for sample in split], np.int64)


def _summed_up(predictor: Predictor, split: Split, labels: NDArray[np.int64], scores: NDArray[np.float32]) -> Evaluation:
    classes = predictor.card.classes
    predicted = scores.argmax(axis=1)
    confusion = confusion_matrix(labels, predicted, len(classes))
    wrong = [
        WrongPicture(sample.path, classes[true], classes[taken], float(row[taken]))
        for sample, true, taken, row in zip(split, labels, predicted, scores)
        if true != taken
    ]
    return Evaluation(
        count=len(split),
        top1=top_k_accuracy(scores, labels, 1),
        top5=top_k_accuracy(scores, labels, 5),
        interval=wilson_interval(len(split) - len(wrong), len(split)),
        per_class=_per_class(classes, confusion),
        confusion=confusion.tolist(),
        classes=classes,
        wrong=tuple(sorted(wrong, key=lambda one: -one.score)),
        warnings=_warnings(predictor, split),
        model=str(predictor.path),
        dataset=split.dataset_name,
        split=split.name,
    )


def _per_class(classes: tuple[str, ...], confusion: NDArray[np.int64]) -> dict[str, dict[str, float | None]]:
    precision, recall = precision_and_recall(confusion)
    return {
        label: {
            "count": int(confusion[i].sum()),
            "correct": int(confusion[i, i]),
            "recall": None if math.isnan(recall[i]) else float(recall[i]),
            "precision": None if math.isnan(precision[i]) else float(precision[i]),
        }
        for i, label in enumerate(classes)
    }


def _warnings(predictor: Predictor, split: Split) -> tuple[str, ...]:
    found = list(split.warnings)
    if split.name == "train":
        found.append(t("evaluation.on_training"))
    if len(split) < 10 * len(split.classes):
        found.append(t("evaluation.few", count=len(split)))
    return tuple(found)
