"""A repaired copy of a dataset: what cannot be used and what is there twice left out, names and pictures set right, everything else byte for byte."""
from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from edukit.core.errors import EdukitError
from edukit.core.events import Reporter
from edukit.core.images import decode_image, encode_image, read_image_bytes, sniff
from edukit.core.results import Result
from edukit.data.dataset import SPLITS, Dataset
from edukit.data.exporting import EXPORTERS, write_dataset
from edukit.data.naming import printable
from edukit.data.near_duplicates import clusters
from edukit.data.own import is_unsplit
from edukit.data.preparing import QUALITY, fitting_name
from edukit.data.problems import Problem

BAD = ("empty_file", "not_an_image", "truncated", "unreadable", "too_large")
TWINS = ("duplicate", "near_duplicate", "leak")
CONVERTED = ("exif_rotated", "unusual_mode", "animated")
Action = str
ACTIONS: dict[str, Action] = {"left_out": "leave_out", "converted": "convert", "renamed": "rename"}  # by what an answer calls them when they are done


@dataclass(frozen=True)
class Repaired(Result):
    """What a repair did.

    Args:
        path: The repaired copy.
        images: How many pictures it has.
        left_out, converted, renamed: Files of the original.
    """

    path: Path
    images: int
    left_out: tuple[str, ...]
    converted: tuple[str, ...]
    renamed: tuple[str, ...]


def plan_repair(dataset: Dataset, problems: Iterable[Problem]) -> dict[str, Action]:
    """What would be done to which file: to be shown before it is done.

    Of pictures that are the same one stays: in the test set before validation, there before training, so that no leak is left.

    Args:
        dataset: What was checked.
        problems: What was found; those of the caller's choice.
    """
    known = {printable(sample.path): (SPLITS.index(split.name), printable(sample.path)) for split in dataset.splits for sample in split}
    plan: dict[str, Action] = {}
    for found in problems:
        if found.kind in (*BAD, "junk_file"):
            plan[found.path] = "leave_out"
        elif found.kind in CONVERTED and plan.get(found.path) != "leave_out":
            plan[found.path] = "convert"
        elif found.kind == "wrong_extension":
            plan.setdefault(found.path, "rename")
    pairs = [(Path(found.other), Path(found.path)) for found in problems if found.kind in TWINS and found.other]
    for cluster in clusters(pairs).values():
        names = [str(path) for path in cluster if str(path) in known]
        last = max((known[name][0] for name in names), default=0)
        stays = next((name for name in names if known[name][0] == last), "")
        plan |= {name: "leave_out" for name in names if name != stays}
    return plan


def repair_dataset(dataset: Dataset, problems: Sequence[Problem], out: Path, *, reporter: Reporter | None = None) -> Repaired:
    """Writes the repaired copy at ``out``, in the dataset's own form. Raises ``OutputExists``, ``OutputNotWritable``, ``DiskFull``."""
    plan = plan_repair(dataset, problems)
    with tempfile.TemporaryDirectory(prefix="ek-") as folder:
        for split in dataset.splits:
            samples = []
            for number, sample in enumerate(split):
                action = plan.get(printable(sample.path), "")
                if action in ("convert", "rename"):
                    made = Path(folder) / split.name / str(number)
                    made.mkdir(parents=True)
                    sample = replace(sample, path=_mend(sample.path, made, convert=action == "convert"))
                if action != "leave_out":
                    samples.append(sample)
            dataset = dataset.with_split(replace(split, samples=tuple(samples)))
        form = dataset.format if dataset.format in EXPORTERS and not is_unsplit(dataset.folder) else "imagenet"  # a set of one's own stays one
        done = {name: tuple(path for path, action in plan.items() if action == what) for name, what in ACTIONS.items()}
        record = {"of": dataset.folder.name, "repaired": {name: len(paths) for name, paths in done.items()}}  # versions.py tells it
        write_dataset(replace(dataset, name=out.name), out, EXPORTERS[form], reporter=reporter, record=record)  # or every view would call both by one name
    return Repaired(out, sum(map(len, dataset.splits)), **done)


def _mend(path: Path, folder: Path, *, convert: bool) -> Path:
    """The picture under the right name in ``folder``, and as an ordinary upright one where that is wanted."""
    data = read_image_bytes(path)
    kind = sniff(data)
    if convert:
        data, kind = _ordinary(data, kind)
    target = folder / fitting_name(path.name, kind)
    target.write_bytes(data)
    return target


def _ordinary(data: bytes, kind: str) -> tuple[bytes, str]:
    from PIL import Image

    image = decode_image(data)
    try:
        plain = kind == "JPEG" and Image.open(io.BytesIO(data)).mode in ("RGB", "L")
    except (OSError, EdukitError):
        plain = False
    return (encode_image(image, "JPEG", quality=QUALITY), "JPEG") if plain else (encode_image(image, "PNG"), "PNG")
