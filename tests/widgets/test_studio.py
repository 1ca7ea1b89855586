"""The Studio as its page talks to it: pictures in, a head, answers, reasons, files; and what goes wrong."""
import errno
import json
import queue
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from edukit.core.errors import BadArgument, OutputNotWritable
from edukit.core.images import decode_image
from edukit.core.workspace import use
from edukit.data import DatasetBuilder, load_dataset
from edukit.runtime import load_onnx
from edukit.training.studio import AT_ONCE
from edukit.widgets.collect import Collect
from edukit.widgets.data_view import DataView
from edukit.widgets.health_view import HealthView
from edukit.widgets.machine_camera import MachineCamera
from edukit.widgets.studio import Studio
from edukit.widgets.work import Work
from tests.dataset_files import film


@pytest.fixture(scope="module")
def faces_and_food():
    """Some pictures of two classes, as files' bytes."""
    emoji = load_dataset("emoji")
    return {label: [sample.path.read_bytes() for sample in emoji.train if sample.label == label][:10] for label in ("face", "food")}


@pytest.fixture
def studio(work, monkeypatch):
    view = Studio(work)
    view.heard = []
    monkeypatch.setattr(view, "send", lambda content, buffers=None: view.heard.append((content, buffers or [])))
    return view


def fill(view, pictures):
    for card, (label, files) in zip(list(view.cards), pictures.items()):
        view.hear({"do": "rename", "label": card["label"], "new": label}, [])
        for number, data in enumerate(files):
            view.hear({"do": "frame", "label": label, "group": f"g{number // 2}", "number": number + 1}, [data])


def answers(view, key):
    return [content[key] for content, _ in view.heard if key in content]


def test_the_set_goes_on_in_the_lesson_that_collects(studio, work, faces_and_food):
    fill(studio, {label: files[:3] for label, files in faces_and_food.items()})
    studio.hear({"do": "go_on"}, [])
    lesson = work.workspace.of_lesson("02_own_dataset")
    assert answers(studio, "go") == ["02_own_dataset"] and "Build your own image dataset" in studio.words["go_on"]
    assert Work(lesson).dataset == "studio" and Collect(Work(lesson)).cards[0]["label"] == "face"


def test_what_is_changed_after_training_reaches_the_answer(studio, faces_and_food):
    fill(studio, {label: files[:4] for label, files in faces_and_food.items()})
    studio.hear({"do": "train"}, [])
    studio.hear({"do": "rename", "label": "face", "new": " 笑脸 "}, [])
    assert studio.trained["classes"] == ["笑脸", "food"] and studio.kept == []
    studio.hear({"do": "look"}, [faces_and_food["face"][0]])
    gone = studio.builder.pictures("笑脸")[0]
    studio.hear({"do": "delete", "name": gone.name}, [])
    studio.hear({"do": "why"}, [])
    assert studio.error == {} and answers(studio, "why")[-1]["label"] == "笑脸" and answers(studio, "why")[-1]["for"]
    studio.hear({"do": "undo"}, [])
    studio.hear({"do": "undo"}, [])
    assert studio.trained["classes"] == ["face", "food"], "the old name again"
    studio.hear({"do": "class"}, [])
    assert studio.trained["classes"] == ["face", "food"], "an empty class changes no answer"
    studio.hear({"do": "delete_class", "label": "food"}, [])
    assert studio.trained == {} and studio.studio.head is None and "train again" in studio.status


