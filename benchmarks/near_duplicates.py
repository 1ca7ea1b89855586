"""Near duplicates: how many planted ones are found and how many of those told are planted, on emoji and on generated scenes.

The ratio is the recall on emoji divided by the whole. What a check costs: check_dataset.py.
Run: python benchmarks/near_duplicates.py
"""
import json
import os
import sys
import tempfile
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


def scene(seed: int, side: int) -> np.ndarray:
    """Shapes on a shaded ground, somewhat noisy as photographs are."""
    random = np.random.default_rng(seed)
    image = np.linspace(random.integers(60, 200, 3), random.integers(60, 200, 3), side)[None].repeat(side, 0).astype(np.uint8).copy()
    for _ in range(7):
        x, y, radius = (int(value) for value in random.integers(0, side, 3))
        cv2.circle(image, (x, y), radius // 4 + 3, [int(value) for value in random.integers(0, 255, 3)], -1)
    return np.clip(image + random.normal(0, 4, image.shape), 0, 255).astype(np.uint8)


def quality(originals: list[Path], folder: Path, planted: int) -> dict[str, float]:
    """Precision and recall with ``planted`` originals changed in every way."""
    source = {path: path for path in originals}
    for path in originals[:: max(1, len(originals) // planted)][:planted]:
        for name, change in CHANGES.items():
            target = folder / f"{path.parent.name}-{path.stem}-{name}.png"
            cv2.imwrite(str(target), change(np.ascontiguousarray(read_image(path)[..., ::-1])))
            source[target] = path
    pairs = near_pairs(list(source))
    place = {path: number for number, cluster in enumerate(clusters(pairs).values()) for path in cluster}
    twins = [path for path in source if source[path] != path]
    hits = sum(path in place and place[path] == place.get(source[path]) for path in twins)
    return {"precision": round(sum(source[one] == source[other] for one, other in pairs) / max(1, len(pairs)), 4), "recall": round(hits / len(twins), 4)}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        emoji = [sample.path for split in load_dataset("emoji").splits for sample in split]
        scenes = []
        for number in range(400):
            scenes.append(root / "s" / f"{number}.png")
            scenes[-1].parent.mkdir(exist_ok=True)
            cv2.imwrite(str(scenes[-1]), scene(number, 120))
        found = {}
        for name, originals in (("emoji", emoji), ("scenes", scenes)):
            (root / name).mkdir()
            found[name] = quality(originals, root / name, 60)
    ratio = found["emoji"]["recall"]
    print(json.dumps({"name": "near_duplicates", "ratio": ratio, "interval": [ratio, ratio], "better": "higher", "runs": 1, "threads": os.cpu_count(), **found,
                      "environment": environment()}))  # fmt: skip


if __name__ == "__main__":
    main()
