"""All of a student's work as one zip file, which opens again on another machine."""
from __future__ import annotations

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edukit.core.errors import BadArchive
from edukit.core.files import json_text, read_record, write_text, writing
from edukit.core.i18n import t
from edukit.core.workspace import Workspace, next_name
from edukit.data.archives import unpack_archive
from edukit.data.builder_state import REMOVED

MARK = "edukit-work.json"
_STORED = {".pth", ".onnx", ".png", ".jpg", ".jpeg", ".webp", ".zip"}  # what does not get smaller
_RUN = re.compile(r"[a-z]+-\d+")
_RECORDS = ("*.json", "*.jsonl")


def pack_work(workspace: Workspace, target: Path) -> Path:
    """Writes everything that the student of ``workspace`` has made, of all lessons, into ``target``.

    Raises:
        OutputNotWritable, DiskFull
    """
    home = workspace.home / workspace.student
    with writing(target) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        archive.writestr(MARK, json.dumps({"v": 1, "folder": str(home)}))
        for path in _files(home):
            kind = zipfile.ZIP_STORED if path.suffix.lower() in _STORED else zipfile.ZIP_DEFLATED
            archive.write(path, path.relative_to(home).as_posix(), compress_type=kind)
    return target


def open_work(archive: Path, workspace: Workspace) -> list[str]:
    """Adds what a zip of ``pack_work`` holds to the student's own work; nothing that lies there is written over.

    A run whose number is taken gets the next one. Choices and steps of a lesson are taken where the student has no models in it yet.

    Returns:
        The names of the lessons.

    Raises:
        BadArchive: It is no such zip.
        FileTooLarge, DatasetTooLarge, OutputNotWritable, DiskFull
    """
    home = workspace.home / workspace.student
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".ek-", dir=home) as place:
        folder = Path(place) / "work"
        unpack_archive(archive, folder)
        if not isinstance(old := read_record(folder / MARK).get("folder"), str):
            raise BadArchive(path=archive.name, reason=t("data.archive.no_work"))
        opened = [part for part in sorted(folder.iterdir()) if part.is_dir() and re.fullmatch(r"[\w-]{1,80}", part.name)]
        for part in opened:
            _merge(part, home / part.name, f"{old}/{part.name}")
    return [part.name for part in opened]


def _merge(source: Path, target: Path, old: str) -> None:
    """Moves one lesson's work; records that name its files name the new ones."""
    fresh = not any(target.glob("*/*.pth")) and not any(target.glob("*/*.onnx"))
    target.mkdir(parents=True, exist_ok=True)
    names = {old: str(target)}
    runs = [path for path in source.iterdir() if path.is_dir() and _RUN.fullmatch(path.name)]
    for run in sorted(runs):
        name = run.name if not (target / run.name).exists() else next_name(run.name.rpartition("-")[0], target, target / "jobs")
        shutil.move(run, target / name)
        names[f"{old}/{run.name}"] = str(target / name)
        if (job := source / "jobs" / run.name).is_dir():
            _move_free(job, target / "jobs" / name)
    for rest in [*(source / "jobs").glob("*"), *(path for path in source.iterdir() if path.name != "jobs")]:
        place = target / rest.relative_to(source)
        if fresh and rest.is_file() and place.suffix == ".json":
            place.unlink(missing_ok=True)  # of a lesson that was only looked at
        _move_free(rest, place)
    for record in [path for pattern in _RECORDS for path in target.rglob(pattern)]:
        _rename(record, sorted(names.items(), key=lambda pair: -len(pair[0])))


def _rename(record: Path, names: list[tuple[str, str]]) -> None:
    """Writes the new places of files into a record that names the old ones."""
    def renamed(value: Any) -> Any:
        if isinstance(value, str):
            old, new = next(((old, new) for old, new in names if value == old or value.startswith(f"{old}/")), ("", ""))
            return new + value[len(old) :]
        if isinstance(value, dict):
            return {key: renamed(one) for key, one in value.items()}
        return [renamed(one) for one in value] if isinstance(value, list) else value

    try:
        text = record.read_text(encoding="utf-8")
        lines = text.splitlines() if record.suffix == ".jsonl" else [text]
        found = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError, RecursionError):
        return  # damaged: whoever reads it says so
    if (told := renamed(found)) != found:
        write_text(record, "".join(f"{json_text(one)}\n" for one in told))


def _move_free(source: Path, target: Path) -> None:
    """Moves to a place that is free; a job whose number is taken gets the next one, any other file that is there already stays."""
    if target.exists() and _RUN.fullmatch(target.name):
        target = target.with_name(next_name(target.name.rpartition("-")[0], target.parent))
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)


def _files(home: Path) -> Iterator[Path]:
    for path in sorted(home.rglob("*")) if home.is_dir() else []:
        inside = path.relative_to(home)
        deleted = inside.parts[0] == "datasets" and inside.parts[2:3] == (REMOVED,)
        if path.is_file() and not path.is_symlink() and not deleted and not any(part.startswith(".") for part in inside.parts):
            yield path
