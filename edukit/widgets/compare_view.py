"""Step 4: is it still the same model, and how much faster is it? Measured, not believed."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from edukit import jobs
from edukit.core.errors import EdukitError
from edukit.core.files import human_size
from edukit.core.i18n import language, t
from edukit.jobs import Job
from edukit.widgets.charts import Point, tradeoff
from edukit.widgets.html import clock, empty, esc, percent, picture_uri, table
from edukit.widgets.settings import Option, Setting
from edukit.widgets.step_view import StepView, Task, seconds_left, start_button

MOST_SHOWN = 24
THREADS = (1, 2, 4)


class CompareView(StepView):
    """Accuracy, speed and size of the newest model in its three forms, and the pictures that got another label.

    Example:
        >>> CompareView()  # doctest: +SKIP
    """

    step = "compare"
    verbs = ("compare",)

    def __init__(self, *args: Any, **values: Any) -> None:
        self._open = False
        super().__init__(*args, **values)

    def make_settings(self) -> tuple[Setting, ...]:
        """How many threads each model gets."""
        return (
            Setting(name="threads", kind="select", label=t("widgets.compare.threads"), hint=t("widgets.compare.threads_hint"), rare=True, default=1,
                    options=tuple(Option(n, str(n)) for n in THREADS)),
        )  # fmt: skip

    @property
    def models(self) -> list[Path]:
        """The files to compare, the original first."""
        return [path for path in (self.work.checkpoint, self.work.onnx, self.work.int8) if path]

    def refresh(self) -> None:
        """Shows the newest comparison."""
        models = self.models
        self.code = code(self.work.dataset, len(models), int(self.values["threads"]))
        answer = self._answer()
        changed = answer.get("changed") or []
        start = start_button(t("widgets.compare.again" if answer else "widgets.compare.start"), disabled=len(models) < 2)
        unfold = {"name": "changed", "label": t("widgets.compare.hide" if self._open else "widgets.compare.show", count=len(changed))}
        self.actions = [start, unfold] if changed else [start]
        self.pills = [{"text": t("widgets.compare.pill", count=len(models))}, *([{"text": t("widgets.saved"), "kind": "good"}] if answer else [])]
        if answer:
            old = [str(one.get("path")) for one in answer["models"]] != [str(path) for path in models]
            self.body = comparison_html(answer, old=old) + (changed_html(changed, answer["models"], self._shown) if self._open and changed else "")
        else:
            self.body = empty(t("widgets.compare.none" if len(models) > 1 else "widgets.compare.convert_first"))

    def pressed(self, name: str, value: Any) -> None:
        """Also unfolds the changed pictures."""
        if name == "changed":
            self._open = not self._open
            self.refresh()
        else:
            super().pressed(name, value)

    def tasks(self) -> list[Task]:
        """One comparison of all forms of the newest model."""
        models = self.models
        if len(models) < 2:
            return []
        words = ("compare", *map(str, models), "--data", self.work.dataset, "--threads", str(self.values["threads"]))
        return [Task(words, self.work.new_job("compare"))]

    def status_of(self, job: Job) -> str:
        """How long it still takes, once that can be told."""
        left = seconds_left(job)
        return t("widgets.compare.doing", left=clock(left)) if left >= 1 else t("widgets.compare.begun")

    def completed(self, job: Job) -> None:
        """There are figures: the step is done."""
        self.work.finish("compare")

    def _answer(self) -> dict[str, Any]:
        for folder in self.work.jobs("compare"):
            job = jobs.find(folder)
            answer = job.answer if job else None
            if isinstance(answer, dict) and answer.get("models"):
                return answer
        return {}

    def _shown(self, label: str) -> str:
        from edukit.data import load_dataset

        return load_dataset(self.work.dataset).shown(label, language())


def comparison_html(answer: Mapping[str, Any], *, old: bool) -> str:
    """The answer first, then the picture, then the table."""
    models: list[Mapping[str, Any]] = list(answer["models"])
    note = f"<p><span class='ek-pill warn'>{esc(t('widgets.compare.old'))}</span></p>" if old else ""
    warnings = "".join(f"<p><small>⚠ {esc(text)}</small></p>" for text in answer.get("warnings") or [])
    threads = (answer.get("environment") or {}).get("threads", 1)
    small = f"<p><small>{esc(t('widgets.compare.how', threads=threads))}</small></p>"
    return f"{note}<p class='ek-answer'>{sentence(answer)}</p>{tradeoff(points(models))}{rows(models, answer.get('ratios') or [])}{warnings}{small}"


def sentence(answer: Mapping[str, Any]) -> str:
    """The fastest model against the first: how much faster, what it costs."""
    models, ratios = answer["models"], answer.get("ratios") or []
    if not ratios:
        return esc(t("widgets.compare.no_speed"))
    quickest = max(ratios, key=lambda ratio: ratio["ratio"])
    first, model = models[0], next((one for one in models if one["path"] == quickest["of"]), models[-1])
    speed = speed_said(quickest, str(model["name"]), str(first["name"]))
    lost = 100 * ((first.get("top1") or 0.0) - (model.get("top1") or 0.0))
    kind = "keeps" if abs(lost) < 0.05 else "loses" if lost > 0 else "gains"
    cost = t(f"widgets.compare.{kind}", points=f"{abs(lost):.1f}")
    count = len({one["path"] for one in answer.get("changed") or [] if one.get("model") == model["path"]})
    catch = t(f"widgets.compare.{('no_catch', 'catch_one', 'catch')[min(count, 2)]}", count=count, total=first.get("count") or 0)
    return f"<b>{esc(speed)}{esc(cost)}</b> {esc(catch)}"


def speed_said(ratio: Mapping[str, Any], name: str, first: str) -> str:
    """How much faster or slower, if the measurement can tell."""
    low, high = ratio["interval"]
    if low <= 1 and (high is None or high >= 1):
        return t("comparison.same_speed", model=name, first=first)
    if ratio["ratio"] < 1:
        return t("comparison.slower", model=name, first=first, times=f"{1 / ratio['ratio']:.1f}")
    return t("widgets.compare.answer", name=name, first=first, times=f"{ratio['ratio']:.1f}")


def points(models: Sequence[Mapping[str, Any]]) -> list[Point]:
    """The models as points of the chart; those without figures are left out."""
    found = []
    for model in models:
        colour, marker = style(model)
        top1, latency = model.get("top1"), model.get("latency_ms")
        if latency and top1 is not None:
            low, high = model.get("top1_interval") or (top1, top1)
            found.append(Point(str(model["name"]), colour, marker, float(latency["p50"]), float(top1), float(low), float(high)))
    return found


def style(model: Mapping[str, Any]) -> tuple[str, str]:
    """A model's colour and marker: the same in every view, plot and lesson."""
    if model.get("precision") == "int8":
        return "var(--ek-int8)", "^"
    return ("var(--ek-torch)", "o") if model.get("runtime") == "PyTorch" else ("var(--ek-onnx)", "s")


