"""The view of the mistakes: real evaluations, cells that open, a threshold that costs, labels that are mended and undone."""
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edukit import jobs
from edukit.core.i18n import set_language
from edukit.core.workspace import use
from edukit.data import DatasetBuilder, load_dataset, sample_model
from edukit.evaluation import evaluate
from edukit.widgets.checks import findings
from edukit.widgets.evaluate_view import EvaluateView
from edukit.widgets.figures import figure
from tests.lesson_work import leave_job, save_model

CLASSES = ("cat", "dog")


@pytest.fixture
def own(work):
    """The student's own set of two classes, a model that errs on it, and the job that measured it."""
    use(work.workspace)
    builder = DatasetBuilder("mine", workspace=work.workspace)
    rng = np.random.default_rng(0)
    for label in CLASSES:
        builder.add(label, [rng.integers(0, 256, (20, 20, 3)).astype(np.uint8) for _ in range(12)], names=[f"{label}{number}.png" for number in range(12)])
    builder.split("0.5,0.4,0.1")
    work.dataset = "mine"
    run = work.new_run("train")
    (run / "best.pth").write_bytes(b"weights")
    measured = evaluate(save_model(run / "best.onnx", seed=3), builder.dataset(), split="validation", reasons=0)
    arguments = {"model": str(run / "best.pth"), "data": "mine", "split": "validation"}
    leave_job(work.new_job("evaluate"), "evaluate", arguments, answer=measured.to_dict(), events=[{"event": "done", "answer": measured.to_dict()}])
    return work, measured


def test_without_a_model_the_view_says_where_one_comes_from(work):
    view = EvaluateView(work)
    assert "Train" in view.body and view.actions[0]["disabled"] and view.error == {}
    view.act("cell", "0,0")
    assert view.error == {}


def test_the_button_measures_the_model_in_use(converted, fake_jobs):
    view = EvaluateView(converted)
    view.act("start")
    view.wait()
    words = fake_jobs.started[0]
    assert words[:1] == ["evaluate"] and words[words.index("--split") + 1] == "validation" and words[words.index("--reasons") + 1] == "12"
    assert view.error == {} and "split='validation'" in view.code


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_cell_opens_its_pictures_and_the_threshold_tells_its_cost(own, lang):
    set_language(lang)
    work, measured = own
    view = EvaluateView(work)
    row, column = next((row, column) for row, counts in enumerate(measured.confusion) for column, count in enumerate(counts) if count and row != column)
    view.act("cell", f"{row},{column}")
    inside = view.body.split("ek-changed")[1]
    assert inside.count("<figure>") == measured.confusion[row][column] and "aria-pressed='true'" in view.body and view.error == {}
    view.set("threshold", 0.95)
    assert "var(--ek-accent)" in view.body.rpartition("<svg")[2] and "var(--ek-int8)" not in view.body, "the bars of which lesson 05 says that they are blue"
    assert view.body.count("<svg") == 4 and ("0.95" in view.body) and view.error == {}
    view.set("threshold", 2.0)
    assert view.error["near"] == "threshold"


def test_a_wrong_label_of_ones_own_set_is_mended_survives_and_is_undone(own):
    work, measured = own
    view, wrong = EvaluateView(work), measured.wrong[0]
    view.act("look", wrong.path.name)
    assert view.body.split("ek-looked")[0].count("<figure>") == 1 + [one.path for one in measured.wrong].index(wrong.path), "it opens right behind its picture"
    place = measured.classes.index(wrong.predicted)
    view.act("label", str(place))
    assert view.error == {} and "✎" in view.body and any(one["name"] == "undo" for one in view.actions)
    labels = {sample.path.name: sample.label for split in load_dataset("mine").splits for sample in split}
    assert labels[wrong.path.name] == wrong.predicted and len(labels) == 24
    assert "✎" in EvaluateView(work).body, "another page sees it"
    view.act("undo")
    labels = {sample.path.name: sample.label for split in load_dataset("mine").splits for sample in split}
    assert labels[wrong.path.name] == wrong.label and "✎" not in view.body and all(one["name"] != "undo" for one in view.actions)


def test_labels_of_a_set_that_is_not_ones_own_are_left_alone(own, pets):
    work, measured = own
    work.dataset = str(pets)
    view = EvaluateView(work)
    before = sorted(path for path in pets.rglob("*"))
    view.act("look", measured.wrong[0].path.name)
    view.act("label", "0")
    assert sorted(path for path in pets.rglob("*")) == before


def test_the_page_is_saved_and_sent(own):
    work, _ = own
    view, sent = EvaluateView(work), []
    assert [one["name"] for one in view.get_state(["actions"])["actions"]] == ["start", "report"]
    view.send = lambda content, buffers=None: sent.append(content)
    view.act("report")
    assert view.error == {} and sent[0]["download"] == "evaluation.html" and (work.folder / "evaluation.html").is_file()


def test_a_damaged_answer_is_no_answer(own):
    work, _ = own
    for folder in work.jobs("evaluate"):
        (folder / "answer.json").write_text('{"count": 3}')
    assert jobs.find(work.jobs("evaluate")[0]) and "ek-matrix" not in EvaluateView(work).body


