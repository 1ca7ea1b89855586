"""The whole chain in one call: pictures, training, ONNX, INT8, a measured comparison, and a report of it all."""
from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from edukit.core.errors import OutputExists
from edukit.core.events import Event, OnEvent, Reporter, ShouldStop, Stopped
from edukit.core.files import check_writable, read_record, sha256, user_path, write_json
from edukit.core.html import shown_alone, tag
from edukit.core.i18n import t
from edukit.core.job_files import JOB_FILES
from edukit.core.packages import need
from edukit.core.parameters import AsOption, Metavar, Names, verb
from edukit.core.results import Result
from edukit.data import Dataset
from edukit.training.arguments import DEFAULT_BACKBONE, backbone_names

if TYPE_CHECKING:
    from edukit.comparison import Comparison

STAGES = ("data", "train", "convert", "quantize", "compare", "report")
UNITS = {"data": "picture", "train": "epoch"}  # what a stage's own progress counts, if not steps
MARK, CARD, COMPARISON = "demo.json", "dataset-card.json", "comparison.json"
EPOCHS = 20
NEEDED = ("torch", "onnx", "onnxslim")


@dataclass(frozen=True, kw_only=True)
class DemoResult(Result):
    """Everything that a demo leaves behind.

    Args:
        folder: Where it all lies.
        dataset: The dataset's folder.
        dataset_card, checkpoint, onnx, int8, comparison_file, report: The files.
        comparison: The measured comparison of checkpoint, ONNX and INT8.
        seconds: What it took.
    """

    folder: Path
    dataset: Path
    dataset_card: Path
    checkpoint: Path
    onnx: Path
    int8: Path
    comparison_file: Path
    report: Path
    comparison: Comparison
    seconds: float

    def __str__(self) -> str:
        return f"{self.comparison} {self.report}"

    def _repr_html_(self) -> str:
        from edukit.comparison.summary import comparison_html

        return shown_alone(comparison_html(self.comparison), tag("p", self.report))


