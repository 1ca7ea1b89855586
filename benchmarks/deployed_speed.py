"""How much faster than PyTorch is the same network in the form that is deployed, and what does that cost in accuracy?

ResNet18 at 224 pixels, batch 1, equal threads: PyTorch (eager), ONNX Runtime, OpenVINO and ncnn, FP32 and INT8. The network learns generated pictures;
top-1 and agreement with PyTorch are those on 1,000 test pictures. Each form runs in a process of its own, turn by turn; what is timed is the network alone.
By the clock the figures mean something on an idle machine only, or with --alone (Linux, as root): then all other work waits while a form is timed.
``computing_ms``, what all threads computed, hardly depends on other work. ``products_ms``: what the INT8 products of all convolutions take alone in
ONNX Runtime, as matrices of their sizes.
Run: python benchmarks/deployed_speed.py [--threads N] [--rounds N] [--models FOLDER] [--more NAME=FILE …] [--alone] [--save FILE]
"""
import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime as ort

import edukit as ek
from edukit.comparison.machine import cpu_name
from edukit.comparison.process import measuring_environment
from edukit.core.files import write_json
from edukit.models import save_checkpoint

CLASSES = ("columns", "dots", "lines", "slopes", "squares")
LEARNT = {"training_set": 60, "val_set": 8}     # of each class, parts of patterns: a network of this kind learns them and knows the whole
TESTED = {"training_set": 20, "test_set": 200}  # whole patterns; the first show the range of values
SIDE, PART = 224, 96
RUNS = 10            # of one form in a turn
MOST_LOST = 0.005    # top-1 that a form may lose
FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_tile", "amx_int8", "amx_bf16")

CHILD = """
import sys, time
import numpy as np
import edukit as ek
model = ek.load_model(sys.argv[1], threads=int(sys.argv[2]))
batch = np.random.default_rng(0).normal(size=(1, 3, 224, 224)).astype(np.float32)
for _ in range(20):
    model.run(batch)
print(model.runtime, flush=True)
for line in sys.stdin:
    spent = []
    for _ in range(int(line) + 1):
        began, used = time.perf_counter(), time.process_time()
        model.run(batch)
        spent += [1000 * (time.perf_counter() - began), 1000 * (time.process_time() - used)]
    print(*spent[2:], flush=True)  # the first has the caches of the others
"""


def draw(kind: str, side: int, rng: np.random.Generator) -> np.ndarray:
    """A pattern of two colours, its width, place and slant left to chance, under noise: (side, side, 3), uint8."""
    rows, columns = np.mgrid[:side, :side] + rng.uniform(0, SIDE, (2, 1, 1))
    turn, width = rng.uniform(-0.25, 0.25), rng.uniform(6, 20)
    down, right = rows * np.cos(turn) - columns * np.sin(turn), rows * np.sin(turn) + columns * np.cos(turn)
    waves = {"lines": down, "columns": right, "slopes": down + right}.get(kind)
    mark = np.sin(down / width * np.pi) * np.sin(right / width * np.pi) if waves is None else np.sin(waves / width * np.pi)
    share = (np.abs(mark) > 0.7 if kind == "dots" else mark > 0)[..., None]
    first, second = rng.integers(40, 216, (2, 3))
    return np.clip(np.where(share, first, second) + rng.normal(0, 30, (side, side, 3)), 0, 255).astype(np.uint8)


def pictures(folder: Path, counts: dict[str, int], side: int) -> Path:
    """A generated set, in ImageNet format."""
    rng = np.random.default_rng(side)
    for part, count in counts.items():
        for name in CLASSES:
            (folder / part / name).mkdir(parents=True)
            for number in range(count):
                cv2.imwrite(str(folder / part / name / f"{number:04}.png"), draw(name, side, rng))
    return folder


