"""Do our figures agree with ONNX Runtime's own profiler? The runtime's part of predict() as our measuring process times it ÷ the profiler's ``model_run``
events of the very same runs, profiling on in both; the median over runs, with a 95 % interval (bootstrap).

ResNet18 and MobileNetV3-Small at 224 pixels, batch 1. Run: python benchmarks/profiler_agreement.py [--threads N] [--runs N]
"""
import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

import edukit as ek
from edukit.comparison import worker
from edukit.comparison.machine import machine_facts
from edukit.comparison.profiling import run_times
from edukit.models import find_backbone, new_network, save_checkpoint
from edukit.runtime import onnx_session

NETWORKS, WARM_UP = ("ResNet18", "MobileNetV3-Small"), 20


def ratios(network: str, threads: int, runs: int, folder: Path) -> np.ndarray:
    """Our time ÷ the profiler's for each run."""
    found = find_backbone(network)
    built, _ = new_network(found.describe(6), pretrained=False)
    save_checkpoint(folder / f"{network}.pth", built.eval(), ek.ModelCard(backbone=network, classes=tuple("abcdef"), preprocess=found.preprocess))
    path = ek.convert(folder / f"{network}.pth", folder / f"{network}.onnx").path
    usual = onnx_session.options

    def profiling(*places, **named):
        chosen = usual(*places, **named)
        chosen.enable_profiling, chosen.profile_file_prefix = True, str(folder / network)
        return chosen

    onnx_session.options = profiling
    try:
        bench = worker.Bench(str(path), threads, None)
        bench.first_answer(224, 1)
        ours = np.array(bench.time(first=0, runs=runs + WARM_UP, settle=False)["inference_ns"], float)[WARM_UP:] / 1000
        session = bench.model._session  # no other way to the profile of the session under test
        theirs = np.array(run_times(json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))), float)[-runs:]
    finally:
        onnx_session.options = usual
    print(f"{network:20} ours {np.median(ours):9.1f} µs   profiler {np.median(theirs):9.1f} µs   ratio {np.median(ours / theirs):.4f}")
    return ours / theirs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", type=int, default=300)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = {network: ratios(network, given.threads, given.runs, Path(folder)) for network in NETWORKS}
    worst = max(measured, key=lambda network: abs(np.median(measured[network]) - 1))
    rng = np.random.default_rng(0)
    medians = [np.median(rng.choice(measured[worst], given.runs)) for _ in range(2000)]
    print(json.dumps({
        "name": f"profiler_agreement ({worst})", "ratio": round(float(np.median(measured[worst])), 4), "better": "1",
        "interval": [round(float(end), 4) for end in np.quantile(medians, (0.025, 0.975))], "runs": given.runs, "threads": given.threads,
        "within_3_percent": {network: bool(abs(np.median(found) - 1) <= 0.03) for network, found in measured.items()}, "environment": machine_facts({}),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
