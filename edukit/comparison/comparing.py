"""The verb ``compare``: checks, measures accuracy, measures speed, and puts the figures together."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from edukit.comparison.accuracy import answers_of, changed_pictures, requests_of
from edukit.comparison.machine import machine_facts
from edukit.comparison.results import Comparison, Measured, Ratio
from edukit.comparison.speed import Timing, rounds_of, time_models
from edukit.comparison.statistics import percentiles, speed_ratio, throughput
from edukit.comparison.subjects import Subject, check_same_data, listed_files, subjects_of
from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument
from edukit.core.events import OnEvent, Reporter, ShouldStop, StepCounter
from edukit.core.i18n import t
from edukit.core.parameters import Between, Metavar, PythonOnly, Usual, verb
from edukit.data.statistics import departure_warnings
from edukit.models.inputs import DataLike, ModelLike, split_of
from edukit.tasks import Answers, find_task

if TYPE_CHECKING:
    from edukit.data import Split

NOISY = 1.25  # an interval whose ends are further apart than this tells of a machine that does other work


@verb
def compare(
    models: Annotated[Sequence[ModelLike], Metavar("MODEL")],
    data: DataLike | None = None,
    *,
    skip_bad: bool = False,
    threads: Annotated[int, Between(1, 256), Usual(1, 2, 4)] = 1,
    batch_size: Annotated[int, Between(1, 1024)] = 1,
    runs: Annotated[int | None, Between(1, 100_000)] = None,
    accuracy_only: bool = False,
    speed_only: bool = False,
    cards: Annotated[Sequence[ModelCard | None] | None, PythonOnly()] = None,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> Comparison:
    """Measures models on the same pictures: accuracy, agreement with the first, latency, throughput, size.

    Each model runs in a process of its own with the same number of threads. After a warm-up they are timed in turn, a few runs each, round after
    round, so that whatever the machine does meanwhile hits all of them.

    Args:
        models: Files (.pth, .onnx) or results that have one; the first one is what the others are held against.
        data: The pictures, of a dataset the test split; may be None with ``speed_only``.
        skip_bad: Go on without bad pictures.
        threads: For every library in every process.
        batch_size: Pictures in one timed ``predict()``.
        runs: Timed predictions of each model; None: as many as some seconds allow, 10 to 1,000, and no more once the ratios are known closely.
        accuracy_only, speed_only: Leave the other half out.
        cards: For models from elsewhere that bear no card of their own.
        on_event: Told the progress in steps: a batch of pictures, or a model's turn in a round.
        should_stop: Asked ten times a second; ``Stopped`` is raised when it says yes.

    Raises:
        BadArgument, ClassesDiffer, WorkerFailed, and what loading a model and reading a picture raise.

    Example:
        >>> compare(["best.pth", "emoji.onnx"], dataset.test, accuracy_only=True).models[1].agreement
        1.0
    """
    if accuracy_only and speed_only:
        raise BadArgument(name="speed_only", value=True, wanted=t("comparison.not_both"))
    if data is None and not speed_only:
        raise BadArgument(name="data", value=None, wanted=t("comparison.needs_data"))
    files = listed_files(models, cards)
    pictures = None if data is None else split_of(data, "test", skip_bad=skip_bad, on_event=on_event, should_stop=should_stop)
    tested = None if speed_only else pictures
    rounds = 0 if accuracy_only else rounds_of(runs)[0]
    answers, timings, reporter = list[Answers](), list[Timing](), Reporter(on_event, should_stop)
    with subjects_of(files, threads, reporter) as subjects:
        if tested is not None:
            check_same_data(subjects, tested)
        steps = StepCounter(reporter, len(subjects) * ((len(requests_of(tested)) if tested is not None else 0) + rounds))
        if tested is not None:
            answers = answers_of(subjects, tested, steps, threads=threads)
        if rounds:
            rounds, timings = time_models(subjects, pictures, runs, batch_size, steps)
    ratios = tuple(
        Ratio(subject.path, subjects[0].path, *speed_ratio(timing.latency, timings[0].latency)) for subject, timing in zip(subjects[1:], timings[1:])
    )
    return Comparison(
        models=measured_models(subjects, answers, None if tested is None else tested.targets, timings, batch_size), ratios=ratios,
        environment=machine_facts({name: version for subject in subjects for name, version in subject.versions.items()}) | {
            "threads": threads, "batch": batch_size if rounds else None, "runs": timings[0].latency.size if rounds else 0, "rounds": rounds,
            "processes": len(subjects),
        },
        changed=() if tested is None else changed_pictures(find_task(subjects[0].card.task), subjects, answers, tested),
        warnings=warnings_of(tested, ratios, [subject.card for subject in subjects]),
    )


def measured_models(
    subjects: Sequence[Subject], answers: Sequence[Answers], targets: Any = None, timings: Sequence[Timing] = (), batch_size: int = 1
) -> tuple[Measured, ...]:
    """The figures of the models, as far as they were measured: without ``targets`` only how far each agrees with the first one."""
    measured = []
    for place, subject in enumerate(subjects):
        card, task = subject.card, find_task(subject.card.task)
        figures, speed = dict.fromkeys((*task.compared, "agreement", "max_difference")), dict[str, Any]()
        if answers:
            figures |= {} if targets is None else task.measure(answers[place], targets)
            figures |= {"agreement": float(task.same(answers[place], answers[0]).mean()), "max_difference": task.difference(answers[place], answers[0])}
        if timings:
            whole, part = timings[place].latency, timings[place].inference
            speed = {"latency_ms": percentiles(whole), "inference_ms": percentiles(part), "throughput": throughput(whole, batch_size)}
        measured.append(Measured(
            path=subject.path, name=subject.name, runtime=subject.runtime, precision=card.precision, backbone=card.backbone, task=task.name,
            size_bytes=subject.size_bytes, count=len(answers[place]) if answers else 0, figures=figures, **speed,
        ))  # fmt: skip
    return tuple(measured)


def warnings_of(data: Split | None, ratios: Sequence[Ratio], cards: Sequence[ModelCard] = ()) -> tuple[str, ...]:
    """What makes figures worth less, in the language in use: what the data say of themselves, pictures that a model does not know, a busy machine."""
    noisy = any(ratio.interval[1] > NOISY * ratio.interval[0] for ratio in ratios)
    unlike = dict.fromkeys(warning for card in cards if data is not None for warning in departure_warnings(card, data.samples))
    return (*(data.warnings if data is not None else ()), *unlike, *([t("comparison.noisy")] if noisy else ()))
