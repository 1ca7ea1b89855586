"""Well-known datasets that are fetched when somebody asks for them: which there are (``online.json``), which are on this machine, and what their files hold.

Each reader gives ``(split, label, name, bytes of a picture file)`` one by one, and unpickles nothing.
"""
from __future__ import annotations

import gzip
import os
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edukit.core.files import human_size, read_record
from edukit.core.images import encode_png
from edukit.core.limits import MAX_IMAGE_BYTES
from edukit.core.workspace import current
from edukit.data.naming import is_junk

Picture = tuple[str, str, str, bytes]
Reader = Callable[[Mapping[str, Path], Sequence[str]], Iterator[Picture]]
_HEADER_BYTES = 16
_MATLAB_TYPES = {1: "i1", 2: "u1", 3: "<i2", 4: "<u2", 5: "<i4", 6: "<u4", 7: "<f4", 9: "<f8", 12: "<i8", 13: "<u8"}
_COMPRESSED = 15
MIRROR = "EDUKIT_DATASETS_URL"  # a server of the school's own, or file:///…: there <set>/<file> lies


@dataclass(frozen=True)
class OnlineSet:
    """A dataset on the internet.

    Args:
        name: What ``load_dataset`` takes once it was fetched.
        title: Language to a title for people.
        reader: Which reader of ``READERS`` understands its files.
        images: How many pictures it has.
        licence, source: Its terms, empty where its makers name none, and who made it.
        mirrors: Addresses of folders that hold the files.
        files: ``{"name", "size", "sha256"}`` of each.
        names: ``"labels"`` in the order of the classes, and their names for people by language.
    """

    name: str
    title: Mapping[str, str]
    reader: str
    images: int
    licence: str
    source: str
    mirrors: tuple[str, ...]
    files: tuple[Mapping[str, Any], ...]
    names: Mapping[str, list[str]]

    @property
    def size(self) -> str:
        """What is downloaded, for people.

        Example:
            >>> online_sets()["mnist"].size
            '11.6 MB'
        """
        return human_size(sum(file["size"] for file in self.files))

    def urls(self, file: str) -> list[str]:
        """Where one of its files is to be had: the mirror that was set, else the makers' own."""
        mirror = os.environ.get(MIRROR)
        return [f"{mirror.rstrip('/')}/{self.name}/{file}"] if mirror else [f"{base}{file}" for base in self.mirrors]


@cache
def online_sets() -> dict[str, OnlineSet]:
    """Every online set, by its name."""
    return {name: OnlineSet(name, **told) for name, told in read_record(Path(__file__).with_suffix(".json")).items()}


def fetched_folder() -> Path:
    """Where fetched sets lie, for all students of this machine."""
    return current().cache / "sets"


def fetched_sets() -> tuple[str, ...]:
    """The names of those that are on this machine, such as ``mnist`` or ``mnist-100``."""
    folder = fetched_folder()
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir() and not is_junk(path.name))) if folder.is_dir() else ()


def _read_idx(files: Mapping[str, Path], labels: Sequence[str]) -> Iterator[Picture]:
    """MNIST's form: big-endian counts, then a byte for each pixel or label."""
    for split, stem in (("train", "train"), ("test", "t10k")):
        with gzip.open(files[f"{stem}-images-idx3-ubyte.gz"]) as images, gzip.open(files[f"{stem}-labels-idx1-ubyte.gz"]) as answers:
            _, count, height, width = struct.unpack(">IIII", images.read(_HEADER_BYTES))
            answers.read(_HEADER_BYTES // 2)
            for number in range(count):
                pixels = np.frombuffer(images.read(height * width), np.uint8).reshape(height, width)
                yield split, labels[answers.read(1)[0]], f"{stem}-{number:05d}.png", encode_png(pixels)


def _read_cifar(files: Mapping[str, Path], labels: Sequence[str]) -> Iterator[Picture]:
    """The binary form: a label's byte, then 32 x 32 pixels of red, of green and of blue."""
    for name, data in _members(files["cifar-10-binary.tar.gz"], ".bin"):
        for number, row in enumerate(np.frombuffer(data, np.uint8).reshape(-1, 1 + 3 * 32 * 32)):
            pixels = np.ascontiguousarray(row[1:].reshape(3, 32, 32).transpose(1, 2, 0))
            yield ("test" if name.startswith("test") else "train"), labels[row[0]], f"{PurePosixPath(name).stem}-{number:05d}.png", encode_png(pixels)


def _read_flowers(files: Mapping[str, Path], labels: Sequence[str]) -> Iterator[Picture]:
    """Splits and classes in MATLAB's files, counted from 1."""
    parts = read_matlab(files["setid.mat"].read_bytes())
    answers = read_matlab(files["imagelabels.mat"].read_bytes())["labels"]
    splits = {int(number): split for split, key in (("train", "trnid"), ("validation", "valid"), ("test", "tstid")) for number in parts[key]}
    for name, data in _members(files["102flowers.tgz"], ".jpg"):
        number = int(PurePosixPath(name).stem.removeprefix("image_"))
        if number in splits:
            yield splits[number], labels[int(answers[number - 1]) - 1], name, data


def _read_pets(files: Mapping[str, Path], labels: Sequence[str]) -> Iterator[Picture]:
    """Lists of names for the splits; the breed is the name without its number."""
    lists = {name: data.decode().splitlines() for name, data in _members(files["annotations.tar.gz"], ".txt")}
    splits = {line.split(" ")[0]: split for split, name in (("train", "trainval.txt"), ("test", "test.txt")) for line in lists[name]}
    for name, data in _members(files["images.tar.gz"], ".jpg"):
        label = name.rpartition("_")[0]
        if (split := splits.get(PurePosixPath(name).stem)) and label in labels:
            yield split, label, name, data


def _members(path: Path, suffix: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of the plain files in a packed archive, read from its beginning to its end; nothing is unpacked to the disk."""
    with tarfile.open(path, "r|gz") as archive:
        for member in archive:
            name = PurePosixPath(member.name).name
            if member.isfile() and name.endswith(suffix) and not name.startswith(".") and member.size <= MAX_IMAGE_BYTES:
                found = archive.extractfile(member)
                yield name, found.read() if found else b""


def read_matlab(data: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of numbers in a MATLAB file (level 5; the format is described in MathWorks' "MAT-File Format"), each in one row."""
    found = {}
    for kind, body in _elements(data[128:]):
        if kind == _COMPRESSED:
            body = next(_elements(zlib.decompress(body)))[1]
        _, _, (_, name), (numbers, values), *_ = _elements(body)  # flags, dimensions, name, values
        found[name.decode()] = np.frombuffer(values, _MATLAB_TYPES[numbers])
    return found


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 8 <= len(data):
        kind, length = struct.unpack_from("<II", data, place)
        if kind >> 16:  # a small one stands in its own tag
            yield kind & 0xFFFF, data[place + 4 : place + 4 + (kind >> 16)]
            place += 8
            continue
        yield kind, data[place + 8 : place + 8 + length]
        place += 8 + length + (0 if kind == _COMPRESSED else -length % 8)


READERS: dict[str, Reader] = {"idx": _read_idx, "cifar": _read_cifar, "flowers": _read_flowers, "pets": _read_pets}
