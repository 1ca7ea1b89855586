"""How fast does ``train`` learn beside the plain tutorial loop, and beside what the machine can do at all?

The loop is torch's ImageFolder and DataLoader with the same network, variations, batch and threads, its library of threads as torch has it without us; the
limit is the bare step on a fixed batch in the best of five ways (NCHW or NHWC, fp32 or bf16, the best of them also by one thread). Turn by turn, each in a
process of its own; epochs alone (the first and validation left out), and the whole call from the import on. Beside it the seconds of a frozen transfer on
200 pictures, ten epochs, start-up and looking at pictures included: goal 15.
Run: python benchmarks/train_throughput.py [--backbones LeNet ResNet18] [--sizes 64 224] [--threads N] [--pictures N] [--epochs N] [--rounds N] [--alone]
Without a word after --backbones: the frozen transfer alone. --alone (Linux, as root): all other work waits meanwhile.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from predict_overhead import environment

CLASSES, BATCH, FEW = 3, 16, 200

OURS = """
import os, sys, time, json
began = time.perf_counter()
import edukit as ek
folder, name, size, threads, epochs, out = sys.argv[1:7]
ends = []
def told(event):
    if event.unit == "epoch" and "val_top1" in event.values: ends.append(event.values["seconds"])
result = ek.train(
    folder, name, epochs=int(epochs), image_size=int(size), batch_size=%(batch)d, pretrained=False, validate=False, device="cpu",
    out=out, on_event=told,
)
print(json.dumps({"whole": time.perf_counter() - began, "epoch": sum(ends[1:]) / len(ends[1:]), "how": result.card.notes["arithmetic"]}))
"""

LOOP = """
import sys, time, json
began = time.perf_counter()
import torch
import edukit
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
from edukit.models import find_backbone, new_network
folder, name, size, threads, epochs, out = sys.argv[1:7]
torch.set_num_threads(int(threads)); size = int(size)
varied = transforms.Compose([
    transforms.Resize(size), transforms.CenterCrop(size), transforms.RandomHorizontalFlip(),
    transforms.RandomAffine(10, translate=(0.08, 0.08), scale=(0.85, 1.2)), transforms.ColorJitter(0.15, 0.15), transforms.ToTensor(),
    transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
])
loader = DataLoader(datasets.ImageFolder(folder + "/training_set", varied), batch_size=%(batch)d, shuffle=True)
network, _ = new_network(find_backbone(name).describe(%(classes)d, image_size=size), pretrained=False)
optimizer, loss = torch.optim.AdamW(network.parameters(), 1e-3), torch.nn.CrossEntropyLoss()
spent = []
for epoch in range(int(epochs)):
    start = time.perf_counter()
    for inputs, targets in loader:
        optimizer.zero_grad(); value = loss(network(inputs), targets); value.backward(); optimizer.step()
    spent.append(time.perf_counter() - start)
