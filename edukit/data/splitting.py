"""Who goes to training, validation and test: stratified by class, groups or at least copies together, and the same for every run with one seed."""
from __future__ import annotations

import hashlib
import random
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from edukit.core.errors import BadArgument
from edukit.core.i18n import t
from edukit.core.images import IMAGE_SUFFIXES
from edukit.data.copies import copies
from edukit.data.dataset import SPLITS, SplitName

RATIOS = (0.7, 0.1, 0.2)
FEWEST = 3  # pictures, or groups, of a class that can reach every split


class Item(NamedTuple):
    """One picture to be placed: its name, its class, and the group that must not be torn apart."""

    name: str
    label: str
    group: Hashable


def read_ratios(given: str | Sequence[float]) -> tuple[float, ...]:
    """Three shares that sum to 1.

    Args:
        given: ``"0.7,0.1,0.2"`` or the numbers; training, validation, test. The last may be left out.

    Raises:
        BadArgument

    Example:
        >>> read_ratios("0.8, 0.2")
        (0.8, 0.2, 0.0)
    """
    try:
        shares = [float(part) for part in (given.replace("，", ",").split(",") if isinstance(given, str) else given)]
    except (TypeError, ValueError):
        shares = []
    shares += [0.0] * (len(shares) == 2)
    if len(shares) != 3 or not all(0 <= share <= 1 for share in shares) or abs(sum(shares) - 1) > 0.001 or not shares[0]:
        raise BadArgument(name="ratios", value=given if isinstance(given, str) else repr(given)[:60], wanted=t("data.wanted.ratios"))
    return tuple(shares)


def group_finder(pattern: str, names: Iterable[str] = ()) -> re.Pattern[str]:
    """The pattern that finds a group in ``class/file.jpg``. Raises ``BadArgument`` where it is none, or finds nothing in any of ``names``."""
    try:
        finder = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadArgument(name="group", value=pattern[:60], wanted=t("data.wanted.pattern", reason=error)) from error
    searched = list(names)
    if searched and not any(group_in(name, finder) for name in searched):
        reason = t("data.pattern_finds_nothing", name=searched[0][:80])
        raise BadArgument(name="group", value=pattern[:60], wanted=t("data.wanted.pattern", reason=reason))
    return finder


def group_in(name: str, finder: re.Pattern[str]) -> str | None:
    """What the pattern finds in a name: its first bracket, else all of it; None if it finds nothing.

    Example:
        >>> group_in("cat/anna_03.jpg", group_finder(r"/(\\w+?)_"))
        'anna'
    """
    match = finder.search(name)
    return None if match is None else (match[1] if finder.groups else match[0])


def assign(items: Iterable[Item], *, ratios: Sequence[float] = RATIOS, random_seed: int = 0) -> dict[str, SplitName]:
    """The split of every picture, by name.

    Every class is divided by ``ratios`` as nearly as whole groups allow; each class with three groups or more reaches every split whose ratio is not 0,
    and one with fewer is for training first.
    """
    groups: dict[Hashable, list[Item]] = defaultdict(list)
    for item in items:
        groups[item.group].append(item)
    counts = Counter(item.label for members in groups.values() for item in members)
    of_class: dict[str, set[Hashable]] = defaultdict(set)
    for group, members in groups.items():
        for item in members:
            of_class[item.label].add(group)
    wanted: dict[tuple[SplitName, str], float] = {
        (split, label): max(1.0, share * count) if share and (split == "train" or len(of_class[label]) >= FEWEST) else 0.0
        for split, share in zip(SPLITS, ratios)
        for label, count in counts.items()
    }
    placed: Counter[tuple[SplitName, str]] = Counter()
    order = sorted(groups, key=str)
    random.Random(random_seed).shuffle(order)
    order.sort(key=lambda group: -len(groups[group]))  # large ones first, while there is room for them
    places: dict[Hashable, SplitName] = {}
    for group in order:
        labels = Counter(item.label for item in groups[group])
        places[group] = max(SPLITS, key=lambda split: _need(split, labels, wanted, placed))
        placed.update({(places[group], label): count for label, count in labels.items()})
    _reach_all(places, groups, of_class, {key for key, want in wanted.items() if want})
    return {item.name: places[group] for group, members in groups.items() for item in members}


def _reach_all(
    places: dict[Hashable, SplitName], groups: Mapping[Hashable, Sequence[Item]], of_class: Mapping[str, set[Hashable]], wanted: set[tuple[SplitName, str]]
) -> None:
    """A split that a class did not reach, its groups being large, gets the smallest group that its split can spare."""
    for split, label in sorted(wanted):
        mine = of_class[label]
        if not any(places[group] == split for group in mine):
            there = Counter(places[group] for group in mine)
            spare = [group for group in sorted(mine, key=str) if there[places[group]] > 1]
            if spare:
                places[min(spare, key=lambda group: len(groups[group]))] = split


def _need(
    split: SplitName, labels: Mapping[str, int], wanted: Mapping[tuple[SplitName, str], float], placed: Mapping[tuple[SplitName, str], int]
) -> float:
    """How much of what a split should have it still lacks, 0 to 1, over a group's labels; below 0 where the group would be too much for it."""
    needs = []
    for label, count in labels.items():
        want, have = wanted[split, label], placed.get((split, label), 0)
        needs.append(-1.0 - have if not want else (want - have) / want if have + count <= max(1, want + 0.5) else -(have + count - want) / want)
    return min(needs)


def later_split(key: str, *, ratios: Sequence[float] = RATIOS, random_seed: int = 0) -> SplitName:
    """Where a picture goes that came after the split: by its name (or group) alone, so that nothing else moves."""
    part = int.from_bytes(hashlib.sha256(f"{random_seed} {key}".encode("utf-8", "surrogatepass")).digest()[:6]) / 2**48
    return next((split for split, most in zip(SPLITS, accumulate(ratios)) if part < most), "train")


def divide(files: Mapping[str, Sequence[Path]], *, random_seed: int) -> dict[str, dict[str, list[Path]]]:
    """Divides every class 70/10/20: split to label to files, in the files' own order.

    Copies of the same file stay together, so that no test picture was trained on. A class of fewer than three pictures is for training alone.
    """
    divided: dict[str, dict[str, list[Path]]] = {split: {} for split in SPLITS}
    for label, paths in files.items():
        places = _divide_class(paths, random.Random(f"{random_seed} {label}"))
        for split in SPLITS:
            divided[split][label] = [path for path in paths if places[path] == split]
    return divided


def _divide_class(paths: Sequence[Path], chance: random.Random) -> dict[Path, str]:
    if len(paths) < FEWEST:
        return dict.fromkeys(paths, "train")
    pictures = [path for path in paths if path.suffix.lower() in IMAGE_SUFFIXES]  # whoever names a folder of programs by mistake need not wait
    groups = copies(pictures) + [[path] for path in paths if path.suffix.lower() not in IMAGE_SUFFIXES]
    if len(groups) < FEWEST:  # one picture copied over and over: nothing can keep the splits apart
        groups = [[path] for path in paths]
    chance.shuffle(groups)
    groups.sort(key=len)  # single pictures first: a pile of copies belongs to training
    shares = dict(zip(SPLITS, RATIOS))
    wanted = {split: max(1, round(shares[split] * len(paths))) for split in ("test", "validation")}
    places: dict[Path, str] = {}
    for group in groups:
        split = next((split for split, room in wanted.items() if room > 0 and (len(group) <= room or split not in places.values())), "train")
        wanted[split] = wanted.get(split, 0) - len(group)
        places |= dict.fromkeys(group, split)
    return places
