"""E3 and E7: models that cannot be loaded or do not fit; conversion, compression and measuring that went wrong."""
from __future__ import annotations

from edukit.core.errors.base import EdukitError


class UnknownBackbone(EdukitError, ValueError, code="E301"):
    """``name`` is no backbone; ``nearest`` is the nearest, ``names`` all."""


class NotACheckpoint(EdukitError, ValueError, code="E302"):
    """``path`` is no readable checkpoint: ``reason``."""


class UnsafeCheckpoint(EdukitError, ValueError, code="E303"):
    """Loading ``path`` would run code: ``reason``."""


class NoCard(EdukitError, ValueError, code="E304"):
    """``path`` bears no model card."""


class WrongBackbone(EdukitError, ValueError, code="E305"):
    """``path`` was made with ``found``, not ``wanted``."""


class WrongTask(EdukitError, ValueError, code="E306"):
    """``path`` is for ``found``, not ``wanted``."""


class BadCard(EdukitError, ValueError, code="E307"):
    """The card in ``path`` has a wrong ``field``: ``found``."""


class NotAnOnnxFile(EdukitError, ValueError, code="E308"):
    """``path`` is no readable ONNX file: ``reason``."""


class ExternalData(EdukitError, ValueError, code="E309"):
    """``path`` keeps weights in ``name``, which is not a plain file beside it."""


class UnsupportedOnnx(EdukitError, ValueError, code="E310"):
    """``path`` needs what this ONNX Runtime lacks: ``reason``."""


class ModelTooLarge(EdukitError, ValueError, code="E311"):
    """``path`` takes ``found``, more than ``limit``."""


class NotFinite(EdukitError, ValueError, code="E312"):
    """NaN or infinity in the ``where`` of ``path``."""


class ModelTooSlow(EdukitError, TimeoutError, code="E316"):
    """``path`` had no answer after ``seconds``, more than a network of its size can need."""


class UnknownModelFormat(EdukitError, ValueError, code="E313"):
    """The name of ``path`` does not end in a model format; ``wanted`` lists them."""


class WeightsUnavailable(EdukitError, RuntimeError, code="E314"):
    """The pretrained weights of ``name`` are not on this machine: ``reason``."""


class WrongInput(EdukitError, ValueError, code="E315"):
    """``path`` takes an input or gives an output ``found``, not ``wanted``."""


class BadModelFolder(EdukitError, ValueError, code="E317"):
    """``path`` is no readable ``form`` model: ``reason``."""


class RuntimeNotHere(EdukitError, RuntimeError, code="E318"):
    """``name`` cannot compute on this machine: ``reason``."""


class ParityFailed(EdukitError, RuntimeError, code="E701"):
    """The converted model differs: ``differing`` of ``count`` labels, largest difference ``difference``, allowed ``tolerance``."""


class ExportFailed(EdukitError, RuntimeError, code="E702"):
    """PyTorch could not export ``path``: ``reason``."""


class QuantizeFailed(EdukitError, RuntimeError, code="E703"):
    """``path`` could not be quantized: ``reason``."""


class WorkerFailed(EdukitError, RuntimeError, code="E704"):
    """The measuring process of ``path`` ended early: ``reason``."""


class AlreadyQuantized(EdukitError, ValueError, code="E705"):
    """``path`` is an INT8 model already."""
