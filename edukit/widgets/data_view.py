"""Step 1: choose pictures and look at them before anything learns from them."""
from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from edukit.core.command_line import Code, code_of
from edukit.core.errors import EdukitError
from edukit.core.files import human_size
from edukit.core.html import empty
from edukit.core.i18n import language, t
from edukit.data import DatasetBuilder, fetched_sets, load_dataset, online_sets, own_sets, sample_sets
from edukit.data.online import OnlineSet
from edukit.data.own import MY_SET
from edukit.data.preparing import checked_name
from edukit.data.uploading import add_upload, most_bytes
from edukit.jobs import Job
from edukit.widgets.data_parts import class_row, groups, report_html
from edukit.widgets.lesson_view import code_on
from edukit.widgets.settings import Setting, setting
from edukit.widgets.step_view import StepView, Task, start_button
from edukit.widgets.transfers import expiry

OWN, UPLOAD = "own", "upload"  # the options for a folder of one's own, and for pictures that are on another computer or not sorted yet
FIELDS = {"folder": OWN, "set": UPLOAD, "label": UPLOAD}  # settings that stand there for one option alone
QUOTES = "\"'“”"  # that a file manager puts around a copied path


class DataView(StepView):
    """Choose a dataset or upload one, see its classes, pictures and groups, and have every picture checked.

    Example:
        >>> DataView().kind
        'data'
    """

    step = "data"
    verbs = ("fetch", "check")

    def make_settings(self) -> tuple[Setting, ...]:
        """Which pictures: a sample set, a set of one's own, an upload, or, on one's own computer, a folder."""
        self._added: Counter[str] = Counter()
        self._refused: list[EdukitError] = []
        samples = {one.name: one.title.get(language(), one.name) for one in sample_sets() if one.for_training}
        here = {name: t("widgets.data.fetched", name=name) for name in fetched_sets()}
        here |= {name: t("widgets.data.own_set", name=name) for name in own_sets(self.work.workspace)}
        ways = {way: t(f"widgets.data.{way}") for way in (UPLOAD, OWN) if way == UPLOAD or self.work.on_own_computer}
        online = {name: t("widgets.data.online", title=one.title[language()], size=one.size) for name, one in online_sets().items()}
        options = samples | here | ways | online | here  # what is here is not fetched again
        first = self.work.header.dataset
        source = setting("widgets.data.source", options=options, default=first if first in options else None)
        return source, *(setting(f"widgets.data.{name}", "text", default=MY_SET if name == "set" else "") for name in FIELDS)

    @property
    def chosen(self) -> str:
        """The chosen set or folder; empty while none is named."""
        return {OWN: str(self.values["folder"]).strip().strip(QUOTES), UPLOAD: ""}.get(self.values["source"], str(self.values["source"]))

    @property
    def absent(self) -> OnlineSet | None:
        """The online set that is chosen and must be fetched first."""
        return None if self.chosen in (*own_sets(self.work.workspace), *fetched_sets()) else online_sets().get(self.chosen)

    def changed(self, name: str) -> None:
        """Another dataset is everyone's business: the other views follow."""
        self.work.remember(self.step, {**self.values, "dataset": self.work.dataset})
        self.refresh()  # a folder that cannot be used is said beside the field, and the others keep what they have
        if self.chosen and not self.absent:
            self.work.dataset = self.chosen
            self.work.remember(self.step, {**self.values, "dataset": self.chosen})

    def _work_changed(self, change: Any) -> None:
        """Another view chose the data: it is what stands here too."""
        with self.guarded():
            if change["name"] == "dataset" and self.work.dataset != self.chosen:
                settings, name = self.make_settings(), self.work.dataset
                known = name in {option.value for option in settings[0].options}
                self.use(settings, {**self.values, **({"source": name} if known else {"source": OWN, "folder": name})})
        super()._work_changed(change)

    def most_bytes(self, name: str) -> int:
        """Of a zip or a video more than of a picture."""
        return most_bytes(name)

    def received(self, name: str, data: bytes) -> None:
        """One of the uploaded files; what cannot be used does not keep the others out."""
        if not self.ask_first(name, data, lambda: self._add(name, data, last=True)):
            self._add(name, data)

    def _add(self, name: str, data: bytes, *, last: bool = False) -> None:
        try:
            builder = DatasetBuilder(str(self.values["set"]), workspace=self.work.workspace)
            self._added.update(add_upload(builder, name, data, label=str(self.values["label"]).strip()))
        except EdukitError as error:
            self._refused.append(error)
        if last:
            self.received_all()

    def received_all(self) -> None:
        """The set is chosen once it has all of them; cards of it that were never filled would keep it from being read."""
        added, refused, name = self._added, self._refused, str(self.values["set"])
        if added:
            builder = DatasetBuilder(name, workspace=self.work.workspace)
            for label in [label for label, count in builder.counts.items() if not count]:
                builder.delete_class(label)
        self.use(self.make_settings(), self.values)
        if added:
            self.set("source", checked_name("set", name))
        if refused:
            self.show_error(refused[-1], near="" if added else "label")
        told = [t("widgets.data.uploaded", count=sum(added.values()), classes=len(added))] * bool(added)
        self.status = " ".join(told + [t("widgets.data.refused", count=len(refused))] * bool(refused))

    def refresh(self) -> None:
        """Shows the pictures and what the last check found."""
        self._show_settings()
        self.code = code_on(self.chosen, code_of("check-dataset", {"source": Code("dataset")}))
        self.actions = [start_button(t("widgets.data.start"), disabled=True)]
        self.pills, self.body = [], empty(t("widgets.data.none"))
        if not self.chosen:
            return
        if (online := self.absent) is not None:
            self.code, self.actions = code_of("fetch", {"name": online.name}), [start_button(t("widgets.data.fetch", size=online.size))]
            self.body = empty(t("widgets.data.absent", source=online.source, licence=online.licence or t("downloads.no_licence")))
            return
        dataset = load_dataset(self.chosen)
        self.actions = [start_button(t("widgets.data.start"))]
        self.pills = [{"text": t("widgets.data.pill", name=dataset.name, classes=len(dataset.classes))}]
        self.body = "".join((groups(dataset), *(class_row(dataset, label) for label in dataset.classes), self._found(dataset.folder)))

    def tasks(self) -> list[Task]:
        """One check of every picture; of an online set that is not here, its download."""
        if (online := self.absent) is not None:
            return [Task("fetch", {"name": online.name}, self.work.new_job("fetch"))]
        return [Task("check-dataset", {"source": self.chosen}, self.work.new_job("check"))]

    def completed(self, job: Job) -> None:
        """The pictures were looked at: the step is done. A set that was fetched is chosen."""
        if job.verb == "fetch":
            self.use(self.make_settings(), self.values)
            self.changed("source")
            return
        self.work.finish("data")

    def status_of(self, job: Job) -> str:
        """Bytes while something is downloaded, else pictures."""
        told = job.progress or {}
        if job.verb != "fetch" or told.get("unit") != "byte":
            return super().status_of(job)
        return t("widgets.data.fetching", done=human_size(told["done"]), total=human_size(told["total"]))

    def _show_settings(self) -> None:
        source = self.values["source"]
        shown = [setting.to_dict() for setting in self._settings if FIELDS.get(setting.name, source) == source]
        if shown != self.settings:
            self.settings = shown
        hint = f"{t('widgets.data.drop_hint')} {expiry(self.work)}".strip()
        drop = {"label": t("widgets.data.drop"), "hint": hint, "folder": t("widgets.data.drop_folder"), "max_bytes": most_bytes(".zip")}
        self.upload = drop if source == UPLOAD else {}

    def _found(self, folder: Path) -> str:
        return next((report_html(answer) for job, answer in self.work.answers("check") if job.arguments.get("source") in (self.chosen, str(folder))), "")
