"""Files and folders that nobody should trust, made by small functions: each takes the path to write and writes it."""
import functools
import io
import json
import os
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

import cv2
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from edukit.core.card import METADATA_KEY
from tests.onnx_files import card, network

CLASSES = ("circle", "square", "triangle")
SPLITS = {"training_set": 12, "val_set": 4, "test_set": 4}


def picture(path: Path, label: int = 0, seed: int = 0, side: int = 40) -> Path:
    """A coloured figure on noise: what a classifier could learn."""
    generator = np.random.default_rng(seed * 7 + label)
    image = generator.integers(0, 60, (side, side, 3), dtype=np.uint8)
    colour = tuple(int(value) for value in np.roll([230, 90, 40], label))
    cv2.circle(image, (side // 2, side // 2), side // 4 + seed % 5, colour, -1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".jpg" if path.suffix.lower() in (".jpg", ".jpeg") else ".png", image)[1].tobytes())
    return path


def imagenet(folder: Path, classes=CLASSES, splits=SPLITS) -> Path:
    """A good dataset in the ImageNet form."""
    for number, (split, count) in enumerate(splits.items()):
        for label, name in enumerate(classes):
            for seed in range(count):
                picture(folder / split / name / f"{seed}.png", label, seed + 100 * number)
    return folder


def plain(folder: Path, classes=CLASSES, count: int = 12) -> Path:
    """A good dataset of plain class folders."""
    for label, name in enumerate(classes):
        for seed in range(count):
            picture(folder / name / f"{seed}.png", label, seed)
    return folder


# pictures


def _jpeg() -> bytes:
    return cv2.imencode(".jpg", np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))[1].tobytes()


def _png(width: int, height: int, *, body: bytes = b"") -> bytes:
    """A PNG that claims a size, whatever its body holds."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body or zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def _tiff_bomb() -> bytes:
    with io.BytesIO() as stream:
        Image.new("1", (40_000, 40_000)).save(stream, "TIFF", compression="group4")
        return stream.getvalue()


BAD_PICTURES = {
    "zero-bytes.jpg": lambda: b"",
    "text.jpg": lambda: b"this is no picture",
    "html.png": lambda: b"<html><script>alert(1)</script></html>",
    "svg.png": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    "program.jpg": lambda: b"MZ" + bytes(range(256)) * 8,
    "zip.webp": lambda: b"PK\x03\x04" + bytes(200),
    "truncated.jpg": lambda: _jpeg()[: len(_jpeg()) // 2],
    "only-signature.jpg": lambda: b"\xff\xd8\xff\xe0",
    "only-signature.png": lambda: b"\x89PNG\r\n\x1a\n",
    "only-signature.gif": lambda: b"GIF89a",
    "only-signature.bmp": lambda: b"BM",
    "only-signature.webp": lambda: b"RIFF\0\0\0\0WEBP",
    "truncated.png": lambda: _png(40, 40)[:60],
    "broken-body.png": lambda: _png(40, 40, body=b"not deflated"),
    "bomb.png": lambda: _png(60_000, 60_000),
    "bomb.tiff": _tiff_bomb,
    "no-size.png": lambda: _png(0, 0),
    "huge-claim.jpg": lambda: _jpeg().replace(b"\x00\x40\x00\x40", b"\xff\xff\xff\xff", 1),
    "noise.jpg": lambda: b"\xff\xd8\xff\xe0" + np.random.default_rng(1).bytes(5000),
    "noise.gif": lambda: b"GIF89a" + np.random.default_rng(2).bytes(3000),
    "noise.tiff": lambda: b"II*\0" + np.random.default_rng(3).bytes(3000),
    "noise.webp": lambda: b"RIFF" + struct.pack("<I", 3000) + b"WEBPVP8 " + np.random.default_rng(4).bytes(3000),
}  # fmt: skip


def bad_picture(name: str, folder: Path) -> Path:
    """One of BAD_PICTURES in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(_bytes_of(name))
    return folder / name


@functools.cache
def _bytes_of(name: str) -> bytes:
    return BAD_PICTURES[name]()


# datasets: what is wrong with each is in its name


def _one_class(folder: Path) -> None:
    plain(folder, CLASSES[:1])


def _loose_pictures(folder: Path) -> None:
    for number in range(5):
        picture(folder / f"{number}.png", 0, number)


def _only_junk(folder: Path) -> None:
    picture(folder / ".ipynb_checkpoints" / "1.png")
    picture(folder / "__MACOSX" / "2.png")
    (folder / "Thumbs.db").write_bytes(b"x")


def _empty_class(folder: Path) -> None:
    plain(folder)
    (folder / "nothing").mkdir()


def _class_missing_from_test(folder: Path) -> None:
    imagenet(folder)
    for path in sorted((folder / "test_set" / "square").iterdir()):
        path.unlink()
    (folder / "test_set" / "square").rmdir()


def _class_missing_from_validation(folder: Path) -> None:
    imagenet(folder)
    (folder / "val_set" / "square").rename(folder / "val_set" / "hexagon")


def _without(split: str):
    def make(folder: Path) -> None:
        imagenet(folder, splits={name: count for name, count in SPLITS.items() if name != split})

    return make


def _labels_disagree(folder: Path) -> None:
    imagenet(folder)
    (folder / "classes.txt").write_text("\n".join(CLASSES))
    for split, name in (("training_set", "train.txt"), ("val_set", "val.txt"), ("test_set", "test.txt")):
        lines = [f"{path.parent.name}/{path.name} 0" for path in sorted((folder / split).rglob("*.png"))]
        (folder / name).write_text("\n".join(lines))


def _classes_file_is_noise(folder: Path) -> None:
    imagenet(folder)
    (folder / "classes.txt").write_bytes(np.random.default_rng(5).bytes(400))


def _with_bad_pictures(folder: Path) -> None:
    imagenet(folder)
    for name in BAD_PICTURES:
        for split in SPLITS:
            bad_picture(name, folder / split / "circle")


def _endless_links(folder: Path) -> None:
    folder.mkdir()
    (folder / "a").symlink_to(folder, target_is_directory=True)
    (folder / "b").symlink_to(folder / "b")


def _pipes(folder: Path) -> None:
    for label in CLASSES:
        (folder / label).mkdir(parents=True)
        os.mkfifo(folder / label / "picture.jpg")


BAD_DATASETS = {
    "empty": lambda folder: folder.mkdir(),
    "a-file": lambda folder: folder.write_text("no folder"),
    "one-class": _one_class,
    "loose-pictures": _loose_pictures,
    "only-junk": _only_junk,
    "empty-class": _empty_class,
    "class-missing-from-test": _class_missing_from_test,
    "class-missing-from-validation": _class_missing_from_validation,
    "no-training": _without("training_set"),
    "no-validation": _without("val_set"),
    "no-test": _without("test_set"),
    "labels-disagree": _labels_disagree,
    "classes-file-is-noise": _classes_file_is_noise,
    "bad-pictures": _with_bad_pictures,
    "endless-links": _endless_links,
    "pipes": _pipes,
}  # fmt: skip


# checkpoints


class _RunsCode:
    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self):
        return Path.touch, (self.proof,)


