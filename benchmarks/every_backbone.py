"""Every backbone goes the whole way on a sample set: two epochs, a third one resumed, conversion, INT8; parameters and accuracy stand in the table.

Run: python benchmarks/every_backbone.py [--dataset emoji] [--backbones LeNet …] [--workers N] [--threads N] [--device auto] [--out FILE.json]
The smallest networks first. FILE.json, and a table FILE.md, are written after every network; the whole rows that FILE.json holds are not measured again.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from predict_overhead import environment

STEPS = ("trains", "resumes", "converts", "quantizes")
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
    row = json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {"backbone": name, "parameters": 0, "seconds": 0, "error": done.stderr[-300:]}
    print(json.dumps(row), flush=True)
    return row


def whole(row: dict) -> bool:
    return all(row.get(step) for step in STEPS)


def table(rows: list[dict], dataset: str) -> str:
    """The rows in Markdown, for people."""
    head = ["network", "parameters", "starts from", *STEPS, "validation top-1", "test top-1", "INT8 test top-1", "INT8 agrees", "seconds"]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for row in rows:
        shares = ["" if row.get(key) is None else f"{row[key]:.1%}" for key in ("val_top1", "test_top1", "int8_top1", "int8_agreement")]
        marks = ["yes" if row.get(step) else "no" for step in STEPS]
        lines.append(f"| {' | '.join([row['backbone'], format(row['parameters'], ','), row.get('from', ''), *marks, *shares, str(row['seconds'])])} |")
    failed = [f"- {row['backbone']}: {row['error']}" for row in rows if row.get("error")]
    begin = f"# Every backbone on `{dataset}`: two epochs, a third one resumed, ONNX, INT8\n\nMade by benchmarks/every_backbone.py.\n"
    return "\n".join([begin, *lines, "", *failed]).rstrip() + "\n"


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

    parameters = {entry.name: entry.parameters for entry in sorted(edukit.backbones(), key=lambda entry: entry.parameters)}
    before = json.loads(given.out.read_text(encoding="utf-8")) if given.out and given.out.exists() else {}
    told = {"dataset": given.dataset, "threads": given.threads, "device": given.device}
    if before and told != {key: before[key] for key in told}:
        parser.error(f"{given.out} was measured with other options: {({key: before[key] for key in told})}")
    rows = {row["backbone"]: row for row in before.get("rows", []) if whole(row)}
    result: dict = {}

    def keep(row: dict) -> None:
        rows[row["backbone"]] = row | {"parameters": parameters[row["backbone"]]}
        ordered = [rows[name] for name in parameters if name in rows]
        ratio = sum(map(whole, ordered)) / len(ordered)
        told_here = {"workers": given.workers, **told, "environment": environment()}
        result.update({"name": "every_backbone", "ratio": ratio, "better": "higher", "rows": ordered, **told_here})
        if given.out:
            given.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
            given.out.with_suffix(".md").write_text(table(ordered, given.dataset), encoding="utf-8")

    left = [name for name in parameters if name in (given.backbones or parameters) and name not in rows]
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(given.workers) as pool:
        for row in pool.map(lambda name: one(name, given, Path(place)), left):
            keep(row)
    print(json.dumps(result or before))
