"""Everything that is wrong with a dataset, found in one pass over its files."""
from __future__ import annotations

import os
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, TypeVar

from edukit.core.card import CLASSIFICATION
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import user_path, write_text
from edukit.core.page import settle_page
from edukit.core.parameters import PATH, Between, Metavar, verb
from edukit.data.dataset import SPLITS, Dataset
from edukit.data.draft import Draft
from edukit.data.exporting import settle_folder
from edukit.data.loading import DatasetLike, find_folder
from edukit.data.near_duplicates import near_pairs
from edukit.data.pictures import PictureCheck, check_picture, picture_error, picture_warnings, pixel_digest
from edukit.data.problems import DatasetReport, Problem, problem
from edukit.data.readers import read_draft
from edukit.data.repairing import repair_dataset
from edukit.data.report_page import KIND, report_html
from edukit.data.sample import Sample

Item = TypeVar("Item")
Member = tuple[str, Sample, bytes]  # a picture's split, itself, its fingerprint
Check = Callable[[Draft], Iterable[Problem]]  # of a whole dataset, once all its pictures have been looked at
FEW = 10          # training pictures of a class; fewer are a warning
TOGETHER = 64     # pictures that a thread checks before it is handed more
SAME_PIXELS = 16  # by which the fingerprints of the same pixels differ at most, one made of a JPEG that was decoded small
IMBALANCE = 3     # the largest class over the smallest


