"""The converter: a checkpoint is uploaded, converted for a runtime in its turn, and taken home with card, sample code and a golden picture."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from edukit.core.command_line import code_of
from edukit.core.files import human_size
from edukit.core.html import empty, facts_table, scrolling, tag
from edukit.core.i18n import t
from edukit.core.packages import installed
from edukit.data import own_sets, sample_sets
from edukit.jobs import Job
from edukit.widgets.artefacts import CHECKPOINT, INT8, ONNX
from edukit.widgets.convert_view import TARGETS, gate_line, settings_in
from edukit.widgets.home_view import take_buttons
from edukit.widgets.settings import Option, Setting, setting, settings_of, values_of
from edukit.widgets.step_view import StepView, Task, start_button
from edukit.widgets.uploads import Uploaded, delete_upload, keep_upload, log_html, newest_job, uploads, uploads_html


class ConverterView(StepView):
    """Converts what is uploaded.

    Example:
        >>> ConverterView().kind
        'converter'
    """

    step, accept = "converter", ".pth,.onnx"
    verbs = ("convert", "quantize", "write-sample-code")

    def make_settings(self) -> tuple[Setting, ...]:
        """Which upload, for which runtime, calibrated on what; rarely, the options of convert."""
        known = [*own_sets(self.work.workspace), *(one.name for one in sample_sets() if one.for_training)]
        here = [name for name, (_, packages) in TARGETS.items() if all(map(installed, packages))]
        files = {one.folder.name: one.name for one in uploads(self.work)}
        return (
            *([setting("widgets.converter.file", options=files)] if files else []),
            setting("widgets.converter.target", options=[Option(name, name, t(f"widgets.converter.about_{name}")) for name in here]),
            setting("widgets.converter.calibration", options=dict(zip(known, known)), default="emoji" if "emoji" in known else known[-1]),
            *settings_of("convert"),
        )

    @property
    def chosen(self) -> Uploaded | None:
        """The upload that is worked on."""
        return next((one for one in uploads(self.work) if one.folder.name == self.values.get("file")), None)

    @property
    def package(self) -> Path | None:
        """The zip with everything."""
        one, made = self.chosen, str(self.values["target"])
        return one.folder / f"{Path(one.name).stem}-{made.lower()}.zip" if one else None

    def received(self, name: str, data: bytes) -> None:
        """Keeps an upload, once it is known to be a model that can be read safely."""
        kept = keep_upload(self.work, name, data)
        self._choose(kept.folder.name)
        self.status = t("widgets.converter.uploaded", name=kept.name)

    def _choose(self, file: str) -> None:
        self.use(settings := self.make_settings(), values_of(settings, {**self.values, "file": file}))
        self.refresh()

    def refresh(self) -> None:
        """Shows what the upload is, and what was made of it."""
        one, package = self.chosen, self.package
        self.settings = [setting.to_dict() for setting in self._settings if setting.name != "calibration" or self.values["target"] == "INT8"]
        self.pills = [{"text": one.name}] if one else []
        self.code = self._code(one) if one else ""
        self.actions = [start_button(t("widgets.converter.again" if package and package.is_file() else "widgets.converter.start"), disabled=one is None)]
        self.body = (self._shown(one, package) if one and package else empty(t("widgets.converter.none"))) + uploads_html(self.work)

    def pressed(self, name: str, value: Any) -> None:
        """Also downloads the package."""
        if name == "take" and self.package:
            self.send_file(self.package)
        elif name == "delete_upload" and not self.busy:
            self.status = delete_upload(self.work, str(value))
            self._choose(next((one.folder.name for one in uploads(self.work)), ""))
        else:
            super().pressed(name, value)

    def tasks(self) -> list[Task]:
        """Convert, make INT8 if that is wished, and pack."""
        one = self.chosen
        if one is None or self.package is None:
            return []
        made, _ = TARGETS[str(self.values["target"])]
        out, source = one.folder / made, one.path
        onnx = source if source.suffix == ".onnx" else one.folder / ONNX
        asked: list[tuple[str, dict[str, Any]]] = []
        if made.startswith("best-") and made != INT8:
            asked.append(("convert", {"checkpoint": source, "out": out, **settings_in(self.values), "backend": self.values["target"]}))
        elif source != onnx:
            asked.append(("convert", {"checkpoint": source, "out": onnx, **settings_in(self.values)}))
        if made == INT8:
            asked.append(("quantize", {"model": onnx, "out": out, "calibration": self.values["calibration"]}))
        asked.append(("write-sample-code", {"model": out if made != ONNX else onnx, "out": self.package}))
        return [Task(verb, {**values, "overwrite": Path(values["out"]).exists()}, self.work.new_job(verb)) for verb, values in asked]

    def follow_up(self, task: Task) -> list[Task]:
        """After a reload: what is still to do."""
        return task.rest(self.tasks())

    def completed(self, job: Job) -> None:
        """The package is there: it is sent at once."""
        if job.verb == "write-sample-code" and self.package:
            self.work.finish(self.step)
            self.send_file(self.package)

    def _shown(self, one: Uploaded, package: Path) -> str:
        from edukit.verbs.file_info import describe_file, info

        told = info(one.path).to_dict()
        if told["card"]:
            told["card"]["metrics"] = {}
        pieces = [scrolling(facts_table(describe_file(told)[1:]))]
        if package.is_file():
            inside = tag("p", t("widgets.converter.inside", size=human_size(package.stat().st_size)), "ek-hint")
            pieces = [tag("p", self._proof(one)), take_buttons({package.name: package}), inside, *pieces]
        return "".join(pieces) + log_html(self.work, newest_job(self.work, one, self.verbs))

    def _proof(self, one: Uploaded) -> str:
        made = TARGETS[str(self.values["target"])][0].replace(INT8, ONNX)
        runtime = str(self.values["target"]) if made != ONNX else "ONNX"
        job = newest_job(self.work, one, ("convert",), "done", out=made)
        original = "PyTorch" if one.path.suffix == ".pth" else "ONNX"
        return gate_line(job.answer["gate"], runtime, original)[1] if job and job.answer and "gate" in job.answer else t("widgets.converter.made")

    def _code(self, one: Uploaded) -> str:
        lines = []
        for task in self.tasks():
            values = {name: value.name if isinstance(value, Path) else value for name, value in task.arguments.items() if name != "overwrite"}
            first = {CHECKPOINT: one.name, ONNX: one.name if one.path.name == ONNX else ONNX}
            lines.append(code_of(task.verb, {name: first.get(str(value), value) for name, value in values.items()}))
        return "\n".join(lines)

