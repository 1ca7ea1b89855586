"""An evaluation drawn: pieces of HTML that the view and the report share."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from edukit.core.errors import EdukitError
from edukit.core.formatting import percent
from edukit.core.html import array_uri, esc, scrolling, tag, thumb
from edukit.core.i18n import language, t
from edukit.core.images import read_image, thumbnail
from edukit.core.line_chart import Line, line_chart
from edukit.core.preprocess import UInt8Image
from edukit.core.svg import Drawing
from edukit.data import sample_set
from edukit.evaluation.calibration import ThresholdCost, coverage_curve, reliability
from edukit.evaluation.probes import Grid
from edukit.tasks import Evaluation, find_task
from edukit.tasks.classification_results import AnsweredPicture, ClassEvaluation, Reasons

Shown = Callable[[str], str]  # a label to its name for people
MAX_SHOWN, SHOWN_OF_MANY = 60, 40  # classes of a matrix
SIDE, SHADES = 176, (0.12, 0.75)  # pixels of a picture; how strong the palest and the fullest cell of the matrix are
FIFTHS = [place / 5 for place in range(6)]
BLUE, ORANGE, DASHED = 0, 1, 11  # looks of lines
SHARES: dict[str, Any] = {"ticks": FIFTHS, "form": lambda share: percent(share, 0), "place_form": lambda share: percent(share, 0)}


class Cell(NamedTuple):
    """A cell of the matrix: pictures of the class ``label`` that were taken for ``predicted``."""

    label: str
    predicted: str


def matrix_html(result: ClassEvaluation, shown: Shown, *, clickable: bool = False, chosen: Cell | None = None) -> str:
    """The confusion matrix: rows are true classes, columns answers; with ``clickable`` each count is a button ``cell``, ``"row,column"``."""
    largest, kept = max(1, max(max(row) for row in result.confusion)), most_confused(result)
    top = "".join(tag("th", shown(result.classes[column])) for column in kept)
    rows = []
    for row in kept:
        cells = []
        for column in kept:
            count = result.confusion[row][column]
            strength = SHADES[0] + (SHADES[1] - SHADES[0]) * count / largest if count else 0
            paint = f"color-mix(in srgb, var(--ek-{'onnx' if row == column else 'torch'}) {100 * strength:.0f}%, transparent)"
            here, label, predicted = f"{row},{column}", shown(result.classes[row]), shown(result.classes[column])
            pressed = "true" if chosen == (result.classes[row], result.classes[column]) else "false"
            said = esc(cell_words(label, predicted, count))
            button = f"<button type='button' class='ek-pick' data-do='cell' data-value='{here}' aria-pressed='{pressed}' aria-label='{said}'>{count}</button>"
            cells.append(f"<td style='background:{paint}'>{button if clickable and count else count or ''}</td>")
        rows.append(f"<tr>{tag('th', shown(result.classes[row]))}{''.join(cells)}</tr>")
    head = f"<thead><tr><th>{esc(t('evaluation.true_by_answer'))}</th>{top}</tr></thead>"
    some = tag("small", t("plots.most_confused", shown=len(kept), classes=len(result.classes))) if len(kept) < len(result.classes) else ""
    return scrolling(f"<table class='ek-table ek-matrix'>{head}<tbody>{''.join(rows)}</tbody></table>") + some


def grid_html(grid: Grid) -> str:
    """Who drew what a model learnt from (rows), who drew what it was shown (columns); what is a model's own is set off. Empty without another's pictures."""
    columns = list(dict.fromkeys(name for row in grid.values() for name in row))
    if len(columns) < 2:
        return ""
    rows = []
    for row, cells in grid.items():
        shares = [f"<td class='n'{' aria-current=true' if column == row else ''}>{esc(_share_of(cells.get(column)))}</td>" for column in columns]
        rows.append(f"<tr>{tag('th', _title_of(row))}{''.join(shares)}</tr>")
    head = f"<thead><tr>{tag('th', t('evaluation.learnt_by_shown'))}{''.join(tag('th', _title_of(column), 'n') for column in columns)}</tr></thead>"
    body = scrolling(f"<table class='ek-table ek-grid'>{head}<tbody>{''.join(rows)}</tbody></table>")
    return tag("h3", t("evaluation.grid")) + tag("p", t("evaluation.grid_hint"), "ek-hint") + body


def _share_of(found: Evaluation | None) -> str:
    if found is None:
        return ""
    task = find_task(found.task)
    return task.cell(getattr(found, task.best.name), found.count)


def _title_of(name: str) -> str:
    known = sample_set(name)
    return known.title.get(language(), name) if known else name


def cell_words(label: str, predicted: str, count: int) -> str:
    """A cell in words."""
    return t("evaluation.cell_right" if label == predicted else "evaluation.cell", label=label, predicted=predicted, count=count)


def most_confused(result: ClassEvaluation) -> list[int]:
    """Places of the classes that a matrix shows: all, or of very many those with the most mistakes."""
    counts = np.array(result.confusion, np.int64).reshape(len(result.classes), -1)
    if len(counts) <= MAX_SHOWN:
        return list(range(len(counts)))
    mistakes = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diag(counts)
    return sorted(np.argsort(-mistakes, kind="stable")[:SHOWN_OF_MANY].tolist())


def worst(result: ClassEvaluation) -> list[AnsweredPicture]:
    """The mistakes whose true class got the lowest score, the worst first."""
    return sorted((one for one in result.pictures if not one.right), key=lambda one: one.truth)


def most_certain(result: ClassEvaluation) -> list[AnsweredPicture]:
    """The mistakes that the model was surest of, the surest first."""
    return sorted((one for one in result.pictures if not one.right), key=lambda one: -one.score)


def pictures_html(pictures: Iterable[AnsweredPicture], shown: Shown, *, below: Callable[[AnsweredPicture], str] = lambda one: "",
                  after: Callable[[AnsweredPicture], str] = lambda one: "") -> str:  # fmt: skip
    """Pictures with their class, the answer and how sure it was; ``below`` gives HTML under each, ``after`` what stands between it and the next."""
    figures = []
    for one in pictures:
        sign, css = ("✓", "ek-yes") if one.right else ("✗", "ek-no")
        said = f"<span class='{css}'>{sign}</span> {esc(t('evaluation.answered', predicted=shown(one.predicted), score=percent(one.score, 0)))}"
        label = shown(one.label)
        figures.append(f"<figure>{thumb(one.path, label, side=SIDE)}<figcaption><b>{esc(label)}</b><br>{said}{below(one)}</figcaption></figure>{after(one)}")
    return f"<div class='ek-changed'>{''.join(figures)}</div>"


def reasons_html(one: Reasons, shown: Shown) -> str:
    """Where the network looked, and the training pictures that look alike to it."""
    alike = "".join(
        f"<figure>{thumb(other.path, shown(other.label), side=SIDE)}<figcaption>{esc(shown(other.label))}</figcaption></figure>"
        for other in one.similar
    )
    try:
        heat = f"<img src='{array_uri(heated(one))}' alt='{esc(t('evaluation.looked'))}'>"
    except EdukitError as error:  # the picture is gone
        heat = tag("p", error.message)
    looked = f"<figure>{heat}<figcaption>{esc(t('evaluation.looked'))}</figcaption></figure>"
    return f"<div class='ek-changed'>{looked}{alike}</div>"


def heated(reasons: Reasons) -> UInt8Image:
    """The picture with its heat over it: what is warm spoke for the answer, what is grey did not. RGB."""
    import cv2

    picture = thumbnail(read_image(reasons.path), SIDE)
    heat = cv2.resize(np.array(reasons.heat, np.float32), picture.shape[1::-1], interpolation=cv2.INTER_CUBIC).clip(0, 1)[..., None]
    grey = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2) * 0.55 + 90
    warm = np.stack([np.full(heat.shape[:2], 255.0), 200 * (1 - heat[..., 0] * 0.8), 40 * (1 - heat[..., 0])], axis=-1)
    return np.asarray(np.clip(grey * (1 - 0.75 * heat) + warm * 0.75 * heat, 0, 255), np.uint8)


def reliability_chart(result: ClassEvaluation) -> Drawing:
    """How often the model is right (height) where it is so sure (right), as bars on the diagonal of a model that is as sure as it is right."""
    bars = [(one.low, one.high, one.accuracy, str(one.count)) for one in reliability(result).bins]
    mended = [(one.confidence, one.accuracy) for one in reliability(result, scaled=True).bins] if result.temperature is not None else []
    lines = [Line([(0, 0), (1, 1)], DASHED), Line(mended, ORANGE)]
    return line_chart(lines, name=t("evaluation.confidence"), alt=reliability_words(result), levels=FIFTHS, bars=bars, **SHARES)


def reliability_words(result: ClassEvaluation) -> str:
    """What the reliability chart says, in words."""
    found = reliability(result)
    values = {"confidence": percent(found.confidence, 0), "accuracy": percent(found.accuracy, 0), "error": f"{100 * found.error:.0f}"}
    gap = found.confidence - found.accuracy
    said = t("evaluation.oversure" if gap > 0.02 else "evaluation.undersure" if gap < -0.02 else "evaluation.calibrated", **values)
    if result.temperature is None:
        return said
    after = reliability(result, scaled=True).error
    return said + t("evaluation.temperature", temperature=f"{result.temperature:.2f}", error=f"{100 * after:.0f}")


def coverage_chart(result: ClassEvaluation, at: ThresholdCost | None = None) -> Drawing:
    """The share of right answers (height) where so many pictures are answered (right), and the threshold that is set now."""
    curve = [(one.coverage, one.accuracy) for one in coverage_curve(result) if one.accuracy is not None]
    levels = FIFTHS if any(accuracy < 0.5 for _, accuracy in curve) else [place / 10 for place in range(5, 11)]
    lines = [Line(curve, BLUE), Line([(at.coverage, at.accuracy)] if at and at.accuracy is not None else [], ORANGE, strong=True)]
    return line_chart(lines, name=t("evaluation.coverage"), alt=t("evaluation.coverage_alt"), levels=levels, **SHARES)


def sureness_html(result: ClassEvaluation, at: ThresholdCost | None) -> str:
    """What a threshold costs, and whether the model is as sure as it is right: each chart under its title, with a sentence."""
    charts = {
        "threshold": (str(at) if at else t("evaluation.no_threshold"), coverage_chart(result, at)),
        "reliability": (reliability_words(result), reliability_chart(result)),
    }
    return "".join(f"<div>{tag('h3', t(f'evaluation.{name}'))}{tag('p', words)}{chart}</div>" for name, (words, chart) in charts.items())


def reasons_of(result: ClassEvaluation, pictures: Sequence[AnsweredPicture]) -> list[tuple[AnsweredPicture, Reasons]]:
    """Those of the pictures whose reasons are known."""
    known = {one.path: one for one in result.reasons}
    return [(one, known[one.path]) for one in pictures if one.path in known]
