"""The scripts of XEdu's pages run after their import lines are changed; plain paths and Chinese ones."""
import json
import shutil

import cv2
import numpy as np
import pytest

import edukit as ek
from edukit.cli.main import main
from edukit.core.errors import BadArgument, BadSuffix, FileMissing, OutputExists, UnknownChoice, UnsafeCheckpoint, WrongBackbone, WrongTask
from edukit.runtime import inspect_model
from edukit.xedu import BaseDeploy, ImageData, MMClassification, MMDetection, ModelData, Workflow, imshow_det_bboxes, pth_info
from tests.mmedu_files import ANSWERS, ONNX, PICTURES, PTH, save_as_mmedu

PICTURE = str(ANSWERS[0][0])


@pytest.fixture(params=["plain", "手势 识别"])
def folder(request, tmp_path, monkeypatch):
    place = tmp_path / request.param
    shutil.copytree(PICTURES, place / "dataset")
    shutil.copy(PTH, place / "old.pth")
    monkeypatch.chdir(place)
    return place


def run(script):
    names = {}
    exec(script, names)
    return names


def test_training_inference_and_conversion(folder, capsys):
    run(
        "from edukit.xedu import MMClassification as cls\n"
        "model = cls(backbone='LeNet')\nmodel.num_classes = 3\nmodel.load_dataset(path='./dataset')\nmodel.save_fold = './my_model'\n"
        "log = model.train(epochs=2, validate=True)\nmodel.train(epochs=1, validate=True, checkpoint='./my_model/latest.pth', topk=(1, 2))\n"
        "assert [line['mode'] for line in log] == ['train', 'val'] * 2\n"
        "assert {'epoch', 'iter', 'lr', 'eta', 'time', 'data_time', 'memory', 'loss'} <= set(log[0])\n"
        "model = cls('LeNet')\nmodel.checkpoint = './my_model/latest.pth'\nresult = model.inference(image='dataset/circle/', show=True)\n"
        "x = model.print_result(result)\nassert list(x[0]) == ['标签', '置信度', '预测结果'] and len(x) == 6\n"
        "model.convert(checkpoint='./my_model/latest.pth', out_file='out_file/形状.onnx')\n"
    )
    said, names = capsys.readouterr().out, {path.name for path in (folder / "my_model").iterdir()}
    assert {"epoch_1.pth", "epoch_2.pth", "epoch_3.pth", "latest.pth"} <= names and "Epoch [3][1/1]" in said and "accuracy_top-2" in said
    logs = [path for path in (folder / "my_model").iterdir() if path.name.endswith("log.json")]
    assert all(json.loads(line)["epoch"] for path in logs for line in path.read_text().splitlines())
    assert any(name.startswith("best_accuracy_top-1_epoch_") for name in names) and not any(name.startswith(".run") for name in names)
    assert {path.name for path in (folder / "out_file").iterdir()} == {"形状.onnx", "形状.py", "形状_camera.py"}
    assert len(list((folder / "cls_result").iterdir())) == 6


def test_an_old_checkpoint_in_every_way(folder):
    model = MMClassification("LeNet")
    assert model.inference(image=PICTURE, checkpoint="old.pth", show=False) == pytest.approx(
        {"pred_label": 1, "pred_score": ANSWERS[0][1]["pred_score"], "pred_class": "square"}, abs=1e-3
    )
    model.load_checkpoint(checkpoint="old.pth")
    assert model.fast_inference(image=cv2.imread(PICTURE), show=False)["pred_class"] == "square"
    assert pth_info("old.pth")["CLASSES"] == ["circle", "square", "triangle"]
    assert "LeNet" in MMClassification.sota() and model.sota()
    model.convert(checkpoint="old.pth", out_file="new.onnx")
    file = inspect_model("new.onnx")
    assert file.metadata["MODEL_INFO"] == '{"codebase": "MMCls", "modelname": "LeNet", "classes": ["circle", "square", "triangle"]}'
    assert (file.opsets[""], file.ir_version, file.card.scores) == (11, 6, "probabilities")
    assert "Workflow" in (folder / "new.py").read_text("utf-8") and "new.onnx" in (folder / "new_camera.py").read_text("utf-8")
    for path in ("new.onnx", str(ONNX)):
        hub = Workflow(task="mmedu", checkpoint=path)
        result, image = hub.inference(data=PICTURE, img_type="cv2")
        assert result["预测结果"] == "square" and image.shape[2] == 3
        assert [list(hub.format_output(lang=lang).values()) for lang in ("zh", "en", "ru", "de", "fr")] == [list(result.values())] * 5
        assert hub.save(image, "drawn.jpg").is_file()
        board = BaseDeploy(path)
        assert board.print_result(board.inference(cv2.imread(PICTURE)))["标签"] == 1 and len(board.inference("dataset/circle")) == 6
    small = ek.quantize("new.onnx", "small.onnx", calibration="dataset")
    assert small.size_bytes < 100_000


