"""``split_dataset``: any dataset divided once, for good; what comes later joins without moving anything."""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from edukit.core.errors import OutputExists
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import json_text, read_record, user_path
from edukit.core.parameters import PATH, AsOption, Between, Metavar, verb
from edukit.data.copies import copies
from edukit.data.dataset import SPLITS, Dataset, SplitName
from edukit.data.exporting import EXPORTERS, Written, settle_folder, write_dataset
from edukit.data.loading import DatasetLike, find_folder
from edukit.data.near_duplicates import clusters, near_pairs
from edukit.data.operations import LOG, Journal
from edukit.data.readers import read_draft
from edukit.data.sample import Sample
from edukit.data.splitting import RATIOS, Item, assign, group_finder, group_in, later_split, read_ratios

RECORD = "split.json"
NEAR = "near-duplicates"


@dataclass(frozen=True)
class SplitResult(Written):
    """What ``split_dataset`` wrote.

    Args:
        path, images, by_split: As for ``Written``.
        groups: How many groups of two or more pictures were kept together.
        joined: How many pictures came to an earlier split, none of which moved.
    """

    groups: int
    joined: int = 0


@verb
def split_dataset(
    source: Annotated[DatasetLike, Metavar("FOLDER")],
    *,
    out: Annotated[PATH, AsOption(), Metavar("DIR")],
    ratios: Annotated[str | Sequence[float], Metavar("0.7,0.1,0.2")] = ",".join(map(str, RATIOS)),
    group: Annotated[str, Metavar("PATTERN")] = "",
    random_seed: Annotated[int, Between(0, 2**31)] = 0,
    overwrite: bool = False,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> SplitResult:
    """Divides a dataset into training, validation and test: by class, with what belongs together on one side, written as a new folder.

    Called again with the same folder and options, it adds the pictures that came meanwhile; those that were there stay where they are.

    Args:
        source: The name of a set, a folder, zip or CSV file, or a ``Dataset``; splits that it has are put together first.
        out: The folder to write, in ImageNet format.
        ratios: Shares of training, validation and test.
        group: A pattern (regular expression) that finds in ``class/file.jpg`` what must stay together, such as ``/(\\w+?)_`` for the part before the
            first ``_``; or ``"near-duplicates"``. By default copies, and what a recording put together.
        random_seed: Another seed, another split.
        overwrite: Whether a folder that was written here may be replaced.
        on_event, should_stop: Progress, one ``"picture"`` at a time, and the wish to stop.

    Raises:
        BadArgument, OutputExists, OutputNotWritable, DiskFull, and as ``load_dataset``.

    Example:
        >>> split_dataset("emoji", out="parts", ratios="0.6,0.2,0.2").images
        377
    """
    shares = read_ratios(ratios)
    reporter = Reporter(on_event, should_stop)
    dataset = source if isinstance(source, Dataset) else read_draft(find_folder(source)).dataset
    folder = user_path(out, output=True)
    made = {"source": str(dataset.folder), "ratios": list(shares), "group": group, "random_seed": random_seed}
    earlier = read_record(folder / RECORD)
    again = earlier.get("made") == made and isinstance(earlier.get("places"), dict)
    settle_folder(folder, overwrite or again)
    if folder.suffix.lower() == ".zip":
        raise OutputExists(path=folder)
    samples = {_name(sample, dataset): sample for split in dataset.splits for sample in split}
    if group not in ("", NEAR):
        searched = {name: f"{sample.label}/{sample.path.name}" for name, sample in samples.items()}
        finder = group_finder(group, searched.values())
        groups = {name: group_in(text, finder) or f"/{name}" for name, text in searched.items()}
    else:
        groups = _groups(dataset, samples, near=group == NEAR, reporter=reporter)
    places = _place_all(samples, groups, shares, random_seed, earlier["places"] if again else {}, earlier.get("groups", {}) if again else {})
    parts = {split: tuple(sample for name, sample in samples.items() if places[name] == split) for split in SPLITS}
    for part in SPLITS:
        dataset = dataset.with_split(replace(getattr(dataset, part), samples=parts[part], training=()))
    record = {"made": made, "places": places, "groups": {name: found for name, found in groups.items() if found != f"/{name}"}}
    more = {RECORD: json_text(record, indent=1) + "\n"}
    write_dataset(dataset, folder, EXPORTERS["imagenet"], overwrite=overwrite or again, reporter=reporter, more=more)
    joined = len(samples.keys() - earlier["places"].keys()) if again else 0
    return SplitResult.of(dataset, folder, groups=sum(size > 1 for size in Counter(groups.values()).values()), joined=joined)


def _name(sample: Sample, dataset: Dataset) -> str:
    """The picture's place in its dataset, without the split that it had."""
    inside = sample.path.is_relative_to(dataset.folder)
    return sample.path.relative_to(dataset.folder).as_posix() if inside else str(sample.path)


def _place_all(
    samples: Mapping[str, Sample], groups: Mapping[str, str], shares: Sequence[float], random_seed: int,
    earlier: Mapping[str, Any], earlier_groups: Mapping[str, Any],
) -> dict[str, SplitName]:  # fmt: skip
    """Every picture's split: that of an earlier run, its group's, or by stratification (the first time) and by name (later)."""
    known: dict[str, SplitName] = {name: split for name, split in earlier.items() if name in samples and split in SPLITS}
    if not known:
        return assign([Item(name, sample.label, groups[name]) for name, sample in samples.items()], ratios=shares, random_seed=random_seed)
    of_group = {groups[name]: split for name, split in known.items()} | {found: known[name] for name, found in earlier_groups.items() if name in known}
    return {
        name: known.get(name) or of_group.setdefault(groups[name], later_split(groups[name], ratios=shares, random_seed=random_seed))
        for name in samples
    }


def _groups(dataset: Dataset, samples: Mapping[str, Sample], *, near: bool, reporter: Reporter) -> dict[str, str]:
    """Name to group: recordings, copies and, where they are asked for, near duplicates, put together where they meet."""
    by_path = {sample.path: name for name, sample in samples.items()}
    recorded: dict[str, list[str]] = defaultdict(list)
    for name, found in (Journal(dataset.folder).peek().groups.items() if (dataset.folder / LOG).is_file() else ()):
        recorded[found].append(name)
    by_file = {sample.path.name: name for name, sample in samples.items()}
    together = [[by_file[name] for name in names if name in by_file] for names in recorded.values()]
    together += [[by_path[path] for path in paths] for paths in copies(by_path)]
    if near:
        together += [[by_path[one], by_path[other]] for one, other in near_pairs(list(by_path), reporter=reporter)]
    led = clusters((names[0], other) for names in together for other in names[1:])
    return {name: f"/{name}" for name in samples} | {name: lead for lead, names in led.items() for name in names}
