"""The runs of a sweep as they are now: their jobs, one chart, a table."""
from __future__ import annotations

from collections.abc import Sequence

from edukit import jobs
from edukit.core.html import table, tag
from edukit.core.i18n import t
from edukit.core.line_chart import swatch
from edukit.jobs import Job
from edukit.widgets.artefacts import Run
from edukit.widgets.runs_view import curves
from edukit.widgets.settings import shown_value
from edukit.widgets.train_settings import train_settings
from edukit.widgets.work import Work

JOBS = "sweep_jobs"  # in choices.json: the runs of the newest sweep


def sweep_jobs(work: Work) -> list[Job]:
    """The jobs of the newest sweep, in their order."""
    names = work.recall(JOBS).get("runs") or []
    return [job for name in names if isinstance(name, str) and (job := jobs.find(work.folder / "jobs" / name))]


def sweep_html(work: Work, found: Sequence[Job]) -> str:
    """What each run of a sweep reached so far: curves and a table."""
    vary = str(work.recall(JOBS).get("vary", "lr"))
    setting = next((one for one in train_settings(work) if one.name == vary), None)
    runs = [Run(work.folder / job.folder.name) for job in found]
    rows = []
    for job, run in zip(found, runs):
        state = t(f"widgets.sweep.{job.state}", place=job.place, epoch=len(run.history), epochs=job.arguments.get("epochs"))
        rows.append((shown_value(setting, job.arguments.get(vary)), state, run.best_text))
    alt = t("widgets.sweep.alt", setting=setting.label if setting else vary)
    chart, lines = curves(runs, alt)
    heads = [setting.label if setting else vary, t("widgets.sweep.state"), t("runs.value")]
    return tag("p", alt) + chart + table(heads, rows, marks=[swatch(line) + " " for line in lines])
