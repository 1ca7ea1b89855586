"""Is it faster, and why not? The learner's own models over sizes of input and batches: the plot, the table, and the doctor's paragraph."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from edukit import jobs
from edukit.comparison.advice import SpeedAdvice
from edukit.comparison.contestants import unfit_models
from edukit.comparison.speed_results import SpeedGrid, fixed_sizes, grid_html
from edukit.core.command_line import code_of
from edukit.core.errors import EdukitError
from edukit.core.html import empty, warnings
from edukit.core.i18n import language, t
from edukit.jobs import Job
from edukit.verbs.speed_plots import SpeedPlots, plot_speed
from edukit.widgets.compare_view import models_in_code
from edukit.widgets.lesson_view import code_on
from edukit.widgets.settings import Option, Setting, settings_of
from edukit.widgets.step_view import StepView, Task, start_button


class SpeedView(StepView):
    """Measures the learner's own models, draws the plot, and says why a form is no faster.

    Example:
        >>> SpeedView().kind
        'speed'
    """

    step = "speed"
    verbs = ("speed",)
    shares: ClassVar = {"compare-speed": (0.0, 0.6), "plot-speed": (0.6, 0.65), "explain-speed": (0.65, 1.0)}

    def make_settings(self) -> tuple[Setting, ...]:
        """Sizes of input, batches, threads, and whether a first look is enough."""
        sizes = (Option("", t("widgets.speed.own_size")), Option("32,64,128,224", "32, 64, 128, 224"))
        return settings_of("compare-speed", start={"quick": True}, options={"shapes": sizes})

    @property
    def models(self) -> list[Path]:
        """The files to time, the original first (an earlier lesson's where it was only converted here): all forms in the run in use, else the lesson's."""
        found, original = self.work.run.models if self.work.run else [], self.work.checkpoint
        found = found if original is None or original in found else [original, *found]
        return found if len(found) > 1 else self.work.models

    def refresh(self) -> None:
        """Shows the newest measurement."""
        self.offer_runs()
        models, named = self.models, models_in_code(len(self.models))
        call = code_of("compare-speed", {"models": named, "out": "speed.json", **self.arguments})
        explained = f"ek.explain_speed({named!r}, dataset.test, speeds=grid)"
        self.code = code_on(self.work.dataset, f"grid = {call}", "ek.plot_speed(['speed.json'], out='plots')", explained)
        folder = next((folder for folder in self.work.jobs("speed") if (folder / "speed.json").is_file()), None)
        self.actions = [start_button(t("widgets.speed.again" if folder else "widgets.speed.start"), disabled=not models)]
        self.pills = [{"text": t("widgets.speed.pill", count=len(models))}, *(self.origin_pill("onnx") or self.origin_pill("int8"))]
        if folder:
            self.body = shown(folder, models)
        else:
            none = "widgets.speed.none" if len(models) > 1 else "widgets.speed.alone" if models else "widgets.compare.convert_first"
            self.body = empty(t(none, where=self.work.where("convert")))
        with suppress(EdukitError):  # what is wrong with a file is said when it is measured
            unfit = unfit_models(models, str(self.values["shapes"]), str(self.values["batches"])) if self.values["shapes"] else []
            note = warnings(fixed_sizes(unfit))
            self.body = self.body if note in self.body else note + self.body

    def tasks(self) -> list[Task]:
        """Measure, draw, explain; nothing is explained of one model alone."""
        return self._tasks_in(self.work.new_job("speed"), {"models": self.models, **self.arguments}) if self.models else []

    def _tasks_in(self, folder: Path, arguments: Mapping[str, Any]) -> list[Task]:
        out = folder / "speed.json"
        values = {"models": arguments["models"], "speeds": out, "data": self.work.dataset, "skip_bad": self.work.skip_bad}
        values |= {"quick": arguments.get("quick", False), "threads": arguments.get("threads", 1)}
        explain = [Task("explain-speed", values, folder / "why")] if len(arguments["models"]) > 1 else []
        draw = Task("plot-speed", {"files": [out], "out": folder / "plots"}, folder / "draw")
        return [Task("compare-speed", {**arguments, "out": out}, folder), draw, *explain]

    def follow_up(self, task: Task) -> list[Task]:
        """After a reload while it measures or draws: the rest."""
        first = Job(task.folder if task.verb == "compare-speed" else task.folder.parent)
        return task.rest(self._tasks_in(first.folder, first.arguments))

    def status_of(self, job: Job) -> str:
        """What is being measured."""
        told = (job.progress or {}).get("values") or {}
        if told.get("stage") == "start":
            return t("widgets.speed.loading", model=told["model"], shape=told["shape"], batch=told["batch"])
        return t("widgets.speed.doing", shape=told["shape"], batch=told["batch"]) if "shape" in told else super().status_of(job)

    def completed(self, job: Job) -> None:
        """The paragraph is there: the step is done."""
        if job.verb == "explain-speed":
            self.work.finish("speed")


def _drawn(folder: Path) -> Job | None:
    """The plots of a measurement; in the page's language, once it is seen in another than it was drawn in."""
    job, other = jobs.find(folder / "draw"), folder / "draw" / language()
    if job is None or not job.kept or job.lang == language():
        return job
    if found := jobs.find(other):
        return found
    return jobs.record_answer(job.verb, job.arguments, plot_speed([folder / "speed.json"], out=other).to_dict(), other)


def shown(folder: Path, models: Sequence[Path]) -> str:
    """The paragraph first, then the plots, then the table, as far as they are there; a note where they are of other models than ``models``."""
    pieces = []
    for name, form in (("why", SpeedAdvice), ("draw", SpeedPlots)):
        with suppress(KeyError, TypeError, ValueError, OSError, EdukitError):  # it was stopped before it had an answer, or a file is damaged
            job = _drawn(folder) if name == "draw" else jobs.find(folder / name)
            pieces.append(form.from_dict(job.answer if job else {}).html())
    try:
        grid = SpeedGrid.read(folder / "speed.json")
    except EdukitError as error:
        return empty(error.message)
    old = "" if {cell.path for cell in grid.cells} == set(models) else warnings([t("widgets.compare.old")])
    return old + "".join(pieces) + grid_html(grid, warned="⚠" in "".join(pieces))
