"""Step 1: choose pictures and look at them before anything learns from them."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edukit import jobs
from edukit.core.command_line import Code, code_of
from edukit.core.html import empty, esc, stats, thumb, ticks
from edukit.core.i18n import language, t
from edukit.data.problems import Problem, grouped
from edukit.jobs import Job
from edukit.widgets.settings import Option, Setting
from edukit.widgets.step_view import StepView, Task, start_button

if TYPE_CHECKING:
    from edukit.data import Dataset

OWN = "own"  # the option for a folder of one's own
QUOTES = "\"'“”"  # that a file manager puts around a copied path
SHOWN = 8    # pictures of each class
LISTED = 12  # problems


class DataView(StepView):
    """Choose a dataset, see its classes, pictures and groups, and have every picture checked.

    Example:
        >>> DataView().kind
        'data'
    """

    step = "data"
    verbs = ("check",)

    def make_settings(self) -> tuple[Setting, ...]:
        """Which pictures: a sample set, or a folder of one's own."""
        from edukit.data import own_sets, sample_sets

        known = [one for one in sample_sets() if "train" in one.card.get("splits", ("train",))]
        mine = [Option(name, t("widgets.data.own_set", name=name)) for name in own_sets(self.work.workspace)]
        taken = {one.value for one in mine}
        options = [Option(one.name, one.title.get(language(), one.name)) for one in known if one.name not in taken] + mine
        return (
            Setting(name="source", kind="select", label=t("widgets.data.source"), hint=t("widgets.data.source_hint"), default="emoji",
                    options=(*options, Option(OWN, t("widgets.data.own")))),
            Setting(name="folder", kind="text", label=t("widgets.data.folder"), hint=t("widgets.data.folder_hint"), default="",
                    placeholder=t("widgets.data.folder_placeholder")),
        )

    @property
    def chosen(self) -> str:
        """The chosen sample set or folder; empty while none is named."""
        return str(self.values["folder"]).strip().strip(QUOTES) if self.values["source"] == OWN else str(self.values["source"])

    def changed(self, name: str) -> None:
        """Another dataset is everyone's business: the other views follow."""
        self.work.remember(self.step, {**self.values, "dataset": self.work.dataset})
        self.refresh()  # a folder that cannot be used is said beside the field, and the others keep what they have
        if self.chosen:
            self.work.dataset = self.chosen
            self.work.remember(self.step, {**self.values, "dataset": self.chosen})

    def refresh(self) -> None:
        """Shows the pictures and what the last check found."""
        self._show_settings()
        self.code = code(self.chosen)
        self.actions = [start_button(t("widgets.data.start"), disabled=True)]
        self.pills, self.body = [], empty(t("widgets.data.none"))
        if not self.chosen:
            return
        from edukit.data import load_dataset

        dataset = load_dataset(self.chosen)
        self.actions = [start_button(t("widgets.data.start"))]
        self.pills = [{"text": t("widgets.data.pill", name=dataset.name, classes=len(dataset.classes))}]
        self.body = "".join((groups(dataset), *(class_row(dataset, label) for label in dataset.classes), self._found()))

    def tasks(self) -> list[Task]:
        """One check of every picture."""
        return [Task("check-dataset", {"source": self.chosen}, self.work.new_job("check"))]

    def completed(self, job: Job) -> None:
        """The pictures were looked at: the step is done."""
        self.work.finish("data")

    def _show_settings(self) -> None:
        shown = [setting.to_dict() for setting in self._settings if setting.name != "folder" or self.values["source"] == OWN]
        if shown != self.settings:
            self.settings = shown

    def _found(self) -> str:
        newest = next(iter(self.work.jobs("check")), None)
        job = jobs.find(newest) if newest else None
        answer = job.answer if job else None
        if not job or not isinstance(answer, dict) or job.arguments.get("source") != self.chosen:
            return ""
        return report(answer, self.chosen)


def code(chosen: str) -> str:
    """What the view does, in Python."""
    return f"dataset = ek.load_dataset({chosen!r})\n{code_of('check-dataset', {'source': Code('dataset')})}"


def groups(dataset: Dataset) -> str:
    """How many pictures each group has, and what it is for."""
    cells = [(t(f"widgets.data.{split.name}"), str(len(split)), "") for split in (dataset.train, dataset.validation, dataset.test)]
    notes = "".join(f"<p><small>{esc(note)}</small></p>" for note in dataset.notes)
    return stats(cells) + f"<p>{esc(t('widgets.data.groups'))}</p>" + notes


def class_row(dataset: Dataset, label: str) -> str:
    """A class: its name, its counts, some of its training pictures."""
    mine = [sample for sample in dataset.train if sample.label == label]
    some = mine[:: max(1, len(mine) // SHOWN)][:SHOWN]
    counts = " + ".join(str(split.counts[label]) for split in dataset.splits)
    name = dataset.shown(label, language())
    pictures = "".join(thumb(sample.path, name) for sample in some)
    return f"<div class='ek-class'><div><b>{esc(name)}</b><small>{esc(counts)}</small></div><div class='ek-row'>{pictures}</div></div>"


def report(answer: dict[str, Any], folder: str = "") -> str:
    """What check-dataset found in a dataset's folder, in sentences."""
    problems = answer.get("problems", [])
    images = answer.get("counts", {}).get("images", 0)
    errors = [one for one in problems if one.get("severity") == "error"]
    if not problems:
        return ticks([(True, t("widgets.data.all_good", count=images))])
    head = ticks([(not errors, t("widgets.data.found", count=images, errors=len(errors), warnings=len(problems) - len(errors)))])
    found = grouped([Problem.from_dict(one) for one in problems], folder)
    lines = [t("widgets.data.problem", path=one.where, detail=one.detail, remedy=one.remedy) for one in found[:LISTED]]
    rows = "".join(f"<li><span>•</span><span>{esc(line)}</span></li>" for line in lines)
    more = f"<p><small>{esc(t('widgets.data.more', count=len(found) - LISTED))}</small></p>" if len(found) > LISTED else ""
    return f"{head}<ul class='ek-list'>{rows}</ul>{more}"
