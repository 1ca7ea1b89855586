"""The graph view: shows the file in use, or one that is dropped; nothing before a model is converted."""
from onnx_files import convolutions, save

from edukit.widgets import GraphView


def test_it_shows_the_file_that_is_chosen(converted):
    view = GraphView(converted)
    assert view.body == "" and view.actions[0]["primary"] and not view.actions[0]["disabled"] and "best.onnx" in view.code
    view.act("look")
    assert view.error == {} and "best.onnx" in view.body and "<svg" in view.body
    view.set("file", "int8")
    view.act("look")
    assert "best-int8.onnx" in view.body and "best-int8.onnx" in view.code


def test_a_dropped_file_is_shown_and_a_bad_one_told(converted, tmp_path):
    view, data = GraphView(converted), save(tmp_path / "other.onnx", convolutions()).read_bytes()
    view.received("other.onnx", data)
    assert "Gemm" in view.body and view.error == {}
    view.received("cut.onnx", data[:-20])
    assert view.error["code"] == "E308"


def test_without_a_model_it_says_what_to_do(work):
    view = GraphView(work)
    assert view.actions[0]["disabled"] and view.body
