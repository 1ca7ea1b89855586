"""What ``compare_accuracy`` found: each picture's best answers of every model, and how far the models are apart on all of them."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edukit.comparison.results import Measured
from edukit.core import html
from edukit.core.formatting import percent, score, text_table
from edukit.core.i18n import language, t
from edukit.core.packages import imported
from edukit.core.results import Result
from edukit.tasks import Task, find_task

AT_ONCE, MOST_SHOWN = 5, 40  # pictures on a page, and those that unfold
MOST_LISTED = 12  # in a terminal


@dataclass(frozen=True)
class BestAnswers(Result):
    """A model's likeliest labels for a picture, best first, with their probabilities 0..1."""

    labels: tuple[str, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class PictureAnswers(Result):
    """What every model says of one picture.

    Args:
        path: The picture.
        label: What it really shows; empty where nobody knows.
        answers: In the order of the models.
        same: For each model whether its answer is the first model's.
        max_difference: The largest difference of any number of an answer from the first model's.
    """

    path: Path
    label: str = ""
    answers: tuple[BestAnswers, ...]
    same: tuple[bool, ...]
    max_difference: float

    @property
    def differs(self) -> bool:
        """Whether any model gives another answer than the first."""
        return not all(self.same)


@dataclass(frozen=True)
class Gap(Result):
    """By how much ``figure`` is higher for ``model`` than for the first model, with the 95 % interval of a paired bootstrap over the pictures."""

    model: Path
    figure: str
    difference: float
    interval: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class AccuracyComparison(Result):
    """The same pictures through every model.

    Args:
        models: Their figures, the first being what the others are held against.
        gaps: Of every later model and figure; none where nobody knows what the pictures show.
        pictures: Those first to which a model gives another answer, then by how far the numbers are apart.
        names: Names of the labels for people, by language.
        warnings: What makes the figures worth less.
    """

    models: tuple[Measured, ...]
    gaps: tuple[Gap, ...] = ()
    pictures: tuple[PictureAnswers, ...] = ()
    names: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def task(self) -> Task:
        """What the models do."""
        return find_task(self.models[0].task)

    @property
    def differing(self) -> tuple[PictureAnswers, ...]:
        """The pictures to which a model gives another answer than the first."""
        return tuple(one for one in self.pictures if one.differs)

    def gap(self, model: Measured, figure: str) -> Gap | None:
        """The difference of one figure; None for the first model."""
        return next((one for one in self.gaps if one.model == model.path and one.figure == figure), None)

    def shown(self, label: str) -> str:
        """A label's name for people."""
        return self.names.get(language(), {}).get(label) or label

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Heads and rows: a model each."""
        task, many = self.task, len(self.models) > 1
        figures = [name for name in task.compared if task.short_name(name) and isinstance(self.models[0].figures.get(name), float)]
        heads = [t("comparison.model"), *(head for name in figures for head in (task.short_name(name), *[t("accuracy.gap")] * many))]
        return [*heads, *[t("accuracy.same"), t("accuracy.difference")] * many], [self._row(model, figures) for model in self.models]

    def _row(self, model: Measured, figures: list[str]) -> list[str]:
        cells, many, later = [model.name], len(self.models) > 1, model is not self.models[0]
        for name in figures:
            gap = self.gap(model, name)
            cells += [score(model.figures[name], model.count), *[_gap_text(gap) if gap else "–"] * many]
        same = [score(model.figures["agreement"], model.count), f"{model.figures['max_difference']:.1e}"] if later else ["–", "–"]
        return [*cells, *same * many]

    def sentence(self) -> str:
        """The answer: how many pictures get another one."""
        count, differing = len(self.pictures), len(self.differing)
        if len(self.models) == 1:
            return t("accuracy.alone", count=count)
        return t("accuracy.differing" if differing else "accuracy.none", count=count, differing=differing, first=self.models[0].name)

    def html(self) -> str:
        """The answer, the table, and the pictures, those that differ first."""
        heads, rows = self.table()
        return html.answer(self.sentence()) + html.table(heads, rows) + html.warnings(self.warnings) + self._pictures()

    def _pictures(self) -> str:
        first, rest = self.pictures[:AT_ONCE], self.pictures[AT_ONCE:MOST_SHOWN]
        summary = html.tag("summary", t("accuracy.some", shown=len(first) + len(rest), count=len(self.pictures)))
        return self._rows(first) + (f"<details>{summary}{self._rows(rest)}</details>" if rest else "")

    def _rows(self, pictures: Sequence[PictureAnswers]) -> str:
        top = "".join(html.tag("th", head) for head in (t("accuracy.picture"), *(model.name for model in self.models)))
        rows = [
            f"<tr><td>{html.thumb(one.path, self.shown(one.label), side=96)}<br>{html.tag('b', self.shown(one.label))}</td>{''.join(self._cells(one))}</tr>"
            for one in pictures
        ]
        return html.scrolling(f"<table class='ek-table'><thead><tr>{top}</tr></thead><tbody>{''.join(rows)}</tbody></table>")

    def _cells(self, one: PictureAnswers) -> Iterator[str]:
        for place, found in enumerate(one.answers):
            lines = [html.esc(f"{self.shown(label)} {percent(share)}") for label, share in zip(found.labels, found.scores)]
            lines[0] = f"<b>{_sign(one, found)}{lines[0]}</b>"
            apart = "" if not place or one.same[place] else f"<br>{html.tag('span', t('accuracy.other'), 'ek-pill warn')}"
            yield f"<td>{'<br>'.join(lines)}{apart}</td>"

    def to_frame(self) -> Any:
        """A pandas table, one row a picture and model. Raises ``PackageMissing`` without pandas."""
        rows = [
            {"picture": str(one.path), "label": one.label, "model": model.name, "answer": found.labels[0], "score": found.scores[0], "same": same}
            for one in self.pictures for model, found, same in zip(self.models, one.answers, one.same)
        ]  # fmt: skip
        return imported("pandas").DataFrame(rows)

    def __str__(self) -> str:
        lines = [self.sentence(), text_table(*self.table()), *self.warnings]
        for one in self.differing[:MOST_LISTED]:
            said = "; ".join(f"{model.name}: {self.shown(found.labels[0])} {percent(found.scores[0])}" for model, found in zip(self.models, one.answers))
            lines.append(f"{one.path}{f' ({self.shown(one.label)})' if one.label else ''}: {said}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return html.shown_alone(self.html())


def _gap_text(gap: Gap) -> str:
    return f"{100 * gap.difference:+.1f} [{100 * gap.interval[0]:+.1f}, {100 * gap.interval[1]:+.1f}]"


def _sign(one: PictureAnswers, found: BestAnswers) -> str:
    if not one.label:
        return ""
    return "<span class='ek-yes'>✓</span> " if found.labels[0] == one.label else "<span class='ek-no'>✗</span> "
