"""Step 3: the trained model becomes one ONNX file, proved to be the same, and then a quarter of its size."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from edukit.conversion.simplifying import Simplification
from edukit.core.command_line import Code, code_of
from edukit.core.files import human_size
from edukit.core.html import empty, esc, ticks, tiles
from edukit.core.i18n import t
from edukit.widgets.artefacts import INT8, ONNX
from edukit.widgets.home_view import take_buttons
from edukit.widgets.lesson_view import code_on
from edukit.widgets.settings import Setting, setting, settings_of
from edukit.widgets.step_view import StepView, Task, start_button

LEAST_AGREEMENT = 0.95


class ConvertView(StepView):
    """Convert and quantize: what went in, what came out, and the proof that it still answers the same.

    Example:
        >>> ConvertView().kind
        'convert'
    """

    step = "convert"
    verbs = ("convert", "quantize")

    def make_settings(self) -> tuple[Setting, ...]:
        """Whether to quantize; rarely, the opset."""
        return setting("widgets.convert.int8", "check", default=True), *settings_of("convert")

    def refresh(self) -> None:
        """Shows the three files of the newest model, as far as they exist."""
        checkpoint, onnx, int8 = self.work.checkpoint, self.work.onnx, self.work.int8
        self.offer_runs()
        call = code_of("convert", {"checkpoint": Code("trained.best"), "data": Code("dataset"), **settings_in(self.values)})
        small = f"small = {code_of('quantize', {'model': Code('onnx'), 'calibration': Code('dataset.train')})}"
        self.code = code_on(self.work.dataset, f"onnx = {call}", *([small] if self.values["int8"] else []))
        self.actions = [start_button(t("widgets.convert.again" if onnx else "widgets.convert.start"), disabled=not checkpoint)]
        saved = [{"text": t("widgets.saved"), "kind": "good"}] if onnx else []
        if not checkpoint:
            self.pills, self.body = [], empty(t("widgets.convert.train_first", where=self.work.where("train")))
            return
        self.pills = [*self.origin_pill("checkpoint"), *saved]
        if not onnx:
            self.body = empty(t("widgets.convert.none"))
            return
        files = [("torch", checkpoint, "torch"), ("onnx", onnx, "onnx"), *([("int8_file", int8, "int8")] if int8 else [])]
        sized = [(t(f"widgets.convert.{kind}"), path.name, path.stat().st_size, token) for kind, path, token in files]
        where = f"<p><small>{esc(t('widgets.convert.where', folder=onnx.parent))}</small></p>"
        take = take_buttons({path.name: path for _, path, _ in files})
        self.body = tiles([(what, human_size(size), name, size, token) for what, name, size, token in sized]) + self._proof(onnx, int8) + take + where

    def pressed(self, name: str, value: Any) -> None:
        """Also downloads a file."""
        if name == "take":
            self.send_file({path.name: path for path in self.work.models}[str(value)])
        else:
            super().pressed(name, value)

    def tasks(self) -> list[Task]:
        """Convert, then quantize if that is wished."""
        found = self.work.find("checkpoint")
        if found is None:
            return []
        folder = found.path.parent if found.origin == "own" else self.work.new_run("convert")
        arguments = {"checkpoint": found.path, "out": folder / ONNX, "data": self.work.dataset, **settings_in(self.values)}
        # "Again": other settings may have been chosen.
        task = Task("convert", {**arguments, "skip_bad": self.work.skip_bad, "overwrite": (folder / ONNX).exists()}, self.work.new_job("convert"))
        return [task, *self.follow_up(task)]

    def follow_up(self, task: Task) -> list[Task]:
        """After a conversion its quantization."""
        if task.verb != "convert" or not self.values["int8"]:
            return []
        onnx = Path(task.arguments["out"])
        arguments = {"model": onnx, "out": onnx.parent / INT8, "calibration": self.work.dataset, "skip_bad": self.work.skip_bad}
        return [Task("quantize", {**arguments, "overwrite": (onnx.parent / INT8).exists()}, self.work.new_job("quantize"))]

    def _proof(self, onnx: Path, int8: Path | None) -> str:
        made = self._answer("convert", onnx)
        lines = [gate_line(made["gate"])] if isinstance(made.get("gate"), Mapping) else []
        shrunk = self._answer("quantize", int8) if int8 else {}
        if int8:
            lines.append((True, t("widgets.convert.shrunk", times=f"{onnx.stat().st_size / max(1, int8.stat().st_size):.1f}")))
        if isinstance(shrunk.get("agreement"), (int, float)):
            kept = float(shrunk["agreement"])
            count = int(shrunk.get("count") or 0)
            lines.append((kept >= LEAST_AGREEMENT, t("widgets.convert.kept", agree=round(kept * count), count=count)))
        if not isinstance(told := made.get("simplification"), Mapping):  # it was not wanted, or the conversion is an old one
            return ticks(lines)
        return ticks(lines) + f"<details><summary>{esc(t('widgets.convert.simplified'))}</summary>{Simplification.from_dict(told).table()}</details>"

    def _answer(self, verb: str, out: Path) -> dict[str, Any]:
        """What the newest job said that made ``out``."""
        return next((answer for job, answer in self.work.answers(verb) if answer.get("path", job.arguments.get("out")) == str(out)), {})


def settings_in(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that are arguments of ``convert``."""
    return {one.name: values[one.name] for one in settings_of("convert") if one.name in values}


def gate_line(gate: Mapping[str, Any], runtime: str = "ONNX", original: str = "PyTorch") -> tuple[bool, str]:
    """The parity gate in one sentence, and whether it is good news."""
    count, agree = int(gate.get("count") or 0), int(gate.get("agree") or 0)
    # Without an exponent, which not everyone can read: 0.000015.
    difference = np.format_float_positional(max(float(gate.get("max_difference") or 0.0), 1e-9), precision=2, fractional=False, trim="-")
    said = {"agree": agree, "difference": difference, "runtime": runtime, "original": original}
    inputs = t("widgets.convert.random_inputs" if gate.get("data") == "random" else "widgets.convert.pictures", count=count)
    return agree == count, t("widgets.convert.gate" if agree == count else "widgets.convert.gate_close", inputs=inputs, **said)