def rows(models: Sequence[Mapping[str, Any]], ratios: Sequence[Mapping[str, Any]]) -> str:
    """The table: accuracy, time, speed-up, size, agreement."""
    speed = {ratio["of"]: ratio for ratio in ratios}
    head = [t(f"widgets.compare.{name}") for name in ("model", "top1", "latency", "ratio", "size", "agreement")]
    lines = []
    for i, model in enumerate(models):
        latency, ratio = model.get("latency_ms"), speed.get(model["path"])
        name = f"<span class='ek-dot' style='background:{style(model)[0]}'></span>{esc(model['name'])}"
        times = "1.0×" if i == 0 else "–" if not ratio else f"{ratio['ratio']:.1f}× <small>[{ratio['interval'][0]:.1f}, {ratio['interval'][1]:.1f}]</small>"
        lines.append([
            name, percent(model.get("top1"), 1), f"{latency['p50']:.1f} ms" if latency else "–", times, esc(human_size(model["size_bytes"])),
            "–" if i == 0 else percent(model.get("agreement"), 1),
        ])  # fmt: skip
    return table(head, lines)


def changed_html(changed: Sequence[Mapping[str, Any]], models: Sequence[Mapping[str, Any]], shown: Any) -> str:
    """The pictures that got another label, with what each model said."""
    names = {model["path"]: model["name"] for model in models}
    first = models[0]["name"]
    figures = []
    for one in changed[:MOST_SHOWN]:
        try:
            image = f"<img src='{picture_uri(Path(one['path']), 168)}' alt='{esc(shown(one['label']))}'>"
        except EdukitError as error:
            image = f"<p>{esc(error.message)}</p>"
        said = ((first, one["first"]), (names.get(one["model"], "?"), one["other"]))
        lines = [f"{esc(name)}: {'✓' if label == one['label'] else '✗'} {esc(shown(label))}" for name, label in said]
        really = esc(t("widgets.compare.really", label=shown(one["label"])))
        figures.append(f"<figure>{image}<figcaption><b>{really}</b><br>{'<br>'.join(lines)}</figcaption></figure>")
    return f"<div class='ek-changed'>{''.join(figures)}</div>"


def code(dataset: str, count: int, threads: int) -> str:
    """What the button does, in Python, with the present settings."""
    models = ", ".join(("trained.best", "onnx", "small")[: max(2, count)])
    more = "" if threads == 1 else f", threads={threads}"
    return f"dataset = ek.load_dataset({dataset!r})\nresult = ek.compare([{models}], dataset.test{more})\nresult"
