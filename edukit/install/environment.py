"""The virtual environment: made, or mended where an interrupted set-up left half of one."""
from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from edukit.core.i18n import t
from edukit.install.pip import SetupRefused, run


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
