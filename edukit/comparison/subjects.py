"""The models under test: their files checked cheaply, then each loaded into a process of its own."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from edukit.comparison.kinds import model_style
from edukit.comparison.process import MeasuringProcess
from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument
from edukit.core.events import Reporter
from edukit.core.i18n import t
from edukit.core.parameters import shorten
from edukit.models.inputs import ModelLike, model_file
from edukit.runtime.model_file import ModelFile
from edukit.tasks import find_task

if TYPE_CHECKING:
    from edukit.data import Split

Listed = tuple[ModelFile, ModelCard | None]  # a file, and the card that was given by hand


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


def listed_files(models: Sequence[ModelLike], cards: Sequence[ModelCard | None] | None) -> list[Listed]:
    """The files of a list of models, inspected, each with the card that was given for it by hand.

    Raises:
        BadArgument: It is no list of models; and what inspecting a file raises.
    """
    if not isinstance(models, (list, tuple)) or not models:
        raise BadArgument(name="models", value=shorten(models), wanted=t("comparison.list_of_models"))
    return [(model_file(model, "models", card=card, need_card=True), card) for model, card in zip(models, cards or [None] * len(models))]


@contextmanager
def subjects_of(files: Sequence[Listed], threads: int, reporter: Reporter) -> Iterator[list[Subject]]:
    """Every model in a process of its own, loaded at the same time; the processes end with the block."""
    with ExitStack() as processes:
        workers = [processes.enter_context(MeasuringProcess(file.path, threads)) for file, _ in files]
        for worker, (_, card) in zip(workers, files):
            worker.load(card)
        subjects = []
        for worker in workers:
            facts = worker.receive(reporter)
            own = ModelCard.from_dict(facts["card"], path=worker.path)
            kind = model_style(facts["runtime"], own.precision).label
            subjects.append(Subject(worker, worker.path, own, facts["runtime"], facts["size_bytes"], facts["versions"], kind))
        yield name_subjects(subjects)


def name_subjects(subjects: Sequence[Subject]) -> list[Subject]:
    """Names that tell the models apart: the kind; among models of one kind also the backbone, the file, or a number."""
    names = [subject.name for subject in subjects]
    for more in ([s.card.backbone for s in subjects], [s.path.name for s in subjects], [s.path.parent.name for s in subjects]):
        extras = {name: {extra for extra, other in zip(more, names) if other == name} for name in names}
        names = [f"{name} {extra}" if len(extras[name]) > 1 and extra else name for name, extra in zip(names, more)]
    numbered = [f"{name} #{names[: place + 1].count(name)}" if names.count(name) > 1 else name for place, name in enumerate(names)]
    return [replace(subject, name=name) for subject, name in zip(subjects, numbered)]


def check_same_data(subjects: Sequence[Subject], data: Split) -> None:
    """Raises what makes the data useless for one of the models, such as ``WrongTask``, ``ClassesDiffer`` and ``TooFewPictures``."""
    for subject in subjects:
        find_task(subject.card.task).check_data(subject.card, data, subject.path)
