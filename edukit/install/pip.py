"""Running pip, and other commands, in a way that survives Ctrl-C and any path."""
from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class SetupRefused(Exception):
    """Set-up cannot go on; the text says why and what to do."""


@dataclass(frozen=True)
class Answer:
    """What a command answered: its exit code, and its output if that was kept."""

    code: int
    out: str


@dataclass(frozen=True)
class Pip:
    """The pip of one environment.

    Args:
        python: The environment's interpreter.
        folder: Where pip runs, so that ``.`` means the clone.
    """

    python: Path
    folder: Path

    def __call__(self, *words: str, quiet: bool = False) -> Answer:
        """Runs pip with the given words; ``quiet`` keeps its output from the screen."""
        return run([str(self.python), "-m", "pip", *words], quiet=quiet, folder=self.folder)


def run(words: Sequence[str], *, quiet: bool = False, folder: Path | None = None) -> Answer:
    """Runs a command; on Ctrl-C the child, which was told as well, may first put its things in order."""
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PYTHONUTF8": "1"}
    environment.pop("PIP_REQUIRE_VIRTUALENV", None)
    kept = subprocess.PIPE if quiet else None
    with subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=kept, stderr=kept, text=True, encoding="utf-8", errors="replace", env=environment, cwd=folder
    ) as child:
        try:
            out, _ = child.communicate()
        except KeyboardInterrupt:
            try:
                child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                child.kill()
            raise
    return Answer(child.returncode, out or "")
