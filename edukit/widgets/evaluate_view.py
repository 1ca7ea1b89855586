"""Where a model is wrong, how sure it is, and what could be done: matrix, mistakes, threshold, reliability; wrong labels of one's own set are mended."""
from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from edukit.core.command_line import Code, code_of
from edukit.core.errors import BadArgument
from edukit.core.files import write_text
from edukit.core.formatting import percent
from edukit.core.html import answer, choice, empty, tag, warnings
from edukit.core.i18n import t
from edukit.data import DatasetBuilder, own_sets
from edukit.evaluation import at_threshold, mcnemar, showing
from edukit.evaluation.report_page import report_html
from edukit.tasks.classification_results import ClassEvaluation
from edukit.widgets.artefacts import Run
from edukit.widgets.evaluate_parts import PROBE, PROBES, STEP, mistakes_html, others, probe_tasks, probes_html, probes_of, shift_html, shift_tasks
from edukit.widgets.lesson_view import code_on
from edukit.widgets.settings import Option, Setting, setting
from edukit.widgets.step_view import StepView, Task, start_button

REASONS, SHOWN = 12, 18
LISTS = {"worst": showing.worst, "certain": showing.most_certain}
THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


class EvaluateView(StepView):
    """The model in use on validation (or test) pictures.

    Example:
        >>> EvaluateView().kind
        'evaluate'
    """

    step = "evaluate"
    verbs = ("evaluate", STEP, PROBE)
    _list, _looked_at, _edits, _asked = "certain", "", 0, "start"
    _cell: showing.Cell | None = None
    _builder: DatasetBuilder | None = None

    def make_settings(self) -> tuple[Setting, ...]:
        """Which pictures, and from which score on an answer counts."""
        splits = [Option(name, t(f"widgets.evaluate.{name}"), t(f"widgets.evaluate.{name}_hint")) for name in ("validation", "test")]
        levels = {level: percent(level, 0) for level in THRESHOLDS}
        return setting("widgets.evaluate.split", options=splits), setting("widgets.evaluate.threshold", "range", levels)

    @property
    def model(self) -> Path | None:
        """The model in use: the checkpoint, else what was made of one."""
        return self.work.checkpoint or self.work.onnx or self.work.int8

    def tasks(self) -> list[Task]:
        """One evaluation, with reasons where the model can give them."""
        if self.model is None:
            return []
        if self._asked != "start" and (found := self._found()):
            probed = self._asked in PROBES
            return probe_tasks(self.work, self.model, found.split, self._asked) if probed else shift_tasks(self.work, self.model, found.classes)
        self._cell, self._looked_at = None, ""
        reasons = REASONS if self.model.suffix == ".pth" else 0
        arguments = {"model": self.model, "data": self.work.dataset, "split": self.values["split"], "reasons": reasons, "skip_bad": self.work.skip_bad}
        return [Task("evaluate", arguments, self.work.new_job("evaluate"))]

    def refresh(self) -> None:
        """Shows the newest evaluation on the chosen split."""
        self.offer_runs()
        found = self._found()
        told = {"model": Code("trained.best"), "data": Code("dataset"), "split": self.values["split"], "reasons": REASONS}
        self.code = code_on(self.work.dataset, f"result = {code_of('evaluate', told)}", "result")
        start = start_button(t("widgets.evaluate.again" if found else "widgets.evaluate.start"), disabled=self.model is None)
        tried = [*(["others"] if others(found.classes) else []), *probes_of(found)] if found else []
        more = [*(["report"] if found else []), *tried, *(["undo"] if self._edits else [])]
        self.actions = [start, *({"name": name, "label": t(f"widgets.evaluate.{name}")} for name in more)]
        pill = [{"text": t("widgets.data.pill", name=found.dataset, classes=len(found.classes))}] if found else []
        self.pills = [*pill, *(self.origin_pill("checkpoint") or self.origin_pill("int8"))]
        none = "widgets.evaluate.none" if self.model else "widgets.evaluate.train_first"
        self.body = self._drawn(found) if found else empty(t(none, where=self.work.where("train")))

    def pressed(self, name: str, value: Any) -> None:
        """Starts; or shows other pictures, looks at one, gives it another label, takes that back, saves the page."""
        if name in ("start", "stop", "others", *PROBES):
            self._asked = self._asked if name == "stop" else name
            super().pressed("stop" if name == "stop" else "start", value)
            return
        found = self._found()
        if found is None:
            return
        if name == "cell":
            row, column = (int(part) for part in str(value).split(","))
            self._cell, self._looked_at = showing.Cell(found.classes[row], found.classes[column]), ""
        elif name == "list" and value in LISTS:
            self._list, self._cell, self._looked_at = value, None, ""
        elif name == "look":
            self._looked_at = "" if self._looked_at == value else str(value)
        elif name == "label" and (builder := self._own()):
            builder.relabel([Path(self._looked_at).name], found.classes[int(value)])
            self._edits += 1
        elif name == "undo" and (builder := self._own()) and builder.undo():
            self._edits -= 1
        elif name == "report":
            page = self.work.folder / "evaluation.html"
            write_text(page, report_html(found, self.work.shown, probes_html(self.work, found) + shift_html(self.work, found.classes)))
            self.send_file(page)
        self.refresh()

    def _found(self, but: str = "") -> ClassEvaluation | None:
        """The newest evaluation on the chosen pictures; of another model than ``but``."""
        wanted = (self.values["split"], self.work.dataset)
        same = (one for job, one in self.work.results("evaluate", ClassEvaluation) if (job.arguments.get("split"), job.arguments.get("data")) == wanted)
        return next((one for one in same if one.model != but), None)

    def _versus(self, found: ClassEvaluation) -> str:
        """Whether it is better than the model that was measured before, or was lucky."""
        other = self._found(but=found.model)
        with suppress(BadArgument):  # the pictures have changed since
            if other:
                said, (first, second) = str(mcnemar(found, other)), (Run(Path(one.model).parent).title for one in (found, other))
                return tag("p", t("widgets.evaluate.versus", first=first, second=second, said=said), "ek-hint")
        return ""

    def _own(self) -> DatasetBuilder | None:
        """The set's builder, where it is one of the student's own."""
        if self._builder is None and self.work.dataset in own_sets(self.work.workspace):
            self._builder = DatasetBuilder(self.work.dataset, workspace=self.work.workspace)
        return self._builder if self._builder and self._builder.name == self.work.dataset else None

    def _drawn(self, found: ClassEvaluation) -> str:
        old = "" if self.model and found.model == str(self.model) else warnings([t("widgets.evaluate.old")])
        pictures = [one for one in found.pictures if (one.label, one.predicted) == self._cell] if self._cell else LISTS[self._list](found)
        buttons = "".join(choice("list", name, t(f"evaluation.{name}"), chosen=not self._cell and name == self._list) for name in LISTS)
        title = tag("h3", showing.cell_words(self.work.shown(self._cell.label), self.work.shown(self._cell.predicted), len(pictures))) if self._cell else ""
        charts = showing.sureness_html(found, at_threshold(found, self.values["threshold"]))
        head = answer(found.summary()) + self._versus(found) + old + warnings(found.warnings)
        head += showing.matrix_html(found, self.work.shown, clickable=True, chosen=self._cell)
        shown = mistakes_html(found, pictures[:SHOWN], self._own(), self._looked_at, self.work.shown)
        return f"{head}<div class='ek-row'>{buttons}</div>{title}{shown}{charts}{probes_html(self.work, found)}{shift_html(self.work, found.classes)}"
