"""How a running verb learns that the user wants it to stop: Ctrl-C, SIGTERM, or a file in the job's folder."""
from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any


class StopWish:
    """Asked as ``should_stop``; true once any of the ways was used.

    Args:
        stop_file: Means "stop" when it exists; None for work that is no job.
    """

    def __init__(self, stop_file: Path | None = None) -> None:
        self._stop_file = stop_file
        self._wanted = False
        self._interrupts = 0

    def __call__(self) -> bool:
        """Whether the user asked to stop."""
        self._wanted = self._wanted or (self._stop_file is not None and self._stop_file.exists())
        return self._wanted

    @contextmanager
    def listening(self, *, gently: bool, patient: bool = False) -> Iterator[StopWish]:
        """Heeds signals while the block runs.

        Args:
            gently: Whether the first Ctrl-C asks the verb to stop; else it ends at once, as the second always does.
            patient: Whether the process is more than this verb, as a notebook's kernel is: it is never ended, and SIGTERM is left to it.
        """
        if threading.current_thread() is not threading.main_thread():  # only the main thread may set handlers
            yield self
            return

        def interrupt(number: int, frame: FrameType | None) -> None:
            self._interrupts += 1
            if self._interrupts > 2 and not patient:  # something holds on to the exception: no more politeness
                os._exit(130)
            if self._wanted or not gently or self._interrupts > 1:
                raise KeyboardInterrupt
            self._wanted = True

        def terminate(number: int, frame: FrameType | None) -> None:
            if not gently:
                raise KeyboardInterrupt
            self._wanted = True

        handlers: dict[int, Any] = {signal.SIGINT: interrupt}
        if not patient:
            handlers[signal.SIGTERM] = terminate
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