def proof_of(path: Path) -> Path:
    """The file that would exist if the code in a hostile checkpoint had run."""
    return path.with_name(path.name + ".was-run")


def _zipped(entries: dict[str, bytes]) -> bytes:
    with io.BytesIO() as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, data in entries.items():
                archive.writestr(name, data)
        return stream.getvalue()


def _torch_bomb() -> bytes:
    """Three megabytes that unpack to 750."""
    import torch

    small = io.BytesIO(checkpoint({"state_dict": {"a": torch.zeros(1)}}))
    with io.BytesIO() as stream:
        with zipfile.ZipFile(small) as stored, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name in stored.namelist():
                archive.writestr(name, stored.read(name))
            for number in range(1, 4):
                with archive.open(f"archive/data/{number}", "w") as entry:
                    for _ in range(250):
                        entry.write(bytes(1_000_000))
        return stream.getvalue()


def checkpoint(content) -> bytes:
    """A .pth as torch writes it."""
    import torch

    with io.BytesIO() as stream:
        torch.save(content, stream)
        return stream.getvalue()


def _with_card(**changes) -> bytes:
    import torch

    values = json.loads(card(classes=CLASSES).to_json()) | changes
    return checkpoint({METADATA_KEY: values, "state_dict": {"weight": torch.zeros(3, 3)}})


