"""Step 2: a network learns from the pictures, and one watches it do so."""
from __future__ import annotations

from collections.abc import Set
from typing import Any

from edukit import jobs
from edukit.core.command_line import Code, code_of
from edukit.core.html import empty
from edukit.core.i18n import t
from edukit.core.verbs import find_verb
from edukit.data import load_dataset
from edukit.widgets.artefacts import Run
from edukit.widgets.lesson_view import code_on
from edukit.widgets.settings import Setting, values_of
from edukit.widgets.step_view import Task, start_button
from edukit.widgets.train_settings import train_settings, training_of
from edukit.widgets.training_parts import LOOKS, TrainingSteps, live_html, look_html, note_on, runs_choice, trained_html


class TrainView(TrainingSteps):
    """Choose a network and how long it learns; a curve grows while it does. What it learnt is kept when it is stopped, and it can go on from there.

    Example:
        >>> TrainView().kind
        'train'
    """

    _ahead: Set[tuple[str, str]] = frozenset()  # what was computed ahead: dataset and network

    def make_settings(self) -> tuple[Setting, ...]:
        """Network, epochs, learning rate; behind "More settings" what is rarely changed."""
        return train_settings(self.work)

    @property
    def _training(self) -> dict[str, Any]:
        return training_of(self.work, self.values)

    def refresh(self) -> None:
        """Shows the newest training that left something, and what a quick look told of the present settings."""
        settings = self.make_settings()
        self.use(settings, values_of(settings, self.work.recall(self.step)))  # another view may have set them again
        training = self._training
        old = {"checkpoint": Code("model")} if "checkpoint" in training else {}  # as the lesson's code calls it
        call = code_of("train", {"dataset": Code("dataset"), **training, **old}, always=("backbone", "epochs"))
        self.code = code_on(self.work.dataset, f"trained = {call}")
        run, dataset = self.work.run, load_dataset(self.work.dataset)
        run = run if run and run.file("checkpoint") else None  # a run may hold no more than a converted model of somebody else's
        line = t("widgets.data.line", name=dataset.name, classes=len(dataset.classes), pictures=len(dataset.train))
        self.pills = [{"text": line}, *([{"text": t("widgets.saved"), "kind": "good"}] if run else [])]
        actions = [start_button(t("widgets.train.again" if run else "widgets.train.start"))]
        actions += [{"name": "continue", "label": t("widgets.train.continue", run=run.title)}] if run and self._unfinished(run) else []
        self.actions = [*actions, *({"name": verb, "label": t(f"widgets.train.{name}_look"), "quiet": True} for verb, name in LOOKS.items())]
        shown = note_on(run, dataset.name) + trained_html(run) + runs_choice(self.work) if run else empty(t("widgets.train.none"))
        self.body = look_html(self.work, self._training["backbone"]) + shown
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

    def pressed(self, name: str, value: Any) -> None:
        """Also takes a quick look, goes on with a stopped training, sets the proposed rate, chooses one of several runs."""
        if name == "run":
            self.work.choose(str(value))
        elif name == "rate":
            self.work.remember(self.step, {**self.arguments, "lr": float(value)})
            self.refresh()
        elif name in LOOKS and not self.busy:
            self._look(name)
        elif name == "continue" and not self.busy:
            self._continue()
        else:
            super().pressed(name, value)

    def _look(self, verb: str) -> None:
        known = {one.name for one in find_verb(verb).parameters()}
        arguments = {"dataset": self.work.dataset, **{name: value for name, value in self._training.items() if name in known}}
        self._described = False
        self._begin([Task(verb, arguments, self.work.new_job(LOOKS[verb]))])

    def _unfinished(self, run: Run) -> jobs.Job | None:
        """The job of a run whose training ended before its last epoch."""
        job = jobs.find(self.work.folder / "jobs" / run.name)
        early = run.log.get("state") in ("stopped", "running") and (run.folder / "latest.pth").is_file()
        return job if early and job and job.verb == "train" else None

    def _continue(self) -> None:
        run = self.work.run
        if run is None or not (job := self._unfinished(run)):
            return
        task = Task("train", {**job.arguments, "out": run.folder, "resume": True}, job.folder)
        self._drawn, self._described = len(run.history), False
        jobs.start(task.verb, task.arguments, task.folder, workspace=self.work.workspace)  # in the place of the job that was stopped
        self._begin([task])