def test_from_empty_to_an_answer_with_reasons(studio, work, faces_and_food):
    assert [card["count"] for card in studio.cards] == [0, 0] and str(work.workspace.datasets) in studio.sets["folder"]
    fill(studio, faces_and_food)
    assert [(card["label"], card["count"]) for card in studio.cards] == [("face", 10), ("food", 10)] and len(studio.cards[0]["pictures"]) == 6
    assert len(answers(studio, "took")) == 22, "each message is answered, so that the page sends the next"
    studio.hear({"do": "train", "hold_back": True}, [])
    assert studio.error == {} and studio.trained["classes"] == ["face", "food"] and studio.trained["images"] == 16
    assert "4 pictures" in studio.trained["test"]["sentence"] and "same recordings" not in studio.trained["test"]["sentence"], "whole recordings are held back"
    studio.hear({"do": "look", "number": 0}, [faces_and_food["food"][0]])
    (answer,) = answers(studio, "answer")
    assert answer["shares"][1] > 0.8 and not answer["unknown"]
    studio.hear({"do": "why"}, [])
    (why,) = answers(studio, "why")
    assert why["label"] == "food" and why["for"] and why["for"][0]["pull"].startswith("+") and why["against"][0]["pull"].startswith("-")


def test_what_is_kept_are_files_like_others(studio, work, fake_jobs, faces_and_food, tmp_path):
    fill(studio, faces_and_food)
    studio.hear({"do": "train"}, [])
    studio.hear({"do": "keep"}, [])
    assert studio.error == {} and fake_jobs.started[0][0] == "checkpoint-head"
    assert [one["what"] for one in studio.kept][:2] == ["dataset", "int8"] and "checkpoint" not in str(studio.kept), "it is offered once it is proved"
    for what in ("int8", "dataset"):
        studio.hear({"do": "download", "what": what}, [])
    parts = {}
    for content, buffers in studio.heard:
        if "download" in content:
            parts.setdefault(content["download"], []).append(buffers[0])
    files = {name: tmp_path / name for name in parts}
    for name, path in files.items():
        path.write_bytes(b"".join(parts[name]))
    assert sorted(files) == ["model-int8.onnx", "studio.zip"]
    assert load_onnx(files["model-int8.onnx"], threads=1).predict(faces_and_food["face"][1]).label == "face"
    assert len([name for name in zipfile.ZipFile(files["studio.zip"]).namelist() if name.endswith(".webp")]) == 20
    assert Studio(work).cards[0]["count"] == 10, "another page of the same student finds the set"


def test_a_set_that_was_opened_again_is_looked_at_while_the_page_lives(studio, work, faces_and_food, monkeypatch):
    fill(studio, {label: files[:4] for label, files in faces_and_food.items()})
    again, said, go = Studio(work), [], threading.Semaphore(0)
    again.observe(lambda change: said.append(change["new"]), "status")
    see = again.studio.see
    monkeypatch.setattr(again.studio, "see", lambda one: go.acquire(timeout=60) and see(one))
    for _ in range(2):  # a double click starts it once
        again.hear({"do": "train"}, [])
    assert again.busy and again.trained == {} and again.error == {}
    go.release(3)
    wait_for(lambda: "Looking at the pictures: 4 of 8." in said)
    again.hear({"do": "stop"}, [])
    assert not again.busy and "Stopped" in again.status
    go.release(100)
    again.hear({"do": "train"}, [])
    wait_for(lambda: not again.busy)
    assert again.error == {} and again.trained["images"] == 8 and "Trained on 8" in again.status and again.studio.unseen() == []
    again.hear({"do": "train"}, [])
    assert not again.busy and again.trained["images"] == 8, "what is known is learnt at once"
    many = [np.full((8, 8, 3), shade, np.uint8) for shade in range(AT_ONCE + 1)]
    again.studio.add("face", many[1:])
    assert again.studio.unseen() == []
    again.studio.add("face", many)
    assert len(again.studio.unseen()) == AT_ONCE + 1, "a large zip does not keep the page waiting"


def test_undo_is_offered_only_where_it_takes_something_back(studio, work, faces_and_food):
    assert [card["label"] for card in studio.cards] and not studio.undoable, "the first classes are nobody's step"
    studio.hear({"do": "frame", "label": studio.cards[0]["label"], "number": 1}, [faces_and_food["face"][0]])
    assert studio.undoable
    studio.hear({"do": "undo"}, [])
    assert not studio.undoable and [card["count"] for card in studio.cards] == [0, 0]
    studio.hear({"do": "class"}, [])
    assert studio.undoable and not Studio(work).undoable, "what another page did is not taken back here"
    studio.hear({"do": "set", "name": "another"}, [])
    assert not studio.undoable


