"""Near duplicates: how many planted ones are found and how many of those told are planted, on emoji and on generated scenes.

Beside the planted ones lie pictures that only look alike: other glyphs, and of scenes a mirrored one, another moment of a recording, and flat ones of another
colour; a pair with one of them counts against precision. The ratio is the recall on emoji. What a check costs: check_dataset.py.
Run: python benchmarks/near_duplicates.py [--planted N] [--out FILE]
"""
import argparse
import json
import os
import sys
import tempfile
from datetime import date
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from predict_overhead import environment

from edukit.core.images import read_image
from edukit.data import load_dataset
from edukit.data.near_duplicates import clusters, near_pairs

CHANGES = {
    "resized": lambda image: cv2.resize(image, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA),
    "encoded": lambda image: cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_COLOR),
    "brighter": lambda image: np.clip(image.astype(np.float32) * 1.1, 0, 255).astype(np.uint8),
    "darker": lambda image: (image * 0.9).astype(np.uint8),
    "cropped": lambda image: image[round(0.05 * len(image)) :, round(0.05 * len(image[0])) :],
}
LOOKALIKES = {"mirrored": lambda image: image[:, ::-1], "moment": lambda image: _moment(image)}
FLAT = ((200, 40, 40), (40, 200, 40), (40, 40, 200), (120, 120, 40), (40, 120, 120))


def scene(seed: int, side: int) -> np.ndarray:
    """Shapes on a shaded ground, somewhat noisy as photographs are."""
    random = np.random.default_rng(seed)
    image = np.linspace(random.integers(60, 200, 3), random.integers(60, 200, 3), side)[None].repeat(side, 0).astype(np.uint8).copy()
    for _ in range(7):
        x, y, radius = (int(value) for value in random.integers(0, side, 3))
        cv2.circle(image, (x, y), radius // 4 + 3, [int(value) for value in random.integers(0, 255, 3)], -1)
    return np.clip(image + random.normal(0, 4, image.shape), 0, 255).astype(np.uint8)


def _moment(image: np.ndarray) -> np.ndarray:
    """Something came into the picture: a tenth of its side."""
    side = len(image)
    return cv2.circle(image.copy(), (side // 2, side // 2), side // 10, [(int(value) + 128) % 256 for value in image[side // 2, side // 2]], -1)


def quality(originals: list[Path], folder: Path, planted: int, *, lookalikes: bool = False) -> dict[str, float]:
    """Precision and recall with ``planted`` originals changed in every way, and with others that only look like them."""
    source = {path: path for path in originals}
    for path in originals[:: max(1, len(originals) // planted)][:planted]:
        image = np.ascontiguousarray(read_image(path)[..., ::-1])
        for name, change in (CHANGES | (LOOKALIKES if lookalikes else {})).items():
            target = folder / f"{path.parent.name}-{path.stem}-{name}.png"
            cv2.imwrite(str(target), change(image))
            source[target] = target if name in LOOKALIKES else path
    pairs = near_pairs(list(source))
    place = {path: number for number, cluster in enumerate(clusters(pairs).values()) for path in cluster}
    twins = [path for path in source if source[path] != path]
    hits = sum(path in place and place[path] == place.get(source[path]) for path in twins)
    wrong = sorted((one.name, other.name) for one, other in pairs if source[one] != source[other])
    missed = {name: sum(path not in place for path in twins if path.stem.endswith(name)) for name in CHANGES}
    return {"pictures": len(source), "precision": round(1 - len(wrong) / max(1, len(pairs)), 4), "recall": round(hits / len(twins), 4),
            "told": len(pairs), "wrong": wrong[:5], "missed": {name: count for name, count in missed.items() if count}}  # fmt: skip


def measured(planted: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        emoji = [sample.path for split in load_dataset("emoji").splits for sample in split]
        pictures = [scene(number, 120) for number in range(400)] + [np.full((120, 120, 3), colour, np.uint8) for colour in FLAT]
        scenes = [root / "s" / f"{number}.png" for number in range(len(pictures))]
        (root / "s").mkdir()
        for path, image in zip(scenes, pictures):
            cv2.imwrite(str(path), image)
        found = {}
        for name, originals in (("emoji", emoji), ("scenes", scenes)):
            (root / name).mkdir()
            found[name] = quality(originals, root / name, planted, lookalikes=name == "scenes")
    ratio = found["emoji"]["recall"]
    return {"name": "near_duplicates", "ratio": ratio, "interval": [ratio, ratio], "better": "higher", "runs": 1, "threads": os.cpu_count(), "planted": planted,
            **found, "date": date.today().isoformat(), "environment": environment()}  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--planted", type=int, default=60)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    answer = json.dumps(measured(arguments.planted))
    if arguments.out:
        arguments.out.write_text(answer + "\n", encoding="utf-8")
    print(answer)
