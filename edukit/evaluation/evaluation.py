"""Measuring a model on pictures that it has not seen."""
from __future__ import annotations

from typing import Annotated

from edukit.core.card import ModelCard
from edukit.core.events import OnEvent, ShouldStop
from edukit.core.i18n import t
from edukit.core.parameters import Between, OneOf, verb
from edukit.data.dataset import SPLITS, Split
from edukit.data.statistics import departure_warnings
from edukit.models.inputs import DataLike, ModelLike, loaded_or_file, predictor_of, split_of
from edukit.tasks import Evaluation


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
        data: The pictures; a classifier's classes must be the same, in any order.
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
    opened = loaded_or_file(model)
    pictures = split_of(data, split, skip_bad=skip_bad, on_event=on_event, should_stop=should_stop)
    predictor = predictor_of(opened, threads=threads)
    task, card = predictor.task, predictor.card
    task.check_data(card, pictures, predictor.path)
    targets = task.targets(pictures.samples, card.classes)
    answers = predictor.predict_answers(tuple(pictures), batch_size=batch_size, on_event=on_event, should_stop=should_stop)
    return task.evaluation(
        answers, targets, pictures.samples, card.classes, count=len(pictures), warnings=_warnings(pictures, card), model=str(predictor.path),
        dataset=pictures.dataset_name, split=pictures.name, task=task.name,
    )  # fmt: skip


def _warnings(split: Split, card: ModelCard) -> tuple[str, ...]:
    found = [*split.warnings, *departure_warnings(card, split.samples)]
    if split.name == "train":
        found.append(t("evaluation.on_training"))
    if len(split) < 10 * len(split.classes):
        found.append(t("evaluation.few", count=len(split)))
    return tuple(found)
