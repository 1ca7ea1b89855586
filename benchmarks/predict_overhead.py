"""What does ``model.predict(path)`` cost beside a hand-written loop of cv2 and ONNX Runtime that gives the same answer?

EfficientNet-Lite0 at 224 pixels, a JPEG of 640 x 480, batch 1; both in one process on the same thread count, turn by turn.
Run: python benchmarks/predict_overhead.py [--threads N] [--runs N]
"""
import argparse
import json
import platform
import tempfile
import time
from pathlib import Path

import numpy as np

import edukit  # noqa: F401 - silences every library's telemetry before it is imported
from edukit.core.card import ModelCard
from edukit.runtime import load_onnx

BACKBONE, CLASSES = "EfficientNet-Lite0", tuple("abcdef")
WARM_UP = 20


def model_file(folder: Path) -> Path:
    """The network as ONNX; its weights do not matter here."""
    from edukit.conversion import convert
    from edukit.models import find_backbone, new_network, save_checkpoint

    network, _ = new_network(find_backbone(BACKBONE).describe(len(CLASSES)), pretrained=False)
    save_checkpoint(folder / "model.pth", network.eval(), ModelCard(backbone=BACKBONE, classes=CLASSES, preprocess=find_backbone(BACKBONE).preprocess))
    return convert(folder / "model.pth").path


def picture_file(folder: Path) -> Path:
    """A JPEG of 640 x 480 with the detail of a photograph."""
    import cv2

    rng = np.random.default_rng(0)
    layers = [cv2.resize(rng.integers(0, 256, (side * 3, side * 4, 3)).astype(np.float32), (640, 480), interpolation=cv2.INTER_CUBIC) for side in (3, 20, 80)]
    cv2.imwrite(str(folder / "picture.jpg"), np.clip(np.average(layers, axis=0, weights=(4, 2, 1)), 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 90])
    return folder / "picture.jpg"


class HandWritten:
    """What an engineer would write for this one model."""

    def __init__(self, path: Path, card: ModelCard, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.name = self.session.get_inputs()[0].name
        self.mean = np.array(card.preprocess.mean, np.float32)
        self.std = np.array(card.preprocess.std, np.float32)
        self.share = card.preprocess.crop_share

    def __call__(self, path: str) -> str:
        import cv2

        image = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
        height, width = image.shape[:2]
        side = round(min(height, width) * self.share)
        top, left = (height - side) // 2, (width - side) // 2
        image = cv2.resize(image[top : top + side, left : left + side], (224, 224), interpolation=cv2.INTER_AREA)
        batch = np.ascontiguousarray(((image.astype(np.float32) - self.mean) / self.std).transpose(2, 0, 1)[None])
        return CLASSES[int(self.session.run(None, {self.name: batch})[0].argmax())]


def seconds(call, path: str) -> float:
    began = time.perf_counter()
    call(path)
    return time.perf_counter() - began


def measured(threads: int, runs: int) -> dict:
    """The answer: the median over turns of theirs ÷ ours, and a 95 % interval of it (bootstrap)."""
    with tempfile.TemporaryDirectory() as folder:
        model, picture = load_onnx(model_file(Path(folder)), threads=threads), str(picture_file(Path(folder)))
        hand = HandWritten(model.path, model.card, threads)
        assert hand(picture) == model.predict(picture).label
        turns = []
        for turn in range(runs + WARM_UP):
            sides = (model.predict, hand) if turn % 2 else (hand, model.predict)  # neither side always comes first
            first, second = (seconds(side, picture) for side in sides)
            turns.append((first, second) if turn % 2 else (second, first))
    ours, theirs = np.array(turns[WARM_UP:]).T
    print(f"ours   {1 / np.median(ours):8.1f} pictures/s\ntheirs {1 / np.median(theirs):8.1f} pictures/s")
    return {
        "name": "predict_overhead", **ratio_of(ours, theirs), "runs": runs, "threads": threads, "environment": environment(),
    }  # fmt: skip


def ratio_of(ours: np.ndarray, theirs: np.ndarray) -> dict:
    """How many times as fast ours is in the median of the turns, with its 95 % interval (bootstrap)."""
    ratios, rng = theirs / ours, np.random.default_rng(0)
    medians = [np.median(rng.choice(ratios, len(ratios))) for _ in range(2000)]
    interval = [round(float(bound), 4) for bound in np.quantile(medians, (0.025, 0.975))]
    return {"ratio": round(float(np.median(ratios)), 4), "better": "higher", "interval": interval}


def environment() -> dict:
    import cv2
    import onnxruntime

    versions = {"python": platform.python_version(), "onnxruntime": onnxruntime.__version__, "opencv": cv2.__version__, "numpy": np.__version__}
    return {"machine": platform.machine(), "system": platform.system()} | versions


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", type=int, default=600)
    arguments = parser.parse_args()
    print(json.dumps(measured(arguments.threads, arguments.runs)))
