"""Take home: the models, all of one's work as one file that opens again elsewhere, and a report with one's name."""
from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edukit.comparison.results import Comparison
from edukit.core.files import human_size
from edukit.core.html import empty, esc, tag
from edukit.core.i18n import t, text_or
from edukit.core.job_files import ANSWER
from edukit.data.own_work import open_work, pack_work
from edukit.jobs import Job
from edukit.widgets.settings import Setting, setting
from edukit.widgets.step_view import StepView, Task, start_button

ALL = "edukit-work.zip"
REPORT = "report.html"


class HomeView(StepView):
    """Downloads what the learner made, opens it again, and writes the report.

    Example:
        >>> HomeView().kind
        'home'
    """

    step, accept = "home", ".zip"
    verbs = ("report",)

    def make_settings(self) -> tuple[Setting, ...]:
        """Whose report it is."""
        return (setting("widgets.home.student", "text"),)

    @property
    def files(self) -> dict[str, Path]:
        """What can be downloaded of the run in use, by name."""
        run = self.work.run
        if run is None:
            return {}
        report = run.folder / REPORT
        return {path.name: path for path in [*run.models, *([report] if report.is_file() else [])]}

    def refresh(self) -> None:
        """Lists the files."""
        files = self.files
        self.actions = [
            start_button(t("widgets.home.again" if REPORT in files else "widgets.home.report"), disabled=not files),
            {"name": "all", "label": t("widgets.home.all")},
        ]
        none = empty(t("widgets.home.none", where=self.work.where("train")))
        self.body = tag("p", t("widgets.home.run", run=self.work.run.label)) + take_buttons(files) if files and self.work.run else none

    def pressed(self, name: str, value: Any) -> None:
        """Also sends a file, or all of them."""
        if name == "take":
            self.send_file(self.files[str(value)])
        elif name == "all":
            with tempfile.TemporaryDirectory() as folder:
                self.send_file(pack_work(self.work.workspace, Path(folder) / ALL))
            self.status = t("widgets.home.sent", name=ALL)
        else:
            super().pressed(name, value)

    def received(self, name: str, data: bytes) -> None:
        """Adds the work in a zip file to one's own."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"{Path(name).stem[:80]}.zip"
            file.write_bytes(data)
            open_work(file, self.work.workspace)
        self.work.reread()
        self.refresh()
        self.status = t("widgets.home.opened")

    def tasks(self) -> list[Task]:
        """One report on the run in use, with its newest comparison."""
        run = self.work.run
        if run is None:
            return []
        arguments: dict[str, Any] = {"run": run.folder, "dataset": self.work.dataset, "student": self.values["student"], "out": run.folder / REPORT}
        compared = self.work.results("compare", Comparison)
        if answer := next((job.folder / ANSWER for job, one in compared if [model.path for model in one.models] == run.models), None):
            arguments["comparison"] = answer
        return [Task("report", arguments, self.work.new_job("report"))]

    def completed(self, job: Job) -> None:
        """The report is there; it is sent at once."""
        self.refresh()
        self.send_file(self.files[REPORT])


def take_buttons(files: Mapping[str, Path], *, sized: bool = True) -> str:
    """A button for each file that downloads it; ``sized`` says how large it is."""
    buttons = "".join(
        f"<button type='button' data-do='take' data-value='{esc(name)}'>↓ {esc(text_or('widgets.home.' + name, name))}"
        f"{f' <small>{human_size(path.stat().st_size)}</small>' if sized else ''}</button>"
        for name, path in files.items()
    )
    return f"<div class='ek-row'>{buttons}</div>"
