"""The health of a dataset: how many pictures each class has, what is wrong, what a repair would do, and the repair, as a new set of one's own."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from edukit.core.command_line import Code, code_of
from edukit.core.html import esc, tag, thumb, ticks, tiles
from edukit.core.i18n import language, t
from edukit.data import Dataset, find_folder, own_sets
from edukit.data.practice import FAULTY, faulty_set
from edukit.data.problems import Problem
from edukit.data.readers import read_draft
from edukit.data.repairing import plan_repair
from edukit.jobs import Job
from edukit.widgets.data_parts import SHOWN, found
from edukit.widgets.step_view import StepView, Task, start_button

ACTIONS = ("leave_out", "convert", "rename")


class HealthView(StepView):
    """Check the pictures of the lesson's dataset, see what is wrong kind by kind, and repair it into a new set; the old one stays.

    Example:
        >>> HealthView().kind
        'health'
    """

    step = "health"
    verbs = ("repair", "check")

    def refresh(self) -> None:
        """Shows the balance of the classes, the problems, and what a repair would do."""
        chosen = self.work.dataset
        self.code = f"dataset = ek.load_dataset({chosen!r})\n{code_of('check-dataset', {'source': Code('dataset')})}"
        self.actions, self.pills, self.body = [start_button(t("widgets.data.start"))], [], ""
        dataset = read_draft(find_folder(chosen)).dataset
        self.pills = [{"text": t("widgets.data.pill", name=dataset.name, classes=len(dataset.classes))}]
        answer = self._answer()
        plan = plan_repair(dataset, [Problem.from_dict(one) for one in answer.get("problems", [])])
        more: list[dict[str, Any]] = [{"name": "repair", "label": t("widgets.health.repair", name=self.next_name)}] * bool(plan)
        more += [{"name": "practise", "label": t("widgets.health.practise"), "quiet": True}] * (not dataset.name.startswith(FAULTY))
        self.actions = [*self.actions, *more]
        self.body = balance(dataset) + (found(answer) + planned(plan) if answer else "") + self._made()

    @property
    def next_name(self) -> str:
        """What the repaired set will be called: the next version of this one."""
        name, taken = find_folder(self.work.dataset).name, own_sets(self.work.workspace)
        stem, number = re.sub(r"-v\d+$", "", name), 2
        while f"{stem}-v{number}" in taken:
            number += 1
        return f"{stem}-v{number}"

    def tasks(self) -> list[Task]:
        """One check of every picture."""
        return [Task("check-dataset", {"source": self.work.dataset}, self.work.new_job("check"))]

    def pressed(self, name: str, value: Any) -> None:
        """Also the repair, then a check of what it made; and a set with faults to practise on."""
        if name == "repair" and not self.busy:
            out = self.work.workspace.datasets / self.next_name
            self._stopping = False
            self._begin([Task("check-dataset", {"source": self.work.dataset, "repair": out}, self.work.new_job("repair")),
                         Task("check-dataset", {"source": out.name}, self.work.new_job("check"))])  # fmt: skip
        elif name == "practise" and not self.busy:
            self.work.choose_dataset(faulty_set(self.work.workspace).name)
        else:
            super().pressed(name, value)

    def completed(self, job: Job) -> None:
        """The pictures were looked at; a repaired set takes the place of the old one in the lesson."""
        if (out := job.arguments.get("repair")) and isinstance(job.answer, dict) and job.answer.get("repaired"):
            self.work.choose_dataset(Path(out).name)
        self.work.finish(self.step)

    def status_of(self, job: Job) -> str:
        """As in the view of the data."""
        told = job.progress or {}
        return t("widgets.data.doing", done=f"{told.get('done', 0):.0f}", total=f"{told.get('total', 0):.0f}") if told.get("total") else t("widgets.starting")

    def _answer(self) -> dict[str, Any]:
        return next((answer for job, answer in self.work.answers("check") if job.arguments.get("source") == self.work.dataset), {})

    def _made(self) -> str:
        """What the repair that made this set changed."""
        for job, answer in self.work.answers("repair"):
            if (told := answer.get("repaired")) and find_folder(self.work.dataset).name == Path(str(job.arguments.get("repair"))).name:
                counts = {name: len(told[key]) for name, key in zip(ACTIONS, ("left_out", "converted", "renamed"))}
                return ticks([(True, t("widgets.health.made", before=answer["counts"]["images"], after=told["images"], **counts))])
        return ""


def balance(dataset: Dataset) -> str:
    """The classes side by side, each with the number of its pictures in all splits."""
    cells = []
    for label in dataset.classes:
        counts = [split.counts[label] for split in dataset.splits]
        cells.append((dataset.shown(label, language()), str(sum(counts)), " + ".join(map(str, counts)), float(sum(counts)), "accent"))
    return tag("p", t("widgets.health.balance")) + tiles(cells)


def planned(plan: dict[str, str]) -> str:
    """What a repair would do to which pictures, before it is done."""
    if not plan:
        return ""
    parts = []
    for action in ACTIONS:
        files = [Path(path) for path, what in plan.items() if what == action]
        if files:
            pictures = "".join(thumb(path, path.name) for path in files[:SHOWN] if path.is_file())
            parts.append(f"<div><p>{esc(t(f'widgets.health.{action}', count=len(files)))}</p><div class='ek-row'>{pictures}</div></div>")
    return f"<section class='ek-box'><p><b>{esc(t('widgets.health.plan'))}</b></p>{''.join(parts)}</section>"
