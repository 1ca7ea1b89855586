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
    assert trained(epochs=1, checkpoint="checkpoints/basenn.pth")[1][0]["loss"] < 0.1, "it goes on from the weights of the file"
    told = model.print_result(rows)
    assert [one["预测值"] for one in told.values()] == ["猫", "兔"]
    trained(epochs=1)
    assert {path.name for path in (folder / "checkpoints").iterdir()} == {"basenn.pth", "basenn-1.pth", "basenn-2.pth"}
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


def save_as_basenn(path, *layers, **meta):
    """What BaseNN 2.0 saves: the whole network, its own Reshape among the layers, and meta that holds it again."""
    import sys
    import types

    import torch

    module = types.ModuleType("BaseNN.BaseNN")
    reshape = type("Reshape", (torch.nn.Module,), {"__module__": "BaseNN.BaseNN", "forward": lambda self, x: x.view(len(x), -1)})
    module.Reshape = reshape
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "BaseNN", types.ModuleType("BaseNN"))
        patch.setitem(sys.modules, "BaseNN.BaseNN", module)
        network = torch.nn.Sequential()
        for name, layer in [("reshape", reshape()), *((f"layer{number}", layer) for number, layer in enumerate(layers))]:
            network.add_module(name, layer)
        about = {"tool": "BaseNN", "backbone": network, "device": torch.device("cpu"), "input_size": np.array([1, 4]), "dataset_type": "tab", **meta}
        torch.save({"meta": about, "state_dict": network, "para": {"rnn": False, "diffusion": False}}, path)
    return network.eval()


def test_a_file_that_basenn_pickled_is_read_as_data(folder, capsys):
    import torch
    from torch.nn import LeakyReLU, Linear, ReLU, Softmax

    network = save_as_basenn("旧.pth", Linear(4, 10), ReLU(), Linear(10, 6), LeakyReLU(0.2), Linear(6, 3), Softmax(dim=1), CLASSES=["山", "水", "火"])
    rows = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    model = nn()
    np.testing.assert_allclose(model.inference(rows, checkpoint="旧.pth"), network(torch.from_numpy(rows)).detach().numpy(), atol=1e-6)
    assert {one["预测值"] for one in model.print_result().values()} <= {"山", "水", "火"}
    model.convert(checkppint="旧.pth", out_file="旧.onnx")
    np.testing.assert_allclose(Workflow("basenn", "旧.onnx").inference(rows)[0], model.inference(rows, checkpoint="旧.pth"), atol=1e-5)


@pytest.mark.parametrize("made", ["picture", "layer", "evil"])
def test_what_basenn_pickled_and_is_no_table_is_refused(folder, made, capsys):
    import torch

    class Evil:
        def __reduce__(self):
            return exec, ("open('made', 'w')",)

    if made == "evil":
        torch.save({"meta": {"tool": "other", "x": Evil()}, "state_dict": {}}, "old.pth")
    else:
        save_as_basenn("old.pth", torch.nn.Linear(4, 3) if made == "picture" else torch.nn.LSTM(4, 3), dataset_type="img" if made == "picture" else "tab")
    with pytest.raises(ek.EdukitError) as told:
        nn().inference([[1, 2, 3, 4]], checkpoint="old.pth")
    assert told.value.code in ("E302", "E303") and not (folder / "made").exists()
