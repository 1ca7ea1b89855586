"""What every sample set has beside its pictures: a card, a notice, a licence text, and the text files of the ImageNet format."""
from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SPLITS = {"train": "training_set", "validation": "val_set", "test": "test_set"}
LABEL_FILES = {"validation": "val.txt", "test": "test.txt"}


def fresh_folder(folder: Path) -> Path:
    """The set's folder without an earlier build; a shipped model beside the pictures stays."""
    for name in SPLITS.values():
        shutil.rmtree(folder / name, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def finish(folder: Path, card: dict[str, Any], *, notice: str, licence: str) -> None:
    """Writes everything but the pictures. ``licence`` names a file of ``licenses/``."""
    classes = list(card["class_names"]["en"])
    _write(folder / "classes.txt", "".join(f"{label}\n" for label in classes))
    for split, name in LABEL_FILES.items():
        if (folder / SPLITS[split]).is_dir():
            pictures = sorted((folder / SPLITS[split]).glob("*/*"), key=lambda path: (classes.index(path.parent.name), path.name))
            _write(folder / name, "".join(f"{path.parent.name}/{path.name} {classes.index(path.parent.name)}\n" for path in pictures))
    _write(folder / "NOTICE", notice)
    shutil.copyfile(HERE / "licenses" / licence, folder / "LICENSE.txt")
    splits = [split for split, name in SPLITS.items() if (folder / name).is_dir()]
    counts = {split: {label: len(list((folder / SPLITS[split] / label).iterdir())) for label in classes} for split in splits}
    _write(folder / "card.json", json.dumps(card | {"splits": splits, "counts": counts, "files": checksums(folder)}, ensure_ascii=False, indent=1) + "\n")


def checksums(folder: Path) -> dict[str, str]:
    """Relative name to SHA-256 of every file of the set; not of the card itself, nor of a model that was trained on it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in names.items() if name != "card.json" and not name.startswith("model/")}


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
