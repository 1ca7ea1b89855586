"""A report on one's own run: the same page as the demo's, with the name of who made it."""
from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from edukit.core.errors import FileMissing, FileUnreadable
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import read_json, read_record, user_path
from edukit.core.html import shown_alone, tag
from edukit.core.i18n import t
from edukit.core.parameters import Metavar, verb
from edukit.core.results import Result
from edukit.data import Dataset

if TYPE_CHECKING:
    from edukit.training import TrainResult

MODELS = ("best.pth", "best.onnx", "best-int8.onnx")
STEPS = 3


@dataclass(frozen=True, kw_only=True)
class ReportResult(Result):
    """Where the report lies.

    Args:
        path: One page of HTML, which needs nothing but a browser.
    """

    path: Path

    def __fspath__(self) -> str:
        return os.fspath(self.path)

    def __str__(self) -> str:
        return str(self.path)

    def _repr_html_(self) -> str:
        return shown_alone(tag("p", self.path))


@verb
def report(
    run: Annotated[str | os.PathLike[str], Metavar("RUN")],
    *,
    out: Annotated[str | os.PathLike[str] | None, Metavar("FILE.html")] = None,
    dataset: Annotated[str | os.PathLike[str] | Dataset | None, Metavar("NAME|FOLDER")] = None,
    student: Annotated[str, Metavar("NAME")] = "",
    comparison: Annotated[str | os.PathLike[str] | None, Metavar("FILE.json")] = None,
    overwrite: bool = False,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> ReportResult:
    """Writes one page about a training and the models made of it: curves, matrix, wrong pictures, and a sentence for each figure.

    Args:
        run: The folder of a training, with its ``best.pth`` and what was converted and quantized there.
        out: Where the page goes; by default ``report.html`` in ``run``.
        dataset: What it learnt from; by default what its card says.
        student: Who made it; stands in the title.
        comparison: The answer of a ``compare --json`` of these models; by default they are compared now, without timing.
        overwrite: Replace a file at ``out`` that is no report of ours.
        on_event: Told the progress in three steps.
        should_stop: Asked between them.

    Raises:
        FileMissing: There is no trained model in ``run``.
        DatasetMissing, BadDataset, OutputExists, OutputNotWritable
    """
    from edukit.comparison import Comparison, compare
    from edukit.data import load_dataset
    from edukit.evaluation import evaluate
    from edukit.plots import write_report
    from edukit.plots.report import Findings

    folder, reporter = user_path(run), Reporter(on_event, should_stop)
    training = training_in(folder)
    models = [path for name in MODELS if (path := folder / name).is_file()]
    learnt = Path(training.card.dataset.get("folder") or "-")  # a set of the user's own is known by its folder, not by its name
    data = load_dataset(dataset if dataset is not None else learnt if learnt.is_dir() else training.card.dataset.get("name", ""))
    if comparison is None:
        found = compare(models, data, accuracy_only=True, should_stop=should_stop)
    else:
        found = Comparison.from_dict(read_json(user_path(comparison)))
    reporter.step(1, STEPS)
    evaluation = evaluate(models[min(1, len(models) - 1)], data, should_stop=should_stop)
    reporter.step(2, STEPS)
    told = Findings(comparison=found, dataset=data, training=training, evaluation=evaluation, student=student)
    path = write_report(folder / "report.html" if out is None else out, told, overwrite=overwrite)
    reporter.progress(STEPS, STEPS, "step")
    return ReportResult(path=path)


def training_in(folder: Path) -> TrainResult:
    """The training whose run folder this is.

    Raises:
        FileMissing, FileUnreadable: There is none, or its log is damaged.
    """
    from edukit.training.run_folder import RunFolder

    run = RunFolder(folder, {})
    if not run.best.is_file():
        raise FileMissing(path=run.best)
    log = read_record(run.log)
    history = log.get("history")
    if not isinstance(history, list):
        raise FileUnreadable(path=folder / "log.json", reason=t("data.archive.damaged"))
    seconds = log.get("seconds")
    return run.result(history, float(seconds) if isinstance(seconds, (int, float)) else 0.0, stopped=log.get("state") == "stopped")

