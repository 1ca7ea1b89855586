"""Every backbone goes the whole way on a sample set: two epochs, a third one resumed, conversion, INT8; parameters and accuracy stand in the table.

Run: python benchmarks/every_backbone.py [--dataset emoji] [--backbones LeNet …] [--workers N] [--threads N] [--device auto] [--out FILE.json]
"""
import argparse
import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from predict_overhead import environment

ONE = """
import json, sys, time
import edukit as ek
name, dataset, threads, device, out = sys.argv[1:6]
row, began = {"backbone": name, "parameters": ek.models.find_backbone(name).parameters}, time.perf_counter()
try:
    told = {"threads": int(threads), "device": device, "out": out + "/run"}
    ek.train(dataset, name, epochs=2, **told); row["trains"] = True
    trained = ek.train(dataset, name, epochs=3, resume=True, **told); row["resumes"] = len(trained.history) == 3
    row["from"], row["val_top1"] = trained.card.notes["pretrained"] or "nothing", trained.history[-1]["val_top1"]
    converted = ek.convert(trained.best, out + "/model.onnx"); row["converts"] = converted.gate.passed
    small = ek.quantize(converted, out + "/int8.onnx", calibration=dataset).to_dict(); row["quantizes"] = True
    row |= {"test_top1": small["top1_before"], "int8_top1": small["top1_after"], "int8_agreement": small["agreement"]}
except Exception as error:
    row["error"] = f"{type(error).__name__}: {error}"[:300]
print(json.dumps(row | {"seconds": round(time.perf_counter() - began, 1)}))
"""


def one(name: str, given: argparse.Namespace, place: Path) -> dict:
    """A backbone's row, from a process of its own."""
    words = [name, given.dataset, str(given.threads), given.device, str(place / name)]
    done = subprocess.run([sys.executable, "-c", "import edukit.models\n" + ONE, *words], capture_output=True, text=True)
    row = json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {"backbone": name, "error": done.stderr[-300:]}
    print(json.dumps(row), flush=True)
    return row


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="emoji")
    parser.add_argument("--backbones", nargs="*")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    import edukit

    names, began = given.backbones or [entry.name for entry in edukit.backbones()], time.perf_counter()
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(given.workers) as pool:
        rows = list(pool.map(lambda name: one(name, given, Path(place)), names))
    whole = [row for row in rows if all(row.get(step) for step in ("trains", "resumes", "converts", "quantizes"))]
    result = {
        "name": "every_backbone", "ratio": len(whole) / len(rows), "better": "higher", "rows": rows, "dataset": given.dataset, "threads": given.threads,
        "workers": given.workers, "device": given.device, "seconds": round(time.perf_counter() - began), "environment": environment(),
    }  # fmt: skip
    if given.out:
        given.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result))
