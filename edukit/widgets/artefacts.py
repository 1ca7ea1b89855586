"""Models on disk: the learner's runs, newest first, and which model a lesson goes on with where the learner has none of its kind."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edukit import jobs
from edukit.core.errors import UnknownChoice
from edukit.core.files import read_record
from edukit.core.i18n import language, t, text_or
from edukit.core.lesson_header import LessonHeader, find_header
from edukit.core.resources import resource
from edukit.core.workspace import Workspace
from edukit.tasks import Task, task_in

CHECKPOINT, ONNX, INT8 = "best.pth", "best.onnx", "best-int8.onnx"  # as train, convert and quantize call them when no name is given
TITLES = "titles"  # in choices.json: what the learner calls the runs
KINDS = {"checkpoint": CHECKPOINT, "onnx": ONNX, "int8": INT8}


@dataclass(frozen=True)
class Run:
    """A folder of the learner that holds models, such as ``train-2``."""

    folder: Path

    @property
    def name(self) -> str:
        """Of the folder."""
        return self.folder.name

    @property
    def log(self) -> Mapping[str, Any]:
        """What the training wrote about itself; empty where there was none."""
        return read_record(self.folder / "log.json")

    @property
    def title(self) -> str:
        """What the learner calls it, else ``"Training 2"`` where the folder is called ``train-2``."""
        verb, _, number = self.name.rpartition("-")
        given = record(read_record(self.folder.parent / "choices.json").get(TITLES)).get(self.name)
        return str(given or text_or(f"runs.called_{verb}", self.name, number=number))

    @property
    def options(self) -> Mapping[str, Any]:
        """What it was trained with, under the names of the arguments of ``train``."""
        return record(record(self.log.get("made")).get("options"))

    @property
    def history(self) -> list[Mapping[str, Any]]:
        """Its epochs: from its log, else from the events of its job."""
        job = None if self.logged else jobs.find(self.folder.parent / "jobs" / self.name)
        return epoch_rows(job.events()) if job else self.logged

    @property
    def logged(self) -> list[Mapping[str, Any]]:
        """The epochs in its log."""
        rows = self.log.get("history")
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    @property
    def task(self) -> Task:
        """What it learns."""
        return task_in(self.history[-1] if self.history else {})

    @property
    def best(self) -> float | None:
        """The best figure on validation pictures."""
        return self.task.best_value(self.task.best_row(self.history))

    @property
    def best_text(self) -> str:
        """The same as text; of few pictures their count."""
        return self.task.best_cell(self.task.best_row(self.history), 0)

    @property
    def rate(self) -> float | None:
        """The learning rate of the first epoch; what was asked for where there was none."""
        found = self.history[0].get("lr") if self.history else self.options.get("lr")
        return float(found) if isinstance(found, (int, float)) else None

    @property
    def models(self) -> list[Path]:
        """The model files: the checkpoint, then the converted ones."""
        return [path for path in (self.folder / CHECKPOINT, *self.converted) if path.is_file()]

    @property
    def converted(self) -> list[Path]:
        """The files that answer without PyTorch, the largest first."""
        from edukit.runtime import FORMATS

        suffixes = {suffix for one in FORMATS if not one.slow for suffix in one.suffixes}
        found = [path for path in self.folder.iterdir() if path.suffix.lower() in suffixes and path.is_file()]
        return sorted(found, key=lambda path: (-path.stat().st_size, path.name))

    def file(self, kind: str) -> Path | None:
        """The model of this kind; None where the run has none."""
        path = self.folder / name_of(kind)
        return path if path.is_file() else None

    @property
    def label(self) -> str:
        """Its name and figures: ``"Training 2 · LeNet · rate 0.001 · 67%"``."""
        rate = "" if self.rate is None or not self.options else t("runs.rate", rate=f"{self.rate:g}")
        value = "" if self.best is None else self.best_text
        return " · ".join(str(part) for part in (self.title, self.options.get("backbone"), rate, value) if part)

    @property
    def at_work(self) -> bool:
        """Whether its job still goes on."""
        job = jobs.find(self.folder.parent / "jobs" / self.name)
        return job is not None and not job.ended


@dataclass(frozen=True)
class Artefact:
    """A model that a lesson goes on with.

    Args:
        path: Of the file.
        origin: ``"own"``, ``"base"`` (of the lesson that this one goes on with) or ``"sample"``.
        origin_text: The same in a sentence for the page.
    """

    path: Path
    origin: str
    origin_text: str


def epoch_rows(events: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The finished epochs among a training's events."""
    rows = [event["values"] for event in events if event.get("event") == "progress" and any(name.startswith("val_") for name in event.get("values", {}))]
    return [{"epoch": i + 1, **row} for i, row in enumerate(rows)]


