"""The report: one page with everything that a run found, which needs nothing but a browser."""
from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edukit.comparison.summary import conditions, sentence, table_html
from edukit.comparison.tradeoffs import tradeoff
from edukit.core.files import human_size, user_path, write_text
from edukit.core.formatting import right_of
from edukit.core.html import facts_table, scrolling, shots, stats, table, tag, warnings
from edukit.core.i18n import language, t
from edukit.core.page import settle_page
from edukit.data.samples import read_card
from edukit.plots.charts import class_counts, confusion, file_sizes, picture_grid, wrong_pictures
from edukit.plots.page import HALF, KIND, NARROW, card, pair, report_page
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

    @property
    def names(self) -> Mapping[str, Mapping[str, str]]:
        """Names of the labels for people: language to label to name."""
        return self.dataset.class_names if self.dataset else {}

    def shown(self, label: str) -> str:
        """A label's name in the language in use."""
        return self.names.get(language(), {}).get(label) or label


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
    dataset = findings.dataset
    name = dataset.name if dataset else findings.comparison.models[0].path.name
    title = t("report.title_of", name=name, student=findings.student[:60]) if findings.student else t("report.title", name=name)
    pills = [t("report.pill", classes=len(dataset.classes), pictures=sum(len(split) for split in dataset.splits))] if dataset else []
    parts = (_answer, _training, _evaluation, _wrong, _changed, _dataset, _done)
    return report_page(title, pills, sentence(findings.comparison), [part(findings) for part in parts])


def _answer(findings: Findings) -> str:
    comparison = findings.comparison
    first, last = comparison.models[0], comparison.models[-1]
    hints = [conditions(comparison)]
    if first.interval:
        low, high = (comparison.task.best.text(edge, 0) for edge in first.interval)
        hints.insert(0, comparison.task.say("known_within", count=first.count, low=low, high=high, model=first.name))
    smaller = t("report.smaller", first=first.name, last=last.name, times=f"{first.size_bytes / max(1, last.size_bytes):.1f}")
    sizes = tag("h3", t("report.sizes")) + file_sizes(comparison, width=NARROW) + tag("p", smaller)
    gate = findings.conversion.gate if findings.conversion else None
    same = t("report.same_labels", count=gate.count) if gate and gate.agree == gate.count else ""
    return card(
        t("report.compared"), pair(tradeoff(comparison), sizes, css="pair wide-first"), table_html(comparison),
        *(tag("p", hint, "ek-hint") for hint in hints), warnings(comparison.warnings), pill=same,
    )  # fmt: skip


def _training(findings: Findings) -> str:
    training = findings.training
    if training is None or not training.history:
        return ""
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
    return card(t("report.training"), figures, pair(*curves), *said)


def _evaluation(findings: Findings) -> str:
    evaluation = findings.evaluation
    if not isinstance(evaluation, ClassEvaluation):
        return card(find_task(evaluation.task).say("heading"), tag("p", str(evaluation), "ek-answer")) if evaluation else ""
    right = t("report.right", right=right_of(evaluation.count - len(evaluation.wrong), evaluation.count))
    parts = [confusion(evaluation, class_names=findings.names), table(*evaluation.table(findings.shown), css="tall")]
    beware = warnings(sentence for sentence in evaluation.warnings if sentence not in findings.comparison.warnings)
    body = [pair(*parts)] if len(evaluation.classes) <= FEW else parts
    return card(t("report.confusion"), tag("p", right, "ek-answer"), _most_confused(evaluation, findings), beware, *body)


def overfitting(history: Sequence[Mapping[str, Any]]) -> str:
    """What the two curves of the loss say about learning by heart, in one sentence; empty where they are too short or not measured."""
    rows = [row for row in history if isinstance(row.get("val_loss"), (int, float)) and isinstance(row.get("train_loss"), (int, float))]
    if len(rows) < LEAST_EPOCHS:
        return ""
    lowest, last = min(rows, key=lambda row: float(row["val_loss"])), rows[-1]
    values = {"epoch": lowest["epoch"], "low": f"{lowest['val_loss']:.2f}", "last": f"{last['val_loss']:.2f}"}
    risen = last["val_loss"] > RISEN * lowest["val_loss"] and last["train_loss"] < lowest["train_loss"]
    return t("report.overfitting" if risen else "report.no_overfitting", **values)


