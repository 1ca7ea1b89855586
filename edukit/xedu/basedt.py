"""BaseDT's helpers for scripts that run ONNX Runtime themselves: ``ImageData``, ``ModelData``, ``imshow_det_bboxes``."""
from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edukit.core.errors import BadArgument
from edukit.core.images import as_image
from edukit.core.preprocess import Float32Array, Preprocess, UInt8Image
from edukit.runtime import inspect_model
from edukit.runtime.mmedu import class_list, preprocess_of
from edukit.xedu.answers import as_type, font, from_cv2

_DETECTORS = {"ssd_lite": Preprocess(size=(320, 320), fit="stretch", crop_share=1.0, interpolation="bilinear")}


class ImageData:
    """A picture on its way into an ONNX file.

    Args:
        data_source: A path, or an array as OpenCV gives it.
        backbone: The network that it is prepared for, by MMEdu's name.
        size, mean, std: In place of the network's own.
    """

    def __init__(self, data_source: Any, backbone: str = "MobileNet", size: Any = None, mean: Any = None, std: Any = None, **_: Any) -> None:
        self.image = as_image(from_cv2(data_source))
        prepared = _DETECTORS.get(backbone.lower()) or preprocess_of({"lenet": "LeNet", "mobilenet": "MobileNet"}.get(backbone.lower(), backbone))
        side = (size, size) if isinstance(size, int) else tuple(size) if size else prepared.size
        self.preprocess = replace(prepared, size=side, mean=tuple(mean or prepared.mean), std=tuple(std or prepared.std))

    def to_tensor(self) -> Float32Array:
        """The input (1, channels, height, width)."""
        return self.preprocess(self.image)

    def map_orig_coords(self, boxes: Any) -> NDArray[np.float64]:
        """Boxes (x1, y1, x2, y2, score, …) of the input in pixels of the picture; what follows the four corners stays."""
        found = np.array(boxes, np.float64)
        found[..., :4] = self.preprocess.placement(self.image.shape).to_image(found[..., :4])
        return found


class ModelData:
    """What an ONNX file tells of its model.

    Args:
        model_path: A file of ours or MMEdu's.
    """

    def __init__(self, model_path: str | os.PathLike[str]) -> None:
        self.file = inspect_model(model_path)

    def get_labels(self) -> list[str]:
        """The classes, in the order of the outputs, also of a detector that MMEdu wrote. Raises ``NoCard``, ``BadCard``."""
        told = self.file.foreign.get("classes")
        return list(class_list(told, self.file.path) if told else self.file.card.classes)


def imshow_det_bboxes(
    img: Any, bboxes: Any, labels: Any, class_names: Sequence[str] | None = None, score_thr: float = 0.3, **_: Any
) -> UInt8Image:
    """The picture (BGR, as given) with boxes whose score is at least ``score_thr``, each with its class and score; no window is opened.

    Raises:
        BadArgument: Boxes and labels are not as many, or a label has no name.
    """
    from PIL import Image, ImageDraw

    canvas = Image.fromarray(as_image(from_cv2(img)))
    pen = ImageDraw.Draw(canvas)
    rows, kinds = np.atleast_2d(np.asarray(bboxes, np.float64)), np.atleast_1d(np.asarray(labels, np.int64))
    if rows.shape[-1] < 4 or (rows.size and len(rows) != len(kinds)) or (class_names is not None and kinds.size and int(kinds.max()) >= len(class_names)):
        raise BadArgument(name="labels", value=len(kinds), wanted=len(rows))
    for row, kind in zip(rows, kinds):
        score = float(row[4]) if len(row) > 4 else 1.0
        if score < score_thr:
            continue
        (left, right), (top, bottom) = sorted(row[[0, 2]].round()), sorted(row[[1, 3]].round())
        pen.rectangle((left, top, right, bottom), outline=(0, 200, 0), width=2)
        name = class_names[kind] if class_names is not None else str(kind)
        pen.text((left, max(0, top - 18)), f"{name} {score:.2f}", font=font(14), fill=(0, 200, 0))  # OpenCV's own letters are Latin alone
    return as_type(np.asarray(canvas), "cv2")
