"""Computes what the sample model's network makes of the pictures of emoji and of their variants, so that explorables answer at once.

    python datasets/build_sample_features.py

Training and validation pictures alone. The 64 directions in which the training pictures differ most keep the head as good as all 1,280 features do.
"""
from __future__ import annotations

from pathlib import Path

import numpy as np

import edukit as ek
from edukit.data.variants import PATTERNS, next_frame, on_pattern, saved_again
from edukit.training.bodies import Body, int8_body

OUT = Path(__file__).resolve().parent / "emoji" / "model" / "features.npz"
KEPT = 64


def main() -> None:
    body, dataset = Body(int8_body()), ek.load_dataset("emoji")
    chance = np.random.default_rng(0)
    found = {}
    for split in (dataset.train, dataset.validation):
        paths, own = [sample.path for sample in split], [dataset.classes.index(sample.label) for sample in split]
        any_number = chance.integers(0, PATTERNS, len(paths)).tolist()
        found[split.name] = body.features(paths)
        found[f"{split.name}_own"] = body.features([on_pattern(*one) for one in zip(paths, own)])
        if split.name == "train":
            found["train_any"] = body.features([on_pattern(*one) for one in zip(paths, any_number)])
        else:
            found["validation_other"] = body.features([on_pattern(path, number + 1) for path, number in zip(paths, own)])
            found["validation_again"] = body.features([saved_again(path) for path in paths])
            found["validation_frame"] = body.features([next_frame(path) for path in paths])
    mean = found["train"].mean(axis=0)
    _, sizes, axes = np.linalg.svd(found["train"] - mean, full_matrices=False)
    scale = 16 / sizes[:KEPT].mean()
    np.savez_compressed(OUT, allow_pickle=False, **{name: (scale * (rows - mean) @ axes[:KEPT].T).astype(np.float16) for name, rows in found.items()})
    print({name: len(rows) for name, rows in found.items()}, OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
