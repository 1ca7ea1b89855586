"""A view whose button starts jobs: it follows them, finds them again after a reload, and stops them."""
from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path
from typing import Any, ClassVar

from edukit import jobs
from edukit.core.events import Pace, kind_of_work
from edukit.core.formatting import clock
from edukit.core.i18n import t, texts
from edukit.jobs import Job
from edukit.widgets.lesson_view import LessonView
from edukit.widgets.settings import Setting, setting, values_of
from edukit.widgets.uploads import by_name

POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Task:
    """One job of a view: a verb with its arguments, and the folder that the job is found by."""

    verb: str
    arguments: Mapping[str, Any]
    folder: Path

    def rest(self, tasks: Sequence[Task]) -> list[Task]:
        """Those of ``tasks`` that come after the one of this verb."""
        return list(dropwhile(lambda one: one.verb != self.verb, tasks))[1:]


class StepView(LessonView):
    """One step of the lesson that works in the background.

    Attributes:
        independent: Whether its tasks do not need each other, and one that fails leaves the others.
        verbs: What its jobs' folders are called, in the order of the work.
        shares: Which part of the whole work each verb is, from where to where; by default each is the whole.
    """

    independent = False
    verbs: tuple[str, ...] = ()
    shares: ClassVar[Mapping[str, tuple[float, float]]] = {}
    _job: Job | None = None
    _stopping = False

    def begin(self) -> None:
        """Shows what is on disk, then a job that still runs."""
        settings = self.make_settings()
        self.use(settings, values_of(settings, self.work.recall(self.step)))
        self.refresh()
        self._find_again()

    # What subclasses say.

    def make_settings(self) -> tuple[Setting, ...]:
        """What can be set."""
        return ()

    def tasks(self) -> list[Task]:
        """The jobs that the button starts, one after the other.

        Raises:
            EdukitError: Something that they need is missing; the sentence is shown.
        """
        raise NotImplementedError

    def progressed(self, job: Job) -> None:
        """Shows how far a job is; called a few times a second."""

    def completed(self, job: Job) -> None:
        """A job ended well, or was stopped and kept something: the step is done."""
        self.work.finish(self.step)

    def follow_up(self, task: Task) -> list[Task]:
        """What is still to do after this task, whose job was found running."""
        return []

    # Which of the learner's runs.

    @property
    def arguments(self) -> dict[str, Any]:
        """What is set, as arguments of the verb; which run is used is none of them."""
        return {name: value for name, value in self.values.items() if name != "run"}

    def offer_runs(self) -> None:
        """Puts a choice of run before the settings, where there are several."""
        runs, in_use = self.work.runs, self.work.run
        settings = tuple(one for one in self._settings if one.name != "run")
        values = self.arguments
        if len(runs) > 1 and in_use:
            settings = (setting("widgets.run", options={run.name: run.label for run in runs}), *settings)
            values["run"] = in_use.name
        self.use(settings, values)

    def origin_pill(self, kind: str) -> list[dict[str, str]]:
        """Where the model of this kind is from."""
        found = self.work.find(kind)
        return [{"text": found.origin_text, "kind": "" if found.origin == "own" else "warn"}] if found else []

    # What the page does.

    def pressed(self, name: str, value: Any) -> None:
        """Starts, or stops; other buttons are the subclass's."""
        if name == "start":
            self.start()
        elif name == "stop":
            self.stop()

    def changed(self, name: str) -> None:
        """Remembers the settings for the next visit and shows the code that they make; which run is used is every view's business."""
        if name == "run":
            self.work.choose(str(self.values["run"]))
            return
        self.work.remember(self.step, self.arguments)
        self.refresh()

    def start(self) -> None:
        """Starts the jobs; a second press while they run does nothing."""
        if self.busy:
            return
        self._begin(self.tasks())

    def stop(self) -> None:
        """Asks the running job to stop and to keep what is done."""
        self._stopping = True
        if self._job:
            self._job.stop()
        self.status = t("widgets.stopping")

    # How jobs are followed.

    def _begin(self, tasks: Sequence[Task]) -> None:
        self._stopping = False
        self.actions = [{"name": "stop", "label": t("widgets.stop")}]
        self.in_background(lambda: self._work_through(tasks))

    def _work_through(self, tasks: Sequence[Task]) -> None:
        ended, last = "", None
        with self.guarded():
            for task in tasks:
                job = jobs.find(task.folder) or jobs.start(task.verb, task.arguments, task.folder, workspace=self.work.workspace)
                ended, last = self._follow(job), job
                if self._stopping or (ended != "done" and not self.independent):
                    break
        self._job = None
        self.refresh()
        self.status = self.last_word(ended, last)

    def _follow(self, job: Job) -> str:
        """Watches one job to its end and returns the state it ended in."""
        self._job = job
        if self._stopping:
            job.stop()
        while not job.ended:
            self._show(job)
            time.sleep(POLL_SECONDS)
        state = job.state
        if state in ("failed", "lost"):
            self.show_error(self._error_of(job))
        elif job.kept:
            self.replay(job)
            self._complete(job)
        return state

    def _error_of(self, job: Job) -> dict[str, str]:
        return {name: by_name(self.work, text) for name, text in (job.error or {}).items()}

    def _complete(self, job: Job) -> None:
        self.completed(job)
        job.mark_seen()

    def _show(self, job: Job) -> None:
        if job.place:
            self.share, self.status = -1.0, t("widgets.waiting", place=job.place)
            return
        self.progressed(job)
        progress = job.progress
        if progress and progress.get("total"):
            self.share = self.share_of(progress, min(1.0, float(progress["done"]) / float(progress["total"])))
        if not self._stopping:
            self.status = self.status_of(job)

    def share_of(self, progress: Mapping[str, Any], done: float) -> float:
        """How much of the whole job is done, by its latest progress and the share of that kind of work that is done; -1 if nobody knows."""
        first, end = self.shares.get(self._job.verb if self._job else "", (0.0, 1.0))
        return first + (end - first) * done

    def status_of(self, job: Job) -> str:
        """One line: what is going on and how long it still takes."""
        progress, key = job.progress, f"widgets.{self.step}.doing_{job.verb}"
        if key in texts():
            return t(key)
        if not progress or not progress.get("total") or not progress.get("done"):
            return job.message or t("widgets.starting")
        return t(f"widgets.{self.step}.doing", left=clock(seconds_left(job)), done=f"{progress['done']:.0f}", total=f"{progress['total']:.0f}")

    def replay(self, job: Job) -> None:
        """A job has ended; the last chance to show how it went before the result stands there."""

    def last_word(self, state: str, job: Job | None) -> str:
        """The status line that stays when ``job`` has ended."""
        return {"done": t("widgets.saved_line"), "stopped": t("widgets.stopped_line")}.get(state, "")

    def _find_again(self) -> None:
        """After a reload: goes on watching a job that still runs, completes one that ended meanwhile, or says why the last one failed."""
        folders = [folder for verb in self.verbs for folder in self.work.jobs(verb)[:1]]
        places = [place for folder in folders for place in (folder, *(record.parent for record in folder.glob("*/job.json")))]
        job = max((job for place in places if (job := jobs.find(place))), key=lambda one: one.began_ns, default=None)
        if job is None:
            return
        if not job.ended:
            task = Task(job.verb, job.arguments, job.folder)
            self.progressed(job)  # at once: not the older result while the first epoch lasts
            self._begin([task, *self.follow_up(task)])
        elif job.state == "failed":
            self.show_error(self._error_of(job))
        elif job.kept and not job.seen:
            self._complete(job)


def seconds_left(job: Job) -> float:
    """How long the present kind of work still takes, judged by its pace so far; 0 while that cannot be told."""
    pace, left, at = Pace(), None, 0.0
    for event in job.events():
        if event.get("event") == "progress" and event.get("total"):
            kind, at = kind_of_work(str(event.get("unit", "")), event.get("values") or {}), float(event["time"])
            left = pace.seconds_left(kind, float(event["done"]), float(event["total"]), at)
    return max(0.0, (left or 0.0) - max(0.0, time.time() - at))


def start_button(label: str, *, disabled: bool = False) -> dict[str, Any]:
    """The view's one primary button."""
    return {"name": "start", "label": label, "primary": True, "disabled": disabled}
