"""Checkpoints that MMEdu 2.0 wrote: which network their weights are, read off names and shapes, and what its layers are called here. No torch."""
from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from edukit.core.card import ModelCard
from edukit.models.checkpoint_file import CheckpointFile
from edukit.runtime.mmedu import NAMES, card_of, class_list, preprocess_of
from edukit.runtime.model_file import CARD_READERS, ModelFile

Shapes = Mapping[str, tuple[int, ...]]
_BLOCKS = {(2, 2, 2, 2, False): "ResNet18", (3, 4, 6, 3, True): "ResNet50"}  # in each layer, and whether they have three convolutions
_MOBILENET_BLOCKS = (1, 2, 3, 4, 3, 3, 1)
_BLOCK = re.compile(r"layer(\d)\.(\d+)\.(.*)")


def layout_of(shapes: Shapes) -> str | None:
    """The network, by MMEdu's name, that tensors of these names and shapes make; None if it is none that can be read."""
    if shapes.get("backbone.features.6.weight", ())[:1] == (120,) and "backbone.classifier.2.weight" in shapes:
        return "LeNet"
    if "backbone.conv1.conv.weight" in shapes and tuple(_depths(shapes)) == _MOBILENET_BLOCKS:
        return "MobileNet"
    stem = shapes.get("backbone.conv1.weight", ())
    three = "backbone.layer1.0.conv3.weight" in shapes
    if stem[2:] == (7, 7):
        return _BLOCKS.get((*_depths(shapes), three))  # type: ignore[arg-type]
    return "RegNet" if stem[2:] == (3, 3) and three and "backbone.layer1.0.downsample.0.weight" in shapes else None


def our_names(shapes: Shapes) -> tuple[str | None, dict[str, str]]:
    """The network of a file of MMEdu's by its name there, and what each tensor is called in ours; None and nothing for any other file."""
    layout = layout_of(shapes)
    rename = {"MobileNet": _mobilenet, "RegNet": _regnet}.get(layout or "", str)
    head = "classifier.1." if layout == "MobileNet" else "fc."
    names: dict[str, str] = {}
    try:
        if layout:
            names = {name: head + name[8:] if name.startswith("head.fc.") else rename(name.removeprefix("backbone.")) for name in shapes}
    except (ValueError, KeyError, IndexError):  # names that no network of MMEdu's has
        return None, {}
    return (layout, names) if len(set(names.values())) == len(names) else (None, {})


def describe_layout(shapes: Shapes, layout: str) -> dict[str, Any]:
    """The network as a card describes it; of RegNet depth and width are read off the weights.

    Args:
        shapes: Of the file's tensors, by our names.
        layout: As ``layout_of`` told it.
    """
    if layout != "RegNet":
        return {"backbone": NAMES.get(layout, layout)}
    depths = [sum(name.startswith(f"trunk_output.block{stage}.") and name.endswith(".f.a.0.weight") for name in shapes) for stage in (1, 2, 3, 4)]
    middle = [shapes.get(f"trunk_output.block{stage}.block{stage}-0.f.b.0.weight", (0, 0)) for stage in (1, 2, 3, 4)]
    return {"builder": "regnet", "backbone": "RegNet", "depths": depths, "widths": [one[0] for one in middle], "group_widths": [one[1] for one in middle]}


def _depths(shapes: Shapes) -> list[int]:
    found: dict[int, set[int]] = {}
    for name in shapes:
        if part := _BLOCK.match(name.removeprefix("backbone.")):
            found.setdefault(int(part[1]), set()).add(int(part[2]))
    return [len(found[layer]) for layer in sorted(found)]


def _mobilenet(name: str) -> str:
    """torchvision numbers the blocks through and writes a block's last convolution without a pair around it."""
    kinds = {"conv": "0", "bn": "1"}
    if not (part := _BLOCK.match(name)):
        outer, kind, rest = name.split(".", 2)
        return f"features.{0 if outer == 'conv1' else 18}.{kinds[kind]}.{rest}"
    layer, block = int(part[1]), int(part[2])
    number, last = 1 + sum(_MOBILENET_BLOCKS[: layer - 1]) + block, 1 if layer == 1 else 2
    _, place, kind, rest = part[3].split(".", 3)
    inner = f"{place}.{kinds[kind]}" if int(place) < last else str(last + int(kinds[kind]))
    return f"features.{number}.conv.{inner}.{rest}"


def _regnet(name: str) -> str:
    if not (part := _BLOCK.match(name)):
        return name.replace("conv1.", "stem.0.").replace("bn1.", "stem.1.")
    kind, rest = part[3].split(".", 1)
    inner = f"proj.{rest}" if kind == "downsample" else f"f.{'abc'[int(kind[-1]) - 1]}.{int(kind.startswith('bn'))}.{rest}"
    return f"trunk_output.block{part[1]}.block{part[1]}-{int(part[2])}.{inner}"


def _read_checkpoint(file: ModelFile) -> ModelCard | None:
    if not isinstance(file, CheckpointFile):
        return None
    meta, layout = file.foreign, file.layout
    if layout is None:
        return None
    outputs = next(shape[0] for name, shape in file.shapes.items() if name in ("fc.weight", "classifier.1.weight", "classifier.2.weight"))
    classes = class_list(meta["CLASSES"], file.path) if "CLASSES" in meta else tuple(map(str, range(outputs)))
    return card_of(file.path, network=describe_layout(file.shapes, layout), classes=classes, preprocess=preprocess_of(layout), scores="logits")


CARD_READERS.append(_read_checkpoint)
