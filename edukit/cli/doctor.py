"""Whether this computer is ready: one line for each thing that lessons need, and what to do where something is amiss."""
from __future__ import annotations

import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import edukit
from edukit.core.files import human_size, nearest_folder
from edukit.core.i18n import t
from edukit.core.packages import OTHER_RUNTIMES, PACKAGES, installed
from edukit.core.results import Result
from edukit.core.subprocess_env import usable_processors
from edukit.core.workspace import current

OLDEST_PYTHON = (3, 11)
LEAST_DISK_BYTES = 2_000_000_000    # a training keeps two checkpoints; set-up itself takes about as much again
LEAST_MEMORY_BYTES = 1_500_000_000  # what training the small networks takes
FIRST_PORT = 8866
_TRY_TORCHVISION = "import edukit, torchvision, edukit.models.operators as operators; print(operators.are_filled())"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge", "firefox")
_STAND_INS = {"opencv-python-headless": "opencv-python"}  # the same modules under another name


@dataclass(frozen=True)
class Line(Result):
    """One thing that was looked at.

    Args:
        name: What.
        found: How it is.
        state: ``"ok"`` or ``"warn"``.
        remedy: What to do; empty where all is well.
    """

    name: str
    found: str
    state: str = "ok"
    remedy: str = ""


@dataclass(frozen=True)
class Health(Result):
    """What ``doctor`` found.

    Args:
        ready: Whether nothing is amiss.
        version: Of edukit.
        lines: One a thing.
    """

    ready: bool
    version: str
    lines: tuple[Line, ...]


def doctor() -> Health:
    """Looks at this computer; changes nothing."""
    lines = (*_software(), *_machine(), *_pages())
    return Health(all(line.state == "ok" for line in lines), edukit.__version__, lines)


def _line(name: str, found: object, good: bool = True, **values: object) -> Line:
    """What was found; None is missing."""
    good = good and found is not None
    told = t("cli.doctor.missing") if found is None else str(found)
    return Line(t(f"cli.doctor.{name}"), told, "ok" if good else "warn", "" if good else t(f"cli.doctor.{name}.remedy", **values))


def _software() -> Iterator[Line]:
    """Python, and what is installed for it."""
    yield _line("python", f"{platform.python_version()} ({sys.executable}), edukit {edukit.__version__}", sys.version_info >= OLDEST_PYTHON)
    yield from map(_packages, PACKAGES)
    build, spec = None, find_spec("torch")
    if spec is not None and spec.origin is not None:  # read, not imported: it takes seconds, and may be what is broken
        cuda = re.search(r"^cuda\b.*=\s*['\"]([\d.]+)['\"]", (Path(spec.origin).parent / "version.py").read_text(encoding="utf-8"), re.MULTILINE)
        build = f"CUDA {cuda[1]}" if cuda else "CPU"
    yield _line("torch", build)
    yield _operators()


def _packages(extra: str) -> Line:
    found = {name: _version(name) for name in PACKAGES[extra]}
    told = ", ".join(f"{name} {version or t('cli.doctor.missing')}" for name, version in found.items())
    remedy = t("cli.doctor.packages.remedy", extra=f"[{extra}]" if extra else "") if None in found.values() and extra not in OTHER_RUNTIMES else ""
    return Line(t(f"cli.doctor.packages.{extra}" if extra else "cli.doctor.packages"), told, "warn" if remedy else "ok", remedy)


def _version(name: str) -> str | None:
    for each in (name, _STAND_INS.get(name, name)):
        with suppress(metadata.PackageNotFoundError):
            return metadata.version(each)
    return None


def _operators() -> Line:
    if not installed("torch") or not installed("torchvision"):
        return _line("operators", None)
    done = subprocess.run([sys.executable, "-c", _TRY_TORCHVISION], capture_output=True, text=True, check=False)  # a fresh process, as a student's cell is one
    if done.returncode:
        return _line("operators", (done.stderr.strip().splitlines() or [str(done.returncode)])[-1][:200], False)
    return _line("operators", t(f"cli.doctor.operators.{'ours' if 'True' in done.stdout else 'theirs'}"))


def _machine() -> Iterator[Line]:
    """Processor, memory and disk."""
    import psutil

    from edukit.comparison.machine import cpu_name

    yield _line("processor", f"{cpu_name()}, {os.cpu_count()} × {platform.machine()}, {platform.platform()}")
    usable, chosen = usable_processors(), os.environ.get("OMP_NUM_THREADS", "")
    good = not chosen or (chosen.isdecimal() and 1 <= int(chosen) <= usable)
    yield _line("threads", f"{usable}" + (f", OMP_NUM_THREADS={chosen}" if chosen else ""), good, usable=usable)
    memory = psutil.virtual_memory()
    yield _line("memory", t("cli.doctor.free", free=human_size(memory.available), total=human_size(memory.total)), memory.available >= LEAST_MEMORY_BYTES)
    home = current().home
    folder = nearest_folder(home)
    disk = shutil.disk_usage(folder)
    good = disk.free >= LEAST_DISK_BYTES and os.access(folder, os.W_OK)
    free = t("cli.doctor.free", free=human_size(disk.free), total=human_size(disk.total))
    yield _line("disk", t("verbs.info.row", name=home, text=free), good, path=home)


def _pages() -> Iterator[Line]:
    """Fonts, a browser and a port."""
    if installed("matplotlib"):
        from edukit.plots.theme import FONT_FILE

        yield _line("font", FONT_FILE.name, FONT_FILE.is_file())
    else:
        yield _line("font", None)
    if sys.platform in ("win32", "darwin"):  # they bring one; elsewhere fontconfig knows
        yield _line("emoji_font", sys.platform)
    elif not shutil.which("fc-match"):
        yield _line("emoji_font", None)
    else:
        found = subprocess.run(["fc-match", "-f", "%{family}", ":charset=1f642"], capture_output=True, text=True, check=False).stdout.strip()
        yield _line("emoji_font", found or None, "emoji" in found.lower())
    browser = next((name for name in _BROWSERS if shutil.which(name)), None)
    with suppress(webbrowser.Error):
        browser = browser or getattr(webbrowser.get(), "name", "") or "ok"
    yield _line("browser", browser)
    free = False
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", FIRST_PORT))
        free = True
    yield _line("port", FIRST_PORT, free)