@verb
def demo(
    out: Annotated[str | os.PathLike[str], AsOption(), Metavar("DIR")],
    *,
    dataset: Annotated[str | os.PathLike[str] | Dataset, Metavar("NAME|FOLDER")] = "emoji",
    backbone: Annotated[str, Names(backbone_names)] = DEFAULT_BACKBONE,
    overwrite: bool = False,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> DemoResult:
    """Runs the chain from pictures to a compared INT8 model.

    A folder of the same demo is taken up where it ended: finished files are kept. Stopping keeps them too.

    Args:
        out: The folder for everything; new, empty, or of the same demo.
        dataset: A sample set's name, a folder, or a dataset.
        backbone: One of ``backbones()``.
        overwrite: Use ``out`` also if it holds something else; files of the same names are replaced.
        on_event: Told the progress in six steps, with that of the step at work among the values.
        should_stop: Asked all the time; ``Stopped`` is raised when it says yes.

    Raises:
        OutputExists, OutputNotWritable, UnknownBackbone, DatasetMissing, BadDataset and others: before any work.

    Example:
        >>> demo("demo", dataset="emoji").report  # doctest: +SKIP
    """
    from edukit.data import SPLITS, load_dataset, verify
    from edukit.models import find_backbone
    from edukit.training.run_folder import check_outside

    began = time.monotonic()
    for package in NEEDED:  # now, not when half of the way is gone
        need(package)
    network = find_backbone(backbone).name
    folder = user_path(out, output=True)
    data = load_dataset(dataset)
    for name in SPLITS:
        data.split(name)
    made = {"verb": "demo", "options": {"backbone": network, "epochs": EPOCHS}, "inputs": {"dataset": data.fingerprint}}
    _settle(folder, made, overwrite)
    check_outside(folder, data)
    stages = _Stages(Reporter(on_event, should_stop))
    data = verify(data, SPLITS, **stages.hooks("data"))
    write_json(folder / MARK, {"made": made})
    write_json(folder / CARD, dataset_card(data))
    return _run(folder, data, network, overwrite, stages, began)


@dataclass
class _Stages:
    """Turns the progress of one stage into that of the whole."""

    reporter: Reporter

    def hooks(self, stage: str) -> dict[str, Any]:
        """``on_event`` and ``should_stop`` for the verb that does this stage; raises ``Stopped`` if that is wanted by now."""
        self.reporter.check()
        number = STAGES.index(stage)
        reached = [0.0]
        self._tell(stage, number, {})

        def relay(event: Event) -> None:
            if event.event != "progress":
                self.reporter.message(event.text)
                return
            if event.total and event.unit == UNITS.get(stage, "step"):  # a verb may also look at pictures before its real work
                reached[0] = max(reached[0], min(1.0, event.done / event.total))
            self._tell(stage, number + reached[0], {**event.values, "inner_done": event.done, "inner_total": event.total, "inner_unit": event.unit})

        return {"on_event": relay, "should_stop": self.reporter.wants_stop}

    def _tell(self, stage: str, done: float, values: Mapping[str, Any]) -> None:
        self.reporter.progress(done, len(STAGES), "step", **{**values, "stage": stage, "step": STAGES.index(stage) + 1, "title": t(f"demo.{stage}")})


def _run(folder: Path, data: Dataset, backbone: str, overwrite: bool, stages: _Stages, began: float) -> DemoResult:
    """The stages after the data, each verb reusing what an earlier demo of the same kind finished."""
    from edukit.compression import quantize
    from edukit.conversion import convert
    from edukit.evaluation import evaluate
    from edukit.plots import write_report
    from edukit.plots.report import Findings
    from edukit.training import train

    # One thread: a second one gains a little on an idle machine and loses minutes on one that is shared.
    trained = train(data, backbone, epochs=EPOCHS, out=folder / "train", threads=1, overwrite=overwrite, **stages.hooks("train"))
    if trained.stopped:
        raise Stopped
    converted = convert(trained, folder / "model.onnx", data=data.test, overwrite=overwrite, **stages.hooks("convert"))
    small = quantize(converted, folder / "model-int8.onnx", calibration=data.train, overwrite=overwrite, **stages.hooks("quantize"))
    hooks = stages.hooks("compare")
    comparison = _comparison(folder / COMPARISON, [trained.best, converted.path, small.path], data, overwrite, hooks)
    evaluation = evaluate(converted, data.test, threads=1, should_stop=hooks["should_stop"])
    stages.hooks("report")
    findings = Findings(comparison=comparison, dataset=data, training=trained, evaluation=evaluation, conversion=converted, quantization=small)
    report = write_report(folder / "report.html", findings, overwrite=overwrite)
    stages.reporter.progress(len(STAGES), len(STAGES), "step", stage="report")
    return DemoResult(
        folder=folder, dataset=data.folder, dataset_card=folder / CARD, checkpoint=trained.best, onnx=converted.path, int8=small.path,
        comparison_file=folder / COMPARISON, report=report, comparison=comparison, seconds=time.monotonic() - began,
    )  # fmt: skip


def _comparison(target: Path, models: list[Path], data: Dataset, overwrite: bool, hooks: Mapping[str, Any]) -> Comparison:
    from edukit.comparison import Comparison, compare
    from edukit.comparison.comparing import warnings_of

    inputs = {"data": data.test.fingerprint} | {path.name: sha256(path) for path in models}
    made = {"verb": "compare", "options": {"folder": str(target.parent)}, "inputs": inputs}
    earlier = read_record(target)
    if earlier.get("made") == made and not overwrite:
        found = Comparison.from_dict(earlier)
        return replace(found, warnings=warnings_of(data.test, found.ratios))  # in today's language
    comparison = compare(models, data.test, **hooks)
    write_json(target, comparison.to_dict() | {"made": made})
    return comparison


def dataset_card(dataset: Dataset) -> dict[str, Any]:
    """What a dataset is: name, classes, counts, fingerprint, and for a sample set its sources and licences."""
    from edukit.data.samples import read_card

    return {
        "name": dataset.name, "folder": str(dataset.folder), "format": dataset.format, "classes": list(dataset.classes),
        "class_names": {lang: dict(names) for lang, names in dataset.class_names.items()},
        "counts": {split.name: split.counts for split in dataset.splits}, "fingerprint": dataset.fingerprint, "notes": list(dataset.notes),
        "card": read_card(dataset.folder),
    }  # fmt: skip


def _settle(folder: Path, made: Mapping[str, Any], overwrite: bool) -> None:
    """Raises ``OutputExists`` if ``folder`` holds something else than an earlier run of this demo and may not be used."""
    if os.path.isfile(folder):  # noqa: PTH113  # a name that is too long for the system is the next line's business
        raise OutputExists(path=folder)
    check_writable(folder / MARK)
    taken = folder.is_dir() and any(entry.name not in JOB_FILES for entry in folder.iterdir())
    if taken and not overwrite and read_record(folder / MARK).get("made") != made:
        raise OutputExists(path=folder)
