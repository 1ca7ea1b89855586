"""A Jupyter of its own: whatever the user's Jupyter and IPython settings say, or however broken they are, the classroom starts the same."""
from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARE = Path(__file__).resolve().parent / "share"


def jupyter_environment(folder: Path) -> dict[str, str]:
    """The variables that make Jupyter keep its settings, data and runtime files under ``folder``."""
    searched = os.pathsep.join([str(SHARE)])
    own = {name: str(folder / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    own |= {"JUPYTER_PATH": searched, "JUPYTER_CONFIG_PATH": "", "JUPYTER_PREFER_ENV_PATH": "1", "JUPYTER_PLATFORM_DIRS": "0"}
    if not os.access(Path.home(), os.W_OK):  # matplotlib would make a new font list, seconds each, for every kernel
        own["MPLCONFIGDIR"] = str(folder / "matplotlib")
    return own


@contextmanager
def own_jupyter() -> Iterator[Path]:
    """Sets the variables for the time of the block and yields the folder, which vanishes with it."""
    with tempfile.TemporaryDirectory(prefix="edukit-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        chosen = jupyter_environment(folder)
        before = {key: os.environ.get(key) for key in chosen}
        os.environ.update(chosen)
        for key in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            Path(chosen[key]).mkdir()
        try:
            yield folder
        finally:
            for key, value in before.items():
                os.environ.pop(key, None) if value is None else os.environ.update({key: value})