def trained(path: Path) -> None:
    """Writes a checkpoint of a network that knows the patterns, for pictures of 224 pixels."""
    with tempfile.TemporaryDirectory() as folder:
        data = pictures(Path(folder) / "parts", LEARNT, PART)
        best = ek.train(data, backbone="ResNet18", pretrained=False, epochs=10, image_size=PART, batch_size=16, threads=2, out=Path(folder) / "run").best
        model = ek.load_model(best)
        save_checkpoint(path, model.network, model.card.replace(preprocess=replace(model.card.preprocess, size=(SIDE, SIDE))))


def forms(folder: Path, data: Path) -> dict[str, Path]:
    """The network in all its forms; one that lies in ``folder`` already is kept."""
    checkpoint = folder / "resnet18.pth"
    if not checkpoint.exists():
        trained(checkpoint)
    onnx = ek.convert(checkpoint, folder / "resnet18.onnx")
    small = ek.quantize(onnx, folder / "resnet18-int8.onnx", calibration=data)
    others = {
        "OpenVINO": ek.convert(checkpoint, folder / "openvino", backend="OpenVINO"),
        "OpenVINO INT8": ek.convert(small, folder / "openvino-int8", backend="OpenVINO"),
        "ncnn": ek.convert(checkpoint, folder / "ncnn", backend="NCNN"),
    }
    return {"PyTorch": checkpoint, "ONNX": onnx.path, "ONNX INT8": small.path} | {name: done.path for name, done in others.items()}


def products(path: Path, threads: int) -> float:
    """Milliseconds of the INT8 products of all convolutions of an ONNX file, each as one product of matrices."""
    model = onnx.shape_inference.infer_shapes(onnx.load(path))
    shapes = {one.name: [size.dim_value for size in one.type.tensor_type.shape.dim] for one in model.graph.value_info}
    weights = {one.name: one.dims for one in model.graph.initializer}
    options, rng, spent = ort.SessionOptions(), np.random.default_rng(0), 0.0
    options.intra_op_num_threads = threads
    for node in (node for node in model.graph.node if node.op_type == "Conv"):
        outputs, *taps = weights[node.input[1]]
        rows, depth = int(np.prod(shapes[node.output[0]][2:])), int(np.prod(taps))
        kinds = (("a", onnx.TensorProto.UINT8, [rows, depth]), ("c", onnx.TensorProto.INT32, None))
        values = [onnx.helper.make_tensor_value_info(*one) for one in kinds]
        stored = onnx.numpy_helper.from_array(rng.integers(-64, 64, (depth, outputs), np.int8), "b")
        graph = onnx.helper.make_graph([onnx.helper.make_node("MatMulInteger", ["a", "b"], ["c"])], "product", values[:1], values[1:], [stored])
        product = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
        session = ort.InferenceSession(product.SerializeToString(), options, providers=["CPUExecutionProvider"])
        bound = session.io_binding()
        bound.bind_cpu_input("a", rng.integers(0, 256, (rows, depth), np.uint8))
        bound.bind_output("c")
        found = []
        for _ in range(30):
            began = time.perf_counter()
            session.run_with_iobinding(bound)
            found.append(1000 * (time.perf_counter() - began))
        spent += float(np.median(found))
    return spent


def times(models: dict[str, Path], threads: int, rounds: int) -> dict[str, np.ndarray]:
    """Milliseconds of each form by the clock and of all its threads' computing, (rounds, runs, 2), turn by turn."""
    environment = measuring_environment(threads)
    children = {
        name: subprocess.Popen([sys.executable, "-c", CHILD, path, str(threads)], stdin=-1, stdout=-1, text=True, bufsize=1, env=environment)
        for name, path in models.items()
    }
    spent = {name: [] for name in models}
    for child in children.values():
        child.stdout.readline()
    for _ in range(rounds):
        for name, child in children.items():
            child.stdin.write(f"{RUNS}\n")
            spent[name].append(np.array(child.stdout.readline().split(), float).reshape(-1, 2))
    for child in children.values():
        child.stdin.close()
        child.wait()
    return {name: np.array(rows) for name, rows in spent.items()}


