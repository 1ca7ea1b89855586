"""Running pip, and other commands, in a way that survives Ctrl-C and any path."""
from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple


class SetupRefused(Exception):
    """Set-up cannot go on; the text says why and what to do."""


class Answer(NamedTuple):
    """What a command answered: its exit code, and its output if that was kept."""

    code: int
    out: str


Pip = Callable[..., Answer]  # takes pip's words; ``quiet`` keeps its output from the screen


def pip_of(python: Path, folder: Path) -> Pip:
    """The pip of the environment with this interpreter; it runs in ``folder``, so that ``.`` means the clone."""
    return lambda *words, quiet=False: run([str(python), "-m", "pip", *words], quiet=quiet, folder=folder)


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