BAD_CHECKPOINTS = {
    "empty": lambda path: b"",
    "text": lambda path: b"weights",
    "pickle-code": lambda path: pickle.dumps(_RunsCode(proof_of(path))),
    "zip-pickle-code": lambda path: _zipped({"archive/data.pkl": pickle.dumps({"state_dict": _RunsCode(proof_of(path))}), "archive/version": b"3"}),
    "pickle-bomb": lambda path: b"\x80\x02" + b"(" * 200_000 + b"l" * 200_000 + b".",
    "zip-without-list": lambda path: _zipped({"archive/nothing": b""}),
    "zip-empty": lambda path: _zipped({}),
    "zip-truncated": lambda path: _with_card()[:-400],
    "torchscript": lambda path: _zipped({"archive/data.pkl": b"", "archive/constants.pkl": b"", "archive/code/__torch__.py": b"import os"}),
    "bomb": lambda path: _torch_bomb(),
    "whole-module": lambda path: _whole_module(),
    "no-card": lambda path: checkpoint({"state_dict": {}}),
    "another-network": lambda path: _with_card(),
    "unknown-backbone": lambda path: _with_card(backbone="VGG99"),
    "another-task": lambda path: _with_card(task="detection"),
    "card-of-text": lambda path: checkpoint({METADATA_KEY: "__import__('os').system('true')", "state_dict": {}}),
    "card-without-classes": lambda path: _with_card(classes=[]),
    "card-with-huge-input": lambda path: _with_card(preprocess=card().preprocess.to_dict() | {"size": [10**9, 10**9]}),
    "onnx-inside": lambda path: network().SerializeToString(),
}  # fmt: skip


def _whole_module() -> bytes:
    import torch

    return checkpoint(torch.nn.Linear(2, 2))


# ONNX files


def _onnx(model=None, *, with_card: str | None = None) -> bytes:
    model = model or network(classes=len(CLASSES))
    text = card(classes=CLASSES).to_json() if with_card is None else with_card
    if text:
        model.metadata_props.add(key=METADATA_KEY, value=text)
    return model.SerializeToString()


def _external(location: str) -> bytes:
    model = network(classes=len(CLASSES))
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return _onnx(model)


def _nan_weights() -> bytes:
    return _onnx(network(weights=np.full((3, 3), np.nan, np.float32)))


def _foreign_operator() -> bytes:
    model = network(classes=len(CLASSES))
    model.graph.node[0].op_type, model.graph.node[0].domain = "RunCommand", "evil.example"
    model.opset_import.add(domain="evil.example", version=1)
    return _onnx(model)


def _huge_constant() -> bytes:
    """A few bytes of model that would fill 3.6 GB, on the way to an output of the right shape."""
    model = network(classes=len(CLASSES))
    graph = model.graph
    graph.initializer.append(numpy_helper.from_array(np.array([30_000, 30_000], np.int64), "shape"))
    graph.node[-1].output[0] = "small"
    graph.node.extend([
        helper.make_node("ConstantOfShape", ["shape"], ["huge"]),
        helper.make_node("ReduceMax", ["huge"], ["one"], keepdims=0),
        helper.make_node("Add", ["small", "one"], ["logits"]),
    ])  # fmt: skip
    return _onnx(model)