@pytest.mark.parametrize("error", [None, {"code": "E202", "message": "full disk", "remedy": ""}])
def test_the_checkpoint_is_offered_when_it_is_written_and_proved(studio, work, fake_jobs, faces_and_food, error):
    fill(studio, {label: files[:4] for label, files in faces_and_food.items()})
    if error:
        fake_jobs.errors["checkpoint-head"] = error
    fake_jobs.effects["checkpoint-head"] = lambda: (work.folder / "train-1" / "best.pth").write_bytes(b"weights")
    studio.hear({"do": "train"}, [])
    studio.hear({"do": "keep"}, [])
    for thread in [one for one in threading.enumerate() if one.name == "edukit-keep"]:
        thread.join(20)
    assert "background" not in studio.status and (error or "every file is written" in studio.status) and studio.error.get("code") == (error and "E202")
    assert ("checkpoint" in [one["what"] for one in studio.kept]) == (not error)


def test_wrong_pictures_lose_nothing_and_delete_really_deletes(studio, faces_and_food):
    fill(studio, {label: files[:2] for label, files in faces_and_food.items()})
    studio._heard(studio, {"do": "frame", "label": "face", "number": 9}, [memoryview(b"no picture")])
    assert studio.error["code"].startswith("E1") and studio.cards[0]["count"] == 2
    assert studio.heard[-1][0] == {"took": 9, "failed": True}, "recording ends, the page may go on"
    studio._heard(studio, {"do": "file", "label": "food", "name": "a.jpg", "part": 0, "parts": 1, "size": 10**12, "number": 1}, [memoryview(b"x")])
    assert studio.error["code"] == "E107" or "large" in studio.error["message"]
    grey = [cv2.imencode(".jpg", np.full((40, 60, 3), 90, np.uint8))[1].tobytes()]
    studio.hear({"do": "file", "label": "food", "name": "a.jpg", "part": 0, "parts": 1, "size": 9, "number": 1}, grey)
    assert studio.cards[1]["count"] == 3 and "added: 1;" in studio.status
    studio.hear({"do": "file", "label": "food", "name": "b.jpg", "part": 0, "parts": 1, "place": 1, "size": 9, "number": 1}, grey)
    assert "added: 2; classes: 1" in studio.status, "all that were chosen together"
    studio.hear({"do": "undo"}, [])
    studio.hear({"do": "undo"}, [])
    assert studio.cards[1]["count"] == 2
    folder = studio.builder.folder
    studio.hear({"do": "delete_all"}, [])
    assert not [path for path in folder.rglob("*") if path.suffix in (".webp", ".jpg")] and "6 files" in studio.status
    studio._heard(studio, {"do": "train"}, [])
    assert studio.error["message"], "nothing to learn from is said"


def test_a_video_becomes_one_recording(studio, tmp_path):
    path = film(tmp_path / "clip.avi", (np.full((48, 64, 3), 10 * number, np.uint8) for number in range(24)))
    told = {"do": "file", "label": studio.cards[0]["label"], "name": "clip.avi", "part": 0, "parts": 1, "size": path.stat().st_size, "number": 1}
    studio.hear(told, [path.read_bytes()])
    pictures = studio.builder.pictures()
    assert studio.cards[0]["count"] == 3 and len({one.group for one in pictures}) == 1 and pictures[0].group.startswith("clip")


