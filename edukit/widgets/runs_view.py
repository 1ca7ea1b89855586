"""The runs of a lesson side by side: curves, a table, the best one named; they are chosen, renamed, moved to a bin, and their settings set again."""
from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from edukit.core.errors import EdukitError
from edukit.core.files import human_size, size_of
from edukit.core.formatting import clock
from edukit.core.html import answer, choice, empty, table, tag, warnings
from edukit.core.i18n import t
from edukit.core.line_chart import Line, line_chart, swatch
from edukit.data import load_dataset
from edukit.widgets.artefacts import TITLES, Run, record
from edukit.widgets.lesson_view import LessonView
from edukit.widgets.run_bin import binned, empty_bin, take_back, throw_away
from edukit.widgets.settings import Setting, settings_of, shown_value, values_of
from edukit.widgets.step_view import start_button
from edukit.widgets.train_settings import OLD

LONGEST_TITLE = 40
COLUMNS = ("backbone", "lr", "epochs")  # always shown; of the other settings those in which runs differ


class RunsView(LessonView):
    """Compare the trainings of a lesson.

    Example:
        >>> RunsView().kind
        'runs'
    """

    step, area = "runs", ""
    _sure = False  # whether "empty the bin" was pressed once

    def refresh(self) -> None:
        """Shows the runs that are on disk."""
        self.words = {**self.words, "more_settings": t("runs.more")}
        runs, chosen, thrown = self.work.runs, self.work.run, binned(self.work)
        best = best_run(runs, chosen)
        title = Setting(name="title", kind="text", label=t("runs.name"), hint=t("runs.name_hint"), rare=True)
        self.use((title,) if chosen else (), {"title": chosen.title if chosen else ""})
        self.pills = [{"text": t("runs.pill", count=len(runs), size=human_size(sum(size_of(run.folder) for run in runs)))}]
        actions = [start_button(t("runs.choose_best"), disabled=best is None or best == chosen)]
        actions += [{"name": name, "label": t(f"runs.{name}")} for name in ("settings", "bin") if chosen and (name == "bin" or chosen.options)]
        if thrown:
            size, word = human_size(sum(size_of(run.folder) for run in thrown)), "empty_sure" if self._sure else "empty"
            actions += [{"name": "back", "label": t("runs.back")}, {"name": "empty", "label": t(f"runs.{word}", count=len(thrown), size=size)}]
        self.actions = actions
        self.body = runs_html(runs, chosen, best, self._close(runs, best)) if runs else empty(t("runs.none", where=self.work.where("train")))

    def changed(self, name: str) -> None:
        """Gives the run in use another name; an empty one gives it its own name back."""
        if self.work.run:
            self.work.remember(TITLES, self.work.recall(TITLES) | {self.work.run.name: self.values["title"].strip()[:LONGEST_TITLE]})
            self.work.choose(self.work.run.name)

    def pressed(self, name: str, value: Any) -> None:
        """Chooses a run; sets its settings again; moves it to the bin; brings one back; empties the bin when that is pressed twice."""
        sure, self._sure, self.status = self._sure, False, ""
        chosen = self.work.run
        best = best_run(self.work.runs, chosen)
        if name in ("run", "start") and (value or best):
            self.work.choose(str(value or (best.name if best else "")))
        elif name == "settings" and chosen:
            saved, inputs = dict(chosen.options), record(record(chosen.log.get("made")).get("inputs"))
            self.work.remember("train", {**values_of(settings_of("train", saved=saved), saved), OLD: "checkpoint" in inputs})
            self.work.version += 1
            self.status = t("runs.restored", run=chosen.title, where=self.work.where("train"))
        elif name == "bin" and chosen:
            throw_away(self.work, chosen.name)
            self.status = t("runs.thrown", run=chosen.title)
        elif name == "back" and binned(self.work):
            self.status = t("runs.returned", run=Run(self.work.folder / take_back(self.work)).title)
        elif name == "empty":
            self._sure = not sure
            empty_bin(self.work) if sure else self.refresh()

    def _close(self, runs: Sequence[Run], best: Run | None) -> str:
        """Which run is less than two validation pictures behind the best: that is no difference."""
        count = 0
        with suppress(EdukitError):
            count = len(load_dataset(self.work.dataset).validation)
        if best is None or not count or not best.task.best.is_share:
            return ""
        near = [run.title for run in rivals(runs, best) if run != best and abs((run.best or 0) - (best.best or 0)) < 2 / count - 1e-9]
        return t("runs.close", runs=", ".join(near), count=count, points=f"{100 / count:.1f}") if near else ""


