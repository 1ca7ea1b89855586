"""A folder that runs on any device: the model, small programs that need no edukit, and a golden picture by which the device is checked."""
from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.card import CLASSIFICATION, ModelCard
from edukit.core.errors import WrongTask
from edukit.core.files import json_text, user_path
from edukit.core.i18n import t
from edukit.core.images import encode_png, read_image
from edukit.core.parameters import verb
from edukit.core.preprocess import UInt8Image
from edukit.core.results import Result
from edukit.data.exporting import Content, filling
from edukit.models.inputs import ModelLike, model_file
from edukit.runtime import NCNN, ONNX, OPENVINO, OnnxFile
from edukit.runtime.folder_file import FolderFile
from edukit.runtime.formats import as_onnx, format_of, load_file

PROGRAMS = ("basic.py", "camera.py", "check.py", "session.py")
_SESSIONS = {ONNX.name: "session-onnx.py", OPENVINO.name: "session-openvino.py", NCNN.name: "session-ncnn.py"}  # by the model's format
_SOURCES = Path(__file__).parent / "sample_code"
_TOLERANCES = {"fp32": 1e-3, "int8": 0.1}  # of an output, relative to the largest: processors without VNNI round INT8 in another way
_PIXEL = 1.01  # grey levels; OpenCV's versions round in their own ways


@dataclass(frozen=True)
class SampleCode(Result):
    """What ``write_sample_code`` wrote.

    Args:
        path: The folder or zip.
        files: Names of the files in it.
        label: What the model says of the golden picture.
    """

    path: Path
    files: tuple[str, ...]
    label: str

    def __str__(self) -> str:
        return t("conversion.sample_code", path=self.path, label=self.label)


@verb
def write_sample_code(
    model: ModelLike,
    out: str | os.PathLike[str] | None = None,
    *,
    picture: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
) -> SampleCode:
    """Writes a folder with the model, its card, sample programs that need only NumPy, OpenCV and the model's runtime, and a golden picture.

    ``basic.py`` recognises picture files, ``camera.py`` what a camera sees, and ``check.py`` proves on a device that golden.png still becomes the
    same input (golden-input.bin) and the same outputs (golden.json).

    Args:
        model: An ONNX file, or an OpenVINO's or ncnn's folder, for classification.
        out: The folder, or a name that ends in .zip; by default beside the model. A folder is replaced only if it was written here.
        picture: The golden picture; None draws one.
        overwrite: Replace what was written there before.

    Raises:
        NotAnOnnxFile, WrongTask, OutputExists, OutputNotWritable, and what loading a model or reading a picture raises.

    Example:
        >>> write_sample_code("emoji-int8.onnx", "board").files[:3]
        ('basic.py', 'camera.py', 'check.py')
    """
    found = model_file(model, need_card=True)
    file = found if isinstance(found, FolderFile) else as_onnx(found)
    if file.card.task != CLASSIFICATION:
        raise WrongTask(path=file.path, found=file.card.task, wanted=CLASSIFICATION)
    beside = file.path.parent if isinstance(file, FolderFile) else file.path
    target = user_path(out, output=True) if out is not None else beside.with_name(f"{beside.stem}-sample")
    loaded = load_file(file)
    golden = read_image(picture) if picture is not None else _drawn(file.card)
    if isinstance(file, OnnxFile):
        own = {"model.onnx": file.path, **{name: file.path.with_name(name) for name in file.external_data}}
    else:
        own = {f"model{path.suffix}": path for path in (file.path, file.weights)}
    label, files = _golden(file, loaded, golden)
    programs: dict[str, Content] = {name: _SOURCES / f"{_SESSIONS[format_of(file.path).name] if name == 'session.py' else name}.txt" for name in PROGRAMS}
    with filling(target, overwrite) as put:
        for name, content in {**programs, **own, **files}.items():
            put(name, content)
    return SampleCode(target, (*programs, *own, *files), label)


def _golden(file: OnnxFile | FolderFile, model: Any, picture: UInt8Image) -> tuple[str, dict[str, Content]]:
    """The label of a picture; and the card, the input and the outputs that belong to it, and the picture itself, as files."""
    batch, shape = model.prepare(picture)
    outputs = model.run(batch)
    embeds = isinstance(file, OnnxFile) and file.embeds_preprocess
    given: np.ndarray[Any, Any] = batch[0] if embeds else batch
    names = [one.name for one in file.outputs] if isinstance(file, OnnxFile) else list(outputs)
    label = str(model.predict(picture, top=1).label)
    png, numbers = encode_png(picture), np.ascontiguousarray(given, given.dtype.newbyteorder("<")).tobytes()
    relative = _TOLERANCES.get(model.card.precision, _TOLERANCES["fp32"])
    tolerance = {name: relative * max(1.0, float(np.abs(values).max())) for name, values in outputs.items()}
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in (("golden.png", png), ("golden-input.bin", numbers))}
    shown = model.card.class_names.get("zh", {}).get(label, label)
    described = {
        "picture": "golden.png", "picture_shape": [*shape, 3], "channels": "RGB",
        "input": {"name": file.inputs[0].name, "file": "golden-input.bin", "type": str(given.dtype), "shape": list(given.shape), "byte_order": "little"},
        "outputs": {name: values.tolist() for name, values in zip(names, outputs.values())}, "label": shown,
        "tolerance": {"input": 0.0 if embeds else _PIXEL / min(model.card.preprocess.std)} | dict(zip(names, tolerance.values())),
        "sha256": hashes | {f"model{file.path.suffix}": file.sha256},
    }  # fmt: skip
    return label, {"card.json": model.card.to_json(), "golden-input.bin": numbers, "golden.json": json_text(described, indent=1), "golden.png": png}


def _drawn(card: ModelCard) -> UInt8Image:
    """Blotches with soft edges, neither square nor of the input's size, so that every step of the preprocessing has work."""
    height, width = (side * 3 // 2 + 5 for side in card.preprocess.size)
    rows, columns = np.linspace(0, 9, height)[:, None], np.linspace(0, 7, width)[None]
    planes = [np.sin(rows * (1 + one) + phase) * np.cos(columns * (2 - one) - phase) for phase, one in enumerate((0.0, 0.4, 0.9))]
    return np.ascontiguousarray(((np.stack(planes, -1) + 1) * 127.5).astype(np.uint8))