def test_onnx_runtime_by_hand():
    import onnxruntime

    data, session = ImageData(PICTURE, backbone="LeNet"), onnxruntime.InferenceSession(ONNX)
    scores = session.run(None, {session.get_inputs()[0].name: data.to_tensor()})[0]
    assert ModelData(ONNX).get_labels()[int(scores.argmax())] == "square"
    wide = ImageData(np.zeros((160, 640, 3), np.uint8), backbone="SSD_Lite")
    assert wide.to_tensor().shape == (1, 3, 320, 320)
    boxes = wide.map_orig_coords([[0, 0, 160, 320, 0.9]])
    assert boxes.tolist() == [[0, 0, 320, 160, 0.9]]
    drawn = imshow_det_bboxes(np.zeros((160, 640, 3), np.uint8), bboxes=boxes, labels=[0], class_names=["猫"], score_thr=0.8)
    assert drawn.any() and not imshow_det_bboxes(np.zeros((160, 640, 3), np.uint8), boxes, [0], ["a"], score_thr=0.95).any()


def test_the_users_files_stay(folder):
    for name in ("test.txt", "old.py"):
        (folder / name).write_text("mine")
    (folder / "cls_result").mkdir()
    (folder / "cls_result" / "000.jpg").write_bytes(ANSWERS[1][0].read_bytes())
    model = MMClassification("LeNet")
    for _ in range(2):
        model.inference(image=PICTURE, checkpoint="old.pth")
    model.convert(checkpoint="old.pth", out_file="old.onnx")
    assert sorted(path.name for path in (folder / "cls_result").iterdir()) == ["000-1.jpg", "000.jpg"]
    assert (folder / "cls_result" / "000.jpg").read_bytes() == ANSWERS[1][0].read_bytes()
    assert all((folder / name).read_text() == "mine" for name in ("test.txt", "old.py"))
    model.convert(checkpoint="old.pth", out_file="old.onnx")  # the same again
    (folder / "old.onnx").write_bytes(b"mine")
    with pytest.raises(OutputExists):
        model.convert(checkpoint="old.pth", out_file="old.onnx")


def test_a_script_that_trains_and_converts_runs_twice(folder):
    model = MMClassification("LeNet")
    model.load_dataset("dataset")
    for seed in (1, 2):
        model.train(epochs=1, save_fold="run", random_seed=seed)
        for _ in range(2):
            model.convert(checkpoint="run/latest.pth", out_file="out/形状.onnx")
    first, second = (inspect_model(f"out/{name}.onnx").made["inputs"]["checkpoint"] for name in ("形状-1", "形状"))
    assert first != second and len(list((folder / "out").glob("*.onnx"))) == 2


