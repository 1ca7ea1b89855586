"""The folder of one training: locked while it runs, never taken from anyone, and always holding whole files."""
from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edukit.core.errors import FolderBusy, NothingToResume, OutputExists, OutputNotWritable
from edukit.core.files import check_writable, output_error, read_record, write_json
from edukit.core.i18n import t
from edukit.core.job_files import JOB_FILES
from edukit.models import check_checkpoint
from edukit.training.result import TrainResult

if TYPE_CHECKING:
    from edukit.data import Dataset

_MAY_DIFFER = ("epochs",)  # between a training and its continuation


def check_outside(path: Path, dataset: Dataset) -> None:
    """Raises ``OutputNotWritable`` for a run folder among a dataset's class folders: it would be taken for a class from then on."""
    real = Path(os.path.realpath(path))
    for root in dataset.class_roots:
        if real.is_relative_to(os.path.realpath(root)):
            raise OutputNotWritable(path=path, reason=t("training.inside", dataset=dataset.name))


class RunFolder:
    """A folder that takes ``best.pth``, ``latest.pth`` and ``log.json``.

    Args:
        path: Need not exist.
        made: What makes the run: verb, options, and the inputs' fingerprints.
        defaults: The options' defaults: an earlier version's run was made with them as far as it names no others.
    """

    def __init__(self, path: Path, made: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> None:
        self.path, self.made, self.defaults = path, dict(made), dict(defaults or {})
        self.best, self.latest, self.log = path / "best.pth", path / "latest.pth", path / "log.json"

    def settle(self, *, resume: bool, overwrite: bool) -> dict[str, Any] | None:
        """Decides before any work what becomes of what is there.

        Returns:
            The log of an earlier run to reuse or to go on with, one of the same training also where nobody asked to resume; None to start from nothing.

        Raises:
            OutputExists, OutputNotWritable, NothingToResume
        """
        log = self._read_log()
        if resume:
            self._check_resumable(log)
            check_writable(self.best)
            return log
        if self.path.exists() and not self.path.is_dir():
            raise OutputExists(path=self.path)
        ours = log is not None and log.get("made") == self.made
        if not overwrite and self._results() and not ours:
            raise OutputExists(path=self.path)
        if ours and not overwrite and self.best.is_file() and self.latest.is_file():
            return log
        check_writable(self.best)
        return None

    def result(self, history: Sequence[dict[str, Any]], seconds: float, *, stopped: bool = False, reused: bool = False) -> TrainResult:
        """The training that left its files here. Raises as ``check_checkpoint``."""
        card = check_checkpoint(self.best).card
        return TrainResult(
            folder=self.path, best=self.best, latest=self.latest, history=tuple(history), seconds=seconds, stopped=stopped, card=card, reused=reused
        )

    def write_log(self, state: str, history: list[dict[str, Any]], **more: Any) -> None:
        """Writes the whole log anew."""
        write_json(self.log, {"state": state, "made": self.made, "history": history} | more)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other trainings out of the folder; one that nothing was put into vanishes again.

        Raises:
            FolderBusy, OutputNotWritable
        """
        from filelock import FileLock, Timeout

        new = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path / ".lock", timeout=0)
            lock.acquire()
        except Timeout as error:
            raise FolderBusy(path=self.path) from error
        except OSError as error:
            raise output_error(error, self.path) from error
        except NotImplementedError as error:  # a file system without locks
            raise OutputNotWritable(path=self.path, reason=str(error)) from error
        try:
            yield
        finally:
            lock.release()
            self._vanish_if_empty(new)

    def _vanish_if_empty(self, new: list[Path]) -> None:
        # The lock file stays beside results: removing it while another process opens it would let two in.
        if new and not [entry for entry in self.path.iterdir() if entry.name != ".lock"]:
            (self.path / ".lock").unlink(missing_ok=True)
            for folder in new:
                if any(folder.iterdir()):
                    return
                folder.rmdir()

    def _read_log(self) -> dict[str, Any] | None:
        log = read_record(self.log)
        made = log.get("made")
        if not isinstance(made, dict) or made.get("verb") != "train" or not isinstance(log.get("history"), list):
            return None
        options = made.get("options")
        return log | {"made": made | {"options": self.defaults | options}} if isinstance(options, dict) else log

    def _results(self) -> list[Path]:
        if not self.path.is_dir():
            return []
        try:
            return [entry for entry in self.path.iterdir() if entry.name not in JOB_FILES and not entry.name.startswith(".")]
        except OSError as error:
            raise output_error(error, self.path) from error

    def _check_resumable(self, log: dict[str, Any] | None) -> None:
        if log is None or not self.latest.is_file():
            raise NothingToResume(path=self.path, reason=t("training.resume.nothing"))
        then, now = log["made"], self.made
        if then.get("inputs") != now["inputs"]:
            raise NothingToResume(path=self.path, reason=t("training.resume.data"))
        options = then.get("options") if isinstance(then.get("options"), dict) else {}
        differing = sorted(name for name, value in now["options"].items() if name not in _MAY_DIFFER and options.get(name) != value)
        if differing:
            raise NothingToResume(path=self.path, reason=t("training.resume.options", names=", ".join(differing)))
