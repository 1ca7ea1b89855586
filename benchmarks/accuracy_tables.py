"""The two accuracy tables of the course for this machine: top-1 and top-5 of every form of some networks with their sizes, and the best three answers of every
form for single pictures. Each network is trained on a sample set, converted with and without simplifying and quantized; all forms answer the test pictures.

Run: python benchmarks/accuracy_tables.py [--networks EfficientNet-Lite0 ShuffleNet_v2 LeNet] [--epochs 10] [--pictures 16] [--threads 1] [--out FILE.md]
"""
import argparse
import tempfile
from importlib.metadata import version
from pathlib import Path

import edukit as ek
from edukit.comparison.accuracy_results import AccuracyComparison
from edukit.comparison.machine import machine_facts
from edukit.core.files import write_text

FORMS = ("PyTorch", "ONNX", "ONNX-sim", "INT8")


def forms(network: str, data: str, epochs: int, threads: int, folder: Path) -> list[Path]:
    """One training and what becomes of it: the checkpoint, the graph as exported, the simplified one, and INT8."""
    best = ek.train(data, network, epochs=epochs, threads=threads, out=folder / "run").best
    plain = ek.convert(best, folder / "plain.onnx", simplify=False).path
    simple = ek.convert(best, folder / "simple.onnx").path
    return [best, plain, simple, ek.quantize(simple, folder / "int8.onnx", calibration=data).path]


def megabytes(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.2f}"


def rows_of(network: str, data: str, files: list[Path], found: AccuracyComparison) -> list[str]:
    """One row a form: size, both shares with their count, the difference from PyTorch with its interval, agreement."""
    rows = []
    for file, model in zip(files, found.models):
        gap = found.gap(model, "top1")
        apart = f"{gap.difference:+.3f} [{gap.interval[0]:+.3f}, {gap.interval[1]:+.3f}]" if gap else ""
        tops = [f"{model.figures[name]:.1%}" for name in ("top1", "top5")]
        same = [f"{model.figures['agreement']:.1%}", f"{model.figures['max_difference']:.1e}"]
        cells = [network, data, model.name, megabytes(file), *tops, str(model.count), apart, *same]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def answers(found: AccuracyComparison, count: int) -> list[str]:
    """One row a picture: every form's best three labels and how sure it is, those first that differ."""
    heads = ["picture", *(model.name for model in found.models)]
    rows = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    for one in found.pictures[:count]:
        cells = ["<br>".join(f"{label} {score:.5f}" for label, score in zip(answer.labels, answer.scores)) for answer in one.answers]
        rows.append(f"| {one.label}: {one.path.name} | {' | '.join(cells)} |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", default=["EfficientNet-Lite0", "ShuffleNet_v2", "LeNet"])
    parser.add_argument("--data", default="emoji")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--pictures", type=int, default=16)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "accuracy_tables.md")
    given = parser.parse_args()
    heads = ["network", "data", "form", "MB", "top-1", "top-5", "pictures", "top-1 against PyTorch [95 %]", "same answer", "largest difference"]
    table, single = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"], list[str]()
    with tempfile.TemporaryDirectory() as place:
        for network in given.networks:
            files = forms(network, given.data, given.epochs, given.threads, Path(place) / network)
            found = ek.compare_accuracy(files, given.data, names=FORMS, threads=given.threads)
            table += rows_of(network, given.data, files, found)
            single += [f"## {network}: the best three answers", "", *answers(found, given.pictures), ""] if not single else []
            print(found, flush=True)
    where = machine_facts({name: version(name) for name in ("torch", "onnx", "onnxruntime", "numpy")})
    lines = [
        "# Accuracy of every form", "", f"Made by benchmarks/accuracy_tables.py on {where['date'][:10]}, {where['cpu']}, {given.epochs} epochs, "
        + ", ".join(f"{name} {number}" for name, number in where["versions"].items()) + ".", "", *table, "", *single,
    ]  # fmt: skip
    write_text(given.out, "\n".join(lines))


if __name__ == "__main__":
    main()
