"""Progress that counts finished steps of a known total."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edukit.core.events import Reporter


@dataclass
class StepCounter:
    """Counts steps and reports each; ``reporter`` also brings the wish to stop."""

    reporter: Reporter
    total: int
    done: int = 0

    def advance(self, **values: Any) -> None:
        """One step more is done."""
        self.done += 1
        self.reporter.progress(self.done, self.total, "step", **values)

    def finish(self, **values: Any) -> None:
        """Reports the rest as done: fewer steps were enough."""
        if self.done < self.total:
            self.done = self.total
            self.reporter.progress(self.done, self.total, "step", **values)
