"""How long a fresh process takes to import edukit, and to give its first prediction from an ONNX file.

The first prediction stands beside a hand-written script that imports cv2 and ONNX Runtime and does the same; Python's own start counts on neither side.
Run: python benchmarks/import_time.py [--runs N]
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from predict_overhead import environment, model_file, picture_file, ratio_of

IMPORT = "import edukit"
OURS = """
from edukit.runtime import load_onnx
load_onnx({model!r}, threads=1).predict({picture!r})
"""
THEIRS = """
import os
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import cv2, numpy as np, onnxruntime
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession({model!r}, options, providers=["CPUExecutionProvider"])
image = cv2.cvtColor(cv2.imread({picture!r}), cv2.COLOR_BGR2RGB)
image = cv2.resize(image[30:450, 110:530], (224, 224), interpolation=cv2.INTER_AREA)
batch = np.ascontiguousarray(((image.astype(np.float32) - 127) / 128).transpose(2, 0, 1)[None])
session.run(None, {{"input": batch}})[0].argmax()
"""
TIMED = "import time; began = time.perf_counter()\n{body}\nprint(time.perf_counter() - began)"


def seconds(body: str) -> float:
    """What ``body`` takes in a new process."""
    root = str(Path(__file__).resolve().parent.parent)
    process = subprocess.run(
        [sys.executable, "-c", TIMED.format(body=body)], env=os.environ | {"PYTHONPATH": root}, capture_output=True, text=True, check=True
    )
    return float(process.stdout)


def measured(runs: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        files = {"model": str(model_file(Path(folder))), "picture": str(picture_file(Path(folder)))}
        rounds = [[seconds(body.format(**files)) for body in (IMPORT, OURS, THEIRS)] for _ in range(runs + 1)]
    alone, ours, theirs = np.array(rounds[1:]).T  # the first run fills the disk cache
    figures = {"import_seconds": alone, "first_prediction_seconds": ours, "hand_written_seconds": theirs}
    return {
        "name": "import_time", **ratio_of(ours, theirs), "runs": runs, "threads": 1,
        **{name: round(float(np.median(values)), 4) for name, values in figures.items()},
        "limits": {"import_seconds": 0.15, "first_prediction_seconds": 0.6}, "environment": environment(),
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    print(json.dumps(measured(parser.parse_args().runs)))
