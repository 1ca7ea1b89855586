"""Every script of XEdu's pages (page_scripts.txt, line for line; ``# +`` marks what a page leaves out), run with plain and with Chinese paths.

Changed are the import lines, by ``edukit xedu``, paths that begin at the root, and the number of epochs.
"""
import contextlib
import io
import re
import runpy
import shutil
from pathlib import Path
from unittest import mock

import numpy as np
from PIL import Image

from edukit.core.errors import EdukitError
from edukit.models import find_backbone, new_network
from edukit.xedu import MMClassification, nn
from edukit.xedu.rewriting import rewrite_imports
from tests.mmedu_files import PICTURES, PTH, save_as_mmedu

TEXT = Path(__file__).with_name("page_scripts.txt").read_text("utf-8")
CHINESE = {"dataset": "数据集", "CatsDogsSample": "猫狗 样本", "my_model": "我的模型", "hand_gray": "手势", "out_file": "输出", "img.png": "图片.png"}


def scripts():
    """``(name, code, expected)`` of each; expected is empty for one that runs, else an error's code or class."""
    found = []
    for part in re.split(r"^=== ", TEXT, flags=re.M)[1:]:
        head, code = part.split("\n", 1)
        page, lines, *expected = head.split()
        found.append((f"{page} {lines}", code, expected[0] if expected else ""))
    return found


def adapted(code, chinese):
    """The script with paths that exist here, one epoch, and with Chinese names if those are asked for; only within texts."""
    code = re.sub(r"/data/\w+/CatsDogs\w*", "CatsDogsSample", re.sub(r"epochs=\d+", "epochs=1", code))
    renamed = [(old, new) for old, new in CHINESE.items() if chinese]
    code = code.replace("./latest.pth", "./resnet.pth") if "ResNet18" in code else code  # the page calls both so
    return re.sub(r"(['\"])([^'\"]*)\1", lambda text: _rename(text[0], renamed), code)


def _rename(text, renamed):
    for old, new in renamed:
        text = text.replace(old, new)
    return text


def prepare(place, chinese):
    """A folder ``demo`` within ``place`` in which the pages' scripts find what they name."""
    demo = place / "demo"

    def path(name):
        made = demo / _rename(name, [(old, new) for old, new in CHINESE.items() if chinese])
        made.parent.mkdir(parents=True, exist_ok=True)
        return made

    pets = ("cat", "dog")
    save_as_mmedu(path("cats.pth"), "MobileNet", new_network(find_backbone("MobileNet").describe(2), pretrained=False)[0], CLASSES=list(pets))
    save_as_mmedu(path("resnet.pth"), "ResNet18")
    for name in ("CatsDog/best_accuracy_top-1_epoch_2", "CatsDog1/best_accuracy_top-1_epoch_1", "catsdogs/best_accuracy_top-1_epoch_8"):
        shutil.copy(path("cats.pth"), path(f"checkpoints/cls_model/{name}.pth"))
    for name in ("best_accuracy_top-1_epoch_5", "pretrain_model/mobilenet_v2", "Pre-trained_mobilenet_v2"):
        shutil.copy(path("cats.pth"), path(f"checkpoints/{name}.pth"))
    for name in ("dataset", "../dataset/cls/hand_gray"):
        shutil.copytree(PICTURES, path(name))
    for number, (split, count) in enumerate({"training_set": 4, "val_set": 2, "test_set": 2}.items()):
        for label, old in zip(pets, ("circle", "square")):
            for picture in sorted((PICTURES / old).iterdir())[2 * number : 2 * number + 2] * (count // 2):
                target = path(f"CatsDogsSample/{split}/{label}/{picture.name}")
                shutil.copy(picture, target)
    for name in ("CatsDogsSample/test_set/cat/cat0.jpg", "CatsDogsSample/test_set/cat/cat26.jpg", "CatsDogsSample/test_set/cat/cat100.jpg", "cat0.jpg"):
        Image.effect_noise((64, 48), 90).convert("RGB").save(path(name))
    for name in ("img.png", "testrock01-02.png", "cls_testIMG/a.png", "cls_testIMG/b.png"):
        Image.open(next(PICTURES.glob("circle/*"))).save(path(name))
    for name in ("latest.pth", "../checkpoints/cls_model/hand_gray/latest.pth"):
        shutil.copy(PTH, path(name))
    path("classes.txt").write_text("circle\nsquare\ntriangle\n", "utf-8")
    with contextlib.chdir(demo), contextlib.redirect_stdout(io.StringIO()):
        for name in ("catdog.onnx", "cats_dogs.onnx", "out_file/cats_dogs.onnx", "out_file/catdog.onnx", "cls.onnx"):
            MMClassification("MobileNet").convert(checkpoint="cats.pth", out_file=path(name))
        network = nn()
        network.load_dataset(np.eye(4), [0, 1, 2, 0])
        network.add("Linear", size=(4, 3))
        network.train(epochs=1)
    shutil.copy(demo / "checkpoints" / "basenn.pth", path("basenn_cd.pth"))
    save_detector(path("det.onnx"))
    return demo


def save_detector(path):
    """An ONNX file as MMEdu writes a detector: boxes (1, 1, 5) and labels (1, 1), whatever the picture."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    values = {"dets": np.array([[[10, 10, 200, 200, 0.9]]], np.float32), "labels": np.array([[0]], np.int64)}
    nodes = [helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value)) for name, value in values.items()]
    outputs = [helper.make_tensor_value_info("dets", TensorProto.FLOAT, [1, 1, 5]), helper.make_tensor_value_info("labels", TensorProto.INT64, [1, 1])]
    graph = helper.make_graph(nodes, "det", [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 320, 320])], outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=6)
    model.metadata_props.add(key="MODEL_INFO", value='{"codebase": "MMDet", "modelname": "SSD_Lite", "classes": ["plate"]}')
    onnx.save(model, path)


class Camera:
    """A camera with one picture."""

    def __init__(self, *_):
        self.picture = np.full((48, 64, 3), 128, np.uint8)

    def read(self):
        return True, self.picture

    def release(self):
        pass


def run_script(code, demo, *, chinese):
    """Runs it in ``demo`` after ``edukit xedu``: ``("", last line that it printed)``, or what kind of error, and its sentence."""
    import cv2

    source = demo / ("旧 脚本.py" if chinese else "old.py")
    source.write_text(adapted(code, chinese), "utf-8")
    said = io.StringIO()
    with contextlib.chdir(demo), contextlib.redirect_stdout(said), mock.patch.object(cv2, "VideoCapture", Camera):
        try:
            runpy.run_path(str(rewrite_imports(source, overwrite=True).path))
        except EdukitError as error:
            return error.code, str(error)
        except ImportError as error:
            return "ImportError", str(error)
    return "", next((line for line in reversed(said.getvalue().splitlines()) if line.strip()), "")
