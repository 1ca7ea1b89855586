"""The command ``python -m edukit.install``."""
from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from edukit.core.i18n import t
from edukit.install.environment import SetupRefused
from edukit.install.installing import ROOT, Setup, install


def main(words: Sequence[str] | None = None) -> int:
    """Runs the set-up; returns the exit code: 0, 2 if it was refused, 130 if it was interrupted."""
    try:
        if not install(setup_from(words)):
            print(t("setup.already"))
    except SetupRefused as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\n{t('setup.interrupted')}", file=sys.stderr)
        return 130
    return 0


def setup_from(words: Sequence[str] | None) -> Setup:
    """What the command line and the environment ask for.

    Raises:
        SetupRefused: For an extra that does not exist.
    """
    parser = argparse.ArgumentParser(prog="python -m edukit.install", description="Sets edukit up in a virtual environment of its own.")
    parser.add_argument("--extras", default="train,lab", help="comma-separated; as in pyproject.toml (default: train,lab)")
    parser.add_argument("--wheelhouse", type=Path, help="folder of wheels, for a set-up without internet (default: EDUKIT_WHEELHOUSE, ./wheelhouse)")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv", help="folder of the virtual environment (default: .venv)")
    parser.add_argument("--yes-cuda", action="store_true", help="fetch the CUDA build of PyTorch even without an NVIDIA GPU")
    parser.add_argument("--newest", action="store_true", help="the newest versions that pyproject.toml allows instead of the tested ones of constraints.txt")
    asked = parser.parse_args(words)
    extras = tuple(sorted({name.strip() for name in asked.extras.split(",") if name.strip()}))
    known = Setup().project["optional-dependencies"]
    for extra in extras:
        if extra not in known:
            raise SetupRefused(t("setup.extra", extra=extra, names=", ".join(known)))
    wheelhouse = Path(asked.wheelhouse or os.environ.get("EDUKIT_WHEELHOUSE") or ROOT / "wheelhouse").expanduser().absolute()
    if asked.wheelhouse and not wheelhouse.is_dir():
        raise SetupRefused(t("setup.no_wheelhouse", folder=wheelhouse))
    return Setup(asked.venv.expanduser().absolute(), extras, wheelhouse if wheelhouse.is_dir() else None, asked.yes_cuda, asked.newest)


if __name__ == "__main__":
    sys.exit(main())
