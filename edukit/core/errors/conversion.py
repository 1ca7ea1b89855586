"""E7: conversion, compression and measuring that went wrong."""
from __future__ import annotations

from edukit.core.errors.base import EdukitError


class ParityFailed(EdukitError, RuntimeError):
    """The converted model differs: ``differing`` of ``count`` labels, largest difference ``difference``, allowed ``tolerance``."""

    code = "E701"


class ExportFailed(EdukitError, RuntimeError):
    """PyTorch could not export ``path``: ``reason``."""

    code = "E702"


class QuantizeFailed(EdukitError, RuntimeError):
    """``path`` could not be quantized: ``reason``."""

    code = "E703"


class WorkerFailed(EdukitError, RuntimeError):
    """The measuring process of ``path`` ended early: ``reason``."""

    code = "E704"


class AlreadyQuantized(EdukitError, ValueError):
    """``path`` is an INT8 model already."""

    code = "E705"
