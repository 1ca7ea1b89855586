"""What a lesson has on disk: its runs, the model in use of each kind, the choices made, the steps done. The views of a page share it."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import traitlets

from edukit import jobs
from edukit.core.errors import BadArgument
from edukit.core.files import make_folder, read_record, write_json
from edukit.core.i18n import language, t
from edukit.core.lesson_header import LessonHeader, find_header
from edukit.core.results import Result
from edukit.core.workspace import Workspace, current, next_name, numbered
from edukit.data import load_dataset
from edukit.jobs import Job
from edukit.widgets.artefacts import KINDS, Artefact, Run, find_artefact, run_in_use, runs_of

R = TypeVar("R", bound=Result)
USING = ("convert", "evaluate")  # steps that go on with a model, which may be an earlier lesson's
MAKING = ("train", "convert")  # steps that leave another model each time


class Work(traitlets.HasTraits):  # type: ignore[misc]
    """One lesson's work of one student.

    Args:
        workspace: Whose, and of which lesson; the same for both languages.
        header: What the lesson's notebook says of it; by default it is looked up.

    Attributes:
        folder: Where it lies.
        dataset: The chosen data: a sample set's name or a folder.
        version: Grows whenever something on disk may have changed; views watch it.
    """

    dataset = traitlets.Unicode()
    version = traitlets.Int(0)

    def __init__(self, workspace: Workspace, header: LessonHeader | None = None) -> None:
        super().__init__()
        self.workspace, self.folder = workspace, workspace.folder
        self._names: tuple[str, Mapping[str, str]] = ("", {})  # of which data, and what its classes are called
        self.header = header or find_header(workspace.lesson, language(), workspace.lessons)
        self.dataset = self.header.dataset
        self.reread()

    @property
    def on_own_computer(self) -> bool:
        """Whether the computer that works here is the student's own, with its folders and its camera, and not a class's."""
        return self.workspace.student == current().of_student("").student

    # What the lesson says.

    def part(self, kind: str, name: str = "") -> Any:
        """The quiz, guess or check that stands in the lesson's source.

        Raises:
            BadArgument: The lesson has none of that name.
        """
        key = f"{kind}:{name}" if name else kind
        if key not in self.header.parts:
            raise BadArgument(name=kind, value=name or "–", wanted=", ".join(self.header.parts) or "–")
        return self.header.parts[key]

    def where(self, step: str) -> str:
        """Where a step is, for a sentence: ``"step 2, Train"``; the view's title where this lesson has no such step."""
        return self.header.where(step, t(f"widgets.{step}.title"))

    # Runs and models.

    def new_run(self, step: str) -> Path:
        """Makes the next run's folder, ``train-3`` after ``train-2``; older ones stay."""
        return make_folder(self.folder / next_name(step, self.folder, self.folder / "jobs"), exist_ok=False)

    def new_job(self, step: str) -> Path:
        """The folder of the next job of ``step``: beside the runs, so that these hold results alone."""
        return self.folder / "jobs" / next_name(step, self.folder, self.folder / "jobs")

    def jobs(self, step: str) -> list[Path]:
        """The job folders of a step, newest first."""
        return numbered(step, self.folder / "jobs")

    def answers(self, step: str) -> Iterator[tuple[Job, dict[str, Any]]]:
        """The jobs of a step that answered, newest first, each with its answer."""
        for job in map(jobs.find, self.jobs(step)):
            if job is not None and isinstance(job.answer, dict):
                yield job, job.answer

    def results(self, step: str, form: type[R]) -> Iterator[tuple[Job, R]]:
        """The same with the answers as results; jobs that were stopped before they had one, and damaged files, are left out."""
        for job, answer in self.answers(step):
            with suppress(KeyError, TypeError, ValueError):
                yield job, form.from_dict(answer)

    @property
    def runs(self) -> list[Run]:
        """The runs that left a model and are not at work, newest first."""
        return runs_of(self.workspace)

    @property
    def run(self) -> Run | None:
        """The run in use: the chosen one, else the newest."""
        return run_in_use(self.workspace)

    def choose(self, run: str) -> None:
        """Makes the run called ``run`` the one in use, and tells the views; the newest again with ``""``."""
        self.remember("run", {"name": run})
        self.version += 1

    @property
    def trained(self) -> Path | None:
        """The folder of the run in use."""
        return self.run.folder if self.run else None

    def find(self, kind: str) -> Artefact | None:
        """The model of this kind that the lesson goes on with, and where it is from."""
        return find_artefact(kind, self.workspace, self.header)

    @property
    def checkpoint(self) -> Path | None:
        """The trained model in use."""
        return self._path("checkpoint")

    @property
    def onnx(self) -> Path | None:
        """The model in use as ONNX; None until it is converted."""
        return self._path("onnx")

    @property
    def int8(self) -> Path | None:
        """The model in use as INT8; None until it is quantized."""
        return self._path("int8")

    @property
    def models(self) -> list[Path]:
        """All of them, the original first."""
        return [path for kind in KINDS if (path := self._path(kind))]

    def _path(self, kind: str) -> Path | None:
        found = self.find(kind)
        return found.path if found else None

    @property
    def skip_bad(self) -> bool:
        """Whether the student chose to go on without bad pictures."""
        return self.recall("train").get("skip_bad") is True

    def shown(self, label: str) -> str:
        """What people call a class of the chosen data."""
        if self._names[0] != self.dataset:
            self._names = (self.dataset, load_dataset(self.dataset).class_names.get(language(), {}))
        return self._names[1].get(label) or label

    def reread(self) -> None:
        """Looks at the disk anew, after something was put there, and tells the views."""
        saved = self.recall("data").get("dataset")
        if isinstance(saved, str) and saved:
            self.dataset = saved
        self.version += 1

    # Choices and steps.

    def choose_dataset(self, name: str) -> None:
        """Makes a set of one's own the data of this lesson, now and at the next visit."""
        self.remember("data", {**self.recall("data"), "source": name, "dataset": name})
        self.dataset = name

    def recall(self, name: str) -> dict[str, Any]:
        """What ``remember`` saved under ``name``."""
        found = read_record(self.folder / "choices.json").get(name)
        return found if isinstance(found, dict) else {}

    def remember(self, name: str, values: dict[str, Any]) -> None:
        """Saves choices, for the next visit."""
        write_json(self.folder / "choices.json", read_record(self.folder / "choices.json") | {name: values})

    @property
    def steps_done(self) -> list[str]:
        """The steps that were finished once, in the lesson's order."""
        done = read_record(self.folder / "progress.json").get("steps_done")
        return [step.name for step in self.header.steps if isinstance(done, list) and step.name in done]

    def finish(self, step: str) -> None:
        """Notes that a step is done, where the index page reads it, and tells the views; what is no step of the lesson is told to the views alone.

        Another training or conversion makes what came after it old: those steps lose their ticks. Whoever goes on with the model of an earlier lesson
        need not train again: that step is done.
        """
        names = [one.name for one in self.header.steps]
        if step in names:
            found, earlier = self.find("checkpoint"), self.steps_done
            if step in USING and found and found.origin == "base":
                earlier = [*earlier, "train"]
            old = names[names.index(step) + 1 :] if step in MAKING and step in earlier else []
            done = [name for name in names if name == step or (name in earlier and name not in old)]
            told = {"steps_done": done, "finished": [names.index(name) for name in done], "step": len(done), "steps": len(names)}
            write_json(self.folder / "progress.json", told | {"done": len(done) == len(names)})
        self.version += 1


def work() -> Work:
    """The work of the lesson that is open."""
    return work_of(current())


def work_of(workspace: Workspace) -> Work:
    """The work in a workspace, in the language in use: one object for all views of a page."""
    return _work_in(workspace, language())


@cache
def _work_in(workspace: Workspace, _lang: str) -> Work:
    return Work(workspace)
