"""What a lesson can check in the learner's own files, by the names that lessons use: one function each, which answers whether it holds and in a sentence.

A check takes the lesson's work and the numbers that the lesson's source gives it. ``NotThere`` says that something is still missing.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from edukit import jobs
from edukit.core.formatting import percent, times
from edukit.core.i18n import t
from edukit.data import Split, check_dataset, find_folder, load_dataset, own_sets
from edukit.data.readers import read_draft
from edukit.data.repairing import TWINS
from edukit.evaluation import at_threshold, evaluate
from edukit.models import check_checkpoint
from edukit.runtime import OnnxFile, inspect_model
from edukit.tasks import Answers, Task, task_in
from edukit.tasks.classification_results import ClassEvaluation
from edukit.widgets.artefacts import Run
from edukit.widgets.figures import nodes_left, run_values, speeds, times_smaller
from edukit.widgets.predictors import loaded
from edukit.widgets.work import Work

Finding = tuple[bool, str]


class NotThere(Exception):
    """Something that is checked does not exist yet; the argument is the sentence that says so."""


def trained(work: Work) -> Finding:
    """A model was trained and validated, here or in the lesson that this one goes on with."""
    found = work.find("checkpoint")
    run = Run(found.path.parent) if found and found.origin == "base" else _run(work)
    return run.best is not None, t("widgets.check.trained", figure=run.task.say("validation"), value=run.best_text)


def best_of_runs(work: Work, *, runs: int) -> Finding:
    """At least ``runs`` trainings can be held against each other, and the one in use has the best validation figure."""
    chosen, values = _run(work), run_values(work)
    task = chosen.task
    best = max(values, key=lambda name: task.best.gain(values[name], 0.0), default="")
    good = len(values) >= runs and chosen.name in values and values[chosen.name] == values[best]
    shown = {"best": Run(work.folder / best).title if best else "–", "value": task.best.text(values[best], 0) if best else "–"}
    return good, t("widgets.check.best_of_runs", count=len(values), wanted=runs, chosen=chosen.title, **shown)


def head_start(work: Work, *, at_least: float) -> Finding:
    """The best run from pretrained weights is ahead of the best one from nothing by this much of the validation figure."""
    best: dict[bool, float] = {}
    values = run_values(work)
    for run in work.runs:
        if run.name in values and (file := run.file("checkpoint")):
            pretrained = bool(check_checkpoint(file).card.notes.get("pretrained"))
            best[pretrained] = max(values[run.name], best.get(pretrained, 0.0))
    if len(best) < 2:
        raise NotThere(t("widgets.check.no_pair", where=work.where("train")))
    told = {"pretrained": percent(best[True], 0), "nothing": percent(best[False], 0), "wanted": f"{100 * at_least:.0f}"}
    return best[True] - best[False] >= at_least, t("widgets.check.head_start", **told)


def smaller(work: Work, *, times: float) -> Finding:
    """The INT8 file is at least ``times`` smaller than the ONNX file."""
    _file(work, "onnx"), _file(work, "int8")
    reached = times_smaller(work) or 0.0
    return reached >= times, t("widgets.check.size", times=f"{reached:.1f}", wanted=f"{times:g}")


def few_nodes(work: Work, *, at_most: int) -> Finding:
    """The graph of the ONNX file has at most so many nodes."""
    _file(work, "onnx")
    count = int(nodes_left(work) or 0)
    return count <= at_most, t("widgets.check.few_nodes", count=count, wanted=at_most)


def free_batch(work: Work) -> Finding:
    """The ONNX file takes any number of pictures at once."""
    file = inspect_model(_file(work, "onnx"))
    sizes = (isinstance(file, OnnxFile) and file.inputs[0].shape) or (0,)
    free = not isinstance(sizes[0], int)
    return free, t("widgets.check.free_batch" if free else "widgets.check.fixed_batch", shape=" × ".join(map(str, sizes)))


def same_answers(work: Work, *, at_least: float) -> Finding:
    """INT8 and ONNX give the same answer on this share of the test pictures."""
    (onnx, _, test), (int8, task, _) = (_answers(_file(work, kind), work.dataset) for kind in ("onnx", "int8"))
    same = int(task.same(onnx, int8).sum())
    said = t("widgets.check.agreement", agree=same, count=len(test), wanted=percent(at_least, 0))
    return same >= at_least * len(test), said + _origin(work, "int8")


def accurate(work: Work, *, at_least: float, model: str = "int8") -> Finding:
    """The deciding figure of the task is this good on the test pictures."""
    found = _tested(_file(work, model), work)
    task = task_in(found)
    value = found[task.best.name]
    said = t("widgets.check.right", right=task.phrase(value, found["count"]), enough=task.best.text(at_least, 0))
    return task.best.gain(value, at_least) >= 0, said + _origin(work, model)


def own_set(work: Work, *, classes: int, pictures: int) -> Finding:
    """The lesson's data are a set of one's own with so many classes, each with so many pictures."""
    if work.dataset not in own_sets(work.workspace):
        raise NotThere(t("widgets.check.no_set", where=work.where("collect")))
    splits = read_draft(find_folder(work.dataset)).dataset.splits
    counts = {label: sum(split.counts[label] for split in splits) for label in splits[0].classes} if splits else {}
    fewest = min(counts.values(), default=0)
    said = t("widgets.check.own_set", name=work.dataset, classes=len(counts), fewest=fewest, wanted=classes, pictures=pictures)
    return len(counts) >= classes and fewest >= pictures, said


def healthy(work: Work) -> Finding:
    """The check finds no errors in the lesson's data, and no picture twice."""
    report = check_dataset(work.dataset)
    twins = sum(report.counts["by_kind"].get(kind, 0) for kind in TWINS)
    return not report.errors() and not twins, t("widgets.check.healthy", name=work.dataset, errors=len(report.errors()), twins=twins)


