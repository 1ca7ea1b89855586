"""What was done to get a report's figures, so that somebody else can do it again."""
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from edukit.comparison.summary import conditions
from edukit.core.files import human_size
from edukit.core.i18n import t
from edukit.data.samples import read_card
from edukit.tasks import find_task

if TYPE_CHECKING:
    from edukit.data import Dataset
    from edukit.plots.report import Findings


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
