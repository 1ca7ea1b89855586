"""The memory of a training's steps, kept from one to the next."""
from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from edukit.core.subprocess_env import MEMORY_BACK

TRIM_THRESHOLD, MMAP_THRESHOLD, MMAP_MAX = -1, -3, -4  # glibc, malloc.h
USUAL = {MMAP_MAX: 2**16, MMAP_THRESHOLD: 2**25}  # as in a process that has freed large blocks


@contextmanager
def kept_memory() -> Iterator[None]:
    """What is freed in the block stays with the process until its end: else glibc returns large tensors to the system after each use, and the next step
    waits for the system to clear their pages, a third of its time at 224 pixels. Elsewhere than with glibc nothing changes."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if not hasattr(libc, "mallopt"):
        yield
        return
    assert libc is not None
    libc.mallopt(MMAP_MAX, 0)
    libc.mallopt(TRIM_THRESHOLD, -1)
    try:
        yield
    finally:
        for option, value in {**USUAL, TRIM_THRESHOLD: 2**17 if MEMORY_BACK in os.environ else 2**26}.items():
            libc.mallopt(option, value)
        libc.malloc_trim(0)