def wait_for(condition):
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def test_the_camera_of_ones_own_computer_is_shown_until_it_is_unplugged(studio, tmp_path, monkeypatch):
    path = film(tmp_path / "camera.avi", [np.full((48, 64, 3), (0, 0, 200), np.uint8)] * 4)
    monkeypatch.setenv("EDUKIT_CAMERA", str(path))
    assert studio.machine_camera
    studio.hear({"do": "camera", "what": "on"}, [])
    for number in range(1, 5):
        wait_for(lambda number=number: answers(studio, "camera").count("picture") == number)
        studio.hear({"do": "camera", "what": "taken"}, [])
    wait_for(lambda: "off" in answers(studio, "camera"))
    picture = cv2.imdecode(np.frombuffer(studio.heard[0][1][0], np.uint8), cv2.IMREAD_COLOR)
    assert picture[..., 2].mean() > 150 > 60 > picture[..., 0].mean(), "red stays red"
    (why,) = answers(studio, "reason")
    assert "after 4 pictures" in why and "kept" in why and why.endswith("E611") and studio.error == {}
    studio.hear({"do": "camera", "what": "on"}, [])
    studio.hear({"do": "camera", "what": "off"}, [])
    wait_for(lambda: not [one for one in threading.enumerate() if one.name == "edukit-camera"])
    monkeypatch.setenv("EDUKIT_CAMERA", "/dev/no-camera")
    studio.hear({"do": "camera", "what": "on"}, [])
    wait_for(lambda: answers(studio, "reason")[-1:] and answers(studio, "reason")[-1].endswith("E608"))


def test_a_page_that_is_gone_switches_the_camera_off(monkeypatch):
    monkeypatch.setattr("edukit.widgets.machine_camera.PATIENCE_SECONDS", 0.05)
    released, sent = [], []

    def frames(**_):
        try:
            while True:
                yield np.zeros((8, 8, 3), np.uint8)
        finally:
            released.append(True)

    monkeypatch.setattr("edukit.widgets.machine_camera.camera_frames", frames)
    MachineCamera(lambda content, buffers: sent.append(content["camera"]), sent.append).hear("on")
    wait_for(lambda: sent == ["picture", "off"])
    assert released == [True]


def test_nobody_sees_the_camera_of_a_classs_computer(work, monkeypatch):
    of_class = Studio(Work(replace(work.workspace, student="小明"), work.header))
    monkeypatch.setattr("edukit.widgets.machine_camera.camera_frames", lambda **_: pytest.fail("the camera was opened"))
    assert not of_class.machine_camera
    of_class.hear({"do": "camera", "what": "on"}, [])
    assert not [one for one in threading.enumerate() if one.name == "edukit-camera"] and of_class.error == {}


@pytest.mark.parametrize("view", [Studio, Collect])
def test_a_full_disk_in_the_middle_of_a_burst_is_said_and_loses_nothing(view, work, faces_and_food, monkeypatch):
    full, heard, real = view(work), [], Path.write_bytes
    monkeypatch.setattr(full, "send", lambda content, buffers=None: heard.append(content))
    label = full.cards[0]["label"]
    frame = {"do": "frame", "label": label, "group": "burst"}
    for number, data in enumerate(faces_and_food["face"][:5]):
        if number == 3:
            monkeypatch.setattr(Path, "write_bytes", _no_room)
        full._heard(full, frame | {"number": number + 1}, [memoryview(data)])
    assert full.error["code"] == "E503" and [one["failed"] for one in heard if "took" in one] == [False, False, False, True, True]
    assert full.cards[0]["count"] == 3
    monkeypatch.setattr(Path, "write_bytes", real)
    pictures = DatasetBuilder(full.builder.name, workspace=work.workspace).pictures()
    assert [one.path.stat().st_size > 0 for one in pictures] == [True] * 3 and {one.group for one in pictures} == {"burst"}
    full._heard(full, frame | {"number": 6}, [memoryview(faces_and_food["face"][5])])
    assert full.error == {} and full.cards[0]["count"] == 4, "with room again it goes on"


