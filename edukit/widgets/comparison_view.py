"""The comparison: any models of one's own on any pictures, side by side; and the same models on several devices."""
from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from edukit.core.command_line import code_of
from edukit.core.html import choice, empty, tag
from edukit.core.i18n import language, t
from edukit.data import own_sets, sample_sets
from edukit.runtime.formats import inspect_model
from edukit.widgets.comparison_report import found_in, report_file, result_html
from edukit.widgets.settings import Option, Setting, setting, settings_of
from edukit.widgets.step_view import StepView, Task, start_button
from edukit.widgets.uploads import bare_upload, delete_upload, devices_in, keep_device, keep_pictures, keep_upload, models_of, uploads_html


class ComparisonView(StepView):
    """Choose models and pictures, get the report.

    Example:
        >>> ComparisonView().kind
        'comparison'
    """

    step, accept = "comparison", ".onnx,.pth,.json,.zip"
    verbs = ("comparison",)
    shares: ClassVar = {"compare-accuracy": (0.0, 0.4), "compare-speed": (0.4, 1.0)}
    _asked = ""  # the status that asks for a card

    def make_settings(self) -> tuple[Setting, ...]:
        """Which pictures; what this device is called; how speed is measured."""
        titles = {one.name: one.title.get(language(), one.name) for one in sample_sets()} | {name: name for name in own_sets(self.work.workspace)}
        sizes = (Option("", t("widgets.speed.own_size")), Option("32,64,128,224", "32, 64, 128, 224"))
        return (
            setting("widgets.comparison.images", options=titles | {"": t("widgets.comparison.no_pictures")}, default="emoji"),
            setting("widgets.comparison.machine", "text"),
            *settings_of("compare-speed", start={"quick": True}, options={"shapes": sizes}),
        )

    @property
    def chosen(self) -> dict[str, tuple[str, Path]]:
        """The chosen models in their order: key to name and file."""
        known, picked = models_of(self.work), self.work.recall("comparison-models").get("keys")
        return {key: known[key] for key in picked if key in known} if isinstance(picked, list) else {}

    def refresh(self) -> None:
        """Shows the form of a file that has no card, else the models and the newest report."""
        chosen, newest = self.chosen, next((folder for folder in self.work.jobs("comparison") if found_in(folder)), None)
        self.pills = [{"text": t("widgets.comparison.pill", count=len(chosen))}]
        self.status = "" if self.status == self._asked and not bare_upload(self.work) else self.status
        self.code = "\n".join(code_of(task.verb, {name: _typed(value) for name, value in task.arguments.items()}) for task in self.tasks())
        self.actions = [start_button(t("widgets.comparison.start"), disabled=not chosen)]
        models = "".join(
            choice("pick", key, f"{list(chosen).index(key) + 1}. {name}" if key in chosen else name, chosen=key in chosen)
            for key, (name, _) in models_of(self.work).items()
        )
        self.body = f"{tag('p', t('widgets.comparison.pick'))}<div class='ek-row'>{models}</div>" + (
            result_html(newest, devices_in(self.work)) or empty(t("widgets.comparison.none"))
        ) + uploads_html(self.work)

    def pressed(self, name: str, value: Any) -> None:
        """Also chooses models, and takes the report along."""
        if name == "pick":
            keys = list(self.chosen)
            self.work.remember("comparison-models", {"keys": [key for key in keys if key != value] if value in keys else [*keys, value]})
            self.refresh()
        elif name == "delete_upload" and not self.busy:
            self.status = delete_upload(self.work, str(value))
            self.refresh()
        elif name == "take":
            with tempfile.TemporaryDirectory() as scratch:
                self.send_file(report_file(next(iter(self.work.jobs("comparison"))), str(value), devices_in(self.work), Path(scratch)))
        else:
            super().pressed(name, value)

    def received(self, name: str, data: bytes) -> None:
        """A model, pictures in a zip, or what compare-speed measured on another device."""
        told = "widgets.converter.uploaded"
        if name.lower().endswith(".json"):
            keep_device(self.work, name, data)
        elif name.lower().endswith(".zip"):
            chosen = keep_pictures(self.work, name, data)
            self.use(self.make_settings(), {**self.values, "images": chosen})
            self.work.remember(self.step, self.arguments)
        else:
            kept, bare = keep_upload(self.work, name, data), bare_upload(self.work)
            self.work.remember("comparison-models", {"keys": [*self.chosen, f"upload/{kept.folder.name}"]})
            told = "widgets.comparison.bare" if bare and bare.folder == kept.folder else told
        self.work.version += 1
        self.status = t(told, name=name)
        self._asked = self.status if told == "widgets.comparison.bare" else ""

    def tasks(self) -> list[Task]:
        """Accuracy where there are pictures, then speed."""
        folder, models = self.work.new_job("comparison"), self.chosen.values()
        if not models:
            return []
        told = {"models": [path for _, path in models], "names": ",".join(name.replace(",", " ") for name, _ in models)}
        if not self.values["images"]:
            return [self._timing(told, folder, folder)]
        return [Task("compare-accuracy", {**told, "images": self.values["images"]}, folder), self._timing(told, folder, folder / "speed")]

    def follow_up(self, task: Task) -> list[Task]:
        """After a reload while it asks about pictures: speed."""
        told = {name: task.arguments[name] for name in ("models", "names")}
        return [self._timing(told, task.folder, task.folder / "speed")] if task.verb == "compare-accuracy" else []

    def _timing(self, told: Mapping[str, Any], folder: Path, job: Path) -> Task:
        how = {name: value for name, value in self.arguments.items() if name != "images"}
        own = sorted({inspect_model(path).card.preprocess.size[0] for path in told["models"]})  # one of fixed size is measured at its own alone
        return Task("compare-speed", {**told, **how, "shapes": how["shapes"] or ",".join(map(str, own)), "out": folder / "speed.json"}, job)

    def share_of(self, told: Any, done: float) -> float:
        """Without pictures speed is all of it."""
        return super().share_of(told, done) if self.values["images"] else done


def _typed(value: Any) -> Any:
    return [path.name for path in value] if isinstance(value, list) else value.name if isinstance(value, Path) else value
