"""An evaluation as one page of HTML, to be opened, printed and handed in."""
from __future__ import annotations

from pathlib import Path

from edukit.core.formatting import percent
from edukit.core.html import esc, stylesheet, table, tag, warnings
from edukit.core.i18n import t
from edukit.core.page import page_html
from edukit.evaluation.calibration import coverage_curve
from edukit.evaluation.showing import Shown, matrix_html, most_certain, pictures_html, reasons_html, reasons_of, sureness_html, worst
from edukit.evaluation.significance import f1_intervals
from edukit.tasks.classification_results import ClassEvaluation
from edukit.tasks.results import Evaluation

KIND = "evaluate"  # of page
MOST, EXPLAINED = 12, 6  # mistakes shown, and shown with their reasons
_CSS = """
body { max-width: 1000px; margin: 24px auto; padding: 0 16px } section { margin: 8px 0 } .ek-changed + h3 { margin-top: 16px }
.ek-changed { display: grid; grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); gap: 12px } .ek-changed figure { margin: 0; font-size: 14.5px }
.ek-changed img { width: 96px; height: 96px; object-fit: contain; display: block; background: #fff }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 24px }
@media print { body { margin: 0; max-width: none } section { break-inside: avoid } * { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
"""


def report_html(result: Evaluation, shown: Shown = str, more: str = "") -> str:
    """The whole page in the language in use, with ``more`` HTML at its end; it asks the network for nothing."""
    title = t("evaluation.report", model=Path(result.model).name, dataset=result.dataset)
    parts = [tag("h1", title), f"<p class='ek-answer'><b>{esc(result.summary())}</b></p>", warnings(result.warnings)]
    if isinstance(result, ClassEvaluation):
        parts += [_section("matrix", matrix_html(result, shown)), _section("per_class", _per_class(result, shown))]
        parts += [*_mistakes(result, shown), _sureness(result)]
    return page_html(title, f'<main class="ek-view"><div class="ek-body">{"".join(parts)}{more}</div></main>', kind=KIND, css=stylesheet("results") + _CSS)


def _section(name: str, *inside: str) -> str:
    return f"<section>{tag('h2', t(f'evaluation.{name}'))}{''.join(inside)}</section>"


def _per_class(result: ClassEvaluation, shown: Shown) -> str:
    heads, rows = result.table(shown)
    intervals = ("–".join(percent(edge, 0) for edge in ends) for ends in f1_intervals(result).values())
    return table([*heads, t("evaluation.f1_interval")], [[*row, ends] for row, ends in zip(rows, intervals)])


def _mistakes(result: ClassEvaluation, shown: Shown) -> list[str]:
    if not result.wrong:
        return [_section("worst", tag("p", t("evaluation.nothing_wrong")))]
    explained = "".join(
        tag("h3", t("evaluation.taken", label=shown(one.label), predicted=shown(one.predicted))) + reasons_html(why, shown)
        for one, why in reasons_of(result, most_certain(result))[:EXPLAINED]
    )
    parts = [_section("worst", tag("p", t("evaluation.worst_hint")), pictures_html(worst(result)[:MOST], shown))]
    parts.append(_section("certain", tag("p", t("evaluation.certain_hint")), pictures_html(most_certain(result)[:MOST], shown)))
    return [*parts, _section("reasons", tag("p", t("evaluation.reasons_hint")), explained)] if explained else parts


def _sureness(result: ClassEvaluation) -> str:
    better = next((one for one in coverage_curve(result) if one.kept_from_wrong > len(result.wrong) / 2), None)  # the first that avoids most mistakes
    return _section("sureness", f"<div class='charts'>{sureness_html(result, better)}</div>")
