"""The demo: the whole chain on a small dataset, taken up again, stopped, and kept from other people's files."""
import json

import onnx
import pytest

from edukit.chain import STAGES, demo
from edukit.core.errors import BadArgument, DatasetMissing, OutputExists, OutputNotWritable, UnknownBackbone
from edukit.core.events import Stopped
from edukit.core.i18n import set_language
from tests.dataset_files import imagenet, snapshot

FILES = ["comparison.json", "dataset-card.json", "demo.json", "model-int8.onnx", "model.onnx", "report.html", "train"]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return imagenet(tmp_path_factory.mktemp("data") / "我的 pictures", "cat", "dog's <b>", counts={"training_set": 24, "val_set": 3, "test_set": 4})


@pytest.fixture(scope="module")
def finished(pictures, tmp_path_factory):
    """One demo from beginning to end, with its events."""
    set_language("en")
    events = []
    folder = tmp_path_factory.mktemp("out") / "a demo 演示"
    return demo(folder, dataset=pictures, backbone="LeNet", on_event=events.append), events, folder


def test_it_leaves_every_file_and_other_tools_open_them(finished):
    result, _, folder = finished
    assert sorted(path.name for path in folder.iterdir()) == FILES
    for path in (result.onnx, result.int8):
        onnx.checker.check_model(onnx.load(path), full_check=True)
    assert json.loads(result.comparison_file.read_text(encoding="utf-8"))["models"] == result.to_dict()["comparison"]["models"]
    card = json.loads(result.dataset_card.read_text(encoding="utf-8"))
    assert card["classes"] == ["cat", "dog's <b>"] and card["counts"]["test"] == {"cat": 4, "dog's <b>": 4}
    assert "dog&#x27;s &lt;b&gt;" in result.report.read_text(encoding="utf-8")


def test_the_answer_has_the_agreed_form(finished, pictures):
    result, _, folder = finished
    answer = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert {"dataset", "checkpoint", "onnx", "int8", "report", "comparison", "seconds"} <= answer.keys()
    assert answer["dataset"] == str(pictures) and answer["checkpoint"] == str(folder / "train" / "best.pth") and answer["report"] == str(folder / "report.html")
    assert [model["name"] for model in answer["comparison"]["models"]] == ["PyTorch", "ONNX", "ONNX INT8"]
    assert answer["comparison"]["models"][1]["agreement"] == 1


def test_progress_goes_from_nothing_to_six_of_six(finished):
    progress = [event for event in finished[1] if event.event == "progress"]
    done = [event.done for event in progress]
    assert done == sorted(done) and done[0] == 0 and done[-1] == len(STAGES) and {event.total for event in progress} == {len(STAGES)}
    assert list(dict.fromkeys(event.values["stage"] for event in progress)) == list(STAGES)
    assert any("val_top1" in event.values for event in progress)


def test_the_same_demo_again_reuses_its_files_and_may_speak_another_language(finished, pictures):
    result, _, folder = finished
    before = {path: path.stat().st_mtime_ns for path in (result.checkpoint, result.onnx, result.int8, result.comparison_file)}
    set_language("zh")
    again = demo(folder, dataset=pictures, backbone="lenet")
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert again.comparison.models == result.comparison.models and 'lang="zh-CN"' in again.report.read_text(encoding="utf-8")


def test_another_demo_does_not_take_its_folder(finished, pictures):
    folder = finished[2]
    before = snapshot(folder)
    with pytest.raises(OutputExists):
        demo(folder, dataset=pictures, backbone="MobileNet")
    assert snapshot(folder) == before


def test_a_folder_of_other_things_is_left_alone(tmp_path, pictures):
    (tmp_path / "homework.txt").write_text("mine")
    with pytest.raises(OutputExists):
        demo(tmp_path, dataset=pictures, backbone="LeNet")
    with pytest.raises(OutputExists):
        demo(tmp_path / "homework.txt", dataset=pictures, backbone="LeNet")
    assert snapshot(tmp_path) == {"homework.txt": b"mine"}


def test_stopping_keeps_what_is_finished_and_the_next_call_goes_on(tmp_path, pictures):
    reached = []

    def note(event):
        reached.append(event.values.get("stage"))

    with pytest.raises(Stopped):
        demo(tmp_path / "out", dataset=pictures, backbone="LeNet", on_event=note, should_stop=lambda: "quantize" in reached)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["dataset-card.json", "demo.json", "model.onnx", "train"]
    model = (tmp_path / "out" / "model.onnx").stat().st_mtime_ns
    again = demo(tmp_path / "out", dataset=pictures, backbone="LeNet")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES and again.onnx.stat().st_mtime_ns == model


@pytest.mark.parametrize(
    ("arguments", "error"),
    [({"dataset": "emojy"}, DatasetMissing), ({"backbone": "LeNett"}, UnknownBackbone), ({"out": ""}, BadArgument), ({"out": None}, BadArgument),
     ({"out": "x" * 300}, OutputNotWritable), ({"out": "a\0b"}, OutputNotWritable)],
)
def test_bad_arguments_leave_nothing(tmp_path, pictures, arguments, error):
    given = {"out": tmp_path / "out", "dataset": pictures, "backbone": "LeNet"} | arguments
    with pytest.raises(error):
        demo(given.pop("out"), **given)
    assert list(tmp_path.iterdir()) == []
