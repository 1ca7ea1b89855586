"""Do our figures agree with the runtimes' own? The runtime's part of predict() as our measuring process times it ÷ ONNX Runtime's profiler (``model_run``
events of the very same runs, profiling on in both; the median over runs) and ÷ OpenVINO's benchmark_app (-api sync -nstreams 1, turn by turn), with a 95 %
interval (bootstrap). ``call_us``: what a run takes outside ``model_run``, handing over arrays: the same for every network, so that it shows in small ones.

benchmark_app repeats one input, which it never hands over again, and tells OpenVINO's own latency; so ``ratios`` holds the latency of our compiled model in
the same loop against it. ``openvino`` has the rest, ÷ benchmark_app too: ``run``, our stopwatch around handing over and computing in that loop, and
``in_predict``, the same with a JPEG decoded before each run, as a user has it: the caches no longer hold the network, which shows in small ones.

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
import time
from pathlib import Path
from typing import Any

import numpy as np

import edukit as ek
from edukit.comparison import worker
from edukit.comparison.machine import machine_facts
from edukit.comparison.trials import run_times
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
    """Latency in the same loop, run() in that loop and run() inside predict(), each ÷ benchmark_app's median, turn by turn; shape (3, turns)."""
    bench = worker.Bench(str(path), threads, None)
    bench.first_answer(224, 1)
    words = ["-m", str(next(path.glob("*.xml"))), "-api", "sync", "-hint", "none", "-nstreams", "1", "-nthreads", str(threads), "-infer_precision", "f32"]
    words += ["-shape", "[1,3,224,224]", "-niter", str(runs)]
    request = bench.model._requests[1]  # no other way to the latency of the model under test
    found = []
    for _ in range(ROUNDS):
        ran = subprocess.run([Path(sys.executable).with_name("benchmark_app"), *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
        [(value, unit)] = re.findall(r"Median: +([\d.]+) (ms|us)", ran.stdout)
        theirs = float(value) * {"ms": 1000, "us": 1}[unit]
        in_predict = np.array(bench.time(first=0, runs=runs + WARM_UP, settle=False)["inference_ns"]) / 1000
        loop = np.array([_loop_us(bench, request, again) for again in (False, True) for _ in range(runs + WARM_UP)]).reshape(2, -1, 2)
        latency, run = loop[0, :, 1], loop[1, :, 0]
        found.append([np.median(times[WARM_UP:]) / theirs for times in (latency, run, in_predict)])
    shown = theirs * np.median(found, axis=0)
    print(f"{path.name:20} latency {shown[0]:9.1f} µs   run {shown[1]:9.1f}   in predict {shown[2]:9.1f}   benchmark_app {theirs:9.1f} µs")
    return np.array(found).T


def _loop_us(bench: worker.Bench, request: Any, hand_over: bool) -> tuple[float, float]:
    """Microseconds around one run with the last input, handed over again or left in place, and OpenVINO's own latency of it."""
    bench._inference_ns, start = 0, time.perf_counter_ns()
    bench.model.run(bench._batch) if hand_over else request.infer()
    return (bench._inference_ns or time.perf_counter_ns() - start) / 1000, 1000 * request.latency


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
    apart = {one: dict(zip(("latency", "run", "in_predict"), found)) for one, found in measured.items() if found.ndim > 1}
    measured |= {one: found["latency"] for one, found in apart.items()}
    worst = max(measured, key=lambda one: abs(np.median(measured[one]) - 1))
    rng = np.random.default_rng(0)
    medians = [np.median(rng.choice(measured[worst], len(measured[worst]))) for _ in range(2000)]
    answer = {
        "name": f"profiler_agreement ({worst})", "ratio": round(float(np.median(measured[worst])), 4), "better": "1",
        "interval": [round(float(end), 4) for end in np.quantile(medians, (0.025, 0.975))], "runs": given.runs, "threads": given.threads,
        "ratios": {one: round(float(np.median(found)), 4) for one, found in measured.items()},
        "openvino": {one: {name: round(float(np.median(ratio)), 4) for name, ratio in found.items()} for one, found in apart.items()},
        "within_3_percent": {one: bool(abs(np.median(found) - 1) <= 0.03) for one, found in measured.items()}, "environment": machine_facts({}),
    }  # fmt: skip
    if given.save:
        write_json(given.save, answer)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
