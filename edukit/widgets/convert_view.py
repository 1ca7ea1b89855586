"""Step 3: the trained model becomes one ONNX file, proved to be the same; if wished a model for another runtime, and one of a quarter of the size."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from edukit.conversion.simplifying import Simplification
from edukit.core.command_line import Code, code_of
from edukit.core.files import human_size, size_of
from edukit.core.html import empty, esc, ticks, tiles
from edukit.core.i18n import t
from edukit.core.packages import installed, missing
from edukit.widgets.artefacts import INT8, ONNX
from edukit.widgets.home_view import take_buttons
from edukit.widgets.lesson_view import code_on
from edukit.widgets.settings import Option, Setting, setting, settings_of
from edukit.widgets.step_view import StepView, Task, start_button

LEAST_AGREEMENT = 0.95
TARGETS: dict[str, tuple[str, tuple[str, ...]]] = {  # what a model becomes, and what that needs here
    "ONNX": (ONNX, ()), "INT8": (INT8, ()), "OpenVINO": ("best-openvino", ("openvino",)), "NCNN": ("best-ncnn", ("ncnn", "pnnx")),
}  # fmt: skip


class ConvertView(StepView):
    """Convert and quantize: what went in, what came out, and the proof that it still answers the same.

    Example:
        >>> ConvertView().kind
        'convert'
    """

    step = "convert"
    verbs = ("convert", "carry", "quantize")

    def make_settings(self) -> tuple[Setting, ...]:
        """Whether to quantize; rarely, the opset and for which runtime besides ONNX Runtime."""
        runtimes = [_runtime(name, packages) for name, (_, packages) in TARGETS.items() if name != "INT8"]
        backend = replace(setting("widgets.convert.backend", options=runtimes), rare=True)
        return setting("widgets.convert.int8", "check", default=True), backend, *settings_of("convert")

    @property
    def _backend(self) -> str:
        return str(self.values["backend"])

    def refresh(self) -> None:
        """Shows the three files of the newest model, as far as they exist."""
        checkpoint, onnx, int8 = self.work.checkpoint, self.work.onnx, self.work.int8
        self.offer_runs()
        call = code_of("convert", {"checkpoint": Code("trained.best"), "data": Code("dataset"), **settings_in(self.values)})
        small = f"small = {code_of('quantize', {'model': Code('onnx'), 'calibration': Code('dataset.train')})}"
        again = code_of("convert", {"checkpoint": Code("onnx"), "data": Code("dataset"), "backend": self._backend})
        carried = [f"{self._backend.lower()} = {again}"] if self._backend != "ONNX" else []
        self.code = code_on(self.work.dataset, f"onnx = {call}", *carried, *([small] if self.values["int8"] else []))
        ready = checkpoint and all(map(installed, TARGETS[self._backend][1]))
        self.actions = [start_button(t("widgets.convert.again" if onnx else "widgets.convert.start"), disabled=not ready)]
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
        others = {name: path for name in ("OpenVINO", "NCNN") if (path := onnx.parent / TARGETS[name][0]).is_dir()}
        sized += [(name, path.name, size_of(path), name.lower().removeprefix("open")) for name, path in others.items()]
        where = f"<p><small>{esc(t('widgets.convert.where', folder=onnx.parent))}</small></p>"
        take = take_buttons({path.name: path for _, path, _ in files})
        self.body = tiles([(what, human_size(size), name, size, token) for what, name, size, token in sized]) + self._proof(onnx, int8, others) + take + where

    def pressed(self, name: str, value: Any) -> None:
        """Also downloads a file."""
        if name == "take":
            self.send_file({path.name: path for path in self.work.models}[str(value)])
        else:
            super().pressed(name, value)

    def tasks(self) -> list[Task]:
        """Convert, carry over to another runtime and quantize, if that is wished."""
        found = self.work.find("checkpoint")
        if found is None:
            return []
        folder = found.path.parent if found.origin == "own" else self.work.new_run("convert")
        arguments = {"checkpoint": found.path, "out": folder / ONNX, "data": self.work.dataset, **settings_in(self.values)}
        # "Again": other settings may have been chosen.
        task = Task("convert", {**arguments, "skip_bad": self.work.skip_bad, "overwrite": (folder / ONNX).exists()}, self.work.new_job("convert"))
        return [task, *self.follow_up(task)]

    def follow_up(self, task: Task) -> list[Task]:
        """After a conversion to ONNX the one for another runtime, then the quantization."""
        if task.verb != "convert":
            return []
        out, more = Path(task.arguments["out"]), list[tuple[str, str, dict[str, Any]]]()
        onnx, other = out.parent / ONNX, out.parent / TARGETS[self._backend][0]
        if out == onnx != other:
            more.append(("carry", "convert", {"checkpoint": onnx, "out": other, "data": self.work.dataset, "backend": self._backend}))
        if self.values["int8"]:
            more.append(("quantize", "quantize", {"model": onnx, "out": onnx.parent / INT8, "calibration": self.work.dataset}))
        again = {"skip_bad": self.work.skip_bad}
        return [Task(verb, {**told, **again, "overwrite": told["out"].exists()}, self.work.new_job(job)) for job, verb, told in more]

    def _proof(self, onnx: Path, int8: Path | None, others: Mapping[str, Path]) -> str:
        made = self._answer("convert", onnx)
        gates = [(made, "ONNX", "PyTorch"), *((self._answer("carry", path), name, "ONNX") for name, path in others.items())]
        lines = [gate_line(answer["gate"], runtime, original) for answer, runtime, original in gates if isinstance(answer.get("gate"), Mapping)]
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


def _runtime(name: str, packages: tuple[str, ...]) -> Option:
    """A runtime as it is offered; one that is not installed says how to install it."""
    lacking = next((package for package in packages if not installed(package)), None)
    label = t("widgets.convert.not_here", name=name) if lacking else name
    return Option(name, label, missing(lacking).remedy if lacking else t(f"widgets.converter.about_{name}"))


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
