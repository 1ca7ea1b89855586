"""Modules of others that add tasks, networks, forms of datasets and so on: imported where a process of ours starts."""
from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module

VARIABLE = "EDUKIT_PLUGINS"  # names of modules, separated by commas; children inherit it


def load_plugins(environment: Mapping[str, str] = os.environ) -> None:
    """Imports the modules that the environment names; what they add is known from then on.

    Raises:
        ImportError: One of them is not there.
    """
    for name in filter(None, map(str.strip, environment.get(VARIABLE, "").split(","))):
        import_module(name)
