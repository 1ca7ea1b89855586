"""The virtual environment, made or mended where an interrupted set-up left half of one, and commands such as its pip, which survive Ctrl-C and any path."""
from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from edukit.core.i18n import t


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


def python_of(venv: Path) -> Path:
    """The interpreter of an environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def packages_of(venv: Path) -> list[Path]:
    """Where an environment keeps its packages."""
    return [*venv.glob("lib*/python3*/site-packages"), *venv.glob("Lib/site-packages")]


def make_environment(venv: Path) -> None:
    """Makes the environment, or mends it; what is installed and whole stays.

    Raises:
        SetupRefused: If the folder holds something else, or this Python cannot make environments.
    """
    begun = venv.is_dir() and any(venv.iterdir())
    if venv.is_file() or (begun and not (venv / "pyvenv.cfg").is_file() and any(path.is_file() for path in venv.rglob("*"))):
        raise SetupRefused(t("setup.not_ours", folder=venv))
    if begun and drop_half_installed(venv):
        print(t("setup.repair"), flush=True)
    if is_healthy(venv):
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise SetupRefused(t("setup.ensurepip", version=f"{sys.version_info.major}.{sys.version_info.minor}"))
    if run([sys.executable, "-m", "venv", *(["--clear"] if begun else []), str(venv)]).code or not is_healthy(venv):
        raise SetupRefused(t("setup.venv_failed", folder=venv))


def is_healthy(venv: Path) -> bool:
    """Whether the environment has a Python that starts and a pip that works."""
    try:
        return run([str(python_of(venv)), "-m", "pip", "--version"], quiet=True).code == 0
    except OSError:  # no such file, or the Python that it points to has gone
        return False


def drop_half_installed(venv: Path) -> list[Path]:
    """Forgets packages whose installation was interrupted, so that pip installs them again; returns their folders."""
    packages = packages_of(venv)
    half = [path for folder in packages for path in folder.glob("*.dist-info") if not (path / "RECORD").is_file()]  # pip writes RECORD last
    half += [path for folder in packages for path in folder.glob("~*")]  # where pip keeps what it is about to replace
    for path in half:
        shutil.rmtree(path, ignore_errors=True)
    return half