def ratio(theirs: np.ndarray, ours: np.ndarray) -> dict:
    """PyTorch's time ÷ this form's: the median over rounds, and its 95 % interval by bootstrap over rounds, in which both met the same load."""
    ratios = np.median(theirs, 1) / np.median(ours, 1)
    rng = np.random.default_rng(0)
    medians = [np.median(rng.choice(ratios, len(ratios))) for _ in range(2000)]
    return {"ratio": round(float(np.median(ratios)), 3), "interval": [round(float(bound), 3) for bound in np.quantile(medians, (0.025, 0.975))]}


def measured(threads: int, rounds: int, models: Path | None, more: dict[str, Path], alone: bool) -> dict:
    """The answer: the best form's ratio that loses no more than is allowed, and the table behind it."""
    with tempfile.TemporaryDirectory() as scratch:
        data = pictures(Path(scratch) / "patterns", TESTED, SIDE)
        found = forms(models or Path(scratch), data) | more
        answers = ek.compare(list(found.values()), data, accuracy_only=True, threads=threads, batch_size=1).models
        if alone:  # the children inherit it
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        spent = times(found, threads, rounds)
        floor = products(found["ONNX"], threads)
    table = [
        {
            "form": name, "runtime": answer.runtime, "precision": answer.precision, "size_bytes": answer.size_bytes, "pictures": answer.count,
            "top1": round(answer.top1, 4), "lost": round(answers[0].top1 - answer.top1, 4), "agreement": answer.agreement,
            "max_difference": float(f"{answer.max_difference:.2g}"), "ms": round(float(np.median(spent[name][..., 0])), 2),
            "fastest_ms": round(float(spent[name][..., 0].min()), 2), "computing_ms": round(float(np.median(spent[name][..., 1])), 2),
            **ratio(spent["PyTorch"][..., 0], spent[name][..., 0]),
        }
        for name, answer in zip(found, answers)
    ]  # fmt: skip
    for row in table:
        print(f"{row['form']:14} {row['ms']:7.2f} ms  × {row['ratio']:.2f} {row['interval']}  top-1 {row['top1']:.3f}  agreement {row['agreement']:.3f}")
    best = max((row for row in table if row["lost"] <= MOST_LOST), key=lambda row: row["ratio"])
    return {
        "name": "deployed_speed", "ratio": best["ratio"], "interval": best["interval"], "better": "higher", "best": best["form"],
        "runs": rounds * RUNS, "threads": threads, "alone": alone, "products_ms": round(floor, 3), "environment": environment(), "table": table,
    }  # fmt: skip


def environment() -> dict:
    cpuinfo = Path("/proc/cpuinfo")
    flags = cpuinfo.read_text().partition("flags")[2].partition("\n")[0].split() if cpuinfo.exists() else []
    names = ("torch", "onnxruntime", "openvino", "ncnn", "pnnx", "numpy")
    return {
        "cpu": cpu_name(), "cores": os.cpu_count(), "instructions": [flag for flag in FLAGS if flag in flags], "load_before": round(os.getloadavg()[0], 1),
        "os": platform.platform(), "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in names},
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--models", type=Path, help="a folder that keeps the models for the next time")
    parser.add_argument("--more", nargs="*", default=[], metavar="NAME=FILE", help="other forms of the same network")
    parser.add_argument("--alone", action="store_true", help="all other work of the machine waits meanwhile")
    parser.add_argument("--save", type=Path, help="a JSON file for the result")
    arguments = parser.parse_args()
    others = {name: Path(file) for name, _, file in (one.partition("=") for one in arguments.more)}
    answer = measured(arguments.threads, arguments.rounds, arguments.models, others, arguments.alone)
    if arguments.save:
        write_json(arguments.save, answer)
    print(json.dumps(answer))
