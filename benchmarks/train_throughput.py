"""How fast does ``train`` learn beside the plain tutorial loop, and beside what the machine can do at all?

The loop is torch's ImageFolder and DataLoader with the same network, variations, batch and threads, its library of threads as torch has it without us. The
limit is the bare step (forward, backward, AdamW's update; no pictures, no figures) on a fixed batch, as many steps as an epoch of ours has, the last one as
small as ours, in the best of four ways (NCHW or NHWC, fp32 or bf16), in an environment and with memory as ours has them.
Turn by turn, each in a process of its own, the networks too; epochs alone (the first and validation left out), and the whole call from the import on, on as
many pictures. Beside it the seconds of a frozen transfer on 200 pictures, ten epochs, start-up and looking at pictures included: goal 15.
Full run, a quarter of an hour at most: python benchmarks/train_throughput.py --out benchmarks/results/train_throughput.json
Others: [--backbones LeNet ResNet18] [--sizes 64 224] [--threads N] [--pictures N] [--epochs N] [--rounds N] [--minutes N] [--alone]
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
FEW_STEPS, LEAST = 4, 2  # of an epoch whose steps take a second; rounds, whatever time they take

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
import sys, time, json
import edukit, torch
from edukit.models import find_backbone, new_network
from edukit.training import arithmetic, memory
folder, name, size, threads, epochs, out = sys.argv[1:7]
memory.kept_memory().__enter__()
torch.set_num_threads(int(threads)); arithmetic.BATCH, arithmetic.LARGE = %(batch)d, 10**6
network, _ = new_network(find_backbone(name).describe(%(classes)d, image_size=int(size)), pretrained=False)
shape, cpu = (3, int(size), int(size)), torch.device("cpu")
speeds = arithmetic.measure(network, cpu, shape, ["fp32", "bf16"], arithmetic.LAYOUTS)
memory_format, precision = max(speeds, key=speeds.get).split()
how = arithmetic.Arithmetic(memory_format=memory_format, precision=precision)
counts = [%(batch)d] * (%(count)d // %(batch)d) + [%(count)d %% %(batch)d] * bool(%(count)d %% %(batch)d)
steps = {count: arithmetic.step_of(network, cpu, (count, *shape), how) for count in set(counts)}
spent = [sum(steps[count]() for count in counts) for epoch in range(int(epochs))]
print(json.dumps({"epoch": sum(spent[1:]) / len(spent[1:]), "whole": 0, "speeds": speeds}))
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


def turn(name: str, size: int, number: int, given: argparse.Namespace, place: Path) -> dict[str, dict]:
    """A network at a size: what each of the three gives."""
    pictures, found = pictures_of(name, size, given), {}
    for which, code in (("ours", OURS), ("loop", LOOP), ("limit", LIMIT)):
        arguments = [place / str(pictures), name, size, given.threads, given.epochs, place / f"{which}-{name}-{size}-{number}"]
        code = code % {"batch": BATCH, "classes": CLASSES, "count": pictures}
        done = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=True)
        found[which] = json.loads(done.stdout.splitlines()[-1])
    return found


def pictures_of(name: str, size: int, given: argparse.Namespace) -> int:
    """Fewer where a step takes a second."""
    return min(given.pictures, FEW_STEPS * BATCH) if (name, size) == ("ResNet18", 224) else given.pictures


def row(name: str, size: int, turns: list[dict[str, dict]], given: argparse.Namespace) -> dict:
    """What the turns of a network at a size come to."""
    epochs, whole = ({which: np.array([one[which][span] for one in turns]) for which in turns[0]} for span in ("epoch", "whole"))
    ratios = {"of_loop": epochs["loop"] / epochs["ours"], "of_limit": epochs["limit"] / epochs["ours"], "whole_of_loop": whole["loop"] / whole["ours"]}
    how, pictures = turns[-1]["ours"]["how"], pictures_of(name, size, given)
    return {
        "backbone": name, "size": size, "pictures": pictures, "turns": len(turns), "images_per_s": round(pictures / float(np.median(epochs["ours"])), 1),
        **{ratio: [round(float(np.median(values)), 3), *interval(values)] for ratio, values in ratios.items()},
        "limit_of_loop": round(float(np.median(epochs["loop"] / epochs["limit"])), 3),
        "whole_s": {which: round(float(np.median(whole[which])), 2) for which in ("ours", "loop")},
        "chosen": f"{how['memory_format']} {how['precision']}",
        "limit": {key: round(value, 1) for key, value in turns[-1]["limit"]["speeds"].items()},
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
    began = time.perf_counter()
    for switch in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "ONEDNN_PRIMITIVE_CACHE_CAPACITY"):  # ours, set by an import of edukit: the loop knows nothing of them
        os.environ.pop(switch, None)
    os.environ["OMP_NUM_THREADS"] = str(given.threads)
    if given.alone:  # the children inherit it
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    turns: dict[tuple[str, int], list[dict[str, dict]]] = {(name, size): [] for name in given.backbones for size in given.sizes}
    with tempfile.TemporaryDirectory() as place:
        for count in {pictures_of(name, size, given) for name, size in turns}:
            draw(Path(place) / str(count), count)
        for number in range(given.rounds if turns else 0):
            if number >= LEAST and (time.perf_counter() - began) * (number + 1) / number > 60 * given.minutes:
                break
            for name, size in turns:
                turns[name, size].append(turn(name, size, number, given, Path(place)))
                print(json.dumps(row(name, size, turns[name, size], given)), flush=True)
        rows = [row(name, size, found, given) for (name, size), found in turns.items()]
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
    parser.add_argument("--minutes", type=float, default=14, help="no further round is begun that would end later")
    parser.add_argument("--out", type=Path, help="a file for the result, beside the last line")
    parser.add_argument("--alone", action="store_true", help="all other work of the machine waits meanwhile")
    given = parser.parse_args()
    result = measured(given)
    if given.out:
        given.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result))
