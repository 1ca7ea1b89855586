"""A comparison in words: one sentence with its number and its catch, then the table."""
from __future__ import annotations

import html
from dataclasses import dataclass

from edukit.comparison.kinds import ModelStyle, model_style
from edukit.comparison.results import Comparison, Measured, Ratio
from edukit.core.files import human_size
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
    """The first half of the answer: the fastest model (without speeds: the last) against the first one."""
    first = comparison.models[0]
    if len(comparison.models) == 1:
        return _alone(first)
    model = chosen(comparison)
    ratio = comparison.ratio_of(model)
    speed = _speed(model, first, ratio) if ratio else ""
    points = _points(model, first)
    if points is None:
        return t("comparison.speed_alone", speed=speed)
    key = "keeps" if abs(points) < 0.05 else "loses" if points < 0 else "gains"
    accuracy = t(f"comparison.{key}", points=f"{abs(points):.1f}", top1=percent(model.top1))
    if not speed:
        return t("comparison.accuracy_alone", model=model.name, first=first.name, accuracy=accuracy)
    return t("comparison.both", speed=speed, accuracy=accuracy)


def catch(comparison: Comparison) -> str:
    """The second half: how many pictures get another label, and whether the difference means anything."""
    if len(comparison.models) == 1 or comparison.models[0].top1 is None:
        return ""
    model = chosen(comparison)
    changed = len(comparison.changed_by(model))
    key = "comparison.changed_one" if changed == 1 else "comparison.changed" if changed else "comparison.unchanged"
    said = t(key, changed=changed, count=model.count)
    return _joined([said, t("comparison.chance", count=model.count)]) if _may_be_chance(model, comparison.models[0]) else said


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
        columns.append((t("comparison.top1"), [percent(model.top1) for model in comparison.models]))
    if first.latency_ms is not None:
        batch = comparison.environment.get("batch") or 1
        head = t("comparison.one_picture") if batch == 1 else t("comparison.one_batch", batch=batch)
        columns.append((head, [milliseconds(model.latency_ms.p50) if model.latency_ms else "–" for model in comparison.models]))
        columns.append((t("comparison.speed_up"), [_speed_up(comparison.ratio_of(model)) for model in comparison.models]))
    columns.append((t("comparison.file"), [human_size(model.size_bytes) for model in comparison.models]))
    if first.top1 is not None and len(comparison.models) > 1:
        agreements = [percent(model.agreement) for model in comparison.models[1:]]
        columns.append((t("comparison.same_label", first=first.name), ["–", *agreements]))
    looks = tuple(model_style(model.runtime, model.precision) for model in comparison.models)
    return Table(tuple(head for head, _ in columns), tuple(zip(*(cells for _, cells in columns))), looks)


def table_html(comparison: Comparison) -> str:
    """The table as HTML; its first column names the model and shows its marker."""
    found = table(comparison)
    heads = "".join(f'<th scope="col"{_number(place)}>{html.escape(head)}</th>' for place, head in enumerate(found.heads))
    rows = "".join(
        f'<tr><th scope="row"><span class="ek-mark" style="color:{look.paint}" aria-hidden="true">{look.sign}</span>{html.escape(row[0])}</th>'
        + "".join(f'<td class="n">{html.escape(cell)}</td>' for cell in row[1:]) + "</tr>"
        for row, look in zip(found.rows, found.looks)
    )
    return f"<table class=\"ek-table\"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def notebook_html(comparison: Comparison) -> str:
    """What a notebook shows: the sentence, the table, how it was measured, what to beware of."""
    warnings = "".join(f"<p><b>⚠</b> {html.escape(warning)}</p>" for warning in comparison.warnings)
    style = (
        ".ek-comparison table{font-variant-numeric:tabular-nums}.ek-comparison th,.ek-comparison td{text-align:left;padding:6px 12px}"
        ".ek-comparison .n{text-align:right}.ek-comparison .ek-mark{display:inline-block;width:1.3em}"
    )
    return (
        f'<div class="ek-comparison"><style>{style}</style><p><b>{html.escape(headline(comparison))}</b> {html.escape(catch(comparison))}</p>'
        f'<div style="overflow-x:auto">{table_html(comparison)}</div><p><small>{html.escape(conditions(comparison))}</small></p>{warnings}</div>'
    )


def percent(share: float | None) -> str:
    """A share 0..1 as ``"90.5%"``."""
    return "–" if share is None else f"{100 * share:.1f}%"


def milliseconds(value: float) -> str:
    """``"18.0 ms"``, with more digits below 1 and none above 100."""
    return f"{value:.2f} ms" if value < 1 else f"{value:.1f} ms" if value < 100 else f"{value:.0f} ms"


def times(ratio: float) -> str:
    """How many times: ``"5.8"``, ``"12"``, and ``"1.04"`` near 1."""
    return f"{ratio:.2f}" if ratio < 1.2 else f"{ratio:.1f}" if ratio < 10 else f"{ratio:.0f}"


def _alone(model: Measured) -> str:
    parts = []
    if model.top1 is not None:
        parts.append(t("comparison.alone_accuracy", model=model.name, top1=percent(model.top1), count=model.count))
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


def _points(model: Measured, first: Measured) -> float | None:
    return None if model.top1 is None or first.top1 is None else 100 * (model.top1 - first.top1)


def _speed_up(ratio: Ratio | None) -> str:
    return "1.0×" if ratio is None else f"{times(ratio.ratio)}× [{times(ratio.interval[0])}, {times(ratio.interval[1])}]"


def _number(place: int) -> str:
    return ' class="n"' if place else ""
