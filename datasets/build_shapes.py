"""Builds the training and validation pictures of the sample set shapes: dark circles, squares and triangles on light noise, of several widths and heights.

    python datasets/build_shapes.py

The test pictures are not built here: MMEdu 2.0.0 answered for them (``shapes/model/mmedu-answers.json``) with the network that it had trained on pictures
like these (``shapes/model/shapes.pth`` and ``shapes.onnx``), so they stay as they are.
"""
from __future__ import annotations

import argparse
import random
import shutil
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from PIL import __version__ as pillow_version
from sample_set import HERE, SPLITS, finish

SEED = 0
COUNTS = {"train": 40, "validation": 12}  # of a class
SIZES = ((160, 160), (200, 150), (120, 240), (320, 120))  # width and height
CLASSES = {"circle": "圆", "square": "正方形", "triangle": "三角形"}
NOTICE = """Pictures: drawn by datasets/build_shapes.py; the test pictures by the same recipe, earlier. Apache License 2.0 (LICENSE.txt).
Model: shapes.pth and shapes.onnx were written by MMEdu 2.0.0 (LeNet, hardly trained), mmedu-answers.json holds what it answered for the test pictures.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE, help="where the set's folder goes")
    folder = parser.parse_args().out / "shapes"
    for split, count in COUNTS.items():
        shutil.rmtree(folder / SPLITS[split], ignore_errors=True)
        for label in CLASSES:
            for number in range(count):
                path = folder / SPLITS[split] / label / f"{number:03d}.jpg"
                path.parent.mkdir(parents=True, exist_ok=True)
                drawn(label, random.Random(f"{SEED} {split} {label} {number}"), SIZES[number % len(SIZES)]).save(path, quality=80)
    card = {
        "name": "shapes", "title": {"en": "Shapes (a model of MMEdu's)", "zh": "几何图形（附 MMEdu 的旧模型）"},
        "task": "classification", "license": "Apache-2.0",
        "sources": [{"script": "datasets/build_shapes.py"}], "built_by": {"script": "datasets/build_shapes.py", "pillow": pillow_version, "seed": SEED},
        "class_names": {"en": dict(zip(CLASSES, CLASSES)), "zh": CLASSES},
    }  # fmt: skip
    finish(folder, card, notice=NOTICE, licence="Apache-2.0.txt")


def drawn(label: str, chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """One shape of a dark colour, whole, on noise of 8 × 8 light colours."""
    noise = np.array([chance.randrange(100, 256) for _ in range(8 * 8 * 3)], np.uint8).reshape(8, 8, 3)
    canvas = Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)
    radius = chance.uniform(0.2, 0.4) * min(size)
    x, y = (chance.uniform(radius, side - radius) for side in size)
    box, pen, colour = (x - radius, y - radius, x + radius, y + radius), ImageDraw.Draw(canvas), tuple(chance.randrange(100) for _ in range(3))
    if label == "triangle":
        pen.polygon([(x, box[1]), (box[0], box[3]), (box[2], box[3])], fill=colour)
    else:
        (pen.ellipse if label == "circle" else pen.rectangle)(box, fill=colour)
    return canvas


if __name__ == "__main__":
    main()
