"""The parent's end of a measuring process."""
from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from edukit.core import errors
from edukit.core.card import ModelCard
from edukit.core.errors import EdukitError, WorkerFailed
from edukit.core.events import Reporter
from edukit.core.i18n import language
from edukit.core.subprocess_env import subprocess_env
from edukit.runtime.formats import format_of

POLL_SECONDS = 0.1     # how soon a wish to stop is noticed
GRACE_SECONDS = 2.0    # an idle process ends by itself when its pipe closes


class MeasuringProcess:
    """A child process with one model in it. A context manager: the child has always ended when the block is left.

    Args:
        path: The model file.
        threads: How many threads every library in the child may use.
    """

    def __init__(self, path: Path, threads: int) -> None:
        self.path = path
        self._threads = threads
        self._busy = False
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        self._stderr = tempfile.TemporaryFile()  # closed in __exit__; a pipe could fill up and block the child
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "edukit.comparison.worker"],  # -P: a student's numpy.py in the current folder is not imported
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, text=True, encoding="utf-8", bufsize=1,
            env=measuring_environment(self._threads), start_new_session=True,
        )
        assert self._child.stdout
        threading.Thread(target=self._listen, args=(self._child.stdout,), daemon=True).start()
        return self

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    def load(self, card: ModelCard | None = None, **how: Any) -> None:
        """Asks for the model to be loaded; ``receive`` gives its facts."""
        self.send("load", path=str(self.path), threads=self._threads, card=card.to_dict() if card else None, home=format_of(self.path).home, **how)

    def ask(self, reporter: Reporter, do: str, **values: Any) -> Any:
        """Sends a request and waits for its answer. Raises what the child raised, ``WorkerFailed`` if it died, ``Stopped`` on request."""
        self.send(do, **values)
        return self.receive(reporter)

    def send(self, do: str, **values: Any) -> None:
        """Sends a request; ``receive`` gives its answer."""
        assert self._child.stdin
        try:
            self._child.stdin.write(json.dumps({"do": do, **values}) + "\n")
        except OSError as error:  # it died while idle
            raise self._failure() from error
        self._busy = True

    def receive(self, reporter: Reporter) -> Any:
        """Waits for the answer to the last request."""
        answer: dict[str, Any] | None = {}
        while answer == {}:
            reporter.check()
            with contextlib.suppress(queue.Empty):
                answer = self._answers.get(timeout=POLL_SECONDS)
        if answer is None:
            self._answers.put(None)  # it stays dead
            raise self._failure()
        self._busy = False
        if "error" in answer:
            raise error_of(**answer["error"])
        if "failed" in answer:
            raise WorkerFailed(path=self.path, reason=answer["failed"])
        return answer["ok"]

    def _failure(self) -> EdukitError:
        code = self._child.wait()
        self._stderr.seek(0)
        last = self._stderr.read()[-2000:].decode("utf-8", "replace").strip().splitlines()[-1:]
        return WorkerFailed(path=self.path, reason=last[0][:200] if last else f"exit {code}")

    def _listen(self, stream: IO[str]) -> None:
        for line in stream:
            with contextlib.suppress(ValueError):  # what starts with Python, such as a sitecustomize, may print
                answer = json.loads(line)
                if isinstance(answer, dict):
                    self._answers.put(answer)
        self._answers.put(None)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._child.stdin
        with contextlib.suppress(OSError):  # closing flushes, and the child may be gone
            self._child.stdin.close()
        try:
            self._child.wait(0 if self._busy else GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._stderr.close()


def measuring_environment(threads: int) -> dict[str, str]:
    """The environment of a child: the same number of threads for every library, which soon sleep when they wait, our language, telemetry off."""
    counts = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), str(threads))
    return subprocess_env() | counts | {"EDUKIT_LANG": language(), "PYTHONIOENCODING": "utf-8"}


def error_of(code: str, found: dict[str, str]) -> EdukitError:
    """The error that a child met, as if it had been raised here."""
    kinds = (kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, EdukitError))
    return next(kind for kind in kinds if kind.code == code)(**found)
