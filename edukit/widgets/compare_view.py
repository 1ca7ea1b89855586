"""Step 4: is it still the same model, and how much faster is it? Measured, not believed."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edukit.comparison.results import Comparison
from edukit.comparison.summary import comparison_html
from edukit.core.command_line import Code, code_of
from edukit.core.formatting import clock
from edukit.core.html import empty, esc, thumb
from edukit.core.i18n import t
from edukit.jobs import Job
from edukit.widgets.lesson_view import code_on
from edukit.widgets.settings import Setting, settings_of
from edukit.widgets.step_view import StepView, Task, seconds_left, start_button

MOST_SHOWN = 24


class CompareView(StepView):
    """Accuracy, speed and size of the newest model in its three forms, and the pictures that got another label.

    Example:
        >>> CompareView().kind
        'compare'
    """

    step = "compare"
    verbs = ("compare",)
    _open = False

    def make_settings(self) -> tuple[Setting, ...]:
        """How many threads each model gets."""
        return settings_of("compare")

    def refresh(self) -> None:
        """Shows the newest comparison."""
        self.offer_runs()
        models = self.work.models
        call = code_of("compare", {"models": models_in_code(len(models)), "data": Code("dataset.test"), **self.arguments})
        self.code = code_on(self.work.dataset, f"result = {call}", "result")
        found = next((one for _, one in self.work.results("compare", Comparison) if one.models), None)
        changed = found.changed if found else ()
        start = start_button(t("widgets.compare.again" if found else "widgets.compare.start"), disabled=len(models) < 2)
        unfold = {"name": "changed", "label": t("widgets.compare.hide" if self._open else "widgets.compare.show", count=len(changed))}
        self.actions = [start, unfold] if changed else [start]
        saved = [{"text": t("widgets.saved"), "kind": "good"}] if found else []
        self.pills = [{"text": t("widgets.compare.pill", count=len(found.models if found else models))}, *self.origin_pill("onnx"), *saved]
        if found:
            old = [model.path for model in found.models] != models
            note = "" if not old else t("widgets.compare.old" if len(models) > 1 else "widgets.compare.old_convert", where=self.work.where("convert"))
            self.body = comparison_html(found, note=note) + (changed_html(found, self.work.shown) if self._open and changed else "")
        else:
            self.body = empty(t("widgets.compare.none" if len(models) > 1 else "widgets.compare.convert_first", where=self.work.where("convert")))

    def pressed(self, name: str, value: Any) -> None:
        """Also unfolds the changed pictures."""
        if name == "changed":
            self._open = not self._open
            self.refresh()
        else:
            super().pressed(name, value)

    def tasks(self) -> list[Task]:
        """One comparison of all forms of the newest model."""
        models = self.work.models
        if len(models) < 2:
            return []
        arguments = {"models": models, "data": self.work.dataset, "skip_bad": self.work.skip_bad, **self.arguments}
        return [Task("compare", arguments, self.work.new_job("compare"))]

    def status_of(self, job: Job) -> str:
        """How long it still takes, once that can be told."""
        told = (job.progress or {}).get("values") or {}
        left = seconds_left(job) if told.get("round", 0) > 1 else 0.0  # of turns that are alike: the pictures before them say nothing
        if left >= 1:
            return t("widgets.compare.doing", left=clock(left))
        return t("widgets.compare.answering", model=told["model"]) if told.get("stage") == "accuracy" else t("widgets.compare.begun")


def models_in_code(count: int) -> list[Code]:
    """What the lesson's code calls the models, the original first."""
    return [Code(name) for name in ("trained.best", "onnx", "small")[: max(2, count)]]


def changed_html(found: Comparison, shown: Callable[[str], str]) -> str:
    """The pictures that got another label, with what each model said."""
    names = {model.path: model.name for model in found.models}
    figures = []
    for one in found.changed[:MOST_SHOWN]:
        said = ((found.models[0].name, one.first), (names.get(one.model, "?"), one.other))
        lines = [f"{esc(name)}: {'✓' if label == one.label else '✗'} {esc(shown(label))}" for name, label in said]
        really = esc(t("widgets.compare.really", label=shown(one.label)))
        figures.append(f"<figure>{thumb(one.path, shown(one.label), side=168)}<figcaption><b>{really}</b><br>{'<br>'.join(lines)}</figcaption></figure>")
    return f"<div class='ek-changed'>{''.join(figures)}</div>"
