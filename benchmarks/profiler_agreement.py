"""Do our figures agree with the runtimes' own? The runtime's part of predict() as our measuring process times it ÷ ONNX Runtime's profiler (``model_run``
events of the very same runs, profiling on in both; the median over runs) and ÷ OpenVINO's benchmark_app (-api sync -nstreams 1, turn by turn), with a 95 %
interval (bootstrap). ``call_us``: what a run takes outside ``model_run``, handing over arrays: the same for every network, so that it shows in small ones.

ResNet18 and MobileNetV3-Small at 224 pixels, batch 1. Run: python benchmarks/profiler_agreement.py [--threads N] [--runs N] [--alone] [--save FILE]
With --alone (Linux, as root) all other work of the machine waits meanwhile.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import edukit as ek
from edukit.comparison import worker
from edukit.comparison.machine import machine_facts
from edukit.comparison.profiling import run_times
from edukit.core.files import write_json
from edukit.models import find_backbone, new_network, save_checkpoint
from edukit.runtime import onnx_session

NETWORKS, WARM_UP, ROUNDS = ("ResNet18", "MobileNetV3-Small"), 20, 5


def files(network: str, folder: Path) -> tuple[Path, Path]:
    """An ONNX file and OpenVINO's folder of a network that knows nothing."""
    found = find_backbone(network)
    built, _ = new_network(found.describe(6), pretrained=False)
    save_checkpoint(folder / f"{network}.pth", built.eval(), ek.ModelCard(backbone=network, classes=tuple("abcdef"), preprocess=found.preprocess))
    path = ek.convert(folder / f"{network}.pth", folder / f"{network}.onnx").path
    return path, ek.convert(path, folder / network, backend="OpenVINO").path


def onnx_runtime(path: Path, threads: int, runs: int) -> np.ndarray:
    """Our time ÷ the profiler's, run by run."""
    usual = onnx_session.options

    def profiling(*places, **named):
        chosen = usual(*places, **named)
        chosen.enable_profiling, chosen.profile_file_prefix = True, str(path.with_suffix(""))
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
    print(f"{path.stem:20} ours {np.median(ours):9.1f} µs   profiler      {np.median(theirs):9.1f} µs   call_us {np.median(ours - theirs):.1f}")
    return ours / theirs


def openvino(path: Path, threads: int, runs: int) -> np.ndarray:
    """Our median ÷ benchmark_app's, turn by turn."""
    bench = worker.Bench(str(path), threads, None)
    bench.first_answer(224, 1)
    words = ["-m", str(next(path.glob("*.xml"))), "-api", "sync", "-hint", "none", "-nstreams", "1", "-nthreads", str(threads), "-infer_precision", "f32"]
    words += ["-shape", "[1,3,224,224]", "-niter", str(runs)]
    found = []
    for _ in range(ROUNDS):
        ran = subprocess.run([Path(sys.executable).with_name("benchmark_app"), *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
        [(value, unit)] = re.findall(r"Median: +([\d.]+) (ms|us)", ran.stdout)
        theirs = float(value) / {"ms": 1, "us": 1000}[unit]
        ours = np.median(bench.time(first=0, runs=runs + WARM_UP, settle=False)["inference_ns"][WARM_UP:]) / 1e6
        found.append(ours / theirs)
    print(f"{path.name:20} ours {1000 * ours:9.1f} µs   benchmark_app {1000 * theirs:9.1f} µs")
    return np.array(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--alone", action="store_true", help="all other work of the machine waits meanwhile")
    parser.add_argument("--save", type=Path, help="a JSON file for the result")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = {network: files(network, Path(folder)) for network in NETWORKS}
        if given.alone:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        tools = {"profiler": onnx_runtime, "benchmark_app": openvino}
        measured = {f"{one}, {name}": tool(path, given.threads, given.runs) for one, paths in made.items() for path, (name, tool) in zip(paths, tools.items())}
    worst = max(measured, key=lambda one: abs(np.median(measured[one]) - 1))
    rng = np.random.default_rng(0)
    medians = [np.median(rng.choice(measured[worst], len(measured[worst]))) for _ in range(2000)]
    answer = {
        "name": f"profiler_agreement ({worst})", "ratio": round(float(np.median(measured[worst])), 4), "better": "1",
        "interval": [round(float(end), 4) for end in np.quantile(medians, (0.025, 0.975))], "runs": given.runs, "threads": given.threads,
        "ratios": {one: round(float(np.median(found)), 4) for one, found in measured.items()},
        "within_3_percent": {one: bool(abs(np.median(found) - 1) <= 0.03) for one, found in measured.items()}, "environment": machine_facts({}),
    }  # fmt: skip
    if given.save:
        write_json(given.save, answer)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
