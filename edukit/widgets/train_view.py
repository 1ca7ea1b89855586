"""Step 2: a network learns from the pictures, and one watches it do so."""
from __future__ import annotations

import time
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

from edukit import jobs
from edukit.core.html import choice, empty, esc
from edukit.core.i18n import large_number, t
from edukit.jobs import Job
from edukit.models.inputs import model_file
from edukit.widgets.artefacts import epoch_rows, sample_of
from edukit.widgets.settings import Option, Setting, settings_of, values_of
from edukit.widgets.step_view import StepView, Task, last_message, seconds_left, start_button
from edukit.widgets.training_parts import code, live_html, note_on, trained_html

EPOCHS = 12  # as many as make a curve to watch
SLOW_RATE = 0.002  # with the usual rate two epochs are enough, and there would be little to watch
PARTS = {"look": (0.0, 0.1), "features": (0.1, 0.9), "epoch": (0.1, 1.0), "epoch after features": (0.9, 1.0)}  # of the bar
REPLAY_SECONDS = 0.25
OLD = "old_model"  # the setting of a lesson that goes on with a sample checkpoint


class TrainView(StepView):
    """Choose a network and how long it learns; a curve grows while it does. What it learnt is kept when it is stopped.

    Example:
        >>> TrainView().kind
        'train'
    """

    step = "train"
    verbs = ("train",)
    _drawn = 0  # the last epoch that the curve shows
    _ahead: Set[tuple[str, str]] = frozenset()  # what was computed ahead: dataset and network
    _described = False  # whether features were computed before the epochs

    def make_settings(self) -> tuple[Setting, ...]:
        """Network, epochs, learning rate; behind "More settings" what is rarely changed."""
        from edukit.models import backbones

        told = {one.name: t("widgets.train.network", weights=large_number(one.parameters), summary=one.summary) for one in backbones()}
        networks = tuple(Option(name, name, hint) for name, hint in told.items())
        saved = self.work.recall("train")
        found = settings_of("train", start={"epochs": EPOCHS, "lr": SLOW_RATE}, options={"backbone": networks}, saved=saved)
        if not self._old_model:
            return found
        old = Setting(name=OLD, kind="check", label=t("widgets.train.old"), hint=t("widgets.train.old_hint", file=self._old_model.name), default=True)
        return (old, *found)

    @property
    def _old_model(self) -> Path | None:
        """The sample checkpoint that this lesson goes on with, if it is one for training on."""
        sample = sample_of("checkpoint", self.work.header)
        return sample if sample.is_file() else None

    @property
    def _training(self) -> dict[str, Any]:
        """What is set, as arguments of ``train``; going on from the old model means its weights and its network."""
        values = {name: value for name, value in self.arguments.items() if name != OLD}
        if not (self._old_model and self.values[OLD]):
            return values
        return values | {"backbone": model_file(self._old_model).card.backbone, "checkpoint": self._old_model}

    def refresh(self) -> None:
        """Shows the newest training that left something."""
        from edukit.data import load_dataset

        settings = self.make_settings()
        self.use(settings, values_of(settings, self.work.recall(self.step)))  # another view may have set them again
        self.code = code(self.work.dataset, self._training)
        run, dataset = self.work.run, load_dataset(self.work.dataset)
        run = run if run and run.file("checkpoint") else None  # a run may hold no more than a converted model of somebody else's
        line = t("widgets.data.line", name=dataset.name, classes=len(dataset.classes), pictures=len(dataset.train))
        self.pills = [{"text": line}, *([{"text": t("widgets.saved"), "kind": "good"}] if run else [])]
        self.actions = [start_button(t("widgets.train.again" if run else "widgets.train.start"))]
        self.body = note_on(run, dataset.name) + trained_html(run) + self._runs() if run else empty(t("widgets.train.none"))

        if self.work.workspace.server and run is None:  # in a page: its reader reads first
            self._look_ahead()

    def _look_ahead(self) -> None:
        """Has the chosen network describe the chosen pictures while the page is read, once for each choice."""
        chosen = (self.work.dataset, str(self._training["backbone"]))
        if chosen not in self._ahead:
            self._ahead = {*self._ahead, chosen}
            jobs.start_ahead(*chosen, self.work.workspace)

    def tasks(self) -> list[Task]:
        """One training, into a run folder of its own."""
        run = self.work.new_run("train")
        arguments = {"dataset": self.work.dataset, "out": run, **self._training}
        self._drawn, self._described = 0, False
        self.body = live_html([], int(self.values["epochs"]), 0.0)
        return [Task("train", arguments, self.work.folder / "jobs" / run.name)]

    def progressed(self, job: Job) -> None:
        """Lets the curve grow, by one epoch at a time even if the epochs fly."""
        history = epoch_rows(job.events())
        told = job.progress or {}
        epochs = int(told["total"]) if told.get("unit") == "epoch" else int(self.values["epochs"])
        features = (told.get("values") or {}).get("step") == "features"
        self._drawn = next((int(row["epoch"]) for row in history if row["epoch"] > self._drawn), self._drawn)
        left = seconds_left(job) if features or told.get("unit") == "epoch" else 0.0
        self.body = live_html([row for row in history if row["epoch"] <= self._drawn], epochs, left, note=t("widgets.train.features") if features else "")

    def replay(self, job: Job) -> None:
        """Draws the epochs that came too fast to be seen."""
        history = list((job.answer or {}).get("history") or [])
        for count in range(self._drawn + 1, len(history) + 1):
            self.body = live_html(history[:count], len(history), 0.0)
            time.sleep(min(REPLAY_SECONDS, 2 * REPLAY_SECONDS * 8 / len(history)))

    def status_of(self, job: Job) -> str:
        """Which picture or epoch it is at."""
        told = job.progress or {}
        if told.get("unit") == "picture":
            features = (told.get("values") or {}).get("step") == "features"
            if not features and told["done"] == told["total"]:
                return last_message(job) or t("widgets.train.waking")
            return t("widgets.train.describing" if features else "widgets.train.looking", done=f"{told['done']:.0f}", total=f"{told['total']:.0f}")
        if told.get("unit") == "epoch" and told.get("total"):
            return t("widgets.train.doing", epoch=int(min(told["done"] + 1, told["total"])), total=f"{told['total']:.0f}")
        return super().status_of(job)

    def share_of(self, told: Mapping[str, Any], done: float) -> float:
        """Each kind of work has its part of the bar; a download none."""
        features = (told.get("values") or {}).get("step") == "features"
        self._described = self._described or features
        part = {"picture": "features" if features else "look", "epoch": "epoch after features" if self._described else "epoch"}.get(str(told.get("unit")))
        if part is None:
            return -1.0
        first, last = PARTS[part]
        return first + (last - first) * done

    def last_word(self, state: str, job: Job | None) -> str:
        """Stopped within the first epoch there is nothing to go on with."""
        if state == "stopped" and job is not None and not (job.answer or {}).get("history"):
            return t("widgets.train.too_soon")
        return super().last_word(state, job)

    def completed(self, job: Job) -> None:
        """A model was kept: the step is done, and the newest run is the one in use."""
        self.work.choose("")
        self.work.finish("train")

    def pressed(self, name: str, value: Any) -> None:
        """Also chooses one of several runs."""
        if name == "run":
            self.work.choose(str(value))
        else:
            super().pressed(name, value)

    def _runs(self) -> str:
        """The learner's runs, newest first, where there are several."""
        runs, in_use = self.work.runs, self.work.run
        buttons = "".join(choice("run", run.name, run.label, chosen=bool(in_use and run.name == in_use.name)) for run in runs)
        return f"<div class='ek-runs' role='group' aria-label='{esc(t('widgets.run'))}'><b>{esc(t('widgets.run'))}</b>{buttons}</div>" if len(runs) > 1 else ""
