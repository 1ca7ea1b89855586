"""What views show of a dataset: its groups, a class with some pictures, and what a check found, each kind of problem once."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from edukit.core.html import answer as answer_first
from edukit.core.html import esc, stats, tag, thumb, ticks
from edukit.core.i18n import language, t
from edukit.data import Dataset
from edukit.data.problems import MOST_FILES, Problem

SHOWN = 8    # pictures of each class, and of each kind of problem


def groups(dataset: Dataset) -> str:
    """How many pictures each group has, and what it is for."""
    cells = [(t(f"widgets.data.{split.name}"), str(len(split)), "") for split in (dataset.train, dataset.validation, dataset.test)]
    notes = "".join(f"<p><small>{esc(note)}</small></p>" for note in dataset.notes)
    return stats(cells) + f"<p>{esc(t('widgets.data.groups'))}</p>" + notes


def class_row(dataset: Dataset, label: str) -> str:
    """A class: its name, its counts, some of its training pictures."""
    mine = [sample for sample in dataset.train if sample.label == label]
    some = mine[:: max(1, len(mine) // SHOWN)][:SHOWN]
    counts = " + ".join(str(split.counts[label]) for split in dataset.splits)
    name = dataset.shown(label, language())
    pictures = "".join(thumb(sample.path, name) for sample in some)
    return f"<div class='ek-class'><div><b>{esc(name)}</b><small>{esc(counts)}</small></div><div class='ek-row'>{pictures}</div></div>"


def report_html(answer: Mapping[str, Any]) -> str:
    """What check-dataset answered: one sentence, then a card for each kind of problem."""
    problems = [Problem.from_dict(one) for one in answer.get("problems", [])]
    images = answer.get("counts", {}).get("images", 0)
    if not problems:
        return ticks([(True, t("widgets.data.all_good", count=images))])
    errors = sum(one.severity == "error" for one in problems)
    head = ticks([(not errors, t("widgets.data.found", count=images, errors=errors, warnings=len(problems) - errors))])
    kinds: dict[str, list[Problem]] = {}
    for one in problems:
        kinds.setdefault(one.kind, []).append(one)
    return head + "".join(_card(same) for same in kinds.values())


def _card(same: list[Problem]) -> str:
    """One kind of problem: how many, what and what to do, and the pictures, each beside its twin."""
    details = t("data.comma").join(list(dict.fromkeys(one.detail for one in same))[:MOST_FILES])
    sentence = t("widgets.data.kind", count=len(same), severity=t("data.severity." + same[0].severity))
    head = answer_first(sentence, t("widgets.data.kind_text", detail=details, remedy=same[0].remedy))
    figures = "".join(_figure([path for path in (one.path, one.other) if path]) for one in same[:SHOWN])
    more = tag("small", t("widgets.data.more", count=len(same) - SHOWN)) if len(same) > SHOWN else ""
    return f"<section class='ek-box{' bad' if same[0].severity == 'error' else ' warn'}'>{head}<div class='ek-row'>{figures}</div>{more}</section>"


def _figure(paths: Iterable[str]) -> str:
    files = [Path(path) for path in paths]
    pictures = "".join(thumb(path, path.name) for path in files if path.is_file())
    return f"<figure class='ek-twins' title='{esc(' ↔ '.join(path.name for path in files))}'>{pictures}<figcaption>{esc(files[0].name)}</figcaption></figure>"
