"""What our processes find in their environment: this edukit, nothing that calls home, is left behind or keeps a processor busy for nothing."""
from __future__ import annotations

import os
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path

_PACKAGE_PARENT = Path(__file__).resolve().parents[2]
MEMORY_BACK = "MALLOC_TRIM_THRESHOLD_"  # glibc: a lesson's kernel gives large blocks back at once, 5 MB for each of thirty; what trains is quicker without
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
    # NumPy's look for more work for 30 ms after each product of matrices.
    chosen.setdefault("OPENBLAS_THREAD_TIMEOUT", "16")
    # oneDNN's own 1024 do not hold the four ways that are measured for training MobileNetV3: each step built its kernels anew, twice as slow.
    chosen.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "4096")
    # Its own folder there would be made, and left, by every import of torch's compiler, which nothing here uses.
    chosen.setdefault("TORCHINDUCTOR_CACHE_DIR", chosen.get("TMPDIR") or chosen.get("TEMP") or "/tmp")


def subprocess_env(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """A copy of ``environment``, by default this process's own, for a child that imports edukit.

    Example:
        >>> subprocess_env({"LANG": "C"})["DO_NOT_TRACK"]
        '1'
    """
    child = {name: value for name, value in (os.environ if environment is None else environment).items() if name != MEMORY_BACK}
    if _PACKAGE_PARENT.name not in ("site-packages", "dist-packages"):  # a clone that was not installed; site-packages must stay behind Python's own modules
        known = child.get("PYTHONPATH")
        child["PYTHONPATH"] = os.pathsep.join([str(_PACKAGE_PARENT), *([known] if known else [])])
    silence(child)
    return child


def usable_processors() -> int:
    """How many processors this process may use; a container often gives fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
