"""The views that answer at once: try, move, guess, quiz, check, steps."""
import json
import sys
import threading
from types import SimpleNamespace

import onnx_files
import pytest
from dataset_files import encoded, imagenet
from lesson_work import HISTORY, leave_job, save_model
from table_format import TABLE, write_table

from edukit.core.errors import BadArgument, UnknownChoice
from edukit.core.i18n import set_language
from edukit.runtime import FORMATS, inspect_model
from edukit.widgets import CheckView, Guess, Quiz, Recall, Steps, TryView, checks, view_class
from edukit.widgets.checks import NotThere, best_of_runs, head_start
from edukit.widgets.figures import figure, run_values, runs_apart


def test_a_picture_is_answered_in_place_and_torch_is_not_needed(converted):
    had_torch = "torch" in sys.modules  # another file's tests may have run in this process
    view = TryView(converted)
    assert view.values["model"] == "train-1/best-int8.onnx" and view.body.count("data-do='sample'") > 3
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


def test_another_model_can_be_chosen_and_is_remembered(converted, reopened):
    TryView(converted).set("model", "train-1/best.onnx")
    assert TryView(reopened(converted)).values["model"] == "train-1/best.onnx"


def test_without_any_model_it_says_what_comes_first(work, monkeypatch):
    monkeypatch.setattr("edukit.widgets.try_view.sample_model", lambda name="emoji": None)
    view = TryView(work)
    assert "step 2, Train" in view.body and "step 3, Convert" in view.body and view.error == {}


def test_a_guess_is_kept_and_held_against_the_result(work, reopened):
    view, recall = Guess(work, "right_of_100"), Recall(work, "right_of_100")
    assert "not guessed yet" in recall.body and "How many of 100?" in view.body
    view.act("guess", "nonsense")
    assert view.guessed == ""
    view.act("guess", "85")
    assert Guess(reopened(work), "right_of_100").guessed == "85" and "kept until then" in view.body and "kept until then" in recall.body


def test_a_good_guess_is_praised_and_another_one_makes_one_think(trained):
    view, recall = Guess(trained, "right_of_100"), Recall(trained, "right_of_100")
    view.act("guess", "85")
    assert "85, and it is 80: well guessed" in recall.body
    view.act("guess", "17")
    assert view.guessed == "85" and view.body.count(" disabled>") == view.body.count("<button"), "fixed once the answer is shown"
    trained.remember("guess", {"right_of_100": "17"})
    assert "17, and it is 80: why?" in Recall(trained, "right_of_100").body
    (trained.trained / "log.json").write_text(json.dumps({"history": HISTORY, "dataset": "digits"}))
    assert "kept until then" in Recall(trained, "right_of_100").body, "the question was about other pictures"


def test_a_part_that_the_lesson_lacks_is_named(work):
    for made in (lambda: Guess(work, "other"), lambda: Quiz(work, "second"), lambda: CheckView(work, "x")):
        with pytest.raises(BadArgument, match="right_of_100"):
            made()


def test_every_choice_of_the_quiz_says_why(work, reopened):
    view = Quiz(work)
    assert "Why &lt;b&gt;?" in view.body and view.pills == []
    for value, right, why in (("1:1", False, "because not"), ("1:2", True, "because so"), ("2:2", False, "not at all"), ("2:1", True, "well done")):
        view.act("answer", value)
        button = view.body.partition(f"data-value='{value}'")[0].rpartition("<button")[2]
        assert why in view.body and ("ek-choice right" in button, "ek-choice wrong" in button) == (right, not right)
    assert view.pills == [{"text": "2 of 2 right", "kind": "good"}] and Quiz(reopened(work)).right == 2
    for nonsense in ("9:1", "0:1", "1:9", "x", "1:-1"):
        view.act("answer", nonsense)
    assert view.error == {} and view.right == 1, "1:9 is no choice, so none is right; the others are ignored"


def test_the_check_passes_good_work_and_fails_the_rest(converted, pets, monkeypatch):
    view = CheckView(converted)
    view.act("start")
    view.wait(60)
    rates = view.findings()
    assert view.error == {} and [good for good, _ in rates][:3] == [True, True, True], "trained, smaller, same answers"
    assert ("ek-party" in view.body) == all(good for good, _ in rates)
    save_model(converted.int8, seed=1, padding=9000)
    assert [good for good, _ in view.findings()][1] is False, "a file as large as before is no success"
    converted.int8.unlink()
    view.act("start")
    view.wait(60)
    assert "no INT8 file" in view.body and "ek-party" not in view.body and "✗" in view.body and view.pills[0]["kind"] == "warn"
    converted.checkpoint.unlink()
    view.act("start")
    view.wait(60)
    assert "not trained a model" in view.body


