"""A whole set-up: environment, PyTorch, edukit with its extras, and last the stamp, so that an interrupted one is taken up again."""
from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edukit.core.i18n import t
from edukit.install.environment import Pip, SetupRefused, make_environment, packages_of, pip_of, python_of, run
from edukit.install.torch_source import settle_torch

ROOT = Path(__file__).resolve().parents[2]
STAMP = "edukit-setup.json"
CONSTRAINTS = "constraints.txt"  # tested versions; set-up keeps to them unless it is told otherwise


@dataclass(frozen=True)
class Setup:
    """What is to be set up, and where.

    Args:
        venv: Folder of the virtual environment.
        extras: Of pyproject.toml.
        wheelhouse: Folder of wheels to install from, or None.
        yes_cuda: Whether a CUDA build may be fetched for a machine without an NVIDIA GPU.
        newest: Whether to take the newest versions that pyproject.toml allows instead of the tested ones.
        root: The clone.
    """

    venv: Path = ROOT / ".venv"
    extras: tuple[str, ...] = ("lab", "train")
    wheelhouse: Path | None = None
    yes_cuda: bool = False
    newest: bool = False
    root: Path = ROOT

    @property
    def editable(self) -> bool:
        """Whether the clone itself is installed, not a copy; Windows cannot do that from every path."""
        return self.venv.is_relative_to(self.root) or str(self.root).isascii() or os.name != "nt"

    @property
    def project(self) -> dict[str, Any]:
        """The project table of pyproject.toml."""
        table: dict[str, Any] = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return table

    @property
    def constraints(self) -> list[str]:
        """The tested versions, a requirement a line; empty with ``newest``."""
        path = self.root / CONSTRAINTS
        return [] if self.newest or not path.is_file() else [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]

    def fingerprint(self) -> str:
        """Changes when the environment must be brought up to date."""
        told = hashlib.sha256((self.root / "pyproject.toml").read_bytes() + "\n".join(self.constraints).encode())
        told.update(os.fsencode(self.root))
        for path in [] if self.editable else sorted((self.root / "edukit").rglob("*.py")):
            told.update(f"{path.name}{path.stat().st_mtime_ns}".encode())
        return told.hexdigest()


def install(setup: Setup) -> bool:
    """Brings the environment to what ``setup`` asks for; returns False if it was there already.

    Raises:
        SetupRefused: With the reason and what to do.
    """
    stamp = read_stamp(setup)
    if stamp is not None and set(setup.extras) <= set(stamp["extras"]):
        return False
    began = time.monotonic()
    print(t("setup.start", folder=setup.venv), flush=True)
    extras = sorted(set(setup.extras) | set(stamp["extras"] if stamp else ()))
    if "train" in extras and (sys.platform, platform.machine()) == ("darwin", "x86_64"):  # PyTorch 2.2 was the last one for them
        print(t("setup.intel_mac"), flush=True)
        extras.remove("train")
    (setup.venv / STAMP).unlink(missing_ok=True)
    make_environment(setup.venv)
    pip = pip_of(python_of(setup.venv), setup.root)
    held = settle_torch(pip, torch_requirement(setup), wheelhouse=setup.wheelhouse, yes_cuda=setup.yes_cuda) if "train" in extras else []
    install_project(pip, setup, extras, held)
    if setup.venv.is_relative_to(setup.root):
        point_by_a_plain_path(setup)
    if sys.dont_write_bytecode:  # Python will not compile when first used, and every start would take a second longer
        print(t("setup.compiling"), flush=True)
        run([str(python_of(setup.venv)), "-m", "compileall", "-q", "-j", "0", *map(str, packages_of(setup.venv)), str(setup.root / "edukit")], quiet=True)
    write_stamp(setup, extras)
    print(t("setup.ready", seconds=round(time.monotonic() - began)), flush=True)
    return True


def torch_requirement(setup: Setup) -> str:
    """The tested PyTorch, else the requirement on it as pyproject.toml states it."""
    lines = [*setup.constraints, *setup.project["optional-dependencies"]["train"]]
    return next(str(line).partition(";")[0].strip() for line in lines if re.match(r"torch[^\w-]", line))


def install_project(pip: Pip, setup: Setup, extras: Sequence[str], held: Sequence[str]) -> None:
    """Installs edukit with its extras and all that they need; ``held`` are versions that must not change."""
    project = f".[{','.join(extras)}]" if extras else "."
    words = ["install", "--no-compile", *(["-e"] if setup.editable else []), project]  # compiled when first used: half the time
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        pinned = [line for line in setup.constraints if not (held and re.match(r"torch(vision)?[^\w-]", line))]  # what is there already may be another one
        constraints.write_text("".join(f"{line}\n" for line in [*pinned, *held]), encoding="utf-8")
        words += ["--constraint", str(constraints)]
        if setup.wheelhouse:
            words += ["--find-links", str(setup.wheelhouse)]
            if pip(*words, "--no-index", quiet=True).code == 0:
                return
        if pip(*words).code:
            raise SetupRefused(t("setup.failed", step=project))


def point_by_a_plain_path(setup: Setup) -> None:
    """Makes the environment point to the clone by ``../../..``.

    Python reads that file in the machine's encoding: with the full path it would not even start in a Chinese folder where the language is plain C.
    """
    for packages in packages_of(setup.venv):
        for pointer in packages.glob("*edukit_vision*.pth"):
            pointer.write_text(os.path.relpath(setup.root, packages) + "\n", encoding="ascii")


def read_stamp(setup: Setup) -> dict[str, Any] | None:
    """What an earlier, finished set-up wrote; None if there is none or it no longer holds."""
    try:
        stamp: dict[str, Any] = json.loads((setup.venv / STAMP).read_text(encoding="utf-8"))
        holds = stamp["fingerprint"] == setup.fingerprint() and python_of(setup.venv).exists() and isinstance(stamp["extras"], list)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return stamp if holds else None


def write_stamp(setup: Setup, extras: Sequence[str]) -> None:
    """Says that the environment is whole: written last, and in one step."""
    temporary = setup.venv / f"{STAMP}.part"
    temporary.write_text(json.dumps({"fingerprint": setup.fingerprint(), "extras": list(extras)}), encoding="utf-8")
    temporary.replace(setup.venv / STAMP)
