"""The verb ``compare_accuracy``: what each model says of every picture, side by side."""
from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from edukit.comparison.accuracy import answers_of, requests_of
from edukit.comparison.accuracy_results import AccuracyComparison, BestAnswers, Gap, PictureAnswers
from edukit.comparison.comparing import measured_models, warnings_of
from edukit.comparison.contestants import read_names
from edukit.comparison.statistics import paired_gap
from edukit.comparison.subjects import Subject, check_same_data, listed_files, subjects_of
from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument
from edukit.core.events import OnEvent, Reporter, ShouldStop, StepCounter
from edukit.core.i18n import t
from edukit.core.images import IMAGE_SUFFIXES
from edukit.core.parameters import AsOption, Between, Metavar, PythonOnly, shorten, verb
from edukit.data import Sample, Split
from edukit.models.inputs import DataLike, ModelLike, check_pictures, split_of
from edukit.tasks import Answers, find_task


@verb
def compare_accuracy(
    models: Annotated[Sequence[ModelLike], Metavar("MODEL")],
    images: Annotated[DataLike | Sequence[str | os.PathLike[str]], AsOption(), Metavar("DATASET")],
    *,
    top: Annotated[int, Between(1, 20)] = 3,
    skip_bad: bool = False,
    threads: Annotated[int, Between(1, 256)] = 1,
    names: Annotated[str | Sequence[str], Metavar("NAME,NAME")] = "",
    cards: Annotated[Sequence[ModelCard | None] | None, PythonOnly()] = None,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> AccuracyComparison:
    """Asks every model about the same pictures: its best answers for each, agreement with the first model, and how far the figures are apart.

    Args:
        models: Files or results that have one; the first one is what the others are held against.
        images: A dataset (its test split) or a split; or pictures of which nobody says what they show: files, or a folder of them.
        top: How many labels of each answer are kept.
        skip_bad: Go on without bad pictures.
        threads: For every library in every process.
        names: Of the models; by default their kinds.
        cards: For models from elsewhere that bear no card of their own.
        on_event: Told the progress in batches of pictures.
        should_stop: Asked ten times a second; ``Stopped`` is raised when it says yes.

    Raises:
        BadArgument, ClassesDiffer, WrongTask, WorkerFailed, and what loading a model and reading a picture raise.

    Example:
        >>> compare_accuracy(["best.pth", "emoji.onnx"], dataset.test).differing
        ()
    """
    files = listed_files(models, cards)
    called = read_names(names)
    if called and len(set(called)) != len(models):
        raise BadArgument(name="names", value=shorten(called), wanted=t("speed.wanted.names", count=len(models)))
    loose = _loose(images)
    if loose is None:
        data = split_of(images, "test", skip_bad=skip_bad, name="images", on_event=on_event, should_stop=should_stop)  # type: ignore[arg-type]
    else:
        data = _unlabelled(check_pictures(loose, decode=True), files[0][1] or files[0][0].card)
    reporter = Reporter(on_event, should_stop)
    with subjects_of(files, threads, reporter) as subjects:
        subjects = [replace(subject, name=name) for subject, name in zip(subjects, called or [one.name for one in subjects])]
        check_same_data(subjects, data)
        answers = answers_of(subjects, data, StepCounter(reporter, len(subjects) * len(requests_of(data))), threads=threads)
    return _compared(subjects, data, answers, top, labelled=loose is None)


def _compared(subjects: Sequence[Subject], data: Split, answers: Sequence[Answers], top: int, *, labelled: bool) -> AccuracyComparison:
    task, card = find_task(subjects[0].card.task), subjects[0].card
    gaps = []
    if labelled:
        values = [task.by_picture(found, data.targets) for found in answers]
        gaps = [Gap(subject.path, name, *paired_gap(values[0][name], own[name])) for subject, own in zip(subjects[1:], values[1:]) for name in own]
    known = card.replace(classes=data.classes)  # in whose order the answers are
    same = np.stack([task.same(found, answers[0]) for found in answers], 1)
    rows = [
        PictureAnswers(
            path=sample.path, label=task.target_text(data.targets[place], data.classes) if labelled else "", same=tuple(map(bool, same[place])),
            answers=tuple(_best(task.prediction(found[place], known, str(sample.path), top)) for found in answers),
            max_difference=max(task.difference(found[place : place + 1], answers[0][place : place + 1]) for found in answers),
        )
        for place, sample in enumerate(data)
    ]  # fmt: skip
    rows.sort(key=lambda one: (not one.differs, -one.max_difference))
    return AccuracyComparison(
        models=measured_models(subjects, answers, data.targets if labelled else None), gaps=tuple(gaps), pictures=tuple(rows),
        names={**card.class_names, **data.class_names}, warnings=warnings_of(data, (), [one.card for one in subjects]),
    )  # fmt: skip


def _best(prediction: Any) -> BestAnswers:
    """Labels and scores; of a task whose answers have none, the answer's words."""
    return BestAnswers(tuple(getattr(prediction, "labels", (str(prediction),))), tuple(getattr(prediction, "scores", (1.0,))))


def _loose(images: Any) -> list[Any] | None:
    """Picture files of which nobody says what they show; None where ``images`` is a dataset or a split."""
    if isinstance(images, (list, tuple)) and not isinstance(images, Split):
        if not images or not all(isinstance(one, (str, os.PathLike)) for one in images):
            raise BadArgument(name="images", value=shorten(images), wanted=t("accuracy.wanted_images"))
        if len(images) > 1 or Path(images[0]).suffix.lower() in IMAGE_SUFFIXES:
            return list(images)
        images = images[0]
    if not isinstance(images, (str, os.PathLike)):
        return None
    path = Path(images).expanduser()
    if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file():
        return [path]
    if not path.is_dir() or any(one.is_dir() or one.suffix in (".txt", ".json", ".csv") for one in path.iterdir()):
        return None
    return sorted(one for one in path.iterdir() if one.suffix.lower() in IMAGE_SUFFIXES) or None


def _unlabelled(samples: Sequence[Any], card: ModelCard) -> Split:
    pictures = tuple(Sample(one.path, None, one.cache) for one in samples)
    return Split("test", pictures, card.classes, pictures[0].path.parent.name, pictures[0].path.parent, card.class_names, task=card.task)
