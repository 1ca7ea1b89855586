"""A comparison in words: one sentence with its number and its catch, then the table."""
from __future__ import annotations

from dataclasses import dataclass

from edukit.comparison.kinds import ModelStyle, model_style
from edukit.comparison.results import Comparison, Measured, Ratio
from edukit.comparison.tradeoffs import tradeoff
from edukit.core import html
from edukit.core.files import human_size
from edukit.core.formatting import milliseconds, right_of, score, times
from edukit.core.i18n import t


@dataclass(frozen=True)
class Table:
    """Texts in columns; the first column names the model, whose looks are beside it."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    looks: tuple[ModelStyle, ...]


def sentence(comparison: Comparison) -> str:
    """The answer: how much faster, how much worse, and what to look at before deciding."""
    return _joined([headline(comparison), catch(comparison)])


def headline(comparison: Comparison) -> str:
    """The first half of the answer: the fastest model (without speeds: the last) against the first one. A difference that may be chance is called so."""
    first = comparison.models[0]
    if len(comparison.models) == 1:
        return _alone(first)
    model = chosen(comparison)
    ratio = comparison.ratio_of(model)
    told = {"model": model.name, "first": first.name, "speed": _speed(model, first, ratio) if ratio else ""}
    if model.top1 is None or first.top1 is None:
        return t("comparison.speed_alone", **told)
    form = "both" if ratio else "alone"
    if _may_be_chance(model, first):
        return t(f"comparison.{form}_chance", count=model.count, before=_right(first), after=_right(model), **told)
    points = 100 * (model.top1 - first.top1)
    key = "keeps" if abs(points) < 0.05 else "loses" if points < 0 else "gains"
    accuracy = t(f"comparison.{key}", points=f"{abs(points):.1f}", right=right_of(_right(model), model.count))
    return t("comparison.both" if ratio else "comparison.accuracy_alone", accuracy=accuracy, **told)


def catch(comparison: Comparison) -> str:
    """The second half: how many pictures get another label."""
    if len(comparison.models) == 1 or comparison.models[0].top1 is None:
        return ""
    model = chosen(comparison)
    changed = len(comparison.changed_by(model))
    key = "comparison.changed_one" if changed == 1 else "comparison.changed" if changed else "comparison.unchanged"
    return t(key, changed=changed, count=model.count)


def _right(model: Measured) -> int:
    return round((model.top1 or 0.0) * model.count)


def _may_be_chance(model: Measured, first: Measured) -> bool:
    """Whether the two differ in accuracy, but by less than so few pictures can tell."""
    if model.top1 == first.top1 or model.top1_interval is None or first.top1_interval is None:
        return False
    return model.top1_interval[0] <= first.top1_interval[1] and first.top1_interval[0] <= model.top1_interval[1]


def chosen(comparison: Comparison) -> Measured:
    """The model that the sentence speaks of: the fastest of the later ones; without speeds the last one."""
    if not comparison.ratios:
        return comparison.models[-1]
    return max(zip(comparison.ratios, comparison.models[1:]), key=lambda pair: pair[0].ratio)[1]


def conditions(comparison: Comparison) -> str:
    """How it was measured, in one line."""
    environment = comparison.environment
    if not environment.get("runs"):
        return t("comparison.conditions_accuracy", pictures=comparison.models[0].count)
    return t("comparison.conditions", threads=environment["threads"], runs=environment["runs"], batch=environment["batch"], cpu=environment["cpu"])


def table(comparison: Comparison) -> Table:
    """The figures, only those that were measured."""
    first = comparison.models[0]
    columns: list[tuple[str, list[str]]] = [(t("comparison.model"), [model.name for model in comparison.models])]
    if first.top1 is not None:
        columns.append((t("comparison.top1", count=first.count), [score(model.top1, model.count) for model in comparison.models]))
    if first.latency_ms is not None:
        batch = comparison.environment.get("batch") or 1
        head = t("comparison.one_picture") if batch == 1 else t("comparison.one_batch", batch=batch)
        columns.append((head, [milliseconds(model.latency_ms.p50) if model.latency_ms else "–" for model in comparison.models]))
        columns.append((t("comparison.speed_up"), [_speed_up(comparison.ratio_of(model)) for model in comparison.models]))
    columns.append((t("comparison.file"), [human_size(model.size_bytes) for model in comparison.models]))
    if first.top1 is not None and len(comparison.models) > 1:
        agreements = [score(model.agreement, model.count) for model in comparison.models[1:]]
        columns.append((t("comparison.same_label", first=first.name), ["–", *agreements]))
    looks = tuple(model_style(model.runtime, model.precision) for model in comparison.models)
    return Table(tuple(head for head, _ in columns), tuple(zip(*(cells for _, cells in columns))), looks)


def table_html(comparison: Comparison) -> str:
    """The table as HTML; its first column names the model and shows its marker."""
    found = table(comparison)
    marks = [f"<span class='ek-mark' style='color:{look.paint}' aria-hidden='true'>{look.sign}</span>" for look in found.looks]
    return html.table(found.heads, found.rows, marks=marks)


def comparison_html(comparison: Comparison, *, note: str = "") -> str:
    """The answer first, then the picture, then the table, what to beware of, and how it was measured; ``note`` stands before all of them."""
    pill = f"<p>{html.tag('span', note, 'ek-pill warn')}</p>" if note else ""
    said = html.answer(headline(comparison), catch(comparison))
    how = f"<p>{html.tag('small', conditions(comparison))}</p>"
    return f"{pill}{said}{tradeoff(comparison)}{table_html(comparison)}{html.warnings(comparison.warnings)}{how}"


def _alone(model: Measured) -> str:
    parts = []
    if model.top1 is not None:
        parts.append(t("comparison.alone_accuracy", model=model.name, right=right_of(_right(model), model.count)))
    if model.latency_ms is not None:
        parts.append(t("comparison.alone_speed", model=model.name, time=milliseconds(model.latency_ms.p50)))
    return _joined(parts)


def _joined(sentences: list[str]) -> str:
    said = [sentence for sentence in sentences if sentence]
    return t("comparison.sentences", first=said[0], second=said[1]) if len(said) > 1 else said[0]


def _speed(model: Measured, first: Measured, ratio: Ratio) -> str:
    low, high = ratio.interval
    if low <= 1 <= high:
        return t("comparison.same_speed", model=model.name, first=first.name)
    if ratio.ratio > 1:
        return t("comparison.faster", model=model.name, first=first.name, times=times(ratio.ratio))
    return t("comparison.slower", model=model.name, first=first.name, times=times(1 / ratio.ratio))


def _speed_up(ratio: Ratio | None) -> str:
    return "1.0×" if ratio is None else f"{times(ratio.ratio)}× [{times(ratio.interval[0])}, {times(ratio.interval[1])}]"
