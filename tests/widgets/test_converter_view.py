"""The converter: what is uploaded comes back as a package that runs, in its turn, and a hostile upload runs nothing."""
import html
import io
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from edukit.core.errors import ClassesDiffer
from edukit.widgets import ComparisonView, ConverterView
from edukit.widgets.uploads import models_of, uploads
from edukit.widgets.work import Work
from tests.conversion.test_converting import checkpoint
from tests.hostile.files import BAD_CHECKPOINTS, proof_of
from tests.widgets.conftest import HEADER


def upload(view, data, name="mine.pth"):
    view._handle_custom_msg({"do": "file", "name": name, "part": 0, "parts": 1}, [memoryview(data)])
    return view


def converted(view, target="ONNX"):
    """Presses the button; the downloaded package."""
    parts = []
    view.send = lambda content, buffers=(): parts.extend(buffers) if "download" in content else None
    view.set("target", target)
    view.act("start")
    view.wait(300)
    return zipfile.ZipFile(io.BytesIO(b"".join(parts))) if parts else None


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return checkpoint(tmp_path_factory.mktemp("upload") / "a.pth").read_bytes()


def test_an_upload_comes_back_as_a_package_that_runs_elsewhere(work, weights, tmp_path, reopened):
    view = upload(ConverterView(work), weights, "../../我的 model.pth")
    assert view.error == {} and [one.name for one in uploads(work)] == ["我的 model.pth"] and "LeNet" in view.body
    package = converted(view)
    assert any(name.endswith("我的 model.pth · best.onnx") for name, _ in models_of(ComparisonView(Work(work.workspace.of_lesson("comparison"))).work).values())
    assert view.error == {} and {"model.onnx", "card.json", "basic.py", "camera.py", "check.py", "golden.json"} <= set(package.namelist())
    package.extractall(tmp_path / "board")
    done = subprocess.run([sys.executable, "-B", "check.py"], cwd=tmp_path / "board", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "mine-" not in view.code and "ek.convert('我的 model.pth'" in view.code and "write_sample_code" in view.code
    assert "ONNX gives the same answer as PyTorch on all" in view.body and "random inputs" in view.body, "this model's pictures are not here"
    assert "model.xml" in converted(view, "OpenVINO").namelist() and "OpenVINO gives the same answer" in view.body
    view.set("target", "INT8")
    assert "the same answer" not in view.body, "nothing was made of it in that form"
    view.set("target", "ONNX")
    assert "ONNX gives the same answer" in view.body
    again = ConverterView(reopened(work))
    assert "data-do='take'" in again.body and "write-sample-code: done" in again.body, "a reload shows what was made"


def test_uploads_have_a_limit_in_total_that_deleting_lifts(work, weights, monkeypatch):
    monkeypatch.setattr("edukit.widgets.uploads.MOST_KEPT_BYTES", int(2.5 * len(weights)))
    view = upload(upload(ConverterView(work), weights, "first.pth"), weights, "second.pth")
    assert view.error == {}
    comparison = upload(ComparisonView(Work(work.workspace.of_lesson("comparison"), HEADER)), weights, "third.pth")
    assert comparison.error["code"] == "E507" and ".pth (" in comparison.error["remedy"]
    assert [one.name for one in uploads(work)] == ["second.pth", "first.pth"], "nothing is deleted unasked"
    oldest = uploads(work)[1]
    key = re.search(r"data-value='([^']*)'[^>]*>Delete first.pth", comparison.body)[1]
    for bad in ("../../etc", "", "converter/upload-99"):
        comparison.act("delete_upload", bad)
    assert len(uploads(work)) == 2
    comparison.act("delete_upload", key)
    assert not oldest.folder.exists() and "first.pth" in comparison.status and "first.pth" not in comparison.body
    assert upload(comparison, weights, "third.pth").error == {}
    view.act("delete_upload", re.search(r"data-value='([^']*)'[^>]*>Delete second.pth", ConverterView(work).body)[1])
    assert uploads(work) == [] and view.chosen is None and view.error == {} and view.actions[0]["disabled"]


@pytest.mark.parametrize(("target", "model"), [("INT8", "model.onnx"), ("OpenVINO", "model.xml"), ("NCNN", "model.param")])
def test_every_target(work, weights, pets, target, model):
    shutil.copytree(pets, work.workspace.datasets / "own-pets")
    view = upload(ConverterView(work), weights)
    view.set("calibration", "own-pets")
    package = converted(view, target)
    assert view.error == {} and model in package.namelist() and b'"precision": "%s"' % (b"int8" if target == "INT8" else b"fp32") in package.read("card.json")


def test_a_failure_tells_the_log_and_the_mend_and_the_next_try_works(work, weights, pets):
    view = upload(ConverterView(work), weights)
    assert converted(view, "INT8") is None
    assert view.error["code"] == ClassesDiffer.code and "<details open>" in view.body and "quantize: failed" in view.body
    assert view.error["remedy"] in html.unescape(view.body)
    assert "the model mine.pth knows" in view.error["message"] and "the dataset emoji has" in view.error["message"]
    assert "upload-1/" not in view.body and view.error["message"] in html.unescape(view.body)
    assert ConverterView(work).error["message"] == view.error["message"], "also after a reload"
    assert converted(view, "ONNX") is not None and view.error == {} and "<details open>" not in view.body


@pytest.mark.parametrize("name", sorted(BAD_CHECKPOINTS))
def test_hostile_uploads_run_nothing(work, tmp_path, name):
    data = BAD_CHECKPOINTS[name](tmp_path / "evil")
    view = upload(ConverterView(work), data)
    if view.error == {}:  # it can be read, and is no model that can be converted
        assert converted(view) is None
    else:
        assert "best.pth" not in view.error["message"], "it is called what the learner calls it"
    assert view.error["code"].startswith("E") and view.error["code"] != "E900" and view.error["message"]
    assert not proof_of(tmp_path / "evil").exists() and not list(work.folder.rglob("*.zip"))


def test_other_files_are_refused_and_leave_nothing(work):
    for name in ("model.exe", "a/b.py", "", "x.pth\0.png"):
        view = upload(ConverterView(work), b"x", name)
        assert view.error["message"] and uploads(work) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_uploads_at_once_all_come_back(work, weights):
    """Ten students press the button within a second; one job works at a time, the others see their place."""
    views, places = [], []
    for number in range(10):
        own = work.workspace.of_student(f"student-{number}")
        shutil.rmtree(own.folder, ignore_errors=True)
        own.folder.mkdir(parents=True)
        views.append(upload(ConverterView(Work(own, HEADER)), weights))
    for view in views:
        view.observe(lambda change: places.append(change["new"]), "status")
        view.act("start")
    for view in views:
        view.wait(800)
        assert view.error == {} and view.package.is_file(), view.error
        with zipfile.ZipFile(view.package) as package:
            assert package.testzip() is None and "model.onnx" in package.namelist()
    ahead = [int(found[1]) for place in places if (found := re.search(r"(\d+) ahead of you", place))]
    assert max(ahead) >= 5, "with ten at once the last ones are told that many are before them"
