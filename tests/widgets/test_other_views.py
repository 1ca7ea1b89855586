"""The views that answer at once: try, move, guess, quiz, check, steps."""
import io
import sys

import numpy as np
import pytest
from dataset_files import encoded, imagenet
from lesson_work import save_model
from PIL import Image

from edukit.core.i18n import set_language, t, texts
from edukit.widgets import CheckView, Guess, MovePicture, Quiz, Steps, TryView
from edukit.widgets.work import Work


def test_a_picture_is_answered_in_place_and_torch_is_not_needed(converted):
    had_torch = "torch" in sys.modules  # another file's tests may have run in this process
    view = TryView(converted)
    assert view.values["model"] == "int8" and view.body.count("data-do='sample'") > 3
    view.received("mine.png", encoded())
    assert view.error == {} and view.body.count("ek-bar ") + view.body.count("ek-bar'") == 2 and "16×16" in view.body and view.status.startswith("It says: ")
    assert converted.steps_done == ["try"] and ("torch" in sys.modules) == had_torch


def test_a_file_that_is_no_picture_is_a_sentence_and_the_next_picture_works(converted):
    view = TryView(converted)
    view._handle_custom_msg({"do": "file", "name": "holiday <b>.docx", "part": 0, "parts": 1}, [memoryview(b"PK\3\4 a document")])
    assert view.error["message"] == "holiday <b>.docx is not a picture." and view.error["code"] == "E103" and converted.steps_done == []
    view.act("sample", "0")
    assert view.error == {} and "ek-bars" in view.body


def test_the_answer_speaks_the_language(converted):
    set_language("zh")
    view = TryView(converted)
    view.act("sample", "1")
    assert "猫" in view.body and "狗" in view.body and view.status.startswith("回答：")


def test_a_model_that_was_replaced_is_loaded_anew(converted):
    view = TryView(converted)
    view.act("sample", "0")
    first = view.body
    save_model(converted.int8, seed=5)
    view.act("sample", "0")
    assert view.body != first


def test_another_model_can_be_chosen_and_is_remembered(converted):
    TryView(converted).set("model", "onnx")
    assert TryView(Work(converted.workspace)).values["model"] == "onnx"


def test_without_any_model_it_says_what_comes_first(work, monkeypatch):
    monkeypatch.setattr("edukit.data.sample_model", lambda name="emoji": None)
    view = TryView(work)
    assert "steps 2 and 3" in view.body and view.error == {}


def canvas(colour="red"):
    stream = io.BytesIO()
    Image.new("RGB", (224, 224), colour).save(stream, "PNG")
    return stream.getvalue()


def test_a_moved_picture_is_answered_and_numbered(work, tmp_path, monkeypatch):
    model = save_model(tmp_path / "sample.onnx", classes=("animal", "building", "face", "food", "tool", "vehicle"))
    monkeypatch.setattr(MovePicture, "model", property(lambda self: model))
    view = MovePicture(work)
    sent = []
    monkeypatch.setattr(view, "send", lambda message, *_: sent.append(message))
    view._handle_custom_msg({"do": "look", "number": 7}, [memoryview(canvas())])
    assert sent[0]["number"] == 7 and sum(sent[0]["scores"]) == pytest.approx(1, abs=1e-3) and view.error == {}
    assert np.allclose(view.look(canvas("blue")), view.look(canvas("blue"))) and view.look(canvas("blue")) != sent[0]["scores"]
    assert len(view.pictures) == len(view.names) == 6 and all(one["uri"].startswith("data:image/") for one in view.pictures)
    view._handle_custom_msg({"do": "look", "number": 8}, [memoryview(b"no picture")])
    assert view.error["code"] == "E103"
    save_model(model, classes=("cat", "dog"))
    view._handle_custom_msg({"do": "look", "number": 9}, [memoryview(canvas())])
    assert view.error["code"] == "E207" and "cat, dog" in view.error["message"]


