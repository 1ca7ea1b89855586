"""Measuring a model on pictures that it has not seen."""
from __future__ import annotations

import os
from dataclasses import replace
from typing import Annotated, Any

from edukit.core.card import ModelCard
from edukit.core.errors import EdukitError
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import user_path, write_text
from edukit.core.i18n import language, t
from edukit.core.page import settle_page
from edukit.core.parameters import Between, Metavar, OneOf, verb
from edukit.data.dataset import SPLITS, Split
from edukit.data.statistics import departure_warnings
from edukit.evaluation.probes import CHANGES
from edukit.models.inputs import DataLike, ModelLike, loaded_or_file, predictor_of, split_of
from edukit.runtime.predictor import Predictor
from edukit.tasks import Evaluation
from edukit.tasks.classification_results import ClassEvaluation

REASONS = 6  # mistakes that a report explains


@verb
def evaluate(
    model: ModelLike,
    data: DataLike,
    *,
    split: Annotated[str, OneOf(*SPLITS)] = "test",
    report: Annotated[str | os.PathLike[str] | None, Metavar("FILE.html")] = None,
    reasons: Annotated[int | None, Between(0, 100)] = None,
    change: Annotated[str, OneOf("none", *CHANGES)] = "none",
    batch_size: Annotated[int, Between(1, 4096)] = 16,
    skip_bad: bool = False,
    threads: Annotated[int | None, Between(1, 1024)] = None,
    overwrite: bool = False,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> Evaluation:
    """Measures a model on every picture of a split.

    Args:
        model: A model file, a result that has one, or a loaded model of any runtime.
        data: The pictures; a classifier's classes must be the same, in any order.
        split: Which split of ``data``, unless it is one.
        report: Write a page there: matrix, mistakes, how sure the model is, what saying "I don't know" costs.
        reasons: For how many of the surest mistakes to find where the network looked and which training pictures look alike; needs a checkpoint. By default
            6 for a report. Where a number (0 too) or a report is given, a temperature is fitted on the validation pictures.
        change: What every picture is changed in first, to probe what the model looks at: the background (``"black"``, ``"red"``, ``"noise"``, ``"stripes"``) or
            the skin tone of emoji faces (``"light"`` to ``"dark"``).
        batch_size: How many pictures are computed at once.
        skip_bad: Go on without bad pictures.
        threads: Of the runtime; by default its own choice.
        overwrite: Replace a file at ``report`` that is no report of ours.
        on_event: Told the progress, in pictures.
        should_stop: Asked before each batch.

    Raises:
        ClassesDiffer: The model knows other classes than the dataset has.
        TooFewPictures: The split is empty.
        BadArgument, BadDataset, SplitMissing, NotFinite, Stopped, and what loading a model raises
        BadSuffix, OutputExists, OutputNotWritable: Nothing can be written at ``report``; told before any work.

    Example:
        >>> evaluate("emoji-int8.onnx", dataset.test).count
        91
    """
    page = None if report is None else user_path(report, output=True)
    if page is not None:
        from edukit.evaluation.report_page import KIND, report_html

        settle_page(page, KIND, overwrite=overwrite)
    opened = loaded_or_file(model)
    pictures = split_of(data, split, skip_bad=skip_bad, on_event=on_event, should_stop=should_stop)
    predictor = predictor_of(opened, threads=threads)
    task, card = predictor.task, predictor.card
    task.check_data(card, pictures, predictor.path)
    targets = task.targets(pictures.samples, card.classes)
    shown = [CHANGES[change](sample.image()) for sample in pictures] if change in CHANGES else tuple(pictures)
    answers = predictor.predict_answers(shown, batch_size=batch_size, on_event=on_event, should_stop=should_stop)
    found = task.evaluation(
        answers, targets, pictures.samples, card.classes, count=len(pictures), warnings=_warnings(pictures, card), model=str(predictor.path),
        dataset=pictures.dataset_name, split=pictures.name, task=task.name,
        trained_on=str(card.dataset.get("name") or ""),
    )  # fmt: skip
    if isinstance(found, ClassEvaluation) and (page is not None or reasons is not None):
        reporter = Reporter(on_event, should_stop)
        found = _calibrated(found, predictor, answers, pictures, data, reporter)
        wanted = 0 if change in CHANGES else REASONS if reasons is None else reasons  # reasons are found in the pictures as they are
        if wanted and (reasons or hasattr(predictor, "network")):
            found = _explained(found, predictor, pictures, data, wanted, reporter)
    if page is not None:
        names = pictures.class_names.get(language(), {})
        write_text(page, report_html(found, lambda label: names.get(label) or label))
        Reporter(on_event).message(t("evaluation.written", path=page))
    return found


def _calibrated(found: ClassEvaluation, predictor: Predictor, answers: Any, pictures: Split, data: DataLike, reporter: Reporter) -> ClassEvaluation:
    """The evaluation with the temperature that the validation pictures ask for; as it is where there are none."""
    from edukit.evaluation.calibration import fit_temperature, scale

    known, rows = _part(data, "validation", pictures), answers
    if known is None:
        return found
    if known is not pictures:
        rows = predictor.predict_answers(tuple(known), should_stop=reporter.should_stop)
    temperature = fit_temperature(rows, predictor.task.targets(known.samples, predictor.card.classes))
    scaled = scale(answers, temperature).max(axis=1)
    return replace(found, temperature=temperature, pictures=tuple(replace(one, scaled=float(score)) for one, score in zip(found.pictures, scaled)))


def _explained(found: ClassEvaluation, predictor: Predictor, pictures: Split, data: DataLike, count: int, reporter: Reporter) -> ClassEvaluation:
    """The evaluation with reasons for its surest mistakes."""
    from edukit.evaluation.reasons import reasons_for

    training = _part(data, "train", pictures)
    wrong = [one.path for one in found.wrong[:count]]
    return replace(found, reasons=reasons_for(predictor, wrong, () if training is None else training.samples, reporter))


def _part(data: DataLike, name: str, pictures: Split) -> Split | None:
    """Another split of the same data: ``pictures`` itself where it is that one, None where there is none."""
    if pictures.name == name:
        return pictures
    try:
        return None if isinstance(data, Split) else split_of(data, name, skip_bad=True)
    except EdukitError:  # the set lacks it, or it is damaged: what was measured stands without it
        return None


def _warnings(split: Split, card: ModelCard) -> tuple[str, ...]:
    found = [*split.warnings, *departure_warnings(card, split.samples)]
    if split.name == "train":
        found.append(t("evaluation.on_training"))
    if len(split) < 10 * len(split.classes):
        found.append(t("evaluation.few", count=len(split)))
    return tuple(found)