def threshold_pays(work: Work, *, at_least: float, answered: float, model: str = "checkpoint") -> Finding:
    """At the threshold that is set in the view of the mistakes, this share of the answers on test pictures is right, and this share of pictures is answered."""
    path, level = _file(work, model), work.recall("evaluate").get("threshold")
    if not isinstance(level, (int, float)) or not level:
        raise NotThere(t("widgets.check.no_threshold", where=work.where("evaluate")))
    cost = at_threshold(ClassEvaluation.from_dict(_tested(path, work)), level)
    kept, count = cost.right + cost.wrong, cost.right + cost.wrong + cost.unknown
    values = {"level": percent(level, 0), "right": cost.right, "answered": kept, "count": count}
    said = t("widgets.check.threshold_pays", **values, at_least=percent(at_least, 0), enough=percent(answered, 0))
    return cost.right >= at_least * max(1, kept) and kept >= answered * count, said


def timed(work: Work, *, models: int, shapes: int = 1) -> Finding:
    """At so many sizes of input, so many forms of a model were timed side by side."""
    cells = speeds(work).measured
    if not cells:
        raise NotThere(t("widgets.check.no_speeds", where=work.where("speed")))
    full = [side for side in {cell.shape for cell in cells} if len({cell.model for cell in cells if cell.shape == side}) >= models]
    return len(full) >= shapes, t("widgets.check.timed", count=len(full), wanted=shapes, models=models)


def surely_faster(work: Work) -> Finding:
    """At the largest size that was timed, the interval of some form's ratio lies above 1."""
    cells = [cell for cell in speeds(work).measured if cell.interval]
    if not cells:
        raise NotThere(t("widgets.check.no_speeds", where=work.where("speed")))
    best = max((cell for cell in cells if cell.shape == max(one.shape for one in cells)), key=lambda cell: (cell.interval or (0.0,))[0])
    low, high = best.interval or (0.0, 0.0)
    told = {"model": best.model, "side": best.shape, "batch": best.batch, "ratio": times(best.ratio or 0.0), "low": times(low), "high": times(high)}
    return best.faster, t("widgets.check.surely_faster", **told)


CHECKS: dict[str, Callable[..., Finding]] = {
    one.__name__: one for one in (
        trained, best_of_runs, head_start, smaller, few_nodes, free_batch, same_answers, accurate, own_set, healthy, threshold_pays, timed,
        surely_faster,
    )
}


def findings(work: Work, checks: list[Mapping[str, Any]], on_progress: Callable[[int, int], None] = lambda done, total: None) -> list[Finding]:
    """Each check's finding, in the lesson's order; it ends at the first thing that does not exist yet.

    Args:
        work: The lesson's.
        checks: As the lesson's source gives them.
        on_progress: Told before each check how many are done, and of how many.
    """
    _answers.cache_clear()  # files and pictures may have changed; within one look the checks share the answers
    found: list[Finding] = []
    for wanted in checks:
        on_progress(len(found), len(checks))
        numbers = {name: value for name, value in wanted.items() if name != "check"}
        try:
            found.append(CHECKS[wanted["check"]](work, **numbers))
        except NotThere as missing:
            return [*found, (False, str(missing))]
    return found


def _run(work: Work) -> Run:
    if work.run is None or work.checkpoint is None:
        raise NotThere(t("widgets.check.no_model", where=work.where("train")))
    return work.run


def _file(work: Work, kind: str) -> Path:
    found = work.find(kind)
    if found is None:
        _run(work)
        raise NotThere(t(f"widgets.check.no_{kind}", where=work.where("convert")))
    return found.path


def _origin(work: Work, kind: str) -> str:
    """Where the model is from, if it is not of this lesson."""
    found = work.find(kind)
    return "" if found is None or found.origin == "own" else t("widgets.check.origin", origin=found.origin_text)


def _tested(path: Path, work: Work) -> Mapping[str, Any]:
    """What ``evaluate`` answers about the test pictures: of a checkpoint in a job, because no page loads PyTorch."""
    if path.suffix != ".pth":
        return evaluate(path, work.dataset, batch_size=1, skip_bad=work.skip_bad, threads=1).to_dict()  # one at a time: as in ``_answers``
    arguments = {"model": path, "data": work.dataset, "skip_bad": work.skip_bad}
    job = jobs.start("evaluate", arguments, work.new_job("exam"), workspace=work.workspace).wait()
    if not isinstance(job.answer, dict):
        error = job.error or {}
        raise NotThere(f"{error.get('message', '')} {error.get('remedy', '')}")
    return job.answer


@lru_cache(maxsize=4)
def _answers(path: Path, dataset: str) -> tuple[Answers, Task, Split]:
    """A model's answers for the test pictures, its task, and the pictures.

    Raises:
        ClassesDiffer: The model knows other classes than the pictures have.
    """
    pictures, model = load_dataset(dataset), loaded(path)
    test = pictures.test or pictures.validation
    model.task.check_data(model.card, test, path)
    # One at a time: what a batch takes, the runtime keeps, and thirty such kernels share a machine.
    return model.predict_answers(test.samples, batch_size=1), model.task, test
