"""The comparison's page: models of one's own and from elsewhere, cards by hand, the report, and several devices."""
import io
import json
import shutil
import zipfile

import pytest
from lesson_work import CLASSES, leave_job, save_model
from onnx import TensorProto
from onnx_files import network, save

from edukit.comparison import SpeedGrid
from edukit.comparison.speed_results import devices_table
from edukit.core.i18n import set_language
from edukit.jobs import Job
from edukit.models.loading import load_model
from edukit.widgets import CardView, ComparisonView
from edukit.widgets.uploads import bare_upload, devices_in, models_of
from edukit.widgets.work import Work
from tests.comparisons import measured
from tests.hostile.files import BAD_ONNX
from tests.widgets.conftest import HEADER


@pytest.fixture
def tool(work, pets):
    """The tool's own work of the same student, who has pictures and, from a lesson, models."""
    shutil.copytree(pets, work.workspace.datasets / "own-pets")
    run = work.new_run("train")
    save_model(run / "best.onnx", seed=1)
    mine = Work(work.workspace.of_lesson("comparison"), HEADER)
    mine.folder.mkdir(parents=True)
    return mine


def upload(view, data, name):
    view._handle_custom_msg({"do": "file", "name": name, "part": 0, "parts": 1}, [memoryview(data)])
    return view


def theirs(tmp_path):
    return save(tmp_path / "theirs.onnx", network(classes=2, seed=3), with_card=False).read_bytes()


def taken(view, name):
    parts = []
    view.send = lambda content, buffers=(): parts.extend(buffers) if "download" in content else None
    view.act("take", name)
    return b"".join(parts)


def test_a_card_that_was_given_can_be_changed(tool, tmp_path):
    form = upload(CardView(tool), theirs(tmp_path), "theirs.onnx")
    assert "guessed" in form.pills[1]["text"] and form.pills[1]["kind"] == "warn"
    form.set("normalise", "0..255")
    form.set("classes", ",".join(CLASSES))
    form.act("give")
    ((_, carded),) = [one for one in models_of(tool).values() if one[0] == "theirs.onnx"]
    form = CardView(tool)  # the page is opened again
    assert form.settings == [] and form.pills == [] and "Change the card of theirs.onnx" in form.body
    form.act("change", carded.parent.name)
    assert "by hand" in form.pills[1]["text"] and form.values["normalise"] == "0..255" and form.values["classes"] == ", ".join(CLASSES)
    form.set("normalise", "-1..1")
    form.act("cancel")
    assert form.settings == [] and load_model(carded).card.preprocess.mean == (0.0,) * 3, "nothing was changed"
    form.act("change", carded.parent.name)
    form.set("normalise", "-1..1")
    form.act("give")
    assert form.error == {} and form.settings == [] and load_model(carded).card.preprocess.mean == (127.5,) * 3 and load_model(carded).card.classes == CLASSES
    form.act("change", "upload-99")
    assert form.error == {} and form.settings == [], "another page deleted it"
    form.act("change", carded.parent.name)
    form.act("give")
    assert "its card" in form.status
    upload(ComparisonView(tool), theirs(tmp_path), "another.onnx")
    assert "another.onnx" in form.body and form.status == "", "what was said of the card before is not said of this file"


def test_from_an_upload_without_a_card_to_the_report(tool, tmp_path):
    view, form = ComparisonView(tool), CardView(tool)
    assert view.actions[0]["disabled"] and form.actions[0]["disabled"]
    assert next(name for name, _ in models_of(tool).values()).endswith("Training 1 · best.onnx")
    view.act("pick", next(iter(models_of(tool))))
    upload(view, theirs(tmp_path), "their <b> model.onnx")
    assert view.error == {} and "no card" in view.status and len(models_of(tool)) == 2 and "their _b_ model.onnx" in form.body
    before = form.body
    form.set("normalise", "0..255")
    form.set("classes", "cat")
    assert form.error["code"] == "E315" and form.error["near"] == "classes", "one class too few"
    assert form.error["message"].startswith("their _b_ model.onnx"), "the name that the learner knows"
    form.set("classes", ",".join(CLASSES))
    assert form.error == {} and form.body != before and form.body.count("<tr>") == 5 and "cat" in form.body and "add_card" in form.code
    form.act("sample", "1")
    form.act("give")
    carded = next(path for name, path in models_of(tool).values() if name.startswith("their"))
    assert load_model(carded).card.classes == CLASSES and load_model(carded).card.preprocess.mean == (0.0,) * 3 and bare_upload(tool) is None
    assert "2 model(s) chosen" in view.pills[0]["text"] and view.status == "" and not view.actions[0]["disabled"]
    view.set("images", "own-pets")
    view.set("machine", "board A")
    view.act("start")
    view.wait(200)
    assert view.error == {} and "board A" in taken(view, "speed.json").decode()
    assert view.body.count("<img") == 8 and "top-1" in view.body and "points apart" in view.body and "data-value='comparison.html'" in view.body
    page = taken(view, "comparison.html").decode()
    assert "top-1" in page and "<b> model" not in page and len(json.loads(taken(view, "accuracy.json"))["pictures"]) == 8
    again = ComparisonView(Work(tool.workspace, HEADER))
    assert "points apart" in again.body and len(again.chosen) == 2 and again.values["images"] == "own-pets"
    set_language("zh")
    assert "最大差异" in ComparisonView(Work(tool.workspace, HEADER)).body


