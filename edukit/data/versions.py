"""The versions of one's own set: each repair makes a new one, and what changed against the one before is told class by class."""
from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from edukit.core.errors import EdukitError
from edukit.core.files import read_record
from edukit.core.results import Result
from edukit.core.workspace import Workspace, current
from edukit.data.copies import copies
from edukit.data.exporting import MADE
from edukit.data.loading import find_folder
from edukit.data.own import own_sets
from edukit.data.readers import read_draft
from edukit.data.samples import sample_set

KINDS = ("added", "removed", "relabelled", "changed")
Changes = Mapping[str, Mapping[str, int]]  # class -> kind of change -> pictures


@dataclass(frozen=True)
class Version(Result):
    """One version of a set.

    Args:
        name: Of the set, as ``load_dataset`` takes it.
        images: How many pictures it has.
        before: The version that it came from; empty for the first.
        changes: Class to kind to number of pictures: ``"added"``, ``"removed"``, ``"relabelled"`` (into this class), ``"changed"`` (another file of the same
            name, such as one that was turned or blurred). What did not change is left out.
        repaired: What the repair that made it did, by ``"left_out"``, ``"converted"``, ``"renamed"``; empty where it was no repair.
    """

    name: str
    images: int
    before: str = ""
    changes: Changes = field(default_factory=dict)
    repaired: Mapping[str, int] = field(default_factory=dict)


def stem_of(name: str) -> str:
    """What all versions of a set share of their names.

    Example:
        >>> stem_of("cats-v2"), stem_of("cats")
        ('cats', 'cats')
    """
    return re.sub(r"-v\d+$", "", name)


def next_version(name: str, *, workspace: Workspace | None = None) -> str:
    """The name of the next version of a set."""
    stem, taken, number = stem_of(name), own_sets(workspace), 2
    while f"{stem}-v{number}" in taken:
        number += 1
    return f"{stem}-v{number}"


def versions(source: str | Path, *, workspace: Workspace | None = None) -> tuple[Version, ...]:
    """The versions of one's own set, or of the sample set that it began as, the first one first.

    Args:
        source: The name of any of them.
        workspace: Whose; by default the one in use.

    Raises:
        As ``find_folder``.

    Example:
        >>> [version.name for version in versions("emoji")]
        ['emoji']
    """
    stem, home = stem_of(find_folder(source).name), (workspace or current()).datasets
    folders = [home / name for name in own_sets(workspace) if stem_of(name) == stem]
    if (sample := sample_set(stem)) and home / stem not in folders:
        folders.insert(0, sample.folder)
    pictures = {folder.name: _pictures(folder) for folder in folders}
    found: list[Version] = []
    for folder in folders:
        record, name = read_record(folder / MADE), folder.name
        of, told = str(record.get("of")), record.get("repaired")
        before = of if of in pictures and of != name else found[-1].name if found else ""
        repaired = {what: count for what, count in told.items() if isinstance(count, int)} if isinstance(told, dict) else {}
        found.append(Version(name, len(pictures[name]), before, _changes(pictures[before], pictures[name]) if before else {}, repaired))
    return tuple(found)


def _changes(old: Mapping[Path, str], new: Mapping[Path, str]) -> Changes:
    """What changed between two sets, picture to class. Pictures are the same if their files are, and the same changed if their names are."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    gone: list[Path] = []
    came: list[Path] = []
    for group in copies([*old, *new]):
        left, here = [path for path in group if path in old], [path for path in group if path in new]
        for path in [*here]:  # what stayed where it was
            if (twin := next((one for one in left if old[one] == new[path]), None)) is not None:
                left.remove(twin)
                here.remove(path)
        for path in here[: len(left)]:
            found[new[path]]["relabelled"] += 1
        gone += left[len(here) :]
        came += here[len(left) :]
    missing = Counter((old[path], path.stem) for path in gone)
    for path in came:
        same = (new[path], path.stem)
        found[new[path]]["changed" if missing[same] > 0 else "added"] += 1
        missing[same] -= 1
    for (label, _), count in missing.items():
        found[label]["removed"] += max(0, count)
    return {label: dict(+counts) for label, counts in found.items() if +counts}


def _pictures(folder: Path) -> dict[Path, str]:
    try:
        return {sample.path: str(sample.target) for split in read_draft(folder).dataset.splits for sample in split}
    except EdukitError:  # nothing is left in it
        return {}
