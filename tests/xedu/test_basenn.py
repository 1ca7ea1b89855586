"""BaseNN's scripts: the iris example, a network for pictures, and what is wrong with layers and tables."""
import random
import shutil

import numpy as np
import pytest

import edukit as ek
from edukit.core.errors import BadArgument, UnknownChoice, WrongTask
from edukit.xedu import Workflow, nn
from tests.mmedu_files import ANSWERS, PICTURES


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chance = random.Random(0)
    rows = [f"{k + chance.gauss(0, 0.1):.3f},{2 - k + chance.gauss(0, 0.1):.3f},{'猫狗兔'[k]}" for _ in range(20) for k in range(3)]
    (tmp_path / "鸢尾.csv").write_text("a,b,label\n" + "\n".join(rows), "utf-8")
    return tmp_path


def trained(**how):
    model = nn("cls")
    model.load_tab_data("鸢尾.csv", batch_size=20)
    model.add(layer="Linear", size=(2, 10), activation="ReLU")
    model.add(layer="linear", size=(10, 3), activation="Softmax")
    model.add(optimizer="Adam")
    return model, model.train(**{"lr": 0.05, "epochs": 40, **how})


def test_a_table(folder):
    model, log = trained()
    assert log[-1]["loss"] < 0.1 < log[0]["loss"] and set(log[0]) == {"epoch", "loss"}
    rows = model.inference([[0.0, 2.0], [2.0, 0.0]], checkpoint="checkpoints/basenn.pth")
    assert rows.shape == (2, 3) and rows.sum(axis=1) == pytest.approx([1, 1])
    told = model.print_result(rows)
    assert [one["预测值"] for one in told.values()] == ["猫", "兔"]
    trained(epochs=1)
    assert {path.name for path in (folder / "checkpoints").iterdir()} == {"basenn.pth", "basenn-1.pth"}
    model.convert(checkppint="checkpoints/basenn-1.pth", out_file="表格.onnx")
    hub = Workflow(task="basenn", checkpoint="表格.onnx")
    np.testing.assert_allclose(hub.inference([[0.0, 2.0], [2.0, 0.0]])[0], rows, atol=1e-5)
    assert hub.format_output(lang="zh")[0]["预测值"] == model.classes.index("猫")
    model.convert(checkpoint="checkpoints/basenn.pth", out_file="表格.onnx")  # other weights: the earlier file is kept
    assert (folder / "表格-1.onnx").is_file()
    assert ek.info("checkpoints/basenn.pth").card.task == ek.info("表格.onnx").card.task == "table"
    for call in (lambda: ek.predict("表格.onnx", str(ANSWERS[0][0])), lambda: ek.convert("checkpoints/basenn.pth", "x.onnx")):
        with pytest.raises(WrongTask):
            call()


def test_a_number():
    model = nn("reg")
    model.load_dataset([[x / 10, 1.0] for x in range(20)], [x / 5 for x in range(20)])
    model.add(layer="Linear", size=(2, 1))
    model.train(lr=0.1, epochs=200)
    assert model.inference([[1.0, 1.0]])[0, 0] == pytest.approx(2, abs=0.2)


def test_pictures_are_a_network_like_others(folder):
    shutil.copytree(PICTURES, "图片")
    model = nn("cls")
    model.load_img_data("图片", color="grayscale", batch_size=8, transform={"Resize": (16, 16)})
    model.add(layer="Conv2D", size=(1, 4), kernel_size=(3), activation="ReLU")
    model.add(layer="MaxPool", kernel_size=2)
    model.add(layer="Linear", size=(4 * 7 * 7, 3), activation="Softmax")
    model.train(lr=0.1, epochs=2)
    picture = str(ANSWERS[0][0])
    rows = model.inference(picture)
    assert ek.predict("checkpoints/basenn.pth", picture)[0].label == model.classes[int(rows.argmax())]
    model.convert(out_file="图片.onnx")
    assert ek.evaluate("图片.onnx", "图片").count > 0
    assert Workflow(task="basenn", checkpoint="图片.onnx").inference(picture)[0] == pytest.approx(rows, abs=1e-4)
    assert ek.convert("checkpoints/basenn.pth", "again.onnx").gate.passed


def test_what_is_wrong_is_told(folder):
    model = nn("cls")
    (folder / "bad.csv").write_text("a,b\n1,x\nhello,y\n")
    cases = [
        (UnknownChoice, lambda: nn("os")), (UnknownChoice, lambda: model.add(layer="__import__")), (BadArgument, lambda: model.add(layer="Linear", size=3)),
        (UnknownChoice, lambda: model.add(optimizer="eval")), (BadArgument, lambda: model.train()), (BadArgument, lambda: model.load_tab_data("bad.csv")),
        (UnknownChoice, lambda: model.add(layer="Linear", size=(1, 2), activation="x")),
    ]  # fmt: skip
    for error, call in cases:
        with pytest.raises(error):
            call()
    model.load_tab_data("鸢尾.csv")
    model.add(layer="Linear", size=(7, 3))
    with pytest.raises(BadArgument):
        model.train(epochs=1)
