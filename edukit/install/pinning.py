"""Writes constraints.txt: the versions that the tests ran with here, and what goes with them on Linux, Windows and macOS.

    .venv/bin/python -m edukit.install.pinning

Needs uv, whose resolution covers all systems and Python versions at once (https://docs.astral.sh/uv/pip/compile).
"""
from __future__ import annotations

import re
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from edukit.install.environment import run
from edukit.install.installing import CONSTRAINTS, Setup

HEAD = "# Tested versions for Linux, Windows and macOS, Python 3.11 to 3.13. Written by: python -m edukit.install.pinning\n"


def direct_pins(setup: Setup) -> list[str]:
    """The packages that pyproject.toml names, at the versions that are installed here; a build's own mark such as ``+cpu`` is left out."""
    extras = setup.project["optional-dependencies"].values()
    names = dict.fromkeys(re.split(r"[^\w.-]", line)[0] for lines in (setup.project["dependencies"], *extras) for line in lines)
    installed = {one.metadata["Name"].lower(): one.version.split("+")[0] for one in metadata.distributions()}
    return [f"{name}=={installed[name.lower()]}" for name in names if name.lower() in installed]


def main() -> int:
    """Resolves and writes; returns uv's exit code."""
    setup = Setup()
    target = setup.root / CONSTRAINTS
    with tempfile.TemporaryDirectory() as folder:
        pins, made = Path(folder) / "pins.txt", Path(folder) / CONSTRAINTS
        pins.write_text("\n".join(direct_pins(setup)) + "\n", encoding="utf-8")
        words = ["uv", "pip", "compile", "pyproject.toml", "--universal", "--all-extras", "--python-version", "3.11", "--no-annotate", "--no-header"]
        code = run([*words, "--constraint", str(pins), "--output-file", str(made)], folder=setup.root).code
        if code == 0:
            target.write_text(HEAD + made.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
