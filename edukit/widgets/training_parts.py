"""What the train view is made of: the figures and the curve of a training, while it goes on and when it has ended; and its code."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edukit.core.command_line import Code, code_of
from edukit.core.formatting import clock
from edukit.core.html import esc, stats, tag
from edukit.core.i18n import t
from edukit.tasks import task_in
from edukit.training.curves import training_curves
from edukit.widgets.artefacts import Run


def live_html(history: Sequence[Mapping[str, Any]], epochs: int, left: float, *, note: str = "") -> str:
    """Figures and curve while a network learns."""
    row = history[-1] if history else {}
    task = task_in(row)
    cells = [
        (task.say("validation"), task.best.text(task.best_value(row), 0), ""),
        (t("widgets.train.epoch"), str(row.get("epoch", 0)), t("widgets.of", total=epochs)),
        (t("widgets.train.left"), clock(left) if left else "–", ""),
    ]  # fmt: skip
    return stats(cells) + training_curves(history, epochs=epochs) + (f"<p><small>{esc(note)}</small></p>" if note else "")


def trained_html(run: Run) -> str:
    """What a training reached."""
    history, task, log = run.history, run.task, run.log
    if not history:
        return tag("p", t("widgets.train.kept"))
    best = task.best_row(history) or {}
    value = task.best.text(run.best, 0)
    seconds, planned = log.get("seconds"), log.get("epochs")
    cells = [
        (task.say("validation"), value, ""),
        (t("widgets.train.best_epoch"), str(best["epoch"]), t("widgets.of", total=len(history))),
        (t("widgets.train.took"), clock(seconds) if isinstance(seconds, (int, float)) else "–", ""),
    ]  # fmt: skip
    answer = task.say("learnt", value=value, epoch=best["epoch"])
    if isinstance(planned, int) and planned > len(history):
        answer += t("widgets.train.cut_short", done=len(history), planned=planned)
    return f"<p class='ek-answer'>{esc(answer)}</p>" + stats(cells) + training_curves(history, kept=best)


def note_on(run: Run, chosen: str) -> str:
    """What the figures of ``run`` must not be taken for, when it learnt from other data than the chosen."""
    learnt = run.log.get("dataset")
    if not learnt or learnt == chosen:
        return ""
    return f"<p><span class='ek-pill warn'>{esc(t('widgets.train.other_data', dataset=learnt))}</span></p>"


def code(dataset: str, values: Mapping[str, Any]) -> str:
    """What the button does, in Python, with the present settings."""
    old = {"checkpoint": Code("model")} if "checkpoint" in values else {}  # as the lesson's code calls it
    call = code_of("train", {"dataset": Code("dataset"), **values, **old}, always=("backbone", "epochs"))
    return f"dataset = ek.load_dataset({dataset!r})\ntrained = {call}"
