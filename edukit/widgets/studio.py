"""The Studio: collecting pictures, and besides a head trained in a moment, a live answer and files to keep."""
from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import traitlets

from edukit import jobs
from edukit.core.errors import EdukitError
from edukit.core.i18n import language, t
from edukit.core.lesson_header import LessonHeader, notebooks, read_header
from edukit.core.workspace import current
from edukit.data import DatasetBuilder, export_dataset
from edukit.training.bodies import int8_body
from edukit.training.head_files import CHECKPOINT, INT8, ONNX
from edukit.training.studio import HeadStudio
from edukit.widgets.collect import Collect, Doing, small_uri
from edukit.widgets.transfers import send_file
from edukit.widgets.work import Work

FILES = {"int8": INT8, "onnx": ONNX, "checkpoint": CHECKPOINT}


class Studio(Collect):
    """Pictures by camera, upload and drawing; a head trained in a moment; a live answer; files to keep.

    Example:
        >>> Studio().kind
        'studio'
    """

    kind = traitlets.Unicode("studio").tag(sync=True)
    collecting = traitlets.Bool(False).tag(sync=True)
    first_set = "studio"
    builder_type = HeadStudio
    _stop = threading.Event()  # of the look at pictures that goes on

    def __init__(self, the_work: Work | None = None) -> None:
        super().__init__(the_work)
        lesson = _collecting()
        self.words = {**self.words, "go_on": t("studio.go_on", title=lesson.title) if lesson else ""}
        threading.Thread(target=self._prepare, daemon=True, name="edukit-body").start()

    def _prepare(self) -> None:
        """Has the network cut, once on a machine, while the page is looked at: the first pictures would wait for it."""
        with suppress(EdukitError):  # told when a picture comes
            int8_body(self.work.workspace)

    def doing(self, content: Mapping[str, Any], buffers: list[bytes]) -> Doing:
        """What each message of the page does."""
        return {
            **super().doing(content, buffers), "look": lambda: self._look(buffers[0]), "why": self._why, "stop": self._end,
            "keep": self._keep, "go_on": self._go_on, "download": lambda: self._download(str(content["what"])),
        }  # fmt: skip

    @property
    def studio(self) -> HeadStudio:
        """The set with its features."""
        return cast(HeadStudio, self.builder)

    def change(self, step: Callable[[DatasetBuilder], object]) -> None:
        """Changes the set; the answer takes on other names, and goes with a class that it knew."""
        before = self.builder.classes
        super().change(step)
        self.studio.follow(before)
        head = self.studio.head
        if self.trained and (head is None or list(head.classes) != self.trained["classes"]):
            self.trained = {**self.trained, "classes": list(head.classes)} if head else {}
            self.kept = []
            self.status = "" if head else t("studio.train_again")

    def open_set(self, name: str) -> DatasetBuilder:
        """Ends a look at the pictures of the set before."""
        self._end()
        return super().open_set(name)

    def train(self, *, hold_back: bool) -> None:
        """Solves the head, at once or after a look at pictures that are new to it, which the page follows and may stop."""
        if self.busy:
            return
        if not self.studio.unseen():
            self._solve(hold_back)
            return
        self.busy, self._stop = True, threading.Event()
        threading.Thread(target=self._see, args=(self.studio, self._stop, hold_back), daemon=True, name="edukit-see").start()

    def _see(self, studio: HeadStudio, stop: threading.Event, hold_back: bool) -> None:
        with self.guarded():
            unseen = studio.unseen()
            for done, picture in enumerate(unseen, start=1):
                if stop.is_set():
                    return
                self.status = t("studio.reading", done=done, total=len(unseen))
                studio.see(picture)
            if not stop.is_set():
                self._solve(hold_back)
        if not stop.is_set():
            self.busy = False

    def _end(self) -> None:
        self._stop.set()
        if self.busy:
            self.busy, self.status = False, t("studio.stopped")

    def _solve(self, hold_back: bool) -> None:
        """The page's camera is answered from now on."""
        head = self.studio.train(hold_back=hold_back)
        test, told = self.studio.tested, {}
        if test:
            sentence = t("studio.test_bursts" if test.bursts else "studio.test", right=test.right, count=test.count)
            told = {"sentence": sentence, "wrong": [{"uri": small_uri(path), "said": said} for path, said in test.wrong[:12]]}
        self.trained = {"classes": list(head.classes), "images": len(head.learnt), "test": told}
        self.kept = []
        self.status = t("studio.trained", count=len(head.learnt), classes=len(head.classes))
        self.work.finish("studio")

    def _look(self, data: bytes) -> None:
        if self.studio.head is not None:
            shares, unknown = self.studio.look(data)
            self.send({"answer": {"shares": [float(share) for share in shares], "unknown": unknown}})

    def _why(self) -> None:
        label, *sides = self.studio.reasons()
        told = [[{"uri": small_uri(path), "pull": f"{pull:+.1f}"} for path, pull in side if abs(pull) >= 0.05] for side in sides]
        if label:
            self.send({"why": {"label": label, "for": told[0], "against": told[1]}})

    def _keep(self) -> None:
        if self.studio.head is None:
            return
        shutil.rmtree(self._exported, ignore_errors=True)
        run = self.work.new_run("train")
        files = self.studio.keep(run)
        self._run = run
        job = jobs.start("checkpoint-head", {"model": files[0]}, self.work.new_job("keep"), workspace=self.work.workspace)
        self.work.finish("keep")
        self.status = t("studio.kept", folder=str(run))
        self._offer()
        threading.Thread(target=self._await_files, args=(job, run), daemon=True, name="edukit-keep").start()

    def _offer(self, *, proved: bool = False) -> None:
        """Offers what is written: the checkpoint once its job has proved it."""
        names = {what: name for what, name in FILES.items() if (self._run / name).is_file() and (proved or name != CHECKPOINT)}
        self.kept = [{"what": "dataset", "label": t("studio.file_dataset")}, *({"what": what, "label": name} for what, name in names.items())]

    def _await_files(self, job: jobs.Job, run: Path) -> None:
        """Offers the rest once it is written, or says why it is not."""
        job.wait()
        if self._run != run or not self.kept:
            return
        if job.error:
            self.show_error(job.error)
        if self.status == t("studio.kept", folder=str(run)):
            self.status = "" if job.error else t("studio.written", folder=str(run))
        self._offer(proved=not job.error)

    def _download(self, what: str) -> None:
        path = self._run / FILES[what] if what in FILES else self._exported / f"{self.builder.name}.zip"
        if what == "dataset":
            self._exported.mkdir(parents=True, exist_ok=True)
            export_dataset(self.builder.folder, out=path, overwrite=True)
        self.status = t("studio.sent", name=path.name)
        send_file(self.send, path)

    def _go_on(self) -> None:
        """The lesson on building a set opens with this one."""
        if not (lesson := _collecting()):
            return
        there = Work(self.work.workspace.of_lesson(lesson.name), lesson)
        there.remember("collect", {"set": self.builder.name})
        there.choose_dataset(self.builder.name)
        self.send({"go": lesson.address})


def _collecting() -> LessonHeader | None:
    """The lesson in which a set is built."""
    found = (read_header(path, path.stat().st_mtime_ns) for path in notebooks(language(), current().lessons))
    return next((one for one in found if one and one.kind == "lesson" and any(step.name == "collect" for step in one.steps)), None)
