"""A training as MMEdu leaves it: epoch_N.pth, best_accuracy_top-1_epoch_N.pth, latest.pth, and a log of one JSON object a line."""
from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil

from edukit.core.events import Event
from edukit.core.files import write_text, writing

_EPOCH = re.compile(r"epoch_(\d+)\.pth")


class TrainingLog:
    """Listens to a training of edukit's and leaves MMEdu's files in ``folder``; files of earlier trainings stay, epoch numbers go on.

    Args:
        folder: ``save_fold``.
        run: The run folder of edukit's training.
        epochs: How many there will be.
        topk: The figures of the validation lines, in this order; the first decides which epoch is best.
    """

    beside_display = True  # a notebook's cell shows the curve as well

    def __init__(self, folder: Path, run: Path, epochs: int, topk: Sequence[int]) -> None:
        self.folder, self.run, self.epochs, self.topk = folder, run, epochs, tuple(topk)
        self.done_before = max((int(found[1]) for path in folder.glob("*.pth") if (found := _EPOCH.fullmatch(path.name))), default=0)
        self.began = time.monotonic()
        self.path = folder / f"{time.strftime('%Y%m%d_%H%M%S')}.log.json"
        self.lines: list[dict[str, Any]] = []
        self.best: tuple[float, Path] | None = None

    def __call__(self, event: Event) -> None:
        """Takes a training's event; after each whole epoch files and lines are written."""
        if event.event == "message":
            print(event.text)
        elif event.event == "progress" and event.unit == "epoch" and "epoch" in event.values:
            self._take_epoch(event.values)

    def _take_epoch(self, row: Mapping[str, Any]) -> None:
        number = self.done_before + int(row["epoch"])
        saved = self.folder / f"epoch_{number}.pth"
        for target in (saved, self.folder / "latest.pth"):
            _copy(self.run / "latest.pth", target)
        eta = (time.monotonic() - self.began) / int(row["epoch"]) * (self.epochs - int(row["epoch"]))
        train = {
            "mode": "train", "epoch": number, "iter": int(row["steps"]), "lr": row["lr"], "eta": str(timedelta(seconds=round(eta))),
            "time": round(row["seconds"] / max(1, row["steps"]), 5), "data_time": round(row["data_seconds"] / max(1, row["steps"]), 5),
            "memory": int(psutil.Process().memory_info().rss / 2**20), "loss": round(row["train_loss"], 5),
        }  # fmt: skip
        told = ", ".join(f"{name}: {train[name]}" for name in ("lr", "eta", "time", "data_time", "memory", "loss"))
        print(f"Epoch [{number}][{train['iter']}/{train['iter']}]\t{told}")
        self._add(train)
        figures = {f"accuracy_top-{k}": round(100 * row[f"val_top{k}"], 4) for k in self.topk if row.get(f"val_top{k}") is not None}
        if figures:
            print(f"Epoch(val) [{number}]\t" + ", ".join(f"{name}: {value}" for name, value in figures.items()))
            self._add({"mode": "val", "epoch": number, "lr": row["lr"], **figures})
            self._keep_best(saved, number, *next(iter(figures.items())))

    def _keep_best(self, saved: Path, number: int, name: str, value: float) -> None:
        if self.best and value <= self.best[0]:
            return
        path = self.folder / f"best_{name}_epoch_{number}.pth"
        _copy(saved, path)
        if self.best:
            self.best[1].unlink(missing_ok=True)  # this training's own earlier best
        self.best = (value, path)

    def _add(self, line: dict[str, Any]) -> None:
        self.lines.append(line)
        write_text(self.path, "".join(f"{json.dumps(one)}\n" for one in self.lines))


def _copy(source: Path, target: Path) -> None:
    with writing(target) as temporary:
        shutil.copyfile(source, temporary)
