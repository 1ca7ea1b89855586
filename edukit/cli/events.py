"""Events as JSON lines: at most ten reports of progress a second, and never the last one lost."""
from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from edukit.core.events import Event
from edukit.core.files import strict

SHORTEST_INTERVAL = 0.1  # seconds between two reports of progress
LONGEST_INTERVAL = 2.0
GROWTH = 300             # after this many times an interval, the interval grows: a night's training must not fill the disk with reports


class EventLines:
    """Writes events, one JSON object a line.

    Args:
        write: Takes a whole line.
        clock: Seconds; replaced in tests.
    """

    def __init__(self, write: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._write, self._clock = write, clock
        self._began = self._last = clock() - LONGEST_INTERVAL
        self._held: Event | None = None
        self._timer: threading.Timer | None = None
        self._lock = threading.RLock()

    def __call__(self, event: Event) -> None:
        """Writes an event, or holds it back until enough time has passed."""
        with self._lock:
            if event.event != "progress":
                self.flush()
                self._line(event.to_dict())
            elif self._wait() <= 0:
                self._held = event
                self.flush()
            elif self._held is None or not _is_fine(event) or _is_fine(self._held):
                self._held = event
                if self._timer is None:  # nothing may follow for a while, and the state must be seen
                    self._timer = threading.Timer(self._wait(), self.flush)
                    self._timer.daemon = True
                    self._timer.start()

    def note(self, event: Event, more: Mapping[str, Any]) -> None:
        """Writes an event with further fields."""
        with self._lock:
            self.flush()
            self._line(event.to_dict() | dict(more))

    def flush(self) -> None:
        """Writes what was held back."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            held, self._held, self._timer = self._held, None, None
            if held is not None:
                self._last = self._clock()
                self._line(held.to_dict())

    def _wait(self) -> float:
        interval = min(LONGEST_INTERVAL, max(SHORTEST_INTERVAL, (self._clock() - self._began) / GROWTH))
        return self._last + interval - self._clock()

    def _line(self, values: Mapping[str, Any]) -> None:
        # ASCII: a name with bytes that are no text must not break the line, nor a terminal's encoding.
        self._write(json.dumps(strict(values), allow_nan=False) + "\n")


def _is_fine(event: Event) -> bool:
    """Whether it is a report between two whole steps, which a whole one may replace but not the other way round."""
    return event.done != int(event.done)