def _most_confused(evaluation: ClassEvaluation, findings: Findings) -> str:
    mistakes = Counter((one.label, one.predicted) for one in evaluation.wrong).most_common(1)
    return "".join(
        tag("p", t("report.most_confused", count=count, label=findings.shown(label), taken=findings.shown(taken))) for (label, taken), count in mistakes
    )


def _wrong(findings: Findings) -> str:
    evaluation = findings.evaluation
    if not isinstance(evaluation, ClassEvaluation):
        return ""
    if not evaluation.wrong:
        return card(t("report.wrong"), tag("p", t("report.nothing_wrong")))
    hint = t("report.wrong_hint", shown=min(WRONG_SHOWN, len(evaluation.wrong)), wrong=len(evaluation.wrong))
    return card(t("report.wrong"), tag("p", hint, "ek-hint"), wrong_pictures(evaluation, count=WRONG_SHOWN, class_names=findings.names))


def _changed(findings: Findings) -> str:
    changed, models = findings.comparison.changed[:CHANGED_SHOWN], {model.path: model.name for model in findings.comparison.models}
    pictures = [
        (one.path, t("report.was", label=findings.shown(one.first)), t("report.now", label=findings.shown(one.other), model=models[one.model]))
        for one in changed
    ]
    hint = t("report.changed_hint", first=findings.comparison.models[0].name)
    return card(t("report.changed"), tag("p", hint, "ek-hint"), shots(pictures)) if changed else ""


def _dataset(findings: Findings) -> str:
    dataset = findings.dataset
    if dataset is None:
        return ""
    split = dataset.train if len(dataset.train) else dataset.splits[0]
    notes = [tag("p", note, "ek-hint") for note in dataset.notes]
    counts = class_counts(dataset) if dataset.classes else ""
    return card(t("report.dataset"), counts, picture_grid(split, count=SHOWN), *notes, pill=dataset.name)


def _done(findings: Findings) -> str:
    return card(t("report.done"), scrolling(facts_table(what_was_done(findings), "facts")))


def what_was_done(findings: Findings) -> Iterator[tuple[str, str]]:
    """Pairs of a name and a text."""
    dataset, training, conversion, quantization = findings.dataset, findings.training, findings.conversion, findings.quantization
    if dataset:
        parts = " · ".join(f"{t(f'plots.split_{split.name}')} {len(split)}" for split in dataset.splits)
        yield t("report.dataset"), f"{dataset.name} · {parts} · {dataset.fingerprint[:12]}"
        yield from _origin(dataset)
    if training:
        yield t("report.network"), training.card.backbone
        yield t("report.settings"), _listed(training.card.made.get("options", {}))
        if training.card.notes:
            yield t("report.notes"), _listed(training.card.notes)
    if conversion:
        yield t("report.conversion"), f"opset {conversion.opset_version} · {conversion.gate}"
    if quantization:
        before, after = quantization.change
        text = find_task(quantization.task).say("change", before=before, after=after)
        yield t("report.quantization"), text
    comparison = findings.comparison
    yield t("report.measuring"), conditions(comparison)
    yield t("report.system"), str(comparison.environment.get("os", ""))
    yield t("report.versions"), _listed(comparison.environment.get("versions", {}))
    yield t("report.date"), str(comparison.environment.get("date", ""))
    for model in comparison.models:
        yield model.name, f"{model.path.name} · {human_size(model.size_bytes)}"


def _origin(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Where the pictures come from, as far as the dataset's own card says; a stranger's card may hold anything."""
    card = read_card(dataset.folder)
    if isinstance(card.get("license"), str):
        yield t("report.licence"), card["license"]
    sources = card.get("sources")
    if isinstance(sources, list) and sources:
        yield t("report.sources"), " · ".join(" ".join(map(str, one.values())) if isinstance(one, dict) else str(one) for one in sources)[:500]


def _listed(values: Any) -> str:
    return " · ".join(f"{name} {value}" for name, value in dict(values).items() if value not in (None, "", {}, []))
