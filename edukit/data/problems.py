"""What can be wrong with a dataset, told file by file: the kinds and severities of INTERFACES."""
from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from edukit.core.errors import BadDataset, EdukitError
from edukit.core.html import answer, shown_alone, tag
from edukit.core.i18n import t, texts
from edukit.core.results import Result
from edukit.data.naming import one_line, printable

MOST_FILES = 5     # named of one kind of problem
MOST_LISTED = 200  # lines in one error message; the report always has them all
Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class ProblemKind:
    """What is known of all problems of one kind.

    Args:
        severity: ``"error"``: verbs refuse a split that has it; ``"warning"``: they go on.
        task: The task that it belongs to; empty for what can be wrong with any picture or folder.
    """

    severity: Severity
    task: str = ""


KINDS: dict[str, ProblemKind] = {}  # each has its texts in data.json: data.KIND.detail (or other variants) and data.KIND.remedy


def register_kinds(severity: Severity, *kinds: str, task: str = "") -> None:
    """Adds kinds of problems; those of a task are added where its checks are."""
    KINDS.update(dict.fromkeys(kinds, ProblemKind(severity, task)))


TWINS = ("duplicate", "near_duplicate", "leak")  # whose other file is named beside them
register_kinds("error", "empty_file", "not_an_image", "truncated", "unreadable", "too_large")
register_kinds("warning", "wrong_extension", "animated", "unusual_mode", "exif_rotated", "duplicate", "near_duplicate", "leak", "junk_file")
register_kinds("error", "empty_class", "missing_class", "label_mismatch", task="classification")
register_kinds("warning", "imbalance", "too_few", task="classification")


@dataclass(frozen=True)
class Problem(Result):
    """One thing that is wrong with a dataset.

    Args:
        kind: What it is, such as ``"truncated"`` or ``"leak"``.
        severity: That of its kind.
        path: The file or class folder concerned.
        other: Its twin (of duplicates and leaks) or the folder it is compared with.
        detail: What was found, in the chosen language.
        remedy: What to do.
        split: The split it lies in; empty where it concerns the whole dataset.
    """

    kind: str
    severity: str
    path: str
    other: str | None
    detail: str
    remedy: str
    split: str = ""


def problem(kind: str, path: Path, *, split: str = "", other: Path | None = None, variant: str = "detail", **found: Any) -> Problem:
    """A problem with its texts in the chosen language."""
    twin = None if other is None else printable(other)
    own = f"data.{kind}.{variant}_remedy"
    remedy = t(own if own in texts() else f"data.{kind}.remedy")
    return Problem(kind, KINDS[kind].severity, printable(path), twin, t(f"data.{kind}.{variant}", **found), remedy, split)


@dataclass(frozen=True)
class Group:
    """Problems that are told at once.

    Args:
        severity, remedy: Of all of them.
        detail: Of the first one.
        files: As they are called from the dataset's folder; a twin as ``"b.png = a.png"``.
    """

    severity: str
    detail: str
    remedy: str
    files: tuple[str, ...]

    @property
    def where(self) -> str:
        """The file; of many the count and the first ones.

        Example:
            >>> Group("error", "not a picture", "Move it.", ("a.txt",)).where
            'a.txt'
        """
        if len(self.files) == 1:
            return self.files[0]
        some = t("data.comma").join(self.files[:MOST_FILES]) + " …" * (len(self.files) > MOST_FILES)
        return t("data.files", count=len(self.files), files=some)


def grouped(problems: Iterable[Problem], folder: str | os.PathLike[str]) -> list[Group]:
    """Problems of the same words and remedy told once, in the order in which they first appear."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for one in problems:
        names = [one.path, one.other] if one.other and one.kind in TWINS else [one.path]
        found.setdefault((one.kind, one.severity, one.detail, one.remedy), []).append(" = ".join(_relative(name, Path(folder)) for name in names))
    return [Group(severity, detail, remedy, tuple(files)) for (_, severity, detail, remedy), files in found.items()]


def bad_dataset(folder: Path, problems: Sequence[Problem]) -> EdukitError:
    """The error that names all of them at once, one a line."""
    groups = grouped(problems, folder)
    lines = [f"- {one_line(found.where)}: {one_line(found.detail)}" for found in groups[:MOST_LISTED]]
    if len(groups) > MOST_LISTED:
        lines.append(t("data.more", count=len(groups) - MOST_LISTED))
    return BadDataset(path=printable(folder), count=len(problems), problems="\n".join(lines))


def errors_in(problems: Iterable[Problem], splits: Iterable[str]) -> tuple[Problem, ...]:
    """Those of severity error in these splits, or in the dataset as a whole."""
    wanted = {"", *splits}
    return tuple(found for found in problems if found.severity == "error" and found.split in wanted)


@dataclass(frozen=True)
class DatasetReport(Result):
    """What ``check_dataset`` found.

    Args:
        name: The dataset.
        folder: Where it lies.
        counts: ``{"images", "by_split": {split: {class: n}}, "by_kind": {kind: n}}``; left-over files are not counted as pictures.
        problems: What is wrong, errors first.
        notes: Sentences about how it was read.
        repaired: What a repair did, where one was asked for.
    """

    _left_out = ("name", "folder")

    name: str
    folder: Path
    counts: Mapping[str, Any]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = field(default=())
    repaired: Result | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; ``"repaired"`` only where there was a repair."""
        found = super().to_dict()
        return found if self.repaired else {name: value for name, value in found.items() if name != "repaired"}

    def errors(self, splits: Iterable[str] = ("train", "validation", "test")) -> tuple[Problem, ...]:
        """The problems for which a verb that uses these splits refuses."""
        return errors_in(self.problems, splits)

    @property
    def summary(self) -> str:
        """The outcome in one sentence."""
        severities = Counter(found.severity for found in self.problems)
        key = "bad" if severities["error"] else "fair" if severities["warning"] else "good"
        return t(f"data.report.{key}", images=self.counts["images"], errors=severities["error"], warnings=severities["warning"])

    def _repr_html_(self) -> str:
        lines = [
            tag("p", f"{t('data.severity.' + found.severity)} · {found.where}: {found.detail} {found.remedy}")
            for found in grouped(self.problems, self.folder)[:MOST_LISTED]
        ]
        return shown_alone(answer(self.summary), *lines)


def _relative(path: str, folder: Path) -> str:
    return os.path.relpath(path, printable(folder)) if path.startswith(printable(folder) + os.sep) else path