@pytest.mark.parametrize("view", [Studio, Collect])
def test_a_set_that_cannot_be_opened_is_opened_once_it_can(view, work, faces_and_food, monkeypatch):
    def refuse(path):
        raise OutputNotWritable(path=path, reason="read-only")

    with monkeypatch.context() as locked:
        locked.setattr("edukit.data.builder.check_writable", refuse)
        page = view(work)
        assert page.error["code"] == "E502" and page.cards == []
        for message in ({"do": "class"}, {"do": "delete_all"}, {"do": "train"}):
            page._heard(page, message, [])
            assert page.error["code"] == "E502", "and not that something inside went wrong"
    page._heard(page, {"do": "class"}, [])
    assert page.error == {} and len(page.cards) == 3 and page.sets["folder"]


def _no_room(path, _data):
    raise OSError(errno.ENOSPC, "No space left on device", str(path))


def test_a_lesson_goes_on_with_the_set(studio, work, faces_and_food):
    fill(studio, faces_and_food)
    use(work.workspace)
    view = DataView(work)
    view.set("source", "studio")
    assert view.error == {} and "My set: studio" in [option["label"] for option in view.settings[0]["options"]]
    assert work.dataset == "studio" and view.pills[0]["text"].startswith("studio")


def test_a_picture_is_looked_at_blurred_and_deleted(studio, work, faces_and_food, fake_jobs):
    fill(studio, faces_and_food)
    studio.hear({"do": "train"}, [])
    studio.hear({"do": "keep"}, [])
    studio.hear({"do": "download", "what": "dataset"}, [])
    (zipped,) = work.folder.rglob("studio.zip")
    studio.hear({"do": "picture", "label": "face", "place": -1, "number": 0}, [])
    told = answers(studio, "picture")[-1]
    assert (told["place"], told["count"]) == (9, 10) and told["size"] == (72, 72) and decode_image(studio.heard[-2][1][0]).shape == (72, 72, 3)
    before, shown = studio.builder.pictures("face")[9].path.read_bytes(), studio.cards[0]["pictures"][-1]
    assert told["name"] in studio.studio._features
    studio.hear({"do": "blur", "label": "face", "place": 9, "name": told["name"], "box": [0, 0, 72, 72], "number": 0}, [])
    again = answers(studio, "picture")[-1]
    assert studio.error == {} and again["name"] == told["name"] and "Replaced" in again["said"] and "still lies" not in again["said"]
    assert studio.cards[0]["pictures"][-1] != shown and not zipped.exists() and told["name"] not in studio.studio._features
    assert not [path for path in work.workspace.home.rglob("*") if path.is_file() and path.read_bytes() == before]
    studio.hear({"do": "undo"}, [])
    assert studio.builder.pictures("face")[9].path.read_bytes() == before
    studio.hear({"do": "delete", "name": told["name"]}, [])
    assert studio.cards[0]["count"] == 9
    studio.hear({"do": "delete_class", "label": "face"}, [])
    studio.hear({"do": "picture", "label": "face", "place": 0}, [])
    assert answers(studio, "picture")[-1] == {"label": "face", "count": 0, "said": ""}
    for bad in ([1], "x", None):
        with pytest.raises(BadArgument):
            studio.hear({"do": "blur", "label": "food", "place": 0, "name": studio.builder.pictures("food")[0].name, "box": bad}, [])


def test_a_saved_notebook_holds_no_picture_that_was_taken(work, faces_and_food, fake_jobs):
    """What a cell saves of a view is its name alone; what it shows stays in the page."""
    use(work.workspace)
    view = Studio(work)
    fill(view, faces_and_food)
    view.hear({"do": "train"}, [])
    assert "data:image" in str(view.cards)
    work.choose_dataset("studio")
    for shown in (view, DataView(work), HealthView(work)):
        saved = json.dumps(shown._repr_mimebundle_(), default=str)
        assert "data:image" not in saved and len(saved) < 1000 and shown.error == {}


def test_the_network_is_cut_while_the_page_is_looked_at_and_not_where_pictures_are_only_collected(work, monkeypatch):
    cut = queue.Queue()
    monkeypatch.setattr("edukit.widgets.studio.int8_body", cut.put)
    Collect(work)
    Studio(work)
    assert cut.get(timeout=20) is work.workspace and cut.empty()
