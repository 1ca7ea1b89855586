"""Runs that are not wanted any more: they go to a bin beside the others, come back from it, and vanish only when it is emptied."""
from __future__ import annotations

import shutil
from pathlib import Path

from edukit.core.errors import FolderBusy
from edukit.core.files import output_error
from edukit.core.workspace import next_name
from edukit.widgets.artefacts import Run
from edukit.widgets.work import Work

BIN = ".bin"


def binned(work: Work) -> list[Run]:
    """The runs in the lesson's bin, by name."""
    folder = work.folder / BIN
    return [Run(path) for path in sorted(folder.iterdir()) if path.is_dir() and not path.is_symlink()] if folder.is_dir() else []


def throw_away(work: Work, name: str) -> None:
    """Moves a run that is not at work to the bin.

    Raises:
        FolderBusy: There is no such run, or it is at work.
        OutputNotWritable, DiskFull
    """
    run = next((one for one in work.runs if one.name == name), None)
    if run is None:
        raise FolderBusy(path=work.folder / name)
    target, again = work.folder / BIN / run.name, 2
    while target.exists():
        target, again = target.with_name(f"{run.name}.{again}"), again + 1
    _move(run.folder, target)
    work.choose("")


def take_back(work: Work) -> str:
    """Moves the run that was thrown away last back to the others and gives its name; a new one where the old one was given away meanwhile."""
    last = max(binned(work), key=lambda run: run.folder.stat().st_ctime_ns)  # moving a folder changes this time
    name = last.name.partition(".")[0]
    target = work.folder / name
    if target.exists():
        target = work.folder / next_name(name.rpartition("-")[0], work.folder, work.folder / "jobs")
    _move(last.folder, target)
    work.choose("")
    return target.name


def empty_bin(work: Work) -> None:
    """Deletes what is in the bin, for good.

    Raises:
        OutputNotWritable
    """
    for run in binned(work):
        try:
            shutil.rmtree(run.folder)
        except OSError as error:
            raise output_error(error, run.folder) from error
    work.reread()


def _move(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(exist_ok=True)
        source.rename(target)
    except OSError as error:
        raise output_error(error, target) from error
