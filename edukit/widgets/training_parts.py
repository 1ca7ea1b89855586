"""What the train view is made of: how it follows a training and the quick looks before it, and the figures and curves that it shows of them."""
from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from edukit import jobs
from edukit.core.formatting import clock
from edukit.core.html import answer, choice, esc, stats, tag
from edukit.core.i18n import t
from edukit.jobs import Job
from edukit.tasks import count_in, task_in
from edukit.training import BatchCheck, RateSearch
from edukit.training.curves import training_curves
from edukit.training.probe_results import batch_chart, rate_chart, smoothed
from edukit.widgets.artefacts import Run, epoch_rows
from edukit.widgets.step_view import StepView, seconds_left
from edukit.widgets.work import Work

LOOKS = {"learn-batch": "batch", "find-rate": "rate"}  # verbs of the quick looks before a training, and what their jobs' folders are called
PARTS = {"picture": (0.0, 0.1), "features": (0.1, 0.9), "epoch": (0.1, 1.0), "step": (0.1, 1.0)}  # of the bar, by kind of work
AFTER_FEATURES = (0.9, 1.0)
DOING = {"picture": "looking", "features": "describing", "step": "trying"}  # the texts that count a kind of work
REPLAY_SECONDS = 0.25


class TrainingSteps(StepView):
    """A view that watches networks learn."""

    step = "train"
    verbs = ("train", *LOOKS.values())
    _drawn = 0  # the last epoch that the curve shows
    _described = False  # whether features were computed before the epochs

    def progressed(self, job: Job) -> None:
        """Lets the curve grow, by one epoch at a time even if the epochs fly."""
        if job.verb in LOOKS:
            self.body = look_live(job)
            return
        # The log holds the epochs before a training was gone on with, and those that flew by faster than events are written.
        logged = Run(Path(job.arguments["out"])).logged if job.arguments.get("out") else []
        rows = {int(row["epoch"]): row for row in [*logged, *epoch_rows(job.events())]}
        progress = job.progress or {}
        epochs = int(progress["total"]) if progress.get("unit") == "epoch" else int(job.arguments.get("epochs") or len(rows) or 1)
        features = _kind(progress) == "features"
        self._drawn = next((epoch for epoch in rows if epoch > self._drawn), self._drawn)
        left = seconds_left(job) if features or progress.get("unit") == "epoch" else 0.0
        shown = [row for epoch, row in rows.items() if epoch <= self._drawn]
        self.body = live_html(shown, epochs, left, note=t("widgets.train.features") if features else "")

    def replay(self, job: Job) -> None:
        """Draws the epochs that came too fast to be seen."""
        history = list((job.answer or {}).get("history") or [])
        for count in range(self._drawn + 1, len(history) + 1):
            self.body = live_html(history[:count], len(history), 0.0)
            time.sleep(min(REPLAY_SECONDS, 2 * REPLAY_SECONDS * 8 / len(history)))

    def status_of(self, job: Job) -> str:
        """Which picture, step or epoch it is at."""
        progress = job.progress or {}
        kind, done, total = _kind(progress), float(progress.get("done") or 0), float(progress.get("total") or 0)
        if kind == "picture" and done == total:
            return job.message or t("widgets.train.waking")
        if kind == "epoch" and total:
            return t("widgets.train.doing", epoch=int(min(done + 1, total)), total=f"{total:.0f}")
        return t(f"widgets.train.{DOING[kind]}", done=f"{done:.0f}", total=f"{total:.0f}") if kind in DOING else super().status_of(job)

    def share_of(self, progress: Mapping[str, Any], done: float) -> float:
        """Each kind of work has its part of the bar; a download none."""
        kind = _kind(progress)
        self._described = self._described or kind == "features"
        first, end = AFTER_FEATURES if self._described and kind in ("epoch", "step") else PARTS.get(kind, (-1.0, -1.0))
        return first + (end - first) * done

    def last_word(self, state: str, job: Job | None) -> str:
        """Stopped within the first epoch there is nothing to go on with; a quick look leaves nothing to be saved."""
        if job is not None and job.verb in LOOKS:
            return ""
        if state == "stopped" and job is not None and not (job.answer or {}).get("history"):
            return t("widgets.train.too_soon")
        return super().last_word(state, job)

    def completed(self, job: Job) -> None:
        """A model was kept: the step is done, and the newest run is the one in use."""
        if job.verb == "train":
            self.work.choose("")
            self.work.finish("train")


def _kind(progress: Mapping[str, Any]) -> str:
    """What is being counted: pictures that are looked at or described, steps, epochs."""
    return "features" if (progress.get("values") or {}).get("step") == "features" else str(progress.get("unit"))


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
    found = [job for name in LOOKS.values() for job, answer in islice(work.answers(name), 1) if "losses" in answer]
    job = max(found, key=lambda one: one.began_ns, default=None)
    trained = max((one.began_ns for folder in work.jobs("train")[:1] if (one := jobs.find(folder))), default=0)
    if job is None or job.began_ns < trained or (job.arguments.get("dataset"), job.arguments.get("backbone")) != (work.dataset, backbone):
        return ""
    result = (RateSearch if job.verb == "find-rate" else BatchCheck).from_dict(job.answer)
    rate = result.suggestion if isinstance(result, RateSearch) else None
    take = choice("rate", f"{rate:g}", t("widgets.train.take_rate", rate=f"{rate:g}"), chosen=False) if rate else ""
    return f"<section class='ek-box ek-look'>{answer(str(result))}{result.chart() if result.losses else ''}{take}</section>"