def rivals(runs: Sequence[Run], run: Run) -> list[Run]:
    """The runs with a figure that learnt the same from the same pictures as ``run``."""
    return [one for one in runs if one.best is not None and (one.task.name, one.log.get("dataset")) == (run.task.name, run.log.get("dataset"))]


def best_run(runs: Sequence[Run], chosen: Run | None) -> Run | None:
    """The best of the runs that can be held against the one in use; of equals the newest."""
    return max(rivals(runs, chosen) if chosen else [], key=lambda run: run.task.best.gain(run.best or 0.0, 0.0), default=None)


def runs_html(runs: Sequence[Run], chosen: Run | None, best: Run | None, close: str = "") -> str:
    """The best one in a sentence, the curves, the table."""
    said = t("runs.best", run=best.title, value=best.best_text) if best else t("runs.no_figure")
    chart, lines = curves(runs, said, chosen)
    marks = [swatch(line) + " " + choice("run", run.name, run.title, chosen=run == chosen) for line, run in zip(lines, runs)]
    names = [*COLUMNS, *differing(runs)]
    known = {one.name: one for one in settings_of("train")}
    heads = [t("widgets.run"), *(known[name].label if name in known else name for name in names), *map(t, ("runs.value", "widgets.train.took", "runs.size"))]
    rows = [["", *(_cell(run, name, known.get(name)) for name in names), *_figures(run, run == best)] for run in runs]
    note = warnings([t("runs.other_data")]) if len({run.log.get("dataset") for run in runs}) > 1 else ""
    title = tag("p", t("runs.chart", figure=(best or runs[0]).task.best.words))
    return answer(said, close) + title + chart + table(heads, rows, marks=marks, css="ek-runs-table") + note


def curves(runs: Sequence[Run], alt: str, chosen: Run | None = None) -> tuple[str, list[Line]]:
    """The deciding figure of each run over its epochs as one chart, and the lines for the table beside it."""
    lines = [Line(_points(run), look, strong=run == chosen) for look, run in enumerate(runs)]
    figure = runs[0].task.best
    levels = [share / 4 for share in range(5)] if figure.is_share else None
    return line_chart(lines, name=t("plots.epoch"), alt=alt, levels=levels, form=lambda value: figure.text(value, 0)), lines


def differing(runs: Sequence[Run]) -> list[str]:
    """The settings in which the runs are not alike, beyond the columns that are always there."""
    names = dict.fromkeys(name for run in runs for name in run.options if name not in COLUMNS)
    return [name for name in names if len({str(run.options[name]) for run in runs if name in run.options}) > 1]


def _points(run: Run) -> list[tuple[float, float]]:
    values = ((row.get("epoch"), run.task.best_value(row)) for row in run.history)
    return [(float(epoch), value) for epoch, value in values if isinstance(epoch, (int, float)) and value is not None]


def _cell(run: Run, name: str, setting: Setting | None) -> str:
    if name == "lr":
        return "–" if run.rate is None else f"{run.rate:g}"
    if name == "epochs":
        planned, done = run.options.get("epochs"), len(run.history)
        return str(done) if planned in (None, done) else f"{done} / {planned}"
    return shown_value(setting, run.options[name]) if name in run.options else "–"


def _figures(run: Run, best: bool) -> tuple[str, str, str]:
    seconds: Any = run.log.get("seconds")
    return ("★ " if best else "") + run.best_text, clock(seconds) if isinstance(seconds, (int, float)) else "–", human_size(size_of(run.folder))
