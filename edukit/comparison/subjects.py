"""The models under test: their files checked cheaply, then each loaded into a process of its own."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from edukit.comparison.kinds import model_style
from edukit.comparison.process import MeasuringProcess
from edukit.core.card import ModelCard
from edukit.core.events import Reporter
from edukit.runtime.formats import format_of
from edukit.tasks import find_task

if TYPE_CHECKING:
    from edukit.data import Split


@dataclass(frozen=True)
class Subject:
    """A loaded model and the process it lives in; ``name`` is what people call it in this comparison."""

    process: MeasuringProcess
    path: Path
    card: ModelCard
    runtime: str
    size_bytes: int
    versions: dict[str, str]
    name: str


def load_subjects(workers: Sequence[MeasuringProcess], cards: Sequence[ModelCard | None], threads: int, reporter: Reporter) -> list[Subject]:
    """Loads every model, all at the same time."""
    for worker, card in zip(workers, cards):
        home = format_of(worker.path).home
        worker.send("load", path=str(worker.path), threads=threads, card=card.to_dict() if card else None, home=home)
    subjects = []
    for worker in workers:
        facts = worker.receive(reporter)
        card = ModelCard.from_dict(facts["card"], path=worker.path)
        kind = model_style(facts["runtime"], card.precision).label
        subjects.append(Subject(worker, worker.path, card, facts["runtime"], facts["size_bytes"], facts["versions"], kind))
    return name_subjects(subjects)


def name_subjects(subjects: Sequence[Subject]) -> list[Subject]:
    """Names that tell the models apart: the kind; among models of one kind also the backbone, the file, or a number."""
    names = [subject.name for subject in subjects]
    for more in ([s.card.backbone for s in subjects], [s.path.name for s in subjects], [s.path.parent.name for s in subjects]):
        taken = Counter(names)
        apart = {name: len({extra for extra, other in zip(more, names) if other == name}) > 1 for name in taken}
        names = [f"{name} {extra}" if apart[name] and extra else name for name, extra in zip(names, more)]
    counts = Counter(names)
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        seen[name] += 1
        names[place] = f"{name} #{seen[name]}" if counts[name] > 1 else name
    return [replace(subject, name=name) for subject, name in zip(subjects, names)]


def check_same_data(subjects: Sequence[Subject], data: Split) -> None:
    """Raises what makes the data useless for one of the models, such as ``WrongTask``, ``ClassesDiffer`` and ``TooFewPictures``."""
    for subject in subjects:
        find_task(subject.card.task).check_data(subject.card, data, subject.path)
