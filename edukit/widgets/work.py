"""What a lesson has on disk: its runs, the newest model of each kind, the choices made, the steps done. The views of a page share it."""
from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import traitlets

from edukit import jobs as background
from edukit.core.files import output_error, read_record, write_json
from edukit.core.workspace import Workspace, current, next_name, numbered

STEPS = ("data", "train", "convert", "compare", "try")
CHECKPOINT, ONNX, INT8 = "best.pth", "best.onnx", "best-int8.onnx"  # as train, convert and quantize call them when no name is given


class Work(traitlets.HasTraits):  # type: ignore[misc]
    """One lesson's work of one student.

    Args:
        workspace: Whose, and of which lesson; the same for both languages.

    Attributes:
        folder: Where it lies.
        dataset: The chosen data: a sample set's name or a folder.
        version: Grows whenever something on disk may have changed; views watch it.
    """

    dataset = traitlets.Unicode("emoji")
    version = traitlets.Int(0)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace, self.folder = workspace, workspace.folder
        saved = self.recall("data").get("dataset")
        self.dataset = saved if isinstance(saved, str) and saved else "emoji"

    def new_run(self, step: str) -> Path:
        """Makes the next run's folder, ``train-3`` after ``train-2``; older ones stay."""
        run = self.folder / self._next_name(step)
        try:
            run.mkdir(parents=True)
        except OSError as error:
            raise output_error(error, run) from error
        return run

    def new_job(self, step: str) -> Path:
        """The folder of the next job of ``step``: beside the runs, so that these hold results alone."""
        return self.folder / "jobs" / self._next_name(step)

    def _next_name(self, step: str) -> str:
        return next_name(step, self.folder, self.folder / "jobs")

    def jobs(self, step: str) -> list[Path]:
        """The job folders of a step, newest first."""
        return numbered(step, self.folder / "jobs")

    @property
    def trained(self) -> Path | None:
        """The newest run that left a checkpoint and is not at work; one that was stopped within its first epoch counts only where there is no other."""
        within_first = None
        for run in numbered("train", self.folder):
            if not (run / CHECKPOINT).is_file() or self._at_work(run):
                continue
            if read_record(run / "log.json").get("history") != []:
                return run
            within_first = within_first or run
        return within_first

    def _at_work(self, run: Path) -> bool:
        job = background.find(self.folder / "jobs" / run.name)
        return job is not None and not job.ended

    @property
    def checkpoint(self) -> Path | None:
        """The newest trained model."""
        return self._beside(CHECKPOINT)

    @property
    def onnx(self) -> Path | None:
        """The newest trained model as ONNX; None until it is converted."""
        return self._beside(ONNX)

    @property
    def int8(self) -> Path | None:
        """The newest trained model as INT8; None until it is quantized."""
        return self._beside(INT8)

    def _beside(self, name: str) -> Path | None:
        run = self.trained
        return run / name if run and (run / name).is_file() else None

    @property
    def skip_bad(self) -> bool:
        """Whether the student chose to go on without bad pictures."""
        return self.recall("train").get("skip_bad") is True

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
        return [step for step in STEPS if isinstance(done, list) and step in done]

    def finish(self, step: str) -> None:
        """Notes that a step is done, where the index page reads it, and tells the views."""
        done = [name for name in STEPS if name == step or name in self.steps_done]
        places = [STEPS.index(name) for name in done]
        told = {"steps_done": done, "finished": places, "step": len(done), "steps": len(STEPS), "done": len(done) == len(STEPS)}
        write_json(self.folder / "progress.json", told)
        self.version += 1


def work() -> Work:
    """The work of the lesson that is open."""
    return _work_in(current())


@cache
def _work_in(workspace: Workspace) -> Work:
    return Work(workspace)
