"""Files that MMEdu 2.0 wrote, what it answered, and checkpoints in its layouts made of our networks' weights."""
import json
from pathlib import Path

import torch

from edukit.models import find_backbone, new_network

SHAPES = Path(__file__).parents[1] / "datasets" / "shapes"
PTH, ONNX, PICTURES = SHAPES / "model" / "shapes.pth", SHAPES / "model" / "shapes.onnx", SHAPES / "test_set"  # MMEdu's LeNet, its test pictures
CLASSES = ("circle", "square", "triangle")


def answers_in(path):
    """Pictures, and what MMEdu's inference said of each: ``{"pred_label", "pred_score", "pred_class"}``."""
    return [(SHAPES / name, answer) for name, answer in json.loads(path.read_text())]


ANSWERS = answers_in(SHAPES / "model" / "mmedu-answers.json")
MORE = next((folder / "shared" / "mmedu" for folder in SHAPES.parents if (folder / "shared" / "mmedu").is_dir()), SHAPES)  # larger files, not committed


def mobilenet_name(name):
    """A tensor of torchvision's MobileNetV2 as mmcls calls it."""
    parts, kinds = name.split("."), ("conv", "bn")
    if parts[0] == "classifier":
        return f"head.fc.{parts[2]}"
    number = int(parts[1])
    if number in (0, 18):
        return f"backbone.{'conv1' if number == 0 else 'conv2'}.{kinds[int(parts[2])]}.{parts[3]}"
    layer, block = next((layer, number - first) for layer, first in ((7, 17), (6, 14), (5, 11), (4, 7), (3, 4), (2, 2), (1, 1)) if number >= first)
    last = 1 if layer == 1 else 2
    inner = f"{parts[3]}.{kinds[int(parts[4])]}" if int(parts[3]) < last else f"{last}.{kinds[int(parts[3]) - last]}"
    return f"backbone.layer{layer}.{block}.conv.{inner}.{parts[-1]}"


def regnet_name(name):
    """A tensor of torchvision's RegNet as mmcls calls it."""
    parts = name.split(".")
    if parts[0] == "fc":
        return f"head.{name}"
    if parts[0] == "stem":
        return f"backbone.{('conv1', 'bn1')[int(parts[1])]}.{parts[2]}"
    stage, block = parts[2].removeprefix("block").split("-")
    if parts[3] == "proj":
        return f"backbone.layer{stage}.{block}.downsample.{parts[4]}.{parts[5]}"
    return f"backbone.layer{stage}.{block}.{('conv', 'bn')[int(parts[5])]}{'abc'.index(parts[4]) + 1}.{parts[6]}"


def resnet_name(name):
    """A tensor of torchvision's ResNet as mmcls calls it."""
    return f"head.{name}" if name.startswith("fc.") else f"backbone.{name}"


NAMERS = {"MobileNet": mobilenet_name, "ResNet18": resnet_name, "ResNet50": resnet_name, "RegNet": regnet_name}


def save_as_mmedu(path, layout, network=None, **meta):
    """Writes a network of ours as MMEdu would have; returns the network."""
    network = network or new_network(find_backbone(layout).describe(len(CLASSES)), pretrained=False)[0]
    state = {NAMERS[layout](name): value for name, value in network.state_dict().items()}
    torch.save({"meta": {"tool": "MMEdu2.0.0", "task": "Classification", "backbone": layout, "CLASSES": list(CLASSES), **meta}, "state_dict": state}, path)
    return network
