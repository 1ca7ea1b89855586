"""E3: models that cannot be loaded or do not fit."""
from __future__ import annotations

from edukit.core.errors.base import EdukitError


class UnknownBackbone(EdukitError, ValueError):
    """``name`` is no backbone; ``nearest`` is the nearest, ``names`` all."""

    code = "E301"


class NotACheckpoint(EdukitError, ValueError):
    """``path`` is no readable checkpoint: ``reason``."""

    code = "E302"


class UnsafeCheckpoint(EdukitError, ValueError):
    """Loading ``path`` would run code: ``reason``."""

    code = "E303"


class NoCard(EdukitError, ValueError):
    """``path`` bears no model card."""

    code = "E304"


class WrongBackbone(EdukitError, ValueError):
    """``path`` was made with ``found``, not ``wanted``."""

    code = "E305"


class WrongTask(EdukitError, ValueError):
    """``path`` is for ``found``, not ``wanted``."""

    code = "E306"


class BadCard(EdukitError, ValueError):
    """The card in ``path`` has a wrong ``field``: ``found``."""

    code = "E307"


class NotAnOnnxFile(EdukitError, ValueError):
    """``path`` is no readable ONNX file: ``reason``."""

    code = "E308"


class ExternalData(EdukitError, ValueError):
    """``path`` keeps weights in ``name``, which is not a plain file beside it."""

    code = "E309"


class UnsupportedOnnx(EdukitError, ValueError):
    """``path`` needs what this ONNX Runtime lacks: ``reason``."""

    code = "E310"


class ModelTooLarge(EdukitError, ValueError):
    """``path`` takes ``found``, more than ``limit``."""

    code = "E311"


class NotFinite(EdukitError, ValueError):
    """NaN or infinity in the ``where`` of ``path``."""

    code = "E312"


class ModelTooSlow(EdukitError, TimeoutError):
    """``path`` had no answer after ``seconds``, more than a network of its size can need."""

    code = "E316"


class UnknownModelFormat(EdukitError, ValueError):
    """The name of ``path`` does not end in a model format; ``wanted`` lists them."""

    code = "E313"


class WeightsUnavailable(EdukitError, RuntimeError):
    """The pretrained weights of ``name`` are not on this machine: ``reason``."""

    code = "E314"


class WrongInput(EdukitError, ValueError):
    """``path`` takes an input or gives an output ``found``, not ``wanted``."""

    code = "E315"
