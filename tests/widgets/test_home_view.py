"""Take home: the models and the report are downloaded, all work goes into one zip and comes back out of it."""
import json

from comparisons import three
from lesson_work import leave_job

from edukit.widgets.convert_view import ConvertView
from edukit.widgets.home_view import ALL, HomeView


def downloads(view, monkeypatch):
    got = {}
    monkeypatch.setattr(type(view), "send", lambda _, content, buffers=(): got.setdefault(content.get("download"), []).extend(map(bytes, buffers)))
    return got


def test_without_a_model_it_says_what_comes_first(work):
    view = HomeView(work)
    assert "first do step 2, Train" in view.body and view.actions[0]["disabled"] and view.upload["accept"] == ".zip"


def test_models_are_downloaded_whole_and_nothing_else_is(converted, monkeypatch):
    for view in (HomeView(converted), ConvertView(converted)):
        got = downloads(view, monkeypatch)
        view.act("take", "best-int8.onnx")
        assert b"".join(got["best-int8.onnx"]) == converted.int8.read_bytes()
        view.act("take", "../../choices.json")
        assert len(got) == 1 and view.error["code"] == "E900"


def test_all_work_goes_into_one_file_and_comes_back(converted, monkeypatch, tmp_path):
    view = HomeView(converted)
    got = downloads(view, monkeypatch)
    view.act("all")
    data, weights = b"".join(got[ALL]), converted.checkpoint.read_bytes()
    converted.checkpoint.unlink()
    view.hear({"do": "file", "name": ALL, "part": 0, "parts": 1}, [data])
    assert view.error == {} and "Training 2" in view.body and (converted.folder / "train-2" / "best.pth").read_bytes() == weights


def test_a_file_that_is_no_work_is_told(converted):
    view = HomeView(converted)
    view._heard(view, {"do": "file", "name": "x.zip", "part": 0, "parts": 1}, [memoryview(b"no")])
    assert view.error["code"] == "E213"


def test_the_report_is_asked_for_with_name_and_comparison(converted, fake_jobs, monkeypatch):
    found = three().to_dict()
    for one, path in zip(found["models"], (converted.checkpoint, converted.onnx, converted.int8), strict=True):
        one["path"] = str(path)
    leave_job(converted.folder / "jobs" / "compare-1", "compare", events=[{"event": "done"}], answer=json.loads(json.dumps(found)))
    fake_jobs.effects["report"] = lambda: (converted.trained / "report.html").write_text("<html>")
    view = HomeView(converted)
    got = downloads(view, monkeypatch)
    view.set("student", "小明")
    view.act("start")
    view.wait(60)
    assert view.error == {}
    (words,) = fake_jobs.started
    assert words[0] == "report" and "小明" in words and any(word.endswith("answer.json") for word in words) and got["report.html"] == [b"<html>"]
