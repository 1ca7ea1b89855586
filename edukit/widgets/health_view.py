"""The health of a dataset: how many pictures each class has, what is wrong, what a repair would do, the repair, and the versions that it leaves."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edukit.core.command_line import Code, code_of
from edukit.core.html import choice, esc, tag, thumb, tiles
from edukit.core.i18n import language, t
from edukit.data import Dataset, find_folder
from edukit.data.practice import FAULTY, faulty_set
from edukit.data.problems import Problem
from edukit.data.readers import read_draft
from edukit.data.repairing import ACTIONS, plan_repair
from edukit.data.versions import KINDS, Version, next_version, versions
from edukit.jobs import Job
from edukit.widgets.data_parts import SHOWN, report_html
from edukit.widgets.lesson_view import code_on
from edukit.widgets.step_view import StepView, Task, start_button


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
        self.code = code_on(chosen, code_of("check-dataset", {"source": Code("dataset")}))
        self.actions, self.pills, self.body = [start_button(t("widgets.data.start"))], [], ""
        dataset = read_draft(find_folder(chosen)).dataset
        self.pills = [{"text": t("widgets.data.pill", name=dataset.name, classes=len(dataset.classes))}]
        answer = self._answer()
        plan = plan_repair(dataset, [Problem.from_dict(one) for one in answer.get("problems", [])])
        more: list[dict[str, Any]] = [{"name": "repair", "label": t("widgets.health.repair", name=self.next_name)}] * bool(plan)
        more += [{"name": "practise", "label": t("widgets.health.practise"), "quiet": True}] * (not dataset.name.startswith(FAULTY))
        self.actions = [*self.actions, *more]
        here = versions(chosen, workspace=self.work.workspace)
        self.body = balance(dataset) + (report_html(answer) + plan_html(plan) if answer else "") + versions_html(here, dataset)

    @property
    def next_name(self) -> str:
        """What the repaired set will be called: the next version of this one."""
        return next_version(find_folder(self.work.dataset).name, workspace=self.work.workspace)

    def tasks(self) -> list[Task]:
        """One check of every picture."""
        return [Task("check-dataset", {"source": self.work.dataset}, self.work.new_job("check"))]

    def pressed(self, name: str, value: Any) -> None:
        """Also the repair, then a check of what it made; a set with faults to practise on; another version to go on with."""
        if name == "repair" and not self.busy:
            out = self.work.workspace.datasets / self.next_name
            self._begin([Task("check-dataset", {"source": self.work.dataset, "repair": out}, self.work.new_job("repair")),
                         Task("check-dataset", {"source": out.name}, self.work.new_job("check"))])  # fmt: skip
        elif name == "practise" and not self.busy:
            self.work.choose_dataset(faulty_set(self.work.workspace).name)
        elif name == "version" and not self.busy:
            self.work.choose_dataset(str(value))
        else:
            super().pressed(name, value)

    def completed(self, job: Job) -> None:
        """The pictures were looked at; a repaired set takes the place of the old one in the lesson."""
        if (out := job.arguments.get("repair")) and isinstance(job.answer, dict) and job.answer.get("repaired"):
            self.work.choose_dataset(Path(out).name)
        self.work.finish(self.step)

    def _answer(self) -> dict[str, Any]:
        return next((answer for job, answer in self.work.answers("check") if job.arguments.get("source") == self.work.dataset), {})


def balance(dataset: Dataset) -> str:
    """The classes side by side, each with the number of its pictures in all splits."""
    cells = []
    for label in dataset.classes:
        counts = [split.counts[label] for split in dataset.splits]
        cells.append((dataset.shown(label, language()), str(sum(counts)), " + ".join(map(str, counts)), float(sum(counts)), "accent"))
    return tag("p", t("widgets.health.balance")) + tiles(cells)


def plan_html(plan: dict[str, str]) -> str:
    """What a repair would do to which pictures, before it is done."""
    if not plan:
        return ""
    parts = []
    for action in ACTIONS.values():
        files = [Path(path) for path, what in plan.items() if what == action]
        if files:
            pictures = "".join(thumb(path, path.name) for path in files[:SHOWN] if path.is_file())
            parts.append(f"<div><p>{esc(t(f'widgets.health.{action}', count=len(files)))}</p><div class='ek-row'>{pictures}</div></div>")
    return f"<section class='ek-box'><p><b>{esc(t('widgets.health.plan'))}</b></p>{''.join(parts)}</section>"


def versions_html(here: Sequence[Version], dataset: Dataset) -> str:
    """The versions of a set, each with what changed and a button to go on with it; nothing where there is one."""
    rows = []
    for one in here:
        said = "".join(tag("small", sentence) for sentence in changes_of(one, here, dataset))
        button = choice("version", one.name, one.name, chosen=one.name == dataset.folder.name)
        rows.append(f"<div class='ek-class'>{button}<div>{tag('b', t('widgets.health.images', count=one.images))}{said}</div></div>")
    return f"<section class='ek-box'>{tag('p', t('widgets.health.versions'))}{''.join(rows)}</section>" if len(here) > 1 else ""


def changes_of(version: Version, here: Sequence[Version], dataset: Dataset) -> list[str]:
    """What a version changed: why, in all, and class by class."""
    if not version.before:
        return [t("widgets.health.first")]
    images = next(one.images for one in here if one.name == version.before)
    said = [t("widgets.health.made", before=images, after=version.images, **version.repaired)] if version.repaired else []
    for label, counts in version.changes.items():
        parts = t("data.comma").join(t(f"widgets.health.{kind}", count=counts[kind]) for kind in KINDS if kind in counts)
        said.append(t("widgets.health.of_class", name=dataset.shown(label, language()), changes=parts))
    return [t("widgets.health.against", name=version.before), *(said or [t("widgets.health.same")])]