def test_a_guess_is_kept_and_held_against_the_result(work):
    view, recall = Guess(work), Guess(work, recall=True)
    assert "not guessed yet" in recall.body
    view.act("guess", "nonsense")
    assert view.guessed == ""
    view.act("guess", "85")
    assert Guess(Work(work.workspace)).guessed == "85" and "when the network is trained" in view.body


def test_a_good_guess_is_praised_and_another_one_makes_one_think(trained):
    view, recall = Guess(trained), Guess(trained, recall=True)
    view.act("guess", "85")
    assert "Well guessed" in recall.body and "80%" in recall.body
    view.act("guess", "17")
    assert "why might that be" in recall.body


def test_every_choice_of_the_quiz_says_why(work):
    view = Quiz("lesson_01", work)
    assert view.count == 3
    for number in range(1, 4):
        right = t(f"lesson_01.quiz{number}.right")
        assert f"lesson_01.quiz{number}.choice{right}" in texts()
        for choice in "123":
            view.act("answer", f"{number}:{choice}")
            assert t(f"lesson_01.quiz{number}.why{choice}").split("'")[0] in view.body
            assert ("right" in view.body.partition(f"data-value='{number}:{choice}'")[0].rpartition("<button")[2]) == (choice == right)
        view.act("answer", f"{number}:{right}")
    assert view.pills == [{"text": "3 of 3 right", "kind": "good"}]
    assert Quiz("lesson_01", Work(work.workspace)).right == 3
    view.act("answer", "9:1")
    assert view.right == 3 and view.error == {}


def test_the_check_passes_good_work_and_fails_the_rest(converted, pets, monkeypatch):
    view = CheckView(converted)
    view.act("start")
    rates = view.findings()
    assert view.error == {} and [good for good, _ in rates][:3] == [True, True, True], "trained, smaller, same answers"
    save_model(converted.int8, seed=1, padding=9000)
    assert [good for good, _ in view.findings()][1] is False, "a file as large as before is no success"
    converted.int8.unlink()
    view.act("start")
    assert "no INT8 file" in view.body and "✗" in view.body and view.pills[0]["kind"] == "warn"
    converted.checkpoint.unlink()
    view.act("start")
    assert "not trained a model" in view.body


def test_the_check_refuses_pictures_of_other_classes(converted, tmp_path):
    converted.dataset = str(imagenet(tmp_path / "plants", "moss", "tree"))
    view = CheckView(converted)
    view.act("start")
    assert view.error["code"] == "E207" and "moss" in view.error["message"]


def test_sample_pictures_and_the_answer_go_with_the_model(work, trained):
    view = TryView(work)
    view.act("sample", "0")
    assert "ek-seen" in view.body and view._sampled_from == "emoji", "nothing is converted yet: the model that ships answers"
    save_model(trained.trained / "best-int8.onnx", seed=1)
    work.finish("convert")
    assert view._sampled_from == work.dataset and "ek-seen" not in view.body, "pictures and answer were of the other model"


def test_a_sample_picture_that_is_broken_does_not_take_the_others_along(converted, pets):
    (pets / "test_set" / "cat" / "0.png").write_bytes(b"no picture")
    view = TryView(converted)
    assert view.error == {} and "⚠" in view.body and view.body.count("<img") >= 2


def test_steps_get_their_ticks(work):
    view = Steps(work)
    assert [step["title"] for step in view.steps] == ["Pictures", "Train", "Convert", "Compare", "Your picture"] and view.done == []
    work.finish("train")
    assert view.done == ["train"]


def test_a_package_that_is_missing_is_named(monkeypatch):
    import edukit.widgets
    from edukit.core.errors import PackageMissing

    for name in [name for name in sys.modules if name.startswith("edukit.widgets.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(PackageMissing, match="anywidget"):
        edukit.widgets.TrainView  # noqa: B018 - looked up is enough
