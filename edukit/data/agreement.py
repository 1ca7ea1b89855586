"""Where folders and text files both say what a picture is: read both, and tell where they disagree."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edukit.data.labels import LABEL_FILES, LabelLine, read_label_lines, read_lines
from edukit.data.layout import Branch, Layout
from edukit.data.naming import label_of, natural_key, printable
from edukit.data.problems import MOST_LISTED, Problem, problem


@dataclass
class Labelled:
    """The files of one split: label to paths, in stable order, and what the label file says otherwise."""

    files: dict[str, list[Path]]
    problems: list[Problem] = field(default_factory=list)


def classes_of(layout: Layout) -> tuple[list[str], list[Problem]]:
    """The labels in order: as classes.txt lists them, else the class folders' names sorted, else the label files' own numbers."""
    first = next(iter(layout.branches.values()))
    folders = sorted({label_of(name) for name in first.classes}, key=natural_key)
    known, path = set(folders), layout.folder / "classes.txt"
    if not path.is_file():
        return folders or _numbers(layout), []
    labels: dict[str, int] = {}
    wrong = _Mismatches(path)
    for line in read_lines(path):
        label = line.text if line.text in known else line.text.strip()
        if label in labels:
            wrong.add("class_twice", line=line.number, label=label)
        elif known and label not in known:
            wrong.add("no_folder", line=line.number, label=label, folder=printable(first.folder.name))
        labels[label] = line.number
    for label in folders:
        if label not in labels:
            wrong.add("not_in_classes", label=label)
    return [*labels, *(label for label in folders if label not in labels)], wrong.told()


def _numbers(layout: Layout) -> list[str]:
    """A split that is one flat folder with a label file: classes have only numbers."""
    indices = {
        line.index for name in layout.branches if name in LABEL_FILES and (layout.folder / LABEL_FILES[name]).is_file()
        for line in read_label_lines(layout.folder / LABEL_FILES[name])
    }
    return [str(index) for index in range(max((i for i in indices if i is not None and i < 10_000), default=-1) + 1)]


def labelled_split(split: str, branch: Branch, classes: Sequence[str], label_file: Path | None) -> Labelled:
    """The pictures of one split by label: folders first, then what only the label file names."""
    found = Labelled({label: [] for label in classes})
    for name, paths in branch.classes.items():
        label = label_of(name)
        if label in found.files:
            found.files[label] += paths
        elif paths:
            found.problems.append(problem("missing_class", branch.folder / name, split=split, variant="extra", label=label))
    if label_file is not None and label_file.is_file():
        _compare(split, branch, classes, label_file, found)
    return found


def _compare(split: str, branch: Branch, classes: Sequence[str], label_file: Path, found: Labelled) -> None:
    """Reads the label file against the folders; pictures that lie outside class folders get the label it gives."""
    by_name = _by_name(branch)
    labels = {path: label for label, paths in found.files.items() for path in paths}
    listed: set[Path] = set()
    wrong = _Mismatches(label_file, split)
    for line in read_label_lines(label_file):
        candidates = by_name.get(line.name, [])
        variant = _wrong(line, len(classes), candidates)
        if not variant:
            wanted = classes[line.index or 0]
            path = min(candidates, key=lambda candidate: (labels.get(candidate) != wanted, candidate in labels))
            if path not in labels:
                labels[path] = wanted
                found.files[wanted].append(path)
            if labels[path] == wanted:
                listed.add(path)
                continue
        listed.update(candidates)
        label = next((labels[path] for path in candidates if path in labels), "")
        wrong.add(variant or "wrong_index", line=line.number, name=line.name, text=line.text.strip()[:80], index=line.index, classes=len(classes), label=label)
    forgotten = [path for path in labels if path not in listed]
    if forgotten:
        wrong.add("unlisted", count=len(forgotten), name=printable(forgotten[0].relative_to(branch.folder)))
    found.problems += wrong.told()


class _Mismatches:
    """What one text file says otherwise than the folders; of a file that is wrong from end to end, the first lines tell enough."""

    def __init__(self, path: Path, split: str = "") -> None:
        self._path, self._split, self._problems, self._more = path, split, list[Problem](), 0

    def add(self, variant: str, **found: Any) -> None:
        if len(self._problems) < MOST_LISTED:
            self._problems.append(problem("label_mismatch", self._path, split=self._split, variant=variant, **found))
        else:
            self._more += 1

    def told(self) -> list[Problem]:
        more = [problem("label_mismatch", self._path, split=self._split, variant="more", count=self._more)] if self._more else []
        return self._problems + more


def _wrong(line: LabelLine, classes: int, candidates: Sequence[Path]) -> str:
    if line.index is None:
        return "not_a_line"
    if line.index >= classes:
        return "no_class"
    return "" if candidates else "unknown_file"


def _by_name(branch: Branch) -> dict[str, list[Path]]:
    """What a line may call a file: its name, its path from the split's folder, or its path from the dataset's."""
    names: dict[str, list[Path]] = {}
    for path in [*branch.loose, *(path for paths in branch.classes.values() for path in paths)]:
        relative = label_of(str(path.relative_to(branch.folder)).replace("\\", "/"))
        for name in {relative, relative.rpartition("/")[2], f"{branch.folder.name}/{relative}"}:
            names.setdefault(name, []).append(path)
    return names
