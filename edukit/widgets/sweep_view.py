"""A sweep: one setting takes several values, and all their trainings are started at once; the machine takes them one after the other, also without the page."""
from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from edukit import jobs
from edukit.core.command_line import Code, code_of
from edukit.core.errors import BadArgument, EdukitError
from edukit.core.html import empty, table, tag
from edukit.core.i18n import t
from edukit.core.line_chart import swatch
from edukit.core.parameters import Parameter
from edukit.core.verbs import find_verb
from edukit.jobs import Job
from edukit.models import find_backbone
from edukit.widgets.artefacts import Run
from edukit.widgets.lesson_view import code_on
from edukit.widgets.runs_view import curves
from edukit.widgets.settings import Setting, setting, shown_value, values_of
from edukit.widgets.step_view import StepView, Task, start_button
from edukit.widgets.train_settings import train_settings, training_of
from edukit.widgets.work import Work

MOST = 10  # runs of a sweep
JOBS = "sweep_jobs"  # in choices.json: the runs of the newest sweep
STARTS = {  # what can be varied, and the values that are there at first
    "lr": "0.0001, 0.001, 0.01, 0.1", "backbone": "LeNet, MobileNetV3-Small, EfficientNet-Lite0", "epochs": "5, 10, 20", "batch_size": "8, 16, 32, 64",
    "augment_strength": "0, 1, 2", "random_seed": "0, 1, 2", "optimizer": "AdamW, SGD", "schedule": "none, cosine, one-cycle",
}  # fmt: skip


class SweepView(StepView):
    """Start several runs that differ in one setting.

    Example:
        >>> SweepView().kind
        'sweep'
    """

    step = "sweep"
    independent = True

    def make_settings(self) -> tuple[Setting, ...]:
        """Which setting, and its values."""
        labels = {one.name: one.label for one in train_settings(self.work)}
        vary = setting("widgets.sweep.vary", options={name: labels[name] for name in STARTS if name in labels}, default="lr")
        return vary, setting("widgets.sweep.values", "text", default=STARTS["lr"], most=MOST)

    def changed(self, name: str) -> None:
        """Another setting brings its own values."""
        if name == "vary":
            self.values = {**self.values, "values": STARTS[self.values["vary"]]}
        super().changed(name)
        self.wanted()  # what is wrong with it stands beside the field

    def wanted(self) -> list[Any]:
        """The values, each as ``train`` takes it.

        Raises:
            BadArgument, UnknownChoice, UnknownBackbone: One is none, or there are too many or too few.
        """
        name, words = self.values["vary"], [word.strip() for word in self.values["values"].replace("，", ",").split(",") if word.strip()]
        parameter = next(one for one in find_verb("train").parameters() if one.name == name)
        values = list(dict.fromkeys(_value(parameter, word) for word in words))
        if not 2 <= len(values) <= MOST:
            raise BadArgument(name="values", value=self.values["values"][:80], wanted=t("widgets.sweep.wanted", most=MOST))
        return values

    def tasks(self) -> list[Task]:
        """A run for each value, all of them started: they wait for the machine in turn."""
        settings = train_settings(self.work)
        training = training_of(self.work, values_of(settings, self.work.recall("train")))
        wanted, tasks = self.wanted(), []
        if self.work.run:  # what the lesson goes on with stays: only the learner chooses another
            self.work.choose(self.work.run.name)
        for value in wanted:
            run = self.work.new_run("sweep")
            arguments = {"dataset": self.work.dataset, "out": run, **training, self.values["vary"]: value}
            tasks.append(Task("train", arguments, self.work.folder / "jobs" / run.name))
            jobs.start("train", arguments, tasks[-1].folder, workspace=self.work.workspace)
            self.work.remember(JOBS, {"vary": self.values["vary"], "runs": [task.folder.name for task in tasks]})
        return tasks

    def stop(self) -> None:
        """Stops those that wait and the one that works; each keeps what is done."""
        for job in reversed(sweep_jobs(self.work)):  # the last first: else the next in line would begin
            job.stop()
        super().stop()

    def refresh(self) -> None:
        """Shows the newest sweep."""
        training = training_of(self.work, values_of(train_settings(self.work), self.work.recall("train")))
        call = code_of("train", {"dataset": Code("dataset"), **training, self.values["vary"]: Code("value")}, always=("backbone", "epochs"))
        values: list[Any] = []
        with suppress(EdukitError):  # told beside the field
            values = self.wanted()
        self.code = code_on(self.work.dataset, f"result = [{call} for value in {values!r}]")
        found = sweep_jobs(self.work)
        self.actions = [start_button(t("widgets.sweep.again" if found else "widgets.sweep.start"))]
        self.body = sweep_html(self.work, found) if found else empty(t("widgets.sweep.none"))

    def _show(self, job: Job) -> None:
        """All curves grow in one chart; the bar tells how many runs have ended."""
        found = sweep_jobs(self.work)
        ended = sum(one.ended for one in found)
        self.body, self.share = sweep_html(self.work, found), ended / max(1, len(found))
        if not self._stopping:
            self.status = t("widgets.sweep.doing", done=ended, total=len(found))

    def _find_again(self) -> None:
        open_ones = [Task(job.verb, job.arguments, job.folder) for job in sweep_jobs(self.work) if not job.ended]
        if open_ones:
            self._begin(open_ones)


def _value(parameter: Parameter, word: str) -> Any:
    """A typed word as the verb takes it."""
    if parameter.name == "backbone":
        return find_backbone(word).name
    if parameter.kind not in ("integer", "number"):
        return parameter.check(word)
    try:
        return parameter.check(int(word) if parameter.kind == "integer" else float(word))
    except ValueError as error:
        if isinstance(error, EdukitError):
            raise
        raise BadArgument(name=parameter.name, value=word[:40], wanted=t("widgets.sweep.wanted_number")) from error


def sweep_jobs(work: Work) -> list[Job]:
    """The jobs of the newest sweep, in their order."""
    names = work.recall(JOBS).get("runs") or []
    return [job for name in names if isinstance(name, str) and (job := jobs.find(work.folder / "jobs" / name))]


def sweep_html(work: Work, found: Sequence[Job]) -> str:
    """What each run of a sweep reached so far: curves and a table."""
    vary = str(work.recall(JOBS).get("vary", "lr"))
    varied = next((one for one in train_settings(work) if one.name == vary), None)
    runs = [Run(work.folder / job.folder.name) for job in found]
    rows = []
    for job, run in zip(found, runs):
        state = t(f"widgets.sweep.{job.state}", place=job.place, epoch=len(run.history), epochs=job.arguments.get("epochs"))
        rows.append((shown_value(varied, job.arguments.get(vary)), state, run.best_text))
    alt = t("widgets.sweep.alt", setting=varied.label if varied else vary)
    chart, lines = curves(runs, alt)
    heads = [varied.label if varied else vary, t("widgets.sweep.state"), t("runs.value")]
    return tag("p", alt) + chart + table(heads, rows, marks=[swatch(line) + " " for line in lines])
