"""Datasets to try things on: folders of small pictures that all differ."""
from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

COUNTS = {"training_set": 12, "val_set": 3, "test_set": 4}
_numbers = itertools.count()


def picture(side: int = 16) -> np.ndarray:
    """A picture unlike every other one: (side, side, 3), uint8."""
    return np.random.default_rng(next(_numbers)).integers(0, 256, (side, side, 3), dtype=np.uint8)


def film(path: Path, frames: Iterable[np.ndarray]) -> Path:
    """A video of these frames (BGR), ten a second."""
    frames = list(frames)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10, frames[0].shape[1::-1])
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path


def encoded(form: str = "PNG", *, mode: str = "RGB", side: int = 16, **options: object) -> bytes:
    """A new picture as the bytes of a file."""
    stream = io.BytesIO()
    Image.fromarray(picture(side)).convert(mode).save(stream, form, **options)
    return stream.getvalue()


def put(path: Path, data: bytes | None = None) -> Path:
    """Writes a file, by default a new PNG picture, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded() if data is None else data)
    return path


def gbk_zip(*labels: str, count: int = 3) -> bytes:
    """A zip as Chinese Windows makes it: names in GBK, without a flag that says so; so many pictures in each folder."""
    stream, names = io.BytesIO(), {}
    with zipfile.ZipFile(stream, "w") as archive:
        for place, label in enumerate(labels):
            plain = chr(65 + place) * len(label.encode("gbk"))
            names[plain.encode() + b"/"] = label.encode("gbk") + b"/"
            for number in range(count):
                archive.writestr(f"{plain}/{number}.png", encoded())
    data = stream.getvalue()
    for plain_name, name in names.items():
        data = data.replace(plain_name, name)
    return data


def imagenet(root: Path, *classes: str, counts: dict[str, int] = COUNTS) -> Path:
    """A dataset in ImageNet format: so many pictures of each class in each folder."""
    for folder, count in counts.items():
        for label in classes or ("cat", "dog"):
            for number in range(count):
                put(root / folder / label / f"{number}.png")
    return root


def folders(root: Path, **counts: int) -> Path:
    """Plain class folders."""
    for label, count in (counts or {"cat": 20, "dog": 20}).items():
        (root / label).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            put(root / label / f"{number}.png")
    return root


def snapshot(root: Path) -> dict[str, bytes | None]:
    """Every name under a folder and its bytes: to see that nothing was touched."""
    return {str(path.relative_to(root)): path.read_bytes() if path.is_file() else None for path in sorted(root.rglob("*"))}
