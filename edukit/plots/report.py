"""The report: one page with everything that a run found, which needs nothing but a browser."""
from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edukit.comparison.summary import conditions, sentence, table_html
from edukit.comparison.tradeoffs import tradeoff
from edukit.core.files import user_path, write_text
from edukit.core.formatting import percent, right_of, score
from edukit.core.html import facts_table, scrolling, shots, stats, table, tag, warnings
from edukit.core.i18n import language, t
from edukit.core.page import settle_page
from edukit.plots.charts import class_counts, confusion, file_sizes
from edukit.plots.facts import what_was_done
from edukit.plots.page import HALF, KIND, NARROW, Block, pair, report_page
from edukit.plots.pictures import picture_grid, wrong_pictures
from edukit.tasks import Evaluation, find_task, task_in
from edukit.tasks.classification_results import ClassEvaluation
from edukit.training.curves import training_curves

if TYPE_CHECKING:
    from edukit.comparison import Comparison
    from edukit.compression import Quantization
    from edukit.conversion import Conversion
    from edukit.data import Dataset
    from edukit.training import TrainResult

SHOWN, WRONG_SHOWN, CHANGED_SHOWN = 18, 12, 12
LEAST_EPOCHS, RISEN = 4, 1.1  # a loss that ends a tenth above its lowest has risen
FEW = 12  # classes whose matrix is readable in half of the page


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a report may tell; what is missing is left out."""

    comparison: Comparison
    dataset: Dataset | None = None
    training: TrainResult | None = None
    evaluation: Evaluation | None = None
    conversion: Conversion | None = None
    quantization: Quantization | None = None
    student: str = ""  # who made it


def write_report(path: str | os.PathLike[str], findings: Findings, *, overwrite: bool = False) -> Path:
    """Writes the findings as one page of HTML in the language in use; it asks the network for nothing.

    Args:
        path: Ends in ``.html``; an earlier report of ours there is replaced.
        findings: A comparison, and whatever else is known.
        overwrite: Replace also what is not a report of ours.

    Raises:
        BadSuffix, OutputExists, OutputNotWritable, DiskFull
    """
    target = user_path(path, output=True)
    settle_page(target, KIND, overwrite=overwrite)
    write_text(target, report_html(findings))
    return target


def report_html(findings: Findings) -> str:
    """The page as text."""
    blocks = [_answer(findings), *_training(findings), *_evaluation(findings), *_changed(findings), *_dataset(findings), _done(findings)]
    dataset = findings.dataset
    name = dataset.name if dataset else findings.comparison.models[0].path.name
    title = t("report.title_of", name=name, student=findings.student[:60]) if findings.student else t("report.title", name=name)
    pills = [t("report.pill", classes=len(dataset.classes), pictures=sum(len(split) for split in dataset.splits))] if dataset else []
    return report_page(title, pills, sentence(findings.comparison), blocks)


def _answer(findings: Findings) -> Block:
    comparison = findings.comparison
    first = comparison.models[0]
    hints = [conditions(comparison)]
    if first.interval:
        low, high = (comparison.task.best.text(edge, 0) for edge in first.interval)
        hints.insert(0, comparison.task.say("known_within", count=first.count, low=low, high=high, model=first.name))
    body = [
        pair(tradeoff(comparison), tag("h3", t("report.sizes")) + file_sizes(comparison, width=NARROW) + _sizes(comparison), css="pair wide-first"),
        table_html(comparison),
        *(tag("p", hint, "ek-hint") for hint in hints),
        warnings(comparison.warnings),
    ]
    gate = findings.conversion.gate if findings.conversion else None
    same = t("report.same_labels", count=gate.count) if gate and gate.agree == gate.count else ""
    return Block(t("report.compared"), body, pill=same)


def _training(findings: Findings) -> list[Block]:
    training = findings.training
    if training is None or not training.history:
        return []
    task = task_in(training.history[-1])
    best = task.best_row(training.history) or {}
    figures = stats([
        (task.say("best_validation"), task.best_cell(best), ""), (t("report.best_epoch"), str(best["epoch"]), ""),
        (t("report.epochs"), str(len(training.history)), ""), (t("report.training_time"), t("report.seconds", seconds=f"{training.seconds:.0f}"), ""),
    ])  # fmt: skip
    heads = {False: task.say("heading"), True: t("report.curve_loss")}
    curves = [tag("h3", head) + training_curves(training.history, loss=loss, kept=best, width=HALF) for loss, head in heads.items()]
    learnt = task.say("learnt", value=task.best_phrase(best), epoch=best["epoch"])
    said = [tag("p", sentence) for sentence in (learnt, overfitting(training.history)) if sentence]
    return [Block(t("report.training"), [figures, pair(*curves), *said])]


def _evaluation(findings: Findings) -> list[Block]:
    evaluation = findings.evaluation
    if evaluation is None:
        return []
    if not isinstance(evaluation, ClassEvaluation):
        return [Block(find_task(evaluation.task).say("heading"), [tag("p", str(evaluation), "ek-answer")])]
    names = findings.dataset.class_names if findings.dataset else {}
    right = t("report.right", right=right_of(evaluation.count - len(evaluation.wrong), evaluation.count))
    local = names.get(language(), {})
    beside = len(evaluation.classes) <= FEW
    matrix, figures = confusion(evaluation, class_names=names), _per_class(evaluation, local)
    beware = warnings(sentence for sentence in evaluation.warnings if sentence not in findings.comparison.warnings)
    body = [tag("p", right, "ek-answer"), *_most_confused(evaluation, local), beware, *([pair(matrix, figures)] if beside else [matrix, figures])]
    return [Block(t("report.confusion"), body), _wrong(evaluation, names)]


def overfitting(history: Sequence[Mapping[str, Any]]) -> str:
    """What the two curves of the loss say about learning by heart, in one sentence; empty where they are too short or not measured."""
    rows = [row for row in history if isinstance(row.get("val_loss"), (int, float)) and isinstance(row.get("train_loss"), (int, float))]
    if len(rows) < LEAST_EPOCHS:
        return ""
    lowest, last = min(rows, key=lambda row: float(row["val_loss"])), rows[-1]
    values = {"epoch": lowest["epoch"], "low": f"{lowest['val_loss']:.2f}", "last": f"{last['val_loss']:.2f}"}
    if last["val_loss"] > RISEN * lowest["val_loss"] and last["train_loss"] < lowest["train_loss"]:
        return t("report.overfitting", **values)
    return t("report.no_overfitting", **values)


def _most_confused(evaluation: ClassEvaluation, names: Mapping[str, str]) -> list[str]:
    pairs = [
        (count, evaluation.classes[row], evaluation.classes[column])
        for row, counts in enumerate(evaluation.confusion) for column, count in enumerate(counts) if row != column and count
    ]  # fmt: skip
    if not pairs:
        return []
    count, label, taken = max(pairs, key=lambda one: one[0])
    return [tag("p", t("report.most_confused", count=count, label=names.get(label) or label, taken=names.get(taken) or taken))]


def _sizes(comparison: Comparison) -> str:
    first, last = comparison.models[0], comparison.models[-1]
    return tag("p", t("report.smaller", first=first.name, last=last.name, times=f"{first.size_bytes / max(1, last.size_bytes):.1f}"))


def _wrong(evaluation: ClassEvaluation, names: Mapping[str, Mapping[str, str]]) -> Block:
    if not evaluation.wrong:
        return Block(t("report.wrong"), [tag("p", t("report.nothing_wrong"))])
    hint = t("report.wrong_hint", shown=min(WRONG_SHOWN, len(evaluation.wrong)), wrong=len(evaluation.wrong))
    return Block(t("report.wrong"), [tag("p", hint, "ek-hint"), wrong_pictures(evaluation, count=WRONG_SHOWN, class_names=names)])


def _per_class(evaluation: ClassEvaluation, names: Mapping[str, str]) -> str:
    rows = [
        (names.get(label) or label, row["count"], row["correct"], score(row["recall"], int(row["count"] or 0)), percent(row["precision"]))
        for label, row in evaluation.per_class.items()
    ]
    return table(t("report.per_class").split("|"), rows, css="tall")


def _changed(findings: Findings) -> list[Block]:
    changed = findings.comparison.changed[:CHANGED_SHOWN]
    if not changed:
        return []
    names = findings.dataset.class_names.get(language(), {}) if findings.dataset else {}
    models = {model.path: model.name for model in findings.comparison.models}
    pictures = [
        (one.path, t("report.was", label=names.get(one.first) or one.first), t("report.now", label=names.get(one.other) or one.other, model=models[one.model]))
        for one in changed
    ]  # fmt: skip
    return [Block(t("report.changed"), [tag("p", t("report.changed_hint", first=findings.comparison.models[0].name), "ek-hint"), shots(pictures)])]


def _dataset(findings: Findings) -> list[Block]:
    dataset = findings.dataset
    if dataset is None:
        return []
    split = dataset.train if len(dataset.train) else dataset.splits[0]
    notes = [tag("p", note, "ek-hint") for note in dataset.notes]
    return [Block(t("report.dataset"), [class_counts(dataset) if dataset.classes else "", picture_grid(split, count=SHOWN), *notes], pill=dataset.name)]


def _done(findings: Findings) -> Block:
    return Block(t("report.done"), [scrolling(facts_table(what_was_done(findings), "facts"))])
