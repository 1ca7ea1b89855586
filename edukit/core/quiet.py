"""Nothing calls home, is left behind or keeps a processor busy for nothing, in this process and in those it starts."""
from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping

SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",            # onnxruntime; must be set before its import
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "NO_ALBUMENTATIONS_UPDATE": "1",
    "TORCH_CPP_LOG_LEVEL": "ERROR",
}


def silence(environment: MutableMapping[str, str] | None = None) -> None:
    """Sets the switches in ``environment``, by default this process's own, which children inherit."""
    chosen = os.environ if environment is None else environment
    chosen.update(SWITCHES)
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # OpenVINO sends at its import, has no switch, and does without the package
    # How PyTorch's threads wait for each other, read when their library is loaded: awake for about 30 µs, as ONNX Runtime's do here. Asleep at once a step of a
    # small network takes twice as long; awake for longer (the library's own way) it takes twenty times as long beside other work.
    if "OMP_WAIT_POLICY" not in chosen:
        chosen.update({"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "1000"})
    # oneDNN's own 1024 do not hold the four ways that are measured for training MobileNetV3: each step built its kernels anew, twice as slow.
    chosen.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "4096")
    # Its own folder there would be made, and left, by every import of torch's compiler, which nothing here uses.
    chosen.setdefault("TORCHINDUCTOR_CACHE_DIR", chosen.get("TMPDIR") or chosen.get("TEMP") or "/tmp")