def test_a_graph_with_many_nodes_or_a_fixed_batch_does_not_pass(work, converted):
    assert figure("nodes_left", converted) == 3 and checks.few_nodes(converted, at_most=3)[0] and not checks.few_nodes(converted, at_most=2)[0]
    assert checks.free_batch(converted) == (True, "Its input is batch × 3 × 16 × 16: it takes any number of pictures at once.")
    onnx_files.save(converted.onnx, onnx_files.network(batch=1, side=16, classes=2), with_card=inspect_model(converted.int8).card.to_json())
    good, said = checks.free_batch(converted)
    assert not good and "1 × 3 × 16 × 16" in said
    converted.onnx.unlink()
    assert figure("nodes_left", converted) is None
    with pytest.raises(NotThere, match="not converted yet"):
        checks.few_nodes(converted, at_most=3)


def test_how_many_answers_changed_is_told_by_the_newest_comparison(converted):
    for agreement, changed in ((None, None), (0.96, 4)):  # None: accuracy was left out
        answer = {"models": [{"agreement": 1.0}, {"agreement": agreement}]}
        leave_job(converted.new_job("compare"), "compare", events=[{"event": "done", "answer": answer}], answer=answer)
        assert figure("answers_changed", converted) == (None if changed is None else pytest.approx(changed))


def test_the_check_refuses_pictures_of_other_classes(converted, tmp_path):
    converted.dataset = str(imagenet(tmp_path / "plants", "moss", "tree"))
    view = CheckView(converted)
    view.act("start")
    view.wait(60)
    assert view.error["code"] == "E207" and "moss" in view.error["message"]


def test_the_check_runs_beside_the_page_and_says_how_far_it_is(converted, monkeypatch):
    view, may_go_on, said = CheckView(converted), threading.Event(), []
    view.observe(lambda change: said.append(change["new"]), ["share"])
    whole = checks.findings
    monkeypatch.setattr("edukit.widgets.check_view.findings", lambda *given: may_go_on.wait(60) and whole(*given))
    view.act("start")
    assert view.busy and view.status, "the press comes back at once"
    view.act("start")
    may_go_on.set()
    view.wait(60)
    assert not view.busy and view.status == "" and view.pills and said == sorted(said) and len(said) > 1


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


def test_a_model_of_any_format_is_listed_and_answers(converted):
    with FORMATS.added(TABLE):
        write_table(converted.trained / "colours.table", ("cat", "dog"))
        view = TryView(converted)
        view.set("model", "train-1/colours.table")
        view.act("sample", "0")
        assert view.error == {} and "colours.table" in view.pills[0]["text"] and "ek-seen" in view.body


def test_views_are_had_by_their_kind():
    assert view_class("train").__name__ == "TrainView" and view_class("recall") is Recall and view_class("move").kind == "move"
    with pytest.raises(UnknownChoice, match="move"):
        view_class("moves")


def test_the_best_of_several_runs_must_be_in_use(trained):
    assert runs_apart(trained) is None and best_of_runs(trained, runs=2)[0] is False, "one run alone is not the best of anything"
    other = trained.new_run("train")
    (other / "best.pth").write_bytes(b"weights")
    rows = [{"epoch": 1, "train_loss": 1.8, "val_loss": 1.7, "train_top1": 0.2, "val_top1": 0.25}]
    (other / "log.json").write_text(json.dumps({"state": "finished", "history": rows}), encoding="utf-8")
    values = run_values(trained)
    worst = min(values, key=values.get)
    assert runs_apart(trained) == pytest.approx(100 * (max(values.values()) - values[worst])) and len(values) == 2 and worst == other.name
    trained.choose(worst)
    good, said = best_of_runs(trained, runs=2)
    assert good is False and "Training 2 is in use" in said
    trained.choose("train-1")
    assert best_of_runs(trained, runs=2)[0] is True and best_of_runs(trained, runs=3)[0] is False
    (other / "log.json").write_text(json.dumps({"state": "finished", "history": rows, "dataset": "digits"}), encoding="utf-8")
    assert list(run_values(trained)) == ["train-1"], "a run on other pictures is not held against these"


def test_a_head_start_is_the_lead_of_the_best_pretrained_run(trained, monkeypatch):
    pretrained = {"train-1"}

    def checked(file):
        return SimpleNamespace(card=SimpleNamespace(notes={"pretrained": file.parent.name in pretrained}))

    monkeypatch.setattr("edukit.widgets.checks.check_checkpoint", checked)
    with pytest.raises(NotThere, match="from nothing"):
        head_start(trained, at_least=0.1)
    other = trained.new_run("train")
    (other / "best.pth").write_bytes(b"weights")
    rows = [{"epoch": 1, "train_loss": 1.8, "val_loss": 1.7, "train_top1": 0.2, "val_top1": 0.25}]
    (other / "log.json").write_text(json.dumps({"state": "finished", "history": rows}), encoding="utf-8")
    lead = run_values(trained)["train-1"] - 0.25
    assert head_start(trained, at_least=lead)[0] is True and head_start(trained, at_least=lead + 0.01)[0] is False
    pretrained ^= {"train-1", other.name}
    assert head_start(trained, at_least=0.0)[0] is False, "from nothing did better"
