"""Nothing calls home: every library's telemetry is off, in this process and in those it starts."""
from __future__ import annotations

import os
from collections.abc import MutableMapping

SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",            # onnxruntime; must be set before its import
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "OPENVINO_TELEMETRY_OPT_OUT": "1",
    "NO_ALBUMENTATIONS_UPDATE": "1",
    "TORCH_CPP_LOG_LEVEL": "ERROR",
}


def silence(environment: MutableMapping[str, str] | None = None) -> None:
    """Sets the switches in ``environment``, by default this process's own, which children inherit."""
    (os.environ if environment is None else environment).update(SWITCHES)