def record(value: Any) -> Mapping[str, Any]:
    """``value`` if it is an object of JSON; an empty one otherwise."""
    return value if isinstance(value, dict) else {}


def name_of(kind: str) -> str:
    """What a model of this kind is called.

    Raises:
        UnknownChoice
    """
    if kind not in KINDS:
        raise UnknownChoice.among("kind", kind, KINDS)
    return KINDS[kind]


def runs_of(workspace: Workspace) -> list[Run]:
    """The runs of a lesson that left a model and are not at work, newest first; exercises are none of them.

    A training that was stopped within its first epoch comes last: it counts only where there is nothing else.
    """
    folders = [path for path in workspace.folder.glob("*-*") if re.fullmatch(r"(?!exercise|jobs)[a-z]+-\d+", path.name)]
    runs = {run: run.models[0].stat().st_mtime_ns for run in map(Run, folders) if run.models and not run.at_work}
    return sorted(runs, key=lambda run: (run.log.get("history") != [], runs[run], int(run.name.rpartition("-")[2])), reverse=True)


def run_in_use(workspace: Workspace) -> Run | None:
    """The run that the learner chose, else the newest."""
    runs, chosen = runs_of(workspace), read_record(workspace.folder / "choices.json").get("run")
    name = chosen.get("name") if isinstance(chosen, dict) else None
    return next((run for run in runs if run.name == name), next(iter(runs), None))


def find_artefact(kind: str, workspace: Workspace, header: LessonHeader) -> Artefact | None:
    """The learner's own model, else that of the lesson which this one goes on with (or which that one does), else the sample.

    Other models than the learner's own only where the lesson needs this kind.

    Raises:
        UnknownChoice: There is no such kind.
    """
    own = run_in_use(workspace)
    if own and (path := own.file(kind)):
        return Artefact(path, "own", t("widgets.from_own", run=own.label))
    if kind not in header.needs or (own and own.file("checkpoint")):  # what comes of the learner's own training is still to be made
        return None
    for lesson in _bases(header, workspace):
        run = run_in_use(workspace.of_lesson(lesson.name))
        if run and (path := run.file(kind)):
            return Artefact(path, "base", t("widgets.from_base", title=lesson.title, run=run.label))
        if run and run.file("checkpoint"):  # its other forms are still to be made: an older lesson's and the sample are of other models
            return None
    sample = sample_of(kind, header)
    return Artefact(sample, "sample", t("widgets.from_sample", file=sample.name)) if sample.is_file() else None


def _bases(header: LessonHeader, workspace: Workspace) -> list[LessonHeader]:
    """The lesson that ``header``'s goes on with, the one that that goes on with, and so on."""
    found = [header]
    while (name := found[-1].base) and name not in [one.name for one in found]:
        found.append(find_header(name, language(), workspace.lessons))
    return found[1:]


def sample_of(kind: str, header: LessonHeader) -> Path:
    """Where the model of this kind lies that ships with the lesson's pictures, if one does."""
    return resource("datasets", header.dataset, "model", KINDS[kind].replace("best", header.dataset))
