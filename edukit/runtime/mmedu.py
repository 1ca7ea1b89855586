"""What MMEdu 2.0 means by the files that it writes: how its pictures become inputs, and the cards of its ONNX files."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edukit.core.card import ModelCard
from edukit.core.errors import BadCard
from edukit.core.preprocess import Preprocess
from edukit.runtime.model_file import CARD_READERS, ModelFile
from edukit.runtime.onnx_file import OnnxFile

CODEBASE = "MMCls"  # of a classifier, in MODEL_INFO
NAMES = {"LeNet": "LeNet5", "RegNet": "RegNet"}  # MMEdu's name of a network to ours, where they differ
_GREY = Preprocess(size=(32, 32), fit="stretch", crop_share=1.0, mean=(33.46,), std=(78.87,), interpolation="bilinear")
_PILLOW = ("MobileNet",)  # its pipeline resizes with Pillow, the others' with OpenCV


def preprocess_of(network: str, size: tuple[int, int] | None = None) -> Preprocess:
    """How MMEdu's test pipeline prepares a picture for the network of that (MMEdu's) name.

    Args:
        network: ``"LeNet"``, ``"MobileNet"``, …
        size: Height and width of the input; MMEdu keeps 256/224 of the shorter side at any size.
    """
    if network == "LeNet":
        return _GREY
    return Preprocess(size=size or (224, 224), interpolation="pillow" if network in _PILLOW else "bilinear")


def class_list(classes: Any, path: object) -> tuple[str, ...]:
    """The class names in MMEdu's metadata. Raises ``BadCard`` for anything but texts."""
    if not isinstance(classes, Sequence) or isinstance(classes, str) or not all(isinstance(name, str) for name in classes):
        raise BadCard(path=path, field="classes", found=repr(classes)[:80])
    return tuple(classes)


def card_of(path: object, *, network: Mapping[str, Any], classes: tuple[str, ...], preprocess: Preprocess, scores: str) -> ModelCard:
    """The card of a classifier that MMEdu wrote. Raises ``BadCard``."""
    try:
        return ModelCard(network=network, classes=classes, preprocess=preprocess, scores=scores, notes={"written_by": "MMEdu"})
    except BadCard as error:
        raise BadCard(**(error.found | {"path": path})) from None


def _read_onnx(file: ModelFile) -> ModelCard | None:
    if not isinstance(file, OnnxFile) or file.foreign.get("codebase") != CODEBASE or not file.inputs:
        return None
    name, shape = str(file.foreign.get("modelname", "")), file.inputs[0].shape or ()
    sides = tuple(side for side in shape[2:] if isinstance(side, int))
    preprocess = preprocess_of(name, (sides[0], sides[1]) if len(sides) == 2 else None)
    classes = class_list(file.foreign.get("classes"), file.path)
    return card_of(file.path, network={"backbone": NAMES.get(name, name)}, classes=classes, preprocess=preprocess, scores="probabilities")


CARD_READERS.append(_read_onnx)