torch.save(network.state_dict(), out + ".pth")
print(json.dumps({"whole": time.perf_counter() - began, "epoch": sum(spent[1:]) / len(spent[1:])}))
"""

LIMIT = """
import sys, time, json, torch
from edukit.models import find_backbone, new_network
from edukit.training import arithmetic
folder, name, size, threads, epochs, out = sys.argv[1:7]
torch.set_num_threads(int(threads)); arithmetic.SECONDS = 4.0; arithmetic.BATCH, arithmetic.LARGE = %(batch)d, 10**6
network, _ = new_network(find_backbone(name).describe(%(classes)d, image_size=int(size)), pretrained=False)
speeds = arithmetic.measure(network, torch.device("cpu"), (3, int(size), int(size)), ["fp32", "bf16"])
print(json.dumps({"epoch": %(count)d / max(speeds.values()), "whole": 0, "speeds": speeds}))
"""

FROZEN = """
import json, os, sys, time
began = time.perf_counter()
import edukit as ek
folder, threads, out = sys.argv[1:4]
result = ek.train(folder, "EfficientNet-Lite0", epochs=10, pretrained=True, freeze=True, threads=int(threads), device="cpu", out=out)
print(json.dumps({"whole": time.perf_counter() - began, "training": result.seconds, "cpu": sum(os.times()[:4])}))
"""


def draw(folder: Path, count: int) -> None:
    """Photograph-like JPEGs of 320 x 240, some for validation."""
    import cv2

    rng = np.random.default_rng(0)
    for index in range(count + CLASSES * 2):
        path = folder / ("training_set" if index < count else "val_set") / f"class {index % CLASSES}" / f"{index}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        layers = [cv2.resize(rng.integers(0, 256, (side * 3, side * 4, 3)).astype(np.float32), (320, 240)) for side in (3, 20, 80)]
        cv2.imwrite(str(path), np.clip(np.average(layers, axis=0, weights=(4, 2, 1)), 0, 255).astype(np.uint8))


def interval(ratios: np.ndarray) -> list[float]:
    """Of the median, 95 %, by bootstrap."""
    rng = np.random.default_rng(0)
    medians = [np.median(rng.choice(ratios, len(ratios))) for _ in range(2000)]
    return [round(float(bound), 3) for bound in np.quantile(medians, (0.025, 0.975))]


def one(name: str, size: int, given: argparse.Namespace, folder: Path) -> dict:
    """A network at a size: all three, turn by turn."""
    found: dict[str, list[dict]] = {"ours": [], "loop": [], "limit": []}
    for turn in range(given.rounds):
        for which, code in (("ours", OURS), ("loop", LOOP), ("limit", LIMIT)):
            arguments = [str(folder), name, str(size), str(given.threads), str(given.epochs), str(folder.parent / f"{which}-{name}-{size}-{turn}")]
            code = code % {"batch": BATCH, "classes": CLASSES, "count": given.pictures}
            done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
            found[which].append(json.loads(done.stdout.splitlines()[-1]))
    epochs = {which: np.array([row["epoch"] for row in rows]) for which, rows in found.items()}
    whole = {which: np.array([row["whole"] for row in rows]) for which, rows in found.items()}
    ratios = {"of_loop": epochs["loop"] / epochs["ours"], "of_limit": epochs["limit"] / epochs["ours"], "whole_of_loop": whole["loop"] / whole["ours"]}
    how = found["ours"][-1]["how"]
    return {
        "backbone": name, "size": size, "images_per_s": round(given.pictures / float(np.median(epochs["ours"])), 1),
        **{ratio: [round(float(np.median(values)), 3), *interval(values)] for ratio, values in ratios.items()},
        "chosen": f"{how['memory_format']} {how['precision']}", "limit": {key: round(value, 1) for key, value in found["limit"][-1]["speeds"].items()},
    }  # fmt: skip


def frozen(given: argparse.Namespace, place: Path) -> dict:
    """Seconds of a whole frozen transfer, the median and its interval; ``cpu`` counts the processor's, which a busy machine changes less."""
    draw(place / "few", FEW)
    rows = []
    for turn in range(given.rounds):
        words = [str(place / "few"), str(given.threads), str(place / f"frozen-{turn}")]
        done = subprocess.run([sys.executable, "-c", FROZEN, *words], capture_output=True, text=True, check=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
    sides = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return {"pictures": FEW, "goal": 15} | {name: [round(float(np.median(values)), 2), *interval(values)] for name, values in sides.items()}


def measured(given: argparse.Namespace) -> dict:
    """All networks at all sizes."""
    began, rows = time.perf_counter(), []
    for switch in ("OMP_WAIT_POLICY", "ONEDNN_PRIMITIVE_CACHE_CAPACITY"):  # ours, set by an import of edukit: the loop knows nothing of them
        os.environ.pop(switch, None)
    os.environ["OMP_NUM_THREADS"] = str(given.threads)  # as many as there are; ours may take fewer
    if given.alone:  # the children inherit it
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    with tempfile.TemporaryDirectory() as place:
        draw(Path(place) / "pictures", given.pictures)
        for name in given.backbones:
            for size in given.sizes:
                rows.append(one(name, size, given, Path(place) / "pictures"))
                print(json.dumps(rows[-1]), flush=True)
        transfer = frozen(given, Path(place))
        print(json.dumps(transfer), flush=True)
    ratio = float(np.median([row["of_loop"][0] for row in rows])) if rows else transfer["goal"] / transfer["whole"][0]
    return {
        "name": "train_throughput", "ratio": round(ratio, 3), "better": "higher", "rows": rows, "frozen": transfer, "threads": given.threads,
        "rounds": given.rounds, "pictures": given.pictures, "epochs": given.epochs, "alone": given.alone,
        "seconds": round(time.perf_counter() - began), "environment": environment(),
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backbones", nargs="*", default=["LeNet", "MobileNetV3-Small", "ResNet18"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[64, 224])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pictures", type=int, default=240)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--alone", action="store_true", help="all other work of the machine waits meanwhile")
    print(json.dumps(measured(parser.parse_args())))
