"""Plain class folders become three splits: in memory, seeded, and with every class in each."""
from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from edukit.core.images import IMAGE_SUFFIXES
from edukit.data.copies import copies
from edukit.data.dataset import SPLITS

SHARES = {"train": 0.7, "validation": 0.1, "test": 0.2}
FEWEST = 3  # pictures of a class that can be split at all: one for each


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
    wanted = {split: max(1, round(SHARES[split] * len(paths))) for split in ("test", "validation")}
    places: dict[Path, str] = {}
    for group in groups:
        split = next((split for split, room in wanted.items() if room > 0 and (len(group) <= room or split not in places.values())), "train")
        wanted[split] = wanted.get(split, 0) - len(group)
        places |= dict.fromkeys(group, split)
    return places
