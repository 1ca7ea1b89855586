"""ONNX files as XEdu's tools expect them: probabilities inside, ``MODEL_INFO`` beside our card, and sample code beside the file."""
from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edukit.conversion import convert
from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument, EdukitError, OutputExists
from edukit.core.files import user_path, write_bytes, write_text
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.models import CheckpointFile
from edukit.runtime import ONNX, inspect_model, load_onnx, settle_model
from edukit.runtime.mmedu import CODEBASE, NAMES
from edukit.runtime.onnx_graph import check_graph, serialize_with_card

if TYPE_CHECKING:
    import onnx

_FIRST_LINE = "# edukit.xedu"
_BASIC = """{first}
from edukit.xedu import Workflow as wf

mm = wf(task='{task}', checkpoint={file!r})
image = 'your_picture.jpg'
res, img = mm.inference(data=image, img_type='cv2')
result = mm.format_output(lang='zh')
mm.show(img)
"""
_CAMERA = """{first}
import cv2
from edukit.xedu import Workflow as wf

mm = wf(task='{task}', checkpoint={file!r})
cap = cv2.VideoCapture(0)
while cap.isOpened():
    ret, frame = cap.read()
    if not ret:
        break
    res, img = mm.inference(data=frame, img_type='cv2')
    mm.format_output(lang='zh')
cap.release()
"""


def room_for(target: Path, file: CheckpointFile, *, opset_version: int, ir_version: int) -> dict[str, Any] | None:
    """What a new ONNX file will say of its making, once there is room for it; None if the same file lies there already.

    A script that is run again writes the same name again, of weights that were trained again: a file of ours there is kept under a number.

    Raises:
        BadSuffix, OutputExists
    """
    options = {"for": "xedu", "opset_version": opset_version, "ir_version": ir_version}
    made = {"verb": "convert", "options": options, "inputs": {"checkpoint": file.sha256}}
    try:
        if settle_model(target, ONNX, source=file.path, overwrite=False, made=made):
            return None
    except OutputExists:
        with suppress(EdukitError):
            if (inspect_model(target).made or {}).get("options", {}).get("for") == "xedu":
                make_room(target)
        if target.exists():
            raise
    target.parent.mkdir(parents=True, exist_ok=True)
    return made


def make_room(path: Path) -> None:
    """Keeps an earlier file at ``path`` as ``<stem>-1``, or with the next number that is free."""
    number = 1
    while (kept := path.with_name(f"{path.stem}-{number}{path.suffix}")).exists():
        number += 1
    if path.exists():
        path.rename(kept)


def write_onnx(file: CheckpointFile, out: str | os.PathLike[str], *, opset_version: int, ir_version: int, codebase: str = CODEBASE) -> Path:
    """Converts a checkpoint by the verb ``convert``, which proves it, and adds softmax and ``MODEL_INFO``.

    Raises:
        BadArgument: A class name has quotes or backslashes, which BaseDeploy would run as code.
        BadSuffix, OutputExists, and what ``convert`` raises.
    """
    for name in file.card.classes:
        if set(name) & set("'\"\\"):
            raise BadArgument(name="classes", value=name, wanted=t("xedu.wanted.plain_name"))
    target = user_path(out, output=True)
    made = room_for(target, file, opset_version=opset_version, ir_version=ir_version)
    if made is None:
        return target
    helper, load = imported("onnx.helper"), imported("onnx").load
    with tempfile.TemporaryDirectory() as folder:
        plain = convert(file, Path(folder) / "plain.onnx", opset_version=opset_version)
        model, card = load(plain.path), load_onnx(plain.path).card
    scores = model.graph.output[0].name
    for node in model.graph.node:
        node.output[:] = ["logits" if name == scores else name for name in node.output]
        node.input[:] = ["logits" if name == scores else name for name in node.input]
    model.graph.node.append(helper.make_node("Softmax", ["logits"], [scores], axis=1))
    network = next((old for old, new in NAMES.items() if new == card.backbone), card.backbone)
    write_graph(target, model, card.replace(made=made), ir_version=ir_version, codebase=codebase, network=network)
    return target


def write_graph(target: Path, model: onnx.ModelProto, card: ModelCard, *, ir_version: int, codebase: str, network: str) -> None:
    """Writes a graph whose outputs are probabilities, with its card and ``MODEL_INFO``. Raises ``OutputNotWritable``, ``DiskFull``, ``GraphError``."""
    serialize_with_card(model, card.replace(scores="probabilities"), ir_version=ir_version)
    model.metadata_props.add(key="MODEL_INFO", value=json.dumps({"codebase": codebase, "modelname": network, "classes": list(card.classes)}))
    check_graph(model)
    write_bytes(target, model.SerializeToString())


def write_samples(path: Path, task: str) -> list[Path]:
    """Writes ``<stem>.py`` and ``<stem>_camera.py`` beside an ONNX file; code of the user's of that name stays."""
    written = []
    for ending, code in (("", _BASIC), ("_camera", _CAMERA)):
        target = path.with_name(f"{path.stem}{ending}.py")
        if target.exists() and not target.read_text("utf-8", errors="replace").startswith(_FIRST_LINE):
            continue
        write_text(target, code.format(first=_FIRST_LINE, task=task, file=path.name))
        written.append(target)
    return written
