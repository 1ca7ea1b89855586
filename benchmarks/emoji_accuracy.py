"""How well does a network with ImageNet features know emoji glyphs that it has never seen, and one that starts from nothing?

EfficientNet-Lite0 (features frozen, head trained) against LeNet from scratch, both trained on the sample set emoji with several seeds and tested on
the unseen glyphs as three vendors draw them.
Run: python benchmarks/emoji_accuracy.py [--runs N] [--threads N] [--save FILE]
"""
import argparse
import json
import os
import platform
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

import edukit as ek
from edukit.comparison.machine import cpu_name
from edukit.core.files import write_json
from edukit.tasks.metrics import wilson_interval

SETS = ("emoji", "emoji-twemoji", "emoji-fluent")
SIDES = {
    "EfficientNet-Lite0": {"backbone": "EfficientNet-Lite0", "pretrained": True, "freeze": True, "epochs": 20},
    "LeNet": {"backbone": "LeNet", "epochs": 30},
}


def right_answers(name: str, seed: int, threads: int, folder: Path) -> dict[str, np.ndarray]:
    """Sample set to whether each test picture was named rightly, after one training."""
    trained = ek.train("emoji", **SIDES[name], random_seed=seed, threads=threads, out=folder / f"{name}-{seed}")
    found = {}
    for data in SETS:
        report = ek.evaluate(trained.best, data, threads=threads)
        wrong = {picture.path for picture in report.wrong}
        found[data] = np.array([sample.path not in wrong for sample in ek.load_dataset(data).test])
    print(name, "seed", seed, {data: round(float(right.mean()), 3) for data, right in found.items()}, flush=True)
    return found


def ratio_interval(ours: np.ndarray, theirs: np.ndarray) -> list[float]:
    """95 % interval of the ratio of mean accuracies, by bootstrap over seeds and over pictures, which both share; inputs (seeds, pictures)."""
    rng = np.random.default_rng(0)
    ratios = []
    for _ in range(4000):
        pictures = rng.integers(0, ours.shape[1], ours.shape[1])
        one, other = (side[rng.integers(0, len(side), len(side))][:, pictures].mean() for side in (ours, theirs))
        ratios.append(one / max(other, 1e-9))
    return [round(float(value), 3) for value in np.quantile(ratios, (0.025, 0.975))]


def table(right: dict[str, dict[str, np.ndarray]]) -> list[dict]:
    """One row for each network and set: mean and spread over seeds, and Wilson's interval for the number of pictures."""
    rows = []
    for name, sets in right.items():
        for data, answers in sets.items():
            tops = answers.mean(1)
            low, high = wilson_interval(round(tops.mean() * answers.shape[1]), answers.shape[1])
            rows.append({
                "network": name, "data": data, "pictures": answers.shape[1], "top1": round(float(tops.mean()), 4),
                "spread": round(float(tops.std(ddof=1)), 4) if len(tops) > 1 else None, "interval": [round(low, 3), round(high, 3)],
                "top1_by_seed": [round(float(top), 4) for top in tops],
            })  # fmt: skip
            print(f"{name:20} {data:14} top-1 {tops.mean():.3f} ± {tops.std(ddof=len(tops) > 1):.3f} over seeds, 95 % interval {low:.2f}..{high:.2f}")
    return rows


def measured(runs: int, threads: int) -> dict:
    """The answer: Lite0's accuracy on the training vendor's unseen glyphs ÷ LeNet's, and every figure behind it."""
    with tempfile.TemporaryDirectory() as folder:
        found = {name: [right_answers(name, seed, threads, Path(folder)) for seed in range(runs)] for name in SIDES}
    right = {name: {data: np.array([answers[data] for answers in seeds]) for data in SETS} for name, seeds in found.items()}
    ours, theirs = (right[name]["emoji"] for name in SIDES)
    return {
        "name": "emoji_accuracy", "ratio": round(float(ours.mean() / theirs.mean()), 3), "interval": ratio_interval(ours, theirs), "better": "higher",
        "runs": runs, "threads": threads, "environment": environment(), "table": table(right),
    }  # fmt: skip


def environment() -> dict:
    names = ("torch", "torchvision", "timm", "numpy", "opencv-python-headless", "pillow")
    return {
        "cpu": cpu_name(), "cores": os.cpu_count(), "os": platform.platform(), "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in names},
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="seeds")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--save", type=Path, help="a JSON file for the result")
    arguments = parser.parse_args()
    answer = measured(arguments.runs, arguments.threads)
    if arguments.save:
        write_json(arguments.save, answer)
    print(json.dumps(answer))