def _much_work(*, foldable: bool) -> bytes:
    """A kilobyte of model with a hundred billion multiplications or additions before the answer: from constants alone, or from the picture's mean."""
    model = network(classes=len(CLASSES))
    graph = model.graph
    side = 5000 if foldable else 1500  # a run is ended between two nodes
    graph.initializer.append(numpy_helper.from_array(np.array([side, side], np.int64), "shape"))
    graph.node[-1].output[0] = "small"
    begin = [helper.make_node("ConstantOfShape", ["shape"], ["m0"])] if foldable else [
        helper.make_node("ReduceMean", ["input"], ["mean"], keepdims=0), helper.make_node("Expand", ["mean", "shape"], ["m0"])]  # fmt: skip
    work = [helper.make_node("Tanh" if foldable else "MatMul", [f"m{i}"] if foldable else [f"m{i}", "m0"], [f"m{i + 1}"]) for i in range(600)]
    end = [helper.make_node("ReduceMax", ["m600"], ["one"], keepdims=0), helper.make_node("Add", ["small", "one"], ["logits"])]
    graph.node.extend([*begin, *work, *end])
    return _onnx(model)


def _endless_loop() -> bytes:
    """A loop of a billion billion rounds on the way to an output of the right shape."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["go_on"]), helper.make_node("Sin", ["kept"], ["next"])], "body",
        [
            helper.make_tensor_value_info("round", TensorProto.INT64, []), helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("kept", TensorProto.FLOAT, None),
        ],
        [helper.make_tensor_value_info("go_on", TensorProto.BOOL, []), helper.make_tensor_value_info("next", TensorProto.FLOAT, None)],
    )  # fmt: skip
    model = network(classes=len(CLASSES))
    graph = model.graph
    graph.initializer.append(numpy_helper.from_array(np.array(10**18, np.int64), "rounds"))
    graph.initializer.append(numpy_helper.from_array(np.array(True), "begin"))
    graph.node[-1].output[0] = "small"
    graph.node.append(helper.make_node("Loop", ["rounds", "begin", "small"], ["logits"], body=body))
    return _onnx(model)


def _deeply_nested() -> bytes:
    data = b""
    for _ in range(20_000):
        length = len(data)
        size = b""
        while True:
            size += bytes([length & 127 | (128 if length > 127 else 0)])
            length >>= 7
            if not length:
                break
        data = b"\x3a" + size + data  # field 7: a graph within the model, whatever it holds
    return data


def _wrong_output() -> bytes:
    return _onnx(network(classes=7))


def _grey_input() -> bytes:
    model = network(classes=len(CLASSES))
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 1
    return _onnx(model)


def _text_input() -> bytes:
    model = network(classes=len(CLASSES))
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.STRING
    return _onnx(model)


BAD_ONNX = {
    "empty": lambda: b"",
    "text": lambda: b"this is no model",
    "noise": lambda: np.random.default_rng(6).bytes(4000),
    "truncated": lambda: _onnx()[:-60],
    "deeply-nested": _deeply_nested,
    "no-card": lambda: _onnx(with_card=""),
    "card-no-json": lambda: _onnx(with_card="__import__('os').system('true')"),
    "card-null": lambda: _onnx(with_card="null"),
    "card-nan": lambda: _onnx(with_card=card(classes=CLASSES).to_json().replace('"fill": 114', '"fill": NaN')),
    "card-huge-input": lambda: _onnx(with_card=card(classes=CLASSES).to_json().replace("[16, 16]", "[1000000000, 1000000000]")),
    "card-nested": lambda: _onnx(with_card="[" * 100_000),
    "external-missing": lambda: _external("weights.bin"),
    "external-outside": lambda: _external("../../../../etc/passwd"),
    "external-absolute": lambda: _external("/etc/passwd"),
    "future-opset": lambda: _onnx(network(classes=len(CLASSES), opset=99)),
    "foreign-operator": _foreign_operator,
    "nan-weights": _nan_weights,
    "huge-constant": _huge_constant,
    "endless-loop": _endless_loop,
    "wrong-output": _wrong_output,
    "grey-input": _grey_input,
    "text-input": _text_input,
    "no-graph": lambda: onnx.ModelProto(ir_version=8).SerializeToString(),
    "another-task": lambda: _onnx(with_card=card(classes=CLASSES, task="detection").to_json()),
}  # fmt: skip


SLOW_ONNX = {"folds-for-hours": lambda: _much_work(foldable=True), "works-for-hours": lambda: _much_work(foldable=False)}


def good_onnx(path: Path) -> Path:
    """A model that answers, with a card."""
    path.write_bytes(_onnx())
    return path