def test_the_check_of_the_threshold_fails_without_one_and_where_it_does_not_pay(own):
    work, measured = own
    wanted = {"check": "threshold_pays", "at_least": 0.0, "answered": 0.0, "model": "onnx"}
    (good, said), = findings(work, [wanted])
    assert not good and "No threshold" in said
    EvaluateView(work).set("threshold", 0.3)
    (good, said), = findings(work, [wanted])
    assert good and "30%" in said
    EvaluateView(work).set("threshold", 0.95)
    assert not findings(work, [wanted | {"answered": 0.9}])[0][0]
    assert not findings(work, [wanted | {"at_least": 1.01}])[0][0]
    assert figure("surest_mistake", work) == pytest.approx(100 * measured.wrong[0].score)


def test_no_mistake_is_known_before_they_were_looked_for(work):
    assert figure("surest_mistake", work) is None


def test_two_models_on_the_same_pictures_are_held_against_each_other(own):
    work, measured = own
    assert "chance" not in EvaluateView(work).body
    other = replace(measured, model=str(work.folder / "train-9" / "best.pth"), pictures=tuple(replace(one, predicted=one.label) for one in measured.pictures))
    arguments = {"model": other.model, "data": "mine", "split": "validation"}
    leave_job(work.new_job("evaluate"), "evaluate", arguments, answer=other.to_dict(), events=[{"event": "done", "answer": other.to_dict()}])
    body = EvaluateView(work).body
    assert "First is Training 9, second is Training 1" in body
    assert f"{len(measured.wrong)} pictures are right with the first model alone, 0 with the second" in body


def answered(folder, measured, **arguments):
    answer = measured.to_dict()
    leave_job(folder, "evaluate", arguments, answer=answer, events=[{"event": "done", "answer": answer}])


def test_the_same_things_on_other_backgrounds_and_faces_of_other_skin(work, fake_jobs):
    """Answers of another model or split do not mix in; a set without faces has no skin."""
    use(work.workspace)
    work.dataset = "emoji"
    measured = evaluate(sample_model(), load_dataset("emoji").validation, reasons=0)
    answered(work.new_job("evaluate"), measured, model=measured.model, data="emoji", split="validation")
    run = work.new_run("train")
    (run / "best.pth").write_bytes(b"weights")
    view = EvaluateView(work)
    assert [action["name"] for action in view.actions][2:] == ["others", "backgrounds", "skin"] and "another background" not in view.body
    for name, changes in (("backgrounds", ["black", "red", "noise", "stripes"]), ("skin", ["light", "medium-light", "medium", "medium-dark", "dark"])):
        before = len(fake_jobs.started)
        view.act(name)
        view.wait()
        assert [words[words.index("--change") + 1] for words in fake_jobs.started[before:]] == changes and view.error == {}
    wrong = replace(measured, pictures=tuple(replace(one, predicted="tool") for one in measured.pictures))
    for change, one in (("black", wrong), ("red", replace(measured, model="other.onnx")), ("noise", replace(measured, split="test")), ("dark", wrong)):
        answered(work.new_job("probe"), one, change=change)
    body = EvaluateView(work).body
    table = body.split("another background?")[1].split("</table>")[0]
    assert "black" in table and "red" not in table and "noise" not in table and table.count("/39<") == 2
    skin = body.split("skin tone?")[1].split("</table>")[0]
    assert ">6/6<" in skin and ">0/6<" in skin


def test_other_artists_drew_the_same_things(work, fake_jobs):
    """One row for each set that a model learnt from; a run on other classes is none."""
    use(work.workspace)
    work.dataset = "emoji"
    measured = evaluate(sample_model(), load_dataset("emoji").test, reasons=0)
    answered(work.new_job("evaluate"), measured, model=measured.model, data="emoji", split="validation")
    for learnt, classes in (("mine", measured.classes), ("pets", CLASSES), ("emoji", measured.classes)):
        run = work.new_run("train")
        (run / "best.pth").write_bytes(b"weights")
        (run / "log.json").write_text(json.dumps({"dataset": learnt, "classes": list(classes), "history": [{"epoch": 1}]}))
    view = EvaluateView(work)
    assert "ek-grid" not in view.body
    view.act("others")
    view.wait()
    asked = [(Path(words[1]).parent.name, words[2], words[words.index("--split") + 1]) for words in fake_jobs.started]
    assert asked == [(run, data, "test") for run in ("train-3", "train-1") for data in ("emoji", "emoji-fluent", "emoji-twemoji")] and view.error == {}
    for learnt, data, top1 in (("emoji", "emoji", 0.9), ("emoji", "emoji-fluent", 0.6), ("mine", "emoji", 0.3), ("emoji", "emoji-fluent", 0.5)):
        answered(work.new_job("shift"), replace(measured, trained_on=learnt, dataset=data, top1=top1))
    leave_job(work.new_job("shift"), "evaluate", {}, answer={"count": 3}, events=[{"event": "done", "answer": {"count": 3}}])
    view = EvaluateView(work)
    grid = view.body.split("ek-grid")[1]
    assert grid.count("<tr>") == 3 and "Fluent" in grid and "mine" in grid and grid.count("aria-current") == 1 and "50.0%" in grid and "60.0%" not in grid
    view.act("report")
    assert "ek-grid" in (work.folder / "evaluation.html").read_text(encoding="utf-8")
    work.dataset = str(work.folder)
    assert all(action["name"] != "others" for action in EvaluateView(work).actions)
