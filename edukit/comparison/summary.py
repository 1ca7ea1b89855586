"""A comparison in words: one sentence with its number and its catch, then the table."""
from __future__ import annotations

from typing import TYPE_CHECKING

from edukit.comparison.kinds import model_style
from edukit.comparison.tradeoffs import tradeoff
from edukit.core import html
from edukit.core.files import human_size
from edukit.core.formatting import milliseconds, score, sentences, times, times_within
from edukit.core.i18n import t
from edukit.tasks import find_task

if TYPE_CHECKING:
    from edukit.comparison.results import Comparison, Measured, Ratio


def sentence(comparison: Comparison) -> str:
    """The answer: how much faster, how much worse, and what to look at before deciding."""
    return sentences(headline(comparison), catch(comparison))


def headline(comparison: Comparison) -> str:
    """The first half of the answer: the fastest model (without speeds: the last) against the first one. A difference that may be chance is called so."""
    first = comparison.models[0]
    if len(comparison.models) == 1:
        return _alone(first)
    model = chosen(comparison)
    ratio = comparison.ratio_of(model)
    values = {"model": model.name, "first": first.name, "speed": _speed(model, first, ratio) if ratio else ""}
    if model.value is None or first.value is None:
        return t("comparison.speed_alone", **values)
    task = comparison.task
    if _may_be_chance(model, first):
        amounts = {"before": task.amount(first.value, first.count), "after": task.amount(model.value, model.count)}
        return task.say("both_chance" if ratio else "alone_chance", count=model.count, **amounts, **values)
    gain = task.best.gain(model.value, first.value)
    key = "keeps" if abs(gain) < task.best.visible else "loses" if gain < 0 else "gains"
    accuracy = task.say(key, points=task.best.points(gain), value=task.phrase(model.value, model.count))
    return t("comparison.both" if ratio else "comparison.accuracy_alone", accuracy=accuracy, **values)


def catch(comparison: Comparison) -> str:
    """The second half: how many pictures get another answer."""
    if len(comparison.models) == 1 or comparison.models[0].value is None:
        return ""
    model = chosen(comparison)
    changed = len(comparison.changed_by(model))
    key = "changed_one" if changed == 1 else "changed" if changed else "unchanged"
    return comparison.task.say(key, changed=changed, count=model.count)


def _may_be_chance(model: Measured, first: Measured) -> bool:
    """Whether the two differ in the deciding figure, but by less than so few pictures can tell."""
    if model.value == first.value or model.interval is None or first.interval is None:
        return False
    return model.interval[0] <= first.interval[1] and first.interval[0] <= model.interval[1]


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


def table(comparison: Comparison, *, runtimes: bool = False) -> tuple[list[str], list[tuple[str, ...]]]:
    """Heads and rows: a model each, only what was measured; with ``runtimes`` also what ran it."""
    first = comparison.models[0]
    columns: list[tuple[str, list[str]]] = [(t("comparison.model"), [model.name for model in comparison.models])]
    if runtimes:
        columns.append((t("comparison.runtime"), [model.runtime for model in comparison.models]))
    if first.value is not None:
        columns.append((comparison.task.say("column", count=first.count), [comparison.task.cell(model.value, model.count) for model in comparison.models]))
    if first.latency_ms is not None:
        batch = comparison.environment.get("batch") or 1
        head = t("comparison.one_picture") if batch == 1 else t("comparison.one_batch", batch=batch)
        columns.append((head, [milliseconds(model.latency_ms.p50) if model.latency_ms else "–" for model in comparison.models]))
        columns.append((t("comparison.per_second"), [f"{model.throughput:.3g}" if model.throughput else "–" for model in comparison.models]))
        columns.append((t("comparison.speed_up"), [_speed_up(comparison.ratio_of(model)) for model in comparison.models]))
    columns.append((t("comparison.file"), [human_size(model.size_bytes) for model in comparison.models]))
    if first.value is not None and len(comparison.models) > 1:
        agreements = [score(model.figures["agreement"], model.count) for model in comparison.models[1:]]
        columns.append((comparison.task.say("same", first=first.name), ["–", *agreements]))
    return [head for head, _ in columns], list(zip(*(cells for _, cells in columns)))


def table_html(comparison: Comparison) -> str:
    """The table as HTML; its first column names the model and shows its marker."""
    looks = [model_style(model.runtime, model.precision) for model in comparison.models]
    return html.table(*table(comparison), marks=[f"<span class='ek-mark' style='color:{look.paint}' aria-hidden='true'>{look.sign}</span>" for look in looks])


def comparison_html(comparison: Comparison, *, note: str = "") -> str:
    """The answer first, then the picture, then the table, what to beware of, and how it was measured; ``note`` stands before all of them."""
    pill = f"<p>{html.tag('span', note, 'ek-pill warn')}</p>" if note else ""
    said = html.answer(headline(comparison), catch(comparison))
    how = f"<p>{html.tag('small', conditions(comparison))}</p>"
    return f"{pill}{said}{tradeoff(comparison)}{table_html(comparison)}{html.warnings(comparison.warnings)}{how}"


def _alone(model: Measured) -> str:
    parts = []
    if model.value is not None:
        task = find_task(model.task)
        parts.append(task.say("alone", model=model.name, value=task.phrase(model.value, model.count)))
    if model.latency_ms is not None:
        parts.append(t("comparison.alone_speed", model=model.name, time=milliseconds(model.latency_ms.p50)))
    return sentences(*parts)


def _speed(model: Measured, first: Measured, ratio: Ratio) -> str:
    low, high = ratio.interval
    key = "same_speed" if low <= 1 <= high else "faster" if ratio.ratio > 1 else "slower"
    return t(f"comparison.{key}", model=model.name, first=first.name, times=times(max(ratio.ratio, 1 / ratio.ratio)))


def _speed_up(ratio: Ratio | None) -> str:
    return "1.0×" if ratio is None else times_within(ratio.ratio, ratio.interval)
