"""What the view of an evaluation is made of: pictures that can be looked at and get another label, and the model on pictures that others drew."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from edukit.core.html import choice, esc, table, tag
from edukit.core.i18n import t
from edukit.data import DatasetBuilder, sample_set, sample_sets
from edukit.data.samples import names_in
from edukit.evaluation import BACKGROUNDS, SKIN_TONES, grid_of, showing
from edukit.tasks.classification_results import AnsweredPicture, ClassEvaluation
from edukit.widgets.artefacts import CHECKPOINT
from edukit.widgets.step_view import Task
from edukit.widgets.work import Work

STEP, PROBE = "shift", "probe"  # what the folders of jobs on others' pictures, and on changed ones, are called
FACE = "face"  # the class whose pictures show skin
PROBES = {"backgrounds": BACKGROUNDS, "skin": SKIN_TONES}


def mistakes_html(found: ClassEvaluation, pictures: Sequence[AnsweredPicture], own: DatasetBuilder | None, looked_at: str, shown: showing.Shown) -> str:
    """Pictures, and what is known of the one called ``looked_at``, with the labels that it may get instead where the set is one's ``own``."""
    built = {one.name: one for one in own.pictures()} if own else {}
    here = [replace(one, path=built[one.path.name].path) if one.path.name in built else one for one in pictures]
    reasons = {one.path.name: one for one in found.reasons}

    def below(one: AnsweredPicture) -> str:
        now = built.get(one.path.name)
        moved = f"<br>✎ {esc(t('widgets.evaluate.now', label=shown(now.label)))}" if now and now.label != one.label else ""
        look = choice("look", one.path.name, t("widgets.evaluate.look"), chosen=looked_at == one.path.name)
        return moved + (f"<br>{look}" if now or one.path.name in reasons else "")

    def after(one: AnsweredPicture) -> str:
        if one.path.name != looked_at:
            return ""
        told = tag("h3", t("evaluation.taken", label=shown(one.label), predicted=shown(one.predicted)))
        if why := reasons.get(looked_at):
            told += tag("p", t("evaluation.reasons_hint"), "ek-hint") + showing.reasons_html(replace(why, path=one.path), shown)
        if now := built.get(looked_at):
            labels = "".join(choice("label", str(place), shown(label), chosen=label == now.label) for place, label in enumerate(found.classes))
            told += f"{tag('p', t('widgets.evaluate.relabel'))}<div class='ek-row'>{labels}</div>"
        return f"<div class='ek-looked'>{told}</div>"

    return showing.pictures_html(here, shown, below=below, after=after) if here else tag("p", t("evaluation.nothing_wrong"))


def others(classes: Sequence[str]) -> list[str]:
    """The sample sets of just these classes; none where only one artist drew them."""
    found = [one.name for one in sample_sets() if set(next(iter(names_in(one.card).values()), ())) == set(classes)]
    return found if len(found) > 1 else []


def shift_tasks(work: Work, model: Path, classes: Sequence[str]) -> list[Task]:
    """The model in use, and the newest of every other set that the learner trained on, on the test pictures of all artists."""
    models = [model]
    learnt = {work.run.log.get("dataset") if work.run else work.dataset}
    for run in work.runs:
        name, known = run.log.get("dataset"), run.log.get("classes")
        if name not in learnt and isinstance(known, list) and set(known) == set(classes):
            learnt.add(name)
            models.append(run.folder / CHECKPOINT)
    first = work.new_job(STEP)
    pairs = [{"model": one, "data": data, "split": "test"} for one in models for data in others(classes)]
    start = int(first.name.rpartition("-")[2])
    return [Task("evaluate", pair, first.with_name(f"{STEP}-{start + place}")) for place, pair in enumerate(pairs)]


def shift_html(work: Work, classes: Sequence[str]) -> str:
    """The grid of what was measured, the newest of each; empty before that."""
    newest: dict[tuple[str, str], ClassEvaluation] = {}
    for _, one in work.results(STEP, ClassEvaluation):
        if set(one.classes) == set(classes):
            newest.setdefault((one.trained_on, one.dataset), one)
    return showing.grid_html(grid_of(reversed(newest.values())))


def probes_of(found: ClassEvaluation) -> list[str]:
    """What can be changed in these pictures: the plain backgrounds of sample sets, the skin of their faces; nothing in photos."""
    return [name for name in PROBES if name != "skin" or FACE in found.classes] if sample_set(found.dataset) else []


def probe_tasks(work: Work, model: Path, split: str, name: str) -> list[Task]:
    """The model on the same pictures, each time changed in one thing."""
    first = work.new_job(PROBE)
    start = int(first.name.rpartition("-")[2])
    asked = {"model": model, "data": work.dataset, "split": split, "skip_bad": work.skip_bad}
    return [Task("evaluate", {**asked, "change": change}, first.with_name(f"{PROBE}-{start + place}")) for place, change in enumerate(PROBES[name])]


def probes_html(work: Work, found: ClassEvaluation) -> str:
    """How many were right as they are and changed, by the newest answers of the same model on the same pictures; empty before that."""
    newest = {"none": found}
    for job, one in work.results(PROBE, ClassEvaluation):
        if (one.model, one.dataset, one.split, one.count) == (found.model, found.dataset, found.split, found.count):
            newest.setdefault(str(job.arguments.get("change")), one)
    pieces = []
    for name, changes in PROBES.items():
        rows = {change: [one.label == one.predicted for one in newest[change].pictures if name != "skin" or one.label == FACE]
                for change in ("none", *changes) if change in newest}  # fmt: skip
        if len(rows) > 1:
            cells = [t("evaluation.right_of"), *(f"{sum(row)}/{len(row)}" for row in rows.values())]
            shown = table(["", *(t(f"evaluation.change.{change}") for change in rows)], [cells])
            pieces.append(tag("h3", t(f"evaluation.{name}")) + tag("p", t(f"evaluation.{name}_hint"), "ek-hint") + shown)
    return "".join(pieces)
