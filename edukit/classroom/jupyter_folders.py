"""A Jupyter of its own: whatever the user's Jupyter and IPython settings say, or however broken they are, the classroom starts the same."""
from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from edukit.jobs.processes import process_record

FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
SHARE = Path(__file__).resolve().parent / "share"


def jupyter_environment(folder: Path) -> dict[str, str]:
    """Makes the folders for Jupyter's settings, data and runtime files under ``folder``, and returns the variables that say so."""
    own = {name: str(folder / name.lower()) for name in FOLDERS}
    own |= {"JUPYTER_PATH": str(SHARE), "JUPYTER_CONFIG_PATH": "", "JUPYTER_PREFER_ENV_PATH": "1", "JUPYTER_PLATFORM_DIRS": "0"}
    if not os.access(Path.home(), os.W_OK):  # matplotlib would make a new font list, seconds each, for every kernel
        own["MPLCONFIGDIR"] = str(folder / "matplotlib")
    for name in FOLDERS:
        Path(own[name]).mkdir(parents=True, exist_ok=True)
    return own


@cache
def server_name() -> str:
    """What this server's jobs are known by: no other process of this machine has the same number and start."""
    return "{pid}-{started:.2f}".format(**process_record())


@contextmanager
def own_jupyter() -> Iterator[Path]:
    """Sets the variables for the time of the block and yields the folder, which vanishes with it."""
    with tempfile.TemporaryDirectory(prefix="edukit-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        chosen = jupyter_environment(folder)
        before = {key: os.environ.get(key) for key in chosen}
        os.environ.update(chosen)
        try:
            yield folder
        finally:
            for key, value in before.items():
                os.environ.pop(key, None) if value is None else os.environ.update({key: value})
