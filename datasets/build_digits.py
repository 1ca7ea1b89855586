"""Builds the sample set digits: the 1,797 handwritten digits of 8 x 8 pixels that come with scikit-learn, as PNG in ImageNet format.

    python datasets/build_digits.py
"""
from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np
import sklearn
from PIL import Image
from PIL import __version__ as pillow_version
from sample_set import HERE, SPLITS, finish, fresh_folder
from sklearn.datasets import load_digits

SHARES = {"test": 0.2, "validation": 0.1}
SEED = 0
LEVELS = 16  # the source counts ink from 0 to 16
NOTICE = """Pictures: Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak), test part, UCI Machine Learning Repository, as distributed with
scikit-learn under the BSD 3-Clause License (LICENSE.txt). https://scikit-learn.org https://archive.ics.uci.edu/dataset/80
Changes: grey levels 0..16 scaled to 0..255, saved as PNG, split 70/10/20 by datasets/build_digits.py.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE, help="where the set's folder goes")
    folder = fresh_folder(parser.parse_args().out / "digits")
    source = load_digits()
    for number, split in places(source.target).items():
        path = folder / SPLITS[split] / str(source.target[number]) / f"{number:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.round(source.images[number] * 255 / LEVELS).astype(np.uint8)).save(path, optimize=True)
    digits = [str(digit) for digit in range(10)]
    card = {
        "name": "digits", "title": {"en": "Handwritten digits", "zh": "手写数字"}, "task": "classification", "license": "BSD-3-Clause",
        "sources": [{"registry": "PyPI", "package": "scikit-learn", "version": sklearn.__version__}],
        "built_by": {"script": "datasets/build_digits.py", "pillow": pillow_version, "seed": SEED},
        "class_names": {"en": dict(zip(digits, digits)), "zh": dict(zip(digits, digits))},
    }  # fmt: skip
    finish(folder, card, notice=NOTICE, licence="BSD-3-scikit-learn.txt")


def places(labels: np.ndarray) -> dict[int, str]:
    """Picture number to split: every digit divided alike."""
    found: dict[int, str] = {}
    for digit in range(10):
        numbers = [int(number) for number in np.flatnonzero(labels == digit)]
        random.Random(f"{SEED} {digit}").shuffle(numbers)
        ends = np.cumsum([round(SHARES[split] * len(numbers)) for split in SHARES])
        for place, number in enumerate(numbers):
            found[number] = next((split for split, end in zip(SHARES, ends) if place < end), "train")
    return dict(sorted(found.items()))


if __name__ == "__main__":
    main()
