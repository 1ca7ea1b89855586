"""How a view follows a training and the quick looks before it: the growing curve, the bar, the line below."""
from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edukit.core.i18n import t
from edukit.jobs import Job
from edukit.widgets.artefacts import Run, epoch_rows
from edukit.widgets.step_view import StepView, seconds_left
from edukit.widgets.training_parts import LOOKS, live_html, look_live

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
        told = job.progress or {}
        epochs = int(told["total"]) if told.get("unit") == "epoch" else int(job.arguments.get("epochs") or len(rows) or 1)
        features = _kind(told) == "features"
        self._drawn = next((epoch for epoch in rows if epoch > self._drawn), self._drawn)
        left = seconds_left(job) if features or told.get("unit") == "epoch" else 0.0
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
        told = job.progress or {}
        kind, done, total = _kind(told), float(told.get("done") or 0), float(told.get("total") or 0)
        if kind == "picture" and done == total:
            return job.message or t("widgets.train.waking")
        if kind == "epoch" and total:
            return t("widgets.train.doing", epoch=int(min(done + 1, total)), total=f"{total:.0f}")
        return t(f"widgets.train.{DOING[kind]}", done=f"{done:.0f}", total=f"{total:.0f}") if kind in DOING else super().status_of(job)

    def share_of(self, told: Mapping[str, Any], done: float) -> float:
        """Each kind of work has its part of the bar; a download none."""
        kind = _kind(told)
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


def _kind(told: Mapping[str, Any]) -> str:
    """What is being counted: pictures that are looked at or described, steps, epochs."""
    return "features" if (told.get("values") or {}).get("step") == "features" else str(told.get("unit"))