def grid(machine, ms, name="ONNX", sha256="a"):
    cell = {"model": name, "path": "/x/m.onnx", "sha256": sha256, "shape": 64, "batch": 1, "threads": 1, "machine": machine}
    return SpeedGrid.from_dict({"cells": [cell | {"inference_ms": measured(ms=ms).inference_ms.to_dict(), "latency_ms": {"p50": ms, "p90": ms, "p99": ms}}]})


def test_two_devices_stand_side_by_side(tool):
    view = ComparisonView(tool)
    for name, one in (("a.json", grid("laptop", 2.0)), ("b.json", grid("board", 8.0, "my model"))):
        upload(view, json.dumps(one.to_dict()).encode(), name)
    assert view.error == {} and "laptop" in view.body and "8.0 ms · 0.25×" in view.body and view.body.count("<tr>") == 2, "one file, one row"
    for bad in (b"{}", b"no json", json.dumps({"cells": [{"model": 1}]}).encode(), json.dumps({"cells": []}).encode()):
        upload(view, bad, "../../bad.json")
        assert view.error["code"] != "E900" and len(devices_in(tool)) == 2
    upload(view, json.dumps(grid("x", 1.0).to_dict()).encode(), "../../<b>.json")
    assert all(path.parent == tool.folder / "devices" for path in devices_in(tool)) and len(devices_in(tool)) == 3
    heads, rows = devices_table(grid("one", 3.0).merge(grid("two", 3.0, sha256="other")))
    assert heads[-2:] == ["one", "two"] and [row[-2:] for row in rows] == [["3.0 ms", "–"], ["–", "3.0 ms"]]


def test_pictures_in_a_zip_become_the_data_and_nonsense_is_refused(tool, pets):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in (pets / "training_set").rglob("*.png"):
            archive.write(path, f"set/{path.parent.name}/{path.name}")
    view = upload(ComparisonView(tool), packed.getvalue(), "more-pets.zip")
    assert view.error == {} and view.values["images"] == "more-pets"
    for name, data in (("x.onnx", b"no model"), ("x.zip", b"PK"), ("x.exe", b"MZ"), ("x.pth", b"\x80\x02.")):
        upload(view, data, name)
        assert view.error["message"] and view.error["code"] != "E900"
    assert len(models_of(tool)) == 2, "the run's and the sample"


@pytest.mark.parametrize("name", sorted(BAD_ONNX))
def test_hostile_files_without_a_card_are_told_and_can_be_left_out(tool, name):
    form = upload(CardView(tool), BAD_ONNX[name]().replace(b"edukit", b"eduxit"), "evil.onnx")  # no card of ours
    assert form.error.get("code", "E") != "E900"
    if bare_upload(tool):
        form.act("give")
        assert form.error.get("code") != "E900" and (name not in ("future-opset", "foreign-operator", "endless-loop", "nan-weights") or form.error)
        form.act("leave")
        assert bare_upload(tool) is None


def test_a_file_that_no_card_fits_is_told_and_can_be_left_out(tool, tmp_path):
    form = CardView(tool)
    upload(form, save(tmp_path / "wide.onnx", network(batch=1, classes=2), with_card=False).read_bytes(), "fine.onnx")
    assert form.error == {} and form.actions[1]["name"] == "leave"
    form.act("leave")
    assert bare_upload(tool) is None and form.actions[0]["disabled"]
    upload(form, save(tmp_path / "ours.onnx").read_bytes(), "ours.onnx")
    assert "already" in form.status
    bytes_in = network(classes=2)
    bytes_in.graph.input[0].type.tensor_type.elem_type = TensorProto.UINT8
    upload(form, save(tmp_path / "bytes.onnx", bytes_in, with_card=False).read_bytes(), "bytes.onnx")
    assert form.error["code"] == "E315" and "bytes.onnx does not fit: found uint8" in form.error["message"] and len(form.pills) == 1 and form.status == ""
    form.act("leave")
    assert bare_upload(tool) is None


def test_a_reload_while_it_times_goes_on_watching(tool, reopened, monkeypatch):
    begun = []
    folder = tool.new_job("comparison")
    leave_job(folder, "compare-accuracy", {"models": [], "names": ""}, events=[{"event": "done"}], answer={})
    leave_job(folder / "speed", "compare-speed", {"models": [], "names": ""})
    monkeypatch.setattr(Job, "alive", lambda _: True)
    monkeypatch.setattr(ComparisonView, "_begin", lambda _, tasks: begun.extend((task.verb, task.folder) for task in tasks))
    assert ComparisonView(reopened(tool)).error == {} and begun == [("compare-speed", folder / "speed")]
