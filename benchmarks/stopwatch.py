"""Is the inference time that ``compare`` tells the one that ONNX Runtime takes? Beside it a hand-written loop around ``session.run``, turn by turn.

EfficientNet-Lite0 at 224 pixels, batch 1, each in a process of its own; the ratio is the loop's median divided by ours, so 1 is the same.
Run: python benchmarks/stopwatch.py [--runs N] [--rounds N]
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from predict_overhead import environment, model_file, ratio_of

from edukit.comparison import compare

LOOP = """
import os, sys, time
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import numpy as np, onnxruntime
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
batch = np.random.default_rng(0).normal(size=(1, 3, 224, 224)).astype(np.float32)
spent = []
for _ in range(int(sys.argv[2]) + 20):
    began = time.perf_counter()
    session.run(None, {"input": batch})
    spent.append(1000 * (time.perf_counter() - began))
print(np.median(spent[20:]))
"""


def loop_ms(path: Path, runs: int) -> float:
    """The median of the hand-written loop."""
    return float(subprocess.run([sys.executable, "-c", LOOP, str(path), str(runs)], capture_output=True, text=True, check=True).stdout)


def measured(runs: int, rounds: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        path = model_file(Path(folder))
        pairs = [(compare([path], None, speed_only=True, runs=runs, threads=1).models[0].inference_ms.p50, loop_ms(path, runs)) for _ in range(rounds)]
    ours, theirs = np.array(pairs).T
    return {
        "name": "stopwatch", **ratio_of(ours, theirs), "runs": runs * rounds, "threads": 1,
        "inference_ms": round(float(np.median(ours)), 3), "loop_ms": round(float(np.median(theirs)), 3), "environment": environment(),
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=9)
    print(json.dumps(measured(**vars(parser.parse_args()))))