@verb
def check_dataset(
    source: Annotated[DatasetLike, Metavar("FOLDER")],
    *,
    random_seed: Annotated[int, Between(0, 2**31)] = 0,
    strict: bool = False,
    repair: Annotated[PATH | None, Metavar("OUT")] = None,
    report: Annotated[PATH | None, Metavar("FILE.html")] = None,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> DatasetReport:
    """Looks at every file of a dataset and reports all that is wrong; nothing is changed.

    Args:
        source: A sample set's name, a folder, or a ``Dataset``.
        random_seed: Of the split in memory, as for ``load_dataset``.
        strict: On the command line, end with exit code 3 where a problem of severity error is found; in Python ask ``report.errors()``.
        repair: Write a repaired copy there: bad files, left-over files and twins left out, endings, rotation and unusual modes set right, the rest as it is.
        report: Write what was found there, as a page with small pictures.
        on_event, should_stop: Progress, one ``"picture"`` at a time, and the wish to stop.

    Raises:
        DatasetMissing, DatasetNotAFolder, DatasetEmpty: There is nothing to check.
        OutputExists, OutputNotWritable, BadSuffix: Nothing can be written at ``repair`` or ``report``; told before any work.
        Stopped: The user asked to stop.

    Example:
        >>> check_dataset("emoji").errors()
        ()
    """
    reporter = Reporter(on_event, should_stop)
    copy, page = (None if path is None else user_path(path, output=True) for path in (repair, report))
    if copy is not None:
        settle_folder(copy, overwrite=False)
    if page is not None:
        settle_page(page, KIND)
    folder = source.folder if isinstance(source, Dataset) else find_folder(source)
    draft = read_draft(folder, random_seed=random_seed)
    dataset = draft.dataset
    problems = list(draft.problems)
    samples = [(split.name, sample) for split in dataset.splits for sample in split]
    readable: list[Member] = []
    for (name, sample), check in check_all(samples, reporter):
        problems += [picture_error(check, sample.path, name)] if check.error else picture_warnings(check, sample.path, name)
        readable += [] if check.error else [(name, sample, check.small)]
    problems += find_twins(readable, reporter)
    for check_whole in CHECKS.get(dataset.task, ()):
        problems += check_whole(draft)
    problems.sort(key=lambda found: (found.severity != "error", SPLITS.index(found.split) if found.split in SPLITS else -1))
    counts = {
        "images": len(samples),
        "by_split": {split.name: split.counts for split in dataset.splits},
        "by_kind": dict(Counter(found.kind for found in problems)),
    }
    mended = repair_dataset(dataset, problems, copy, reporter=reporter) if copy is not None else None
    found = DatasetReport(dataset.name, folder, counts, tuple(problems), dataset.notes, mended)
    if page is not None:
        write_text(page, report_html(found))
    return found


def check_all(samples: Sequence[tuple[str, Sample]], reporter: Reporter) -> Iterator[tuple[tuple[str, Sample], PictureCheck]]:
    """Checks pictures in as many threads as there are processors (decoders let others work), and hands them out in order."""
    threads = max(1, min(8, os.cpu_count() or 1))
    waiting: deque[Future[list[PictureCheck]]] = deque()
    ready: list[PictureCheck] = []
    with ThreadPoolExecutor(threads) as pool:
        ahead = iter(samples)
        try:
            for item in with_progress(samples, reporter):
                if not ready:
                    while len(waiting) < 2 * threads and (part := list(islice(ahead, TOGETHER))):
                        waiting.append(pool.submit(_check_together, part))
                    ready = waiting.popleft().result()[::-1]
                yield item, ready.pop()
        finally:
            for future in waiting:
                future.cancel()


def _check_together(samples: Sequence[tuple[str, Sample]]) -> list[PictureCheck]:
    return [check_picture(sample.path, thorough=True) for _, sample in samples]


def with_progress(items: Sequence[Item], reporter: Reporter) -> Iterator[Item]:
    """Hands out the items one by one, reports at most ten times a second, and stops when asked to."""
    reported = 0.0
    for done, item in enumerate(items):
        reporter.check()
        if time.monotonic() - reported >= 0.1:
            reported = time.monotonic()
            reporter.progress(done, len(items), "picture")
        yield item
    reporter.progress(len(items), len(items), "picture")


def find_twins(members: Iterable[Member], reporter: Reporter | None = None) -> list[Problem]:
    """The same picture twice: duplicates and near duplicates within a split, leaks across splits; the later one is the problem."""
    members = sorted(members, key=lambda member: (SPLITS.index(member[0]), str(member[1].path)))
    often = Counter(small for _, _, small in members)
    firsts: dict[bytes, Member] = {}
    problems: list[Problem] = []
    for member in members:
        name, sample, small = member
        first = firsts.setdefault(pixel_digest(sample.path) if often[small] > 1 else small, member)  # all pixels only where the small pictures are equal
        if first is not member:
            problems.append(_twin("duplicate", name, sample, *first[:2]))
    pairs = near_pairs([sample.path for _, sample, _ in firsts.values()], [small for _, _, small in firsts.values()], reporter=reporter)
    inside = {path for pair in pairs for path in pair}
    known = {member[1].path: (place, *member) for place, member in enumerate(firsts.values()) if member[1].path in inside}
    earlier: dict[Path, list[Path]] = defaultdict(list)
    for pair in pairs:
        one, other = sorted(pair, key=known.__getitem__)
        earlier[other].append(one)
    for path, others in earlier.items():
        _, name, sample, small = known[path]
        # A leak is told before a near duplicate.
        _, first_split, twin, twin_small = min((known[path] for path in others), key=lambda one: (one[1] == name, one[0]))
        alike = max(abs(a - b) for a, b in zip(small, twin_small)) <= SAME_PIXELS and pixel_digest(path) == pixel_digest(twin.path)  # in another format
        kind = "duplicate" if alike else "near_duplicate"
        problems.append(_twin(kind, name, sample, first_split, twin))
    return problems


def _twin(kind: str, name: str, sample: Sample, first_split: str, first: Sample) -> Problem:
    label, other = str(sample.target), str(first.target)
    kind, variant = kind if name == first_split else "leak", "detail" if label == other else "labels"
    return problem(kind, sample.path, split=name, other=first.path, variant=variant, label=label, other_label=other, split_name=first_split)


def check_classes(draft: Draft) -> Iterator[Problem]:
    """Classes with too few training pictures, classes of very different size, and a single class."""
    train = draft.dataset.train
    counts = {label: count for label, count in train.counts.items() if count}

    def folder(label: str) -> Path:
        return draft.class_folders.get(label, draft.dataset.folder / label)

    for label, count in counts.items():
        if count < FEW:
            yield problem("too_few", folder(label), split="train", label=label, count=count, wanted=FEW)
    if len(counts) > 1:
        small, large = min(counts, key=lambda label: counts[label]), max(counts, key=lambda label: counts[label])
        if counts[small] * IMBALANCE < counts[large]:
            found: dict[str, Any] = {"label": small, "count": counts[small], "other_label": large, "other_count": counts[large]}
            yield problem("imbalance", folder(small), split="train", other=folder(large), **found)
    if len(draft.dataset.classes) == 1:
        yield problem("missing_class", draft.dataset.folder, variant="one", label=draft.dataset.classes[0])


CHECKS: dict[str, list[Check]] = {CLASSIFICATION: [check_classes]}  # by task; what they report is registered in problems.KINDS
