"""Sets of sample pictures to practise on: one with the usual faults (leaks, twins, broken and turned pictures, a small class), and one of bursts."""
from __future__ import annotations

import io
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from edukit.core.files import output_error, write_bytes, write_json
from edukit.core.images import encode_png, read_image
from edukit.core.workspace import Workspace, current
from edukit.data.dataset import FOLDERS
from edukit.data.loading import load_dataset
from edukit.data.samples import CARD, FIRST
from edukit.data.variants import next_frame, saved_again

FAULTY, BURSTS = "faulty", "bursts"
THINGS, FRAMES = 10, 4
LEAKS, TWINS, FEW = 20, 4, 9  # validation pictures that are in training too, pictures that are there twice, pictures of the smallest class


def faulty_set(workspace: Workspace | None = None) -> Path:
    """Makes the set among the student's own ones, from the pictures of ``emoji``; one that is there is left as it is.

    Raises:
        OutputNotWritable, DiskFull

    Example:
        >>> faulty_set().name
        'faulty'
    """
    return _made(FAULTY, _write_faulty, workspace)


def burst_set(workspace: Workspace | None = None) -> Path:
    """Makes a set of bursts among the student's own ones: ten things of a class, four frames each, called ``thing_0.png`` to ``thing_3.png``.

    Raises:
        OutputNotWritable, DiskFull

    Example:
        >>> burst_set().name
        'bursts'
    """
    return _made(BURSTS, _write_bursts, workspace)


def _made(name: str, write: Callable[[Path], None], workspace: Workspace | None) -> Path:
    target = (workspace or current()).datasets / name
    if not target.exists():
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".ek-", dir=target.parent) as folder:
                write(Path(folder) / name)
                write_json(Path(folder) / name / CARD, {"name": name, "class_names": load_dataset(FIRST).class_names})
                (Path(folder) / name).rename(target)
        except OSError as error:
            raise output_error(error, target) from error
    return target


def _write_bursts(root: Path) -> None:
    dataset = load_dataset(FIRST)
    for label in dataset.classes:
        paths = [sample.path for sample in dataset.train if sample.label == label]
        for path in paths[:: len(paths) // THINGS][:THINGS]:
            for number in range(FRAMES):
                write_bytes(root / label / f"{path.stem}_{number}.png", encode_png(next_frame(path, number)))


def _write_faulty(root: Path) -> None:
    from PIL import Image

    def put(split: str, label: str, name: str, data: bytes) -> None:
        write_bytes(root / FOLDERS[split] / label / name, data)

    dataset = load_dataset(FIRST)
    smallest = min(dataset.classes, key=lambda label: dataset.train.counts[label])
    paths_of = {label: [sample.path for sample in dataset.train if sample.label == label] for label in dataset.classes}
    kept = {label: paths[: FEW if label == smallest else None] for label, paths in paths_of.items()}
    for label, paths in kept.items():
        for path in paths:
            put("train", label, path.name, path.read_bytes())
    for split in (dataset.validation, dataset.test):
        for sample in split:
            put(split.name, sample.label, sample.path.name, sample.path.read_bytes())
    for number, sample in enumerate(random.Random(0).sample(list(dataset.validation), LEAKS)):
        put("train", sample.label, f"photo-{number}.png", encode_png(saved_again(sample.path)))
    first, other = dataset.classes[0], paths_of[smallest][FEW]
    for path in kept[first][:TWINS]:
        put("train", first, f"copy of {path.name}", path.read_bytes())
    turned = Image.fromarray(np.rot90(read_image(other)))
    exif = turned.getexif()
    exif[0x0112] = 6  # orientation: turned by a quarter
    stream = io.BytesIO()
    turned.save(stream, "JPEG", exif=exif)
    put("train", smallest, "turned.jpg", stream.getvalue())
    put("train", smallest, "misnamed.png", paths_of[smallest][FEW + 1].read_bytes())
    put("train", first, "half.png", encode_png(read_image(kept[first][0]))[:1500])
    put("train", first, "notes.jpg", "no picture / 不是图片".encode())
    put("train", first, "Thumbs.db", b"left behind")
