"""A CSV file that lists pictures and their classes: ``path,label``, and perhaps ``split``; paths are taken from the file's folder."""
from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edukit.core.errors import DatasetEmpty, FileUnreadable
from edukit.core.i18n import t
from edukit.data.dataset import SPLITS, SplitName
from edukit.data.draft import Draft, class_dataset
from edukit.data.imagenet import ALIASES
from edukit.data.label_files import mismatches, read_lines
from edukit.data.naming import label_of, natural_key, printable
from edukit.data.problems import Problem, bad_dataset
from edukit.data.splitting import divide

_COLUMNS = {
    "path": ("path", "file", "filename", "image", "图片", "文件"), "label": ("label", "class", "category", "标签", "类别"), "split": ("split", "set", "划分"),
}  # fmt: skip
_SIGNS = ",;\t"  # between cells; a semicolon is Excel's in many countries
HEAD = ("path", "label", "split")


def is_csv(path: Path) -> bool:
    """Whether the file's name is that of a CSV file."""
    return path.suffix.lower() == ".csv" and path.is_file()


def read_csv(path: Path, random_seed: int) -> Draft:
    """Reads it; without a column of splits the pictures are split in memory. Raises ``DatasetEmpty``, ``FileTooLarge``, ``FileUnreadable``."""
    lines = read_lines(path)
    sign = max(_SIGNS, key=lines[0].text.count) if lines else ","
    try:
        cells_of = csv.reader((line.text.replace("\r", " ") for line in lines), delimiter=sign)
        rows = [(line.number, [cell.strip() for cell in row]) for line, row in zip(lines, cells_of)]
    except csv.Error as error:
        raise FileUnreadable(path=printable(path), reason=error) from error
    columns, below = _columns(rows)
    files: dict[SplitName, dict[str, list[Path]]] = {split: {} for split in SPLITS}
    wrong: list[tuple[str, dict[str, Any]]] = []
    seen: set[Path] = set()
    for number, cells in below:
        name, label, split = (cells[column] if column is not None and column < len(cells) else "" for column in columns)
        part = _split_of(split)
        picture = path.parent / name.replace("\\", "/")
        if not name or not label or part is None:
            wrong.append(("not_a_row", {"line": number, "text": ",".join(cells)[:80]}))
        elif not os.path.isfile(picture) or picture in seen:  # noqa: PTH113 - a Path raises for a name that no system takes
            wrong.append(("unknown_file" if picture not in seen else "listed_twice", {"line": number, "name": name[:200]}))
        else:
            seen.add(picture)
            files[part].setdefault(label_of(label), []).append(picture)
    return _draft(path, files, mismatches(path, "", wrong), random_seed, split_named=columns[2] is not None)


def _draft(path: Path, files: dict[SplitName, dict[str, list[Path]]], problems: list[Problem], random_seed: int, *, split_named: bool) -> Draft:
    labels = sorted({label for of_label in files.values() for label in of_label}, key=natural_key)
    if not labels:
        if problems:
            raise bad_dataset(path.parent, problems)
        raise DatasetEmpty(path=printable(path))
    notes = [] if split_named else [t("data.note.csv_split", seed=random_seed)]
    divided: Any = files if split_named else divide({label: files["train"].get(label, []) for label in labels}, random_seed=random_seed)
    dataset = class_dataset(path.parent, "csv", labels, divided, class_roots=[], notes=notes, name=label_of(path.stem))
    found = tuple(split for split in SPLITS if any(divided[split].values()))
    return Draft(dataset, found=found if split_named else SPLITS, problems=tuple(problems))


def _columns(rows: Sequence[tuple[int, list[str]]]) -> tuple[tuple[int, int, int | None], Sequence[tuple[int, list[str]]]]:
    """Where path, label and split stand, and the rows below the head; a file without a head has them in this order."""
    head = [cell.lower() for cell in rows[0][1]] if rows else []
    places = {column: next((head.index(name) for name in names if name in head), None) for column, names in _COLUMNS.items()}
    path, label = places["path"], places["label"]
    if path is not None and label is not None:
        return (path, label, places["split"]), rows[1:]
    third = bool(rows) and all(len(cells) > 2 and _split_of(cells[2]) for _, cells in rows)
    return (0, 1, 2 if third else None), rows


def _split_of(name: str) -> SplitName | None:
    """The split that a cell names; an empty one is for training."""
    return next((split for split, aliases in ALIASES.items() if name.lower() in aliases), None) if name else "train"
