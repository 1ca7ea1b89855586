"""The processes that a test started, as they are while others come and go."""
from contextlib import suppress

import psutil


def living(parent: int, module: str) -> list[psutil.Process]:
    """The running processes below ``parent`` that were started as ``python -m module``."""
    found = []
    for child in psutil.Process(parent).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # a zombie too has no command line any more
            if module in child.cmdline():
                found.append(child)
    return found
