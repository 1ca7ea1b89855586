"""What the train view is made of: the figures and the curve of a training, while it goes on and when it has ended; and its code."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from edukit import jobs
from edukit.core.command_line import Code, code_of
from edukit.core.formatting import clock
from edukit.core.html import answer, choice, esc, stats, tag
from edukit.core.i18n import t
from edukit.jobs import Job
from edukit.tasks import count_in, task_in
from edukit.training import BatchCheck, RateSearch
from edukit.training.curves import training_curves
from edukit.training.probe_results import batch_chart, rate_chart, smoothed
from edukit.widgets.artefacts import Run
from edukit.widgets.lesson_view import code_on
from edukit.widgets.work import Work

LOOKS = {"learn-batch": "batch", "find-rate": "rate"}  # verbs of the quick looks before a training, and what their jobs' folders are called


def live_html(history: Sequence[Mapping[str, Any]], epochs: int, left: float, *, note: str = "") -> str:
    """Figures and curve while a network learns."""
    row = history[-1] if history else {}
    task = task_in(row)
    cells = [
        (task.say("validation"), task.best_cell(row, 0), pictures_in(row)),
        (t("widgets.train.epoch"), str(row.get("epoch", 0)), t("widgets.of", total=epochs)),
        (t("widgets.train.left"), clock(left) if left else "–", ""),
    ]  # fmt: skip
    return stats(cells) + training_curves(history, epochs=epochs) + (f"<p><small>{esc(note)}</small></p>" if note else "")


def trained_html(run: Run) -> str:
    """What a training reached."""
    history, task, log = run.history, run.task, run.log
    if not history:
        return tag("p", t("widgets.train.kept"))
    best = task.best_row(history) or {}
    seconds, planned = log.get("seconds"), log.get("epochs")
    cells = [
        (task.say("validation"), task.best_cell(best, 0), pictures_in(best)),
        (t("widgets.train.best_epoch"), str(best["epoch"]), t("widgets.of", total=len(history))),
        (t("widgets.train.took"), clock(seconds) if isinstance(seconds, (int, float)) else "–", ""),
    ]  # fmt: skip
    said = task.say("learnt", value=task.best_phrase(best), epoch=best["epoch"])
    if isinstance(planned, int) and planned > len(history):
        said += t("widgets.train.cut_short", done=len(history), planned=planned)
    return f"<p class='ek-answer'>{esc(said)}</p>" + stats(cells) + training_curves(history, kept=best)


def pictures_in(row: Mapping[str, Any]) -> str:
    """Of how many validation pictures an epoch's figure is; empty where nobody knows."""
    return t("widgets.train.pictures", count=count) if (count := count_in(row)) else ""


def note_on(run: Run, chosen: str) -> str:
    """What the figures of ``run`` must not be taken for, when it learnt from other data than the chosen."""
    learnt = run.log.get("dataset")
    if not learnt or learnt == chosen:
        return ""
    return f"<p><span class='ek-pill warn'>{esc(t('widgets.train.other_data', dataset=learnt))}</span></p>"


def runs_choice(work: Work) -> str:
    """The learner's runs, newest first, where there are several."""
    runs, in_use = work.runs, work.run
    buttons = "".join(choice("run", run.name, run.label, chosen=run == in_use) for run in runs)
    name = t("widgets.run")
    return f"<div class='ek-runs' role='group' aria-label='{esc(name)}'><b>{esc(name)}</b>{buttons}</div>" if len(runs) > 1 else ""


def look_live(job: Job) -> str:
    """The curve of a quick look that goes on."""
    steps = [event["values"] for event in job.events() if event.get("event") == "progress" and event.get("unit") == "step"]
    losses, said = [float(step["train_loss"]) for step in steps], t(f"widgets.train.{LOOKS[job.verb]}_look")
    if not losses:
        return tag("p", said)
    if job.verb == "find-rate":
        return tag("p", said) + rate_chart([float(step["lr"]) for step in steps], smoothed(losses), said)
    return tag("p", said) + batch_chart(losses, said)


def look_html(work: Work, backbone: str) -> str:
    """What the newest quick look told, while the same network and pictures are chosen and nothing was trained since."""
    found = [job for name in LOOKS.values() for job, told in islice(work.answers(name), 1) if "losses" in told]
    job = max(found, key=lambda one: one.began_ns, default=None)
    trained = max((one.began_ns for folder in work.jobs("train")[:1] if (one := jobs.find(folder))), default=0)
    if job is None or job.began_ns < trained or (job.arguments.get("dataset"), job.arguments.get("backbone")) != (work.dataset, backbone):
        return ""
    result = (RateSearch if job.verb == "find-rate" else BatchCheck).from_dict(job.answer)
    rate = result.suggestion if isinstance(result, RateSearch) else None
    take = choice("rate", f"{rate:g}", t("widgets.train.take_rate", rate=f"{rate:g}"), chosen=False) if rate else ""
    return f"<section class='ek-box ek-look'>{answer(str(result))}{result.chart() if result.losses else ''}{take}</section>"


def code(dataset: str, values: Mapping[str, Any]) -> str:
    """What the button does, in Python, with the present settings."""
    old = {"checkpoint": Code("model")} if "checkpoint" in values else {}  # as the lesson's code calls it
    call = code_of("train", {"dataset": Code("dataset"), **values, **old}, always=("backbone", "epochs"))
    return code_on(dataset, f"trained = {call}")
