"""Where the time of an ONNX model goes, by ONNX Runtime's own profiler."""
from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.preprocess import Float32Array

QUANTIZING = ("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear")
LAYOUT = ("Transpose", "ReorderInput", "ReorderOutput")
WARM_UP = 3


def profile_onnx(path: Path, batch: Float32Array, threads: int, runs: int) -> dict[str, Any]:
    """Runs an ONNX model with profiling on.

    Returns:
        ``"run_ms"``, the median of the profiler's ``model_run`` events; ``"nodes"`` a run; and shares of it: ``"between"`` (in no operator),
        ``"quantizing"`` (Q and DQ that stayed operators of their own, ``"quantizing_nodes"`` of them), ``"layout"`` (moving numbers into another order).
    """
    from edukit.runtime.onnx_session import options, runtime

    ort = runtime()
    chosen = options(ort, threads)
    chosen.enable_profiling = True
    with tempfile.TemporaryDirectory() as folder:
        chosen.profile_file_prefix = str(Path(folder) / "profile")
        session = ort.InferenceSession(str(path), chosen, providers=["CPUExecutionProvider"], disabled_optimizers=["ConstantFolding"])
        name = session.get_inputs()[0].name
        for _ in range(runs + WARM_UP):
            session.run(None, {name: batch})
        return shares_of(json.loads(Path(session.end_profiling()).read_text(encoding="utf-8")))


def shares_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    """What the profiler's events say of the runs after the warm-up."""
    whole = run_times(events)
    skipped = min(WARM_UP, len(whole) - 1)
    began = sorted(event["ts"] for event in events if event.get("name") == "model_run")[skipped]
    kept = whole[skipped:]
    total, runs = float(sum(kept)) or 1.0, len(kept)
    spent, count = Counter[str](), Counter[str]()
    for event in events:
        if event.get("cat") == "Node" and str(event.get("name", "")).endswith("_kernel_time") and event["ts"] >= began:
            spent[event["args"]["op_name"]] += event["dur"]
            count[event["args"]["op_name"]] += 1
    return {
        "run_ms": float(np.median(kept)) / 1000, "nodes": count.total() / runs, "between": max(0.0, 1 - spent.total() / total),
        "quantizing": sum(spent[one] for one in QUANTIZING) / total, "quantizing_nodes": sum(count[one] for one in QUANTIZING) / runs,
        "layout": sum(spent[one] for one in LAYOUT) / total,
    }  # fmt: skip


def run_times(events: list[dict[str, Any]]) -> list[int]:
    """Microseconds of each ``model_run`` event, in their order."""
    return [spent for _, spent in sorted((event["ts"], event["dur"]) for event in events if event.get("name") == "model_run")]