def test_the_curve_grows_in_a_notebook(folder):
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_notebook

    (folder / "t.csv").write_text("a,b,label\n" + "1,2,x\n3,1,y\n" * 8)
    nets = "m = nn('cls'); m.load_tab_data('t.csv'); m.add('Linear', size=(2, 2)); log = m.train(epochs=4)"
    cells = [f"from edukit.xedu import *\n{nets}", "c = MMClassification('LeNet', dataset_path='dataset')\nc.train(epochs=2);"]
    notebook = new_notebook(cells=[new_code_cell(text) for text in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    for cell, words in zip(notebook.cells, ("epoch:3", "Epoch [2]")):
        pages = [one.data["text/html"] for one in cell.outputs if one.output_type == "display_data"]
        said = "".join(one.text for one in cell.outputs if one.output_type == "stream")
        assert len(pages) == 1 and "<svg" in pages[0] and words in said


def test_what_is_wrong_is_told(folder, tmp_path):
    model = MMClassification("LeNet")
    model.load_dataset("dataset")
    model.num_classes = 4
    save_as_mmedu("resnet.pth", "ResNet18")
    save_as_mmedu("quotes.pth", "ResNet18", CLASSES=["it's", "b", "c"])
    (folder / "bad.pth").write_bytes(b"\x80\x02cos\nsystem\n(S'touch made'\ntR.")
    (folder / "empty").mkdir()
    good = {"checkpoint": "old.pth", "image": PICTURE}
    cases = [
        (BadArgument, lambda: model.train(epochs=1)), (BadArgument, lambda: MMClassification("LeNet").train(epochs=1)),
        (UnknownChoice, lambda: model.train(optimizer="os.system('touch made')")), (BadArgument, lambda: model.inference(**good | {"image": None})),
        (WrongBackbone, lambda: model.inference(**good | {"checkpoint": "resnet.pth"})), (BadArgument, lambda: model.inference(image=PICTURE)),
        (FileMissing, lambda: model.inference(**good | {"image": "none.jpg"})), (BadArgument, lambda: model.inference(**good | {"image": "empty"})),
        (BadSuffix, lambda: model.convert("old.pth", out_file="model")), (UnknownChoice, lambda: model.convert("old.pth", backend="NCNN")),
        (BadArgument, lambda: MMClassification("ResNet18").convert("quotes.pth", out_file="q.onnx")), (UnknownChoice, lambda: Workflow(task="pose")),
        (UnsafeCheckpoint, lambda: model.inference(**good | {"checkpoint": "bad.pth"})), (WrongTask, MMDetection),
    ]  # fmt: skip
    for number, (error, call) in enumerate(cases):
        if error is UnknownChoice and number == 2:
            model.num_classes = 3
        with pytest.raises(error):
            call()
    (folder / "dataset" / "circle" / "坏.jpg").write_bytes((folder / "dataset" / "circle" / "000.jpg").read_bytes()[:300])
    with pytest.raises(ek.EdukitError, match="坏"):
        model.load_dataset("dataset", check=True)
    assert not (folder / "made").exists()


OLD = (
    "# 猫狗\nfrom MMEdu import MMClassification as cls\nimport BaseDeploy as bd\nfrom XEdu.hub import Workflow as wf\nimport cv2\n"
    "import MMEdu\nprint(MMEdu.__path__)\n"
)
NEW = (
    "# 猫狗\nfrom edukit.xedu import MMClassification as cls\nfrom edukit.xedu import BaseDeploy as bd\nfrom edukit.xedu import Workflow as wf\nimport cv2\n"
    "import edukit.xedu as MMEdu\nprint(MMEdu.__path__)\n"
)


def test_the_import_lines_of_a_script_and_a_notebook(tmp_path, capsys):
    (tmp_path / "旧.py").write_text(OLD, "utf-8")
    cells = [{"cell_type": "markdown", "source": ["from MMEdu import x"]}, {"cell_type": "code", "source": OLD.splitlines(keepends=True)}]
    (tmp_path / "old.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}), "utf-8")
    assert main(["xedu", str(tmp_path / "旧.py")]) == 0
    assert "4 import lines" in capsys.readouterr().out and (tmp_path / "旧_edukit.py").read_text("utf-8") == NEW
    run(NEW)
    capsys.readouterr()
    assert (tmp_path / "旧.py").read_text("utf-8") == OLD
    assert main(["xedu", str(tmp_path / "old.ipynb"), "--json"]) == 0 and json.loads(capsys.readouterr().out)["changes"][0]["line"] == 2
    made = json.loads((tmp_path / "old_edukit.ipynb").read_text("utf-8"))["cells"]
    assert "".join(made[1]["source"]) == NEW and made[0] == cells[0]
    assert main(["xedu", str(tmp_path / "旧.py")]) == 2  # the new file is there
    (tmp_path / "bad.ipynb").write_text("[1]")
    assert main(["xedu", str(tmp_path / "bad.ipynb")]) == 2 and main(["xedu", str(tmp_path / "none.py")]) == 2
