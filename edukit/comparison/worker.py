"""The measuring process of one model: ``python -m edukit.comparison.worker`` reads requests and writes answers, a line of JSON each.

One process a model, because two runtimes in one process fight over its threads and the figures become nonsense. It ends when its parent does.
"""
from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from edukit.core.errors import EdukitError, OutOfMemory
from edukit.core.registry import load_plugins
from edukit.core.subprocess_env import silence

STEADY_RUNS, STEADY = 8, 1.1  # so many runs in a row within 10 % of the quickest: warm


class Bench:
    """The model under test, and its stopwatch."""

    def __init__(self, path: str, threads: int, card: dict[str, Any] | None, home: str = "", form: str = "", memory_bytes: int = 0) -> None:
        import cv2

        from edukit.core.card import ModelCard
        from edukit.models.loading import load_model
        from edukit.runtime import FORMATS
        from edukit.runtime.onnx_session import allow_memory

        if memory_bytes:
            allow_memory(memory_bytes)
            _limit_memory(memory_bytes)
        if home:
            module, _, name = home.partition(":")
            FORMATS.add(getattr(import_module(module), name))
        self.model = load_model(path, card=ModelCard.from_dict(card, path=path) if card else None, threads=threads)
        if form:
            self.model.use_form(form)  # type: ignore[attr-defined]  # asked of checkpoints alone
        cv2.setNumThreads(threads)
        if "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(threads)
        self.pictures: list[Any] = []
        self._threads = threads
        self._batch: Any = None
        self.batch_size = 1
        self._began_ns = self._inference_ns = 0
        self._run = self.model.run
        self.model.run = self._timed_run  # type: ignore[method-assign] # the runtime's part is timed inside the whole predict()

    def _timed_run(self, batch: Any) -> Any:
        start = time.perf_counter_ns()
        output = self._run(batch)
        self._inference_ns += time.perf_counter_ns() - start
        self._began_ns, self._batch = start, batch
        return output

    def facts(self) -> dict[str, Any]:
        """What the parent needs to know of the loaded model."""
        model = self.model
        return {"card": model.card.to_dict(), "runtime": model.runtime, "size_bytes": model.size_bytes, "versions": _versions()}

    def answers(self, paths: list[str], batch_size: int) -> Any:
        """The task's answers to pictures, one each, as plain values."""
        return self.model.task.plain(self.model.predict_answers([Path(path) for path in paths], batch_size=batch_size))

    def first_answer(self, side: int, batch_size: int) -> None:
        """Answers a made-up photograph for the first time, the input being ``side`` pixels wide and high. Raises ``WrongInput`` where the batch is fixed."""
        fixed, card = getattr(self.model, "fixed_batch", None), self.model.card
        if fixed not in (None, batch_size):
            from edukit.core.errors import WrongInput
            from edukit.core.i18n import t

            raise WrongInput(path=self.model.path, found=t("speed.of_batch", batch=batch_size), wanted=t("speed.of_batch", batch=fixed))
        self.model.card = replace(card, preprocess=replace(card.preprocess, size=(side, side)))
        self.pictures, self.batch_size = [_photograph()], batch_size
        self._time_one(0)

    def profile(self, runs: int) -> dict[str, Any]:
        """Where the time of the batch that was answered last goes; of an ONNX model."""
        from edukit.comparison.trials import profile_onnx

        return profile_onnx(self.model.path, self._batch, self._threads, runs)

    def peak_memory(self) -> int | None:
        """Bytes that this process has had in memory at most, where the system tells."""
        with suppress(OSError, StopIteration, ValueError):  # Linux; unlike getrusage it does not begin with the parent's
            line = next(line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
            return int(line.split()[1]) * 1024
        import psutil

        return getattr(psutil.Process().memory_info(), "peak_wset", None)

    def prepare(self, paths: list[str] | None, batch_size: int, seconds: float) -> float:
        """Sets the pictures that will be timed, warms up until runs take the same time, and returns the milliseconds of one.

        Args:
            paths: The pictures; None: a made-up photograph.
            batch_size: Pictures in a run.
            seconds: At most so long.
        """
        self.pictures = [Path(path) for path in paths] if paths else self.pictures or [_photograph()]
        self.batch_size = batch_size
        end = time.monotonic() + seconds
        spent: list[int] = []
        while len(spent) < (3 if time.monotonic() < end + 2 * seconds else 1) or (time.monotonic() < end and len(spent) < 200 and not steady(spent)):
            spent.append(self._time_one(len(spent))[0])
        return min(spent) / 1e6

    def time(self, first: int, runs: int, settle: bool = True) -> dict[str, Any]:
        """Nanoseconds of ``runs`` whole predictions, of the runtime's part in each and of what comes before it, and of processor time in all.

        Args:
            first: The picture to begin with.
            runs: How many are timed.
            settle: Whether an uncounted run comes before them.
        """
        began = time.process_time_ns()
        if settle:  # the models in between have emptied the caches
            self._time_one(first)
        found = [self._time_one(first + number) for number in range(runs)]
        times = dict(zip(("latency_ns", "inference_ns", "preprocess_ns"), map(list, zip(*found))))
        return times | {"processor_ns": time.process_time_ns() - began}

    def _time_one(self, number: int) -> tuple[int, int, int]:
        chosen = [self.pictures[(number * self.batch_size + i) % len(self.pictures)] for i in range(self.batch_size)]
        self._inference_ns = 0
        start = time.perf_counter_ns()
        if self.batch_size == 1:
            self.model.predict(chosen[0])
        else:
            self.model.predict_answers(chosen, batch_size=self.batch_size)
        return time.perf_counter_ns() - start, self._inference_ns, self._began_ns - start


def steady(spent: Sequence[float]) -> bool:
    """Whether the last runs took about as long as the quickest before them.

    Example:
        >>> steady([90, 30, 21, 20, 20, 21, 20, 20, 21, 20])
        True
    """
    return len(spent) >= STEADY_RUNS + 2 and max(spent[-STEADY_RUNS:]) <= STEADY * min(spent)


def main() -> None:
    """Answers requests until the parent closes the pipe."""
    silence()
    out = _private_stdout()
    load_plugins()
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    bench: list[Bench] = []
    while True:
        answer = _answer(bench, **requests.get())
        try:
            print(json.dumps(answer), file=out, flush=True)
        except BrokenPipeError:
            os._exit(0)


def _answer(bench: list[Bench], do: str, **values: Any) -> dict[str, Any]:
    """What a request gives, or the error that it met."""
    try:
        if do == "load":
            bench.append(Bench(**values))
            return {"ok": bench[0].facts()}
        return {"ok": getattr(bench[0], do)(**values)}
    except EdukitError as error:
        return {"error": {"code": error.code, "found": error.found}}
    except Exception as error:  # whatever a runtime raises must reach the parent, not vanish with this process
        if (lack := OutOfMemory.meant_by(error)) is not None:
            return {"error": {"code": lack.code, "found": lack.found}}
        import traceback

        traceback.print_exc()
        return {"failed": f"{type(error).__name__}: {error}"[:300]}


def _listen(requests: queue.SimpleQueue[dict[str, Any]]) -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    os._exit(0)  # the parent closed the pipe or died: end at once, also in the middle of a run


def _private_stdout() -> TextIO:
    """The answers' pipe for us alone: what a library prints goes to stderr instead."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    return out


def _limit_memory(size_bytes: int) -> None:
    """What is asked for beyond this fails in here, instead of the system ending some process to find room."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit, and a lower one may stand already
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (size_bytes, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def _versions() -> dict[str, str]:
    names = {"torch": "torch", "onnxruntime": "onnxruntime", "openvino": "openvino", "ncnn": "ncnn", "cv2": "opencv", "numpy": "numpy"}
    return {shown: str(sys.modules[name].__version__) for name, shown in names.items() if name in sys.modules}


def _photograph() -> bytes:
    """A JPEG of 640 × 480 with as much detail as a photograph, for measuring speed without a dataset."""
    import cv2
    import numpy as np

    coarse = np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)
    return bytes(cv2.imencode(".jpg", cv2.resize(coarse, (640, 480), interpolation=cv2.INTER_CUBIC))[1].tobytes())


if __name__ == "__main__":
    main()
