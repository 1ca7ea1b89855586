"""Comparisons made by hand, and small pictures and models to measure."""
from pathlib import Path

import numpy as np

from edukit.comparison import ChangedPicture, Comparison, Measured, Percentiles, Ratio
from edukit.core.images import encode_png
from edukit.data import ClassLabel, Sample, Split
from tests.onnx_files import CLASSES


def measured(name="PyTorch", runtime="PyTorch", precision="fp32", *, top1=0.9, ms=18.0, size=13_600_000, agreement=1.0, count=96):
    times = Percentiles(ms, 1.1 * ms, 1.4 * ms) if ms else None
    interval = None if top1 is None else (max(0, top1 - 0.07), min(1, top1 + 0.05))
    rest = {"top5": 1.0, "agreement": agreement, "max_difference": 0.01}
    return Measured(
        path=Path(f"/models/{name}"), name=name, runtime=runtime, precision=precision, backbone="LeNet", size_bytes=size, count=count,
        figures={"top1": top1, "top1_interval": interval, **(dict.fromkeys(rest) if top1 is None else rest)}, latency_ms=times, inference_ms=times,
        throughput=1000 / ms if ms else None,
    )  # fmt: skip


def comparison(*models, changed=(), warnings=()):
    first = models[0]
    ratios = ()
    if first.latency_ms:
        factors = [first.latency_ms.p50 / model.latency_ms.p50 for model in models[1:]]
        ratios = tuple(Ratio(model.path, first.path, f, (0.95 * f, 1.05 * f)) for model, f in zip(models[1:], factors))
    environment = {"cpu": "A <cpu>", "threads": 1, "batch": 1, "runs": 200 if ratios else 0, "rounds": 20, "os": "Linux", "versions": {"python": "3.11"}}
    return Comparison(models=models, ratios=ratios, environment=environment, changed=changed, warnings=warnings)


def three(*, accuracy=True, speed=True):
    def values(top1, ms):
        return {"top1": top1 if accuracy else None, "ms": ms if speed else None}

    models = (
        measured("PyTorch", **values(0.905, 18.0)),
        measured("ONNX", "ONNX Runtime", **values(0.905, 7.0)),
        measured("ONNX INT8", "ONNX Runtime", "int8", size=3_900_000, agreement=0.98, **values(0.898, 3.1)),
    )
    changed = (ChangedPicture(Path("/pictures/a.webp"), "cat", "cat", "dog", models[2].path),) * 2 if accuracy else ()
    return comparison(*models, changed=changed)


def pictures(folder: Path, count: int = 9, *, classes=CLASSES, warnings=()) -> Split:
    rng = np.random.default_rng(0)
    samples = []
    for number in range(count):
        path = folder / f"图 {number}.png"
        path.write_bytes(encode_png(rng.integers(0, 255, (40, 60, 3), np.uint8) // (1 + number % 3)))
        samples.append(Sample(path, ClassLabel(classes[number % len(classes)], number % len(classes))))
    return Split("test", tuple(samples), tuple(classes), "made", folder, {}, warnings)
