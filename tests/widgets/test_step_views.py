"""The views that start jobs: what they ask for, what they show, and that a new page finds the work of the old one."""
import ast
import json
import re
import time
from dataclasses import replace

import pytest
from comparisons import comparison, measured
from lesson_work import ERROR, HISTORY, leave_job, save_model

from edukit import jobs
from edukit.comparison import ChangedPicture, Ratio
from edukit.comparison.kinds import model_style
from edukit.conversion.simplifying import Simplification
from edukit.core.html import stylesheet
from edukit.core.i18n import set_language
from edukit.widgets import CompareView, ConvertView, DataView, TrainView
from edukit.widgets.step_view import seconds_left
from edukit.widgets.work import Work


def pressed(view, name="start"):
    view.act(name)
    view.wait(60)
    return view


def button(view, name="start"):
    return next(action for action in view.actions if action["name"] == name)


def test_pictures_are_shown_and_checked_by_a_real_job(work, pets, reopened):
    (pets / "training_set" / "cat" / "0.png").write_bytes(b"no picture")
    view = DataView(work)
    assert view.body.count("<img") == 15 and "⚠" in view.body and "12 + 3 + 4" in view.body
    pressed(view)
    assert view.error == {} and "1 error" in view.body and work.steps_done == ["data"] and not view.busy
    assert "1 error" in DataView(reopened(work)).body, "a reload shows the last check"


def test_a_folder_that_is_none_is_told_beside_the_field_and_the_others_keep_theirs(work, pets, tmp_path, reopened):
    view = DataView(work)
    view.set("folder", str(tmp_path / "nowhere"))
    assert view.error["code"] == "E211" and view.error["near"] == "folder" and work.dataset == str(pets)
    assert button(view)["disabled"] and "<img" not in view.body and reopened(work).dataset == str(pets)
    view.set("folder", f'"{pets}"')  # as a file manager copies it
    assert view.error == {} and view.body and work.dataset == str(pets)


def test_a_dataset_that_has_vanished_is_told_until_another_is_chosen(work, pets):
    pets.rename(pets.parent / "moved")
    data, train = DataView(work), TrainView(work)
    assert data.error["code"] == train.error["code"] == "E211"
    data.set("source", "emoji")
    assert data.error == train.error == {} and "emoji" in train.code


def test_another_dataset_reaches_the_other_views(work, reopened):
    data, train = DataView(work), TrainView(work)
    assert [setting["name"] for setting in data.settings] == ["source", "folder"]
    data.set("source", "emoji")
    assert work.dataset == "emoji" and "emoji" in train.pills[0]["text"] and "'emoji'" in train.code
    assert [setting["name"] for setting in data.settings] == ["source"], "the folder's field is there for a folder alone"
    assert reopened(work).dataset == "emoji"


def test_train_asks_for_what_is_set_and_shows_what_came(work, fake_jobs, reopened):
    def learn():
        run = work.folder / "train-1"
        (run / "best.pth").touch()
        (run / "log.json").write_text(json.dumps({"history": HISTORY, "seconds": 61}))

    fake_jobs.effects["train"], fake_jobs.answers["train"] = learn, {"history": HISTORY}
    view = TrainView(work)
    assert "Press Train" in view.body and button(view)["label"] == "▶ Train"
    for name, value in (("backbone", "LeNet"), ("epochs", 3), ("lr", 0.01), ("freeze", False), ("random_seed", 2)):
        view.set(name, value)
    pressed(view)
    words = fake_jobs.started[0]
    assert words[:2] == ["train", work.dataset] and words[words.index("--out") + 1] == str(work.folder / "train-1")
    options = dict(zip(words[2::2], words[3::2]))
    assert {key: options[key] for key in ("--backbone", "--epochs", "--lr", "--freeze", "--random-seed")} == {
        "--backbone": "LeNet", "--epochs": "3", "--lr": "0.01", "--freeze": "false", "--random-seed": "2"}  # fmt: skip
    assert "80%" in view.body and "epoch 2" in view.body and "1:01" in view.body and view.status == "Done, and saved on this computer."
    assert button(view)["label"] == "▶ Train again" and work.steps_done == ["train"]
    again = TrainView(reopened(work))
    assert again.values["backbone"] == "LeNet" and "80%" in again.body and {"text": "✓ saved", "kind": "good"} in again.pills


@pytest.mark.parametrize("view", [DataView, TrainView, ConvertView, CompareView])
def test_the_code_shown_is_python_and_says_what_is_set(converted, view):
    made = view(converted)
    assert any(isinstance(node, ast.Call) for node in ast.walk(ast.parse(made.code))) and made.explain
    if view is TrainView:
        made.set("lr", 0.01)
        assert "lr=0.01" in made.code and "epochs=12" in made.code


def test_an_unfinished_training_is_found_again_and_can_be_stopped(work, reopened):
    folder = work.folder / "jobs" / "check-1"
    jobs.start("check-dataset", {"source": work.dataset}, folder)
    view = DataView(reopened(work))
    view.wait(60)
    assert view.error == {} and view.work.steps_done == ["data"]
    assert jobs.find(folder).state == "done", "found, not started anew"


@pytest.mark.parametrize("said", [{"event": "done", "answer": {}}, {"event": "stopped"}])
def test_a_job_that_ended_while_no_page_was_open_has_done_the_step_once(work, reopened, said):
    kept = said["event"] == "done"
    leave_job(work.folder / "jobs" / "check-1", "check-dataset", {"source": work.dataset}, events=[said], answer={"stopped": True} if not kept else {})
    assert DataView(reopened(work)).work.steps_done == ["data"] * kept, "a stopped job that kept nothing has done nothing"
    (work.folder / "progress.json").unlink(missing_ok=True)
    assert DataView(reopened(work)).work.steps_done == [], "a result that a view has dealt with is left alone"


def test_a_reload_in_the_first_epoch_shows_the_running_training_and_not_the_old_result(trained, reopened, monkeypatch):
    assert "best epoch" in TrainView(trained).body
    run = trained.new_run("train")
    leave_job(trained.folder / "jobs" / run.name, "train", {"dataset": trained.dataset, "out": run})
    monkeypatch.setattr(jobs.Job, "alive", lambda _: True)
    monkeypatch.setattr(TrainView, "_begin", lambda *_: None)
    assert "best epoch" not in TrainView(reopened(trained)).body


def test_a_job_that_fails_is_told_now_and_after_a_reload(work, fake_jobs, reopened):
    fake_jobs.errors["train"] = ERROR
    view = pressed(TrainView(work))
    assert view.error["code"] == "E504" and not view.busy and view.status == "" and work.steps_done == []
    assert TrainView(reopened(work)).error["code"] == "E504"
    fake_jobs.errors.clear()
    assert pressed(view).error == {}


def test_stop_reaches_the_job(work, monkeypatch):
    class Endless:
        verb, place, ended, state, answer, error, progress, kept, folder = "train", 2, False, "running", None, None, None, True, work.folder

        def mark_seen(self):
            pass

        def events(self):
            return []

        def stop(self):
            self.ended, self.state, self.answer = True, "stopped", {"history": HISTORY}

    monkeypatch.setattr(jobs, "start", lambda *_, **__: Endless())
    view = TrainView(work)
    view.act("start")
    end = time.monotonic() + 60
    while "2 ahead" not in view.status and time.monotonic() < end:
        time.sleep(0.02)
    assert "2 ahead" in view.status and [action["name"] for action in view.actions] == ["stop"] and view.share == -1
    view.act("start")  # a second press does nothing
    view.act("stop")
    view.wait(60)
    assert not view.busy and view.status.startswith("Stopped") and view.error == {}


@pytest.mark.parametrize("view", [TrainView, ConvertView, CompareView])
def test_a_job_that_was_stopped_before_it_kept_anything_finishes_no_step(converted, view, monkeypatch):
    def start(verb, arguments, folder, **_):
        return leave_job(folder, verb, arguments, events=[{"event": "stopped", "answer": {"stopped": True}}], answer={"stopped": True})

    monkeypatch.setattr(jobs, "start", start)
    stopped = pressed(view(converted))
    assert converted.steps_done == [] and stopped.status.startswith("Stopped") and stopped.error == {}


def test_a_training_stopped_within_its_first_epoch_does_not_take_the_good_models_place(trained, fake_jobs):
    good = trained.trained

    def stop_early():
        run = trained.folder / "train-2"
        (run / "best.pth").touch()
        (run / "log.json").write_text(json.dumps({"history": [], "state": "stopped"}))

    fake_jobs.effects["train"], fake_jobs.answers["train"] = stop_early, {"best": "x", "history": []}
    view = pressed(TrainView(trained))
    assert trained.trained == good and "80%" in view.body
    assert view.last_word("stopped", jobs.find(trained.folder / "jobs" / "train-2")).startswith("Stopped before the first epoch")
    (good / "best.pth").unlink()
    assert trained.trained == trained.folder / "train-2", "better than none"


def test_what_a_shown_training_is_not_is_said(trained):
    log = trained.trained / "log.json"
    log.write_text(json.dumps({"history": HISTORY, "seconds": 61, "epochs": 12, "dataset": "digits"}))
    view = TrainView(trained)
    assert "a training on digits" in view.body and "stopped after 3 of 12 epochs" in view.body and "best epoch" in view.body


def test_a_run_that_is_at_work_is_not_the_newest_model_yet(trained, monkeypatch):
    run = trained.new_run("train")
    (run / "best.pth").touch()
    monkeypatch.setattr(jobs, "find", lambda folder: type("Busy", (), {"ended": folder.name != run.name})())
    assert trained.trained.name == "train-1"


def test_bad_pictures_can_be_skipped_all_the_way(converted, pets, fake_jobs):
    train = TrainView(converted)
    train.set("skip_bad", True)
    assert "skip_bad=True" in train.code
    for view in (train, ConvertView(converted), CompareView(converted)):
        pressed(view)
    assert [words[0] for words in fake_jobs.started if "--skip-bad" in words] == ["train", "convert", "quantize", "compare"]


def test_time_left_is_judged_by_the_present_kind_of_work(work):
    now = time.time()
    events = [{"event": "progress", "done": n, "total": 100, "unit": "picture", "time": now - 100 + n} for n in range(3)]
    events += [{"event": "progress", "done": n, "total": 10, "unit": "epoch", "time": now - 8 + 2 * n} for n in range(5)]
    assert seconds_left(leave_job(work.folder / "jobs" / "train-1", "train", events=events)) == pytest.approx(12, abs=1)


def test_time_left_is_told_of_like_steps_alone(work):
    now = time.time()
    events = [{"event": "progress", "done": n, "total": 100, "unit": "picture", "values": {}, "time": now - 50 + n} for n in range(3)]
    events += [{"event": "progress", "done": n, "total": 10, "unit": "picture", "values": {"step": "features"}, "time": now - 8 + 2 * n} for n in range(5)]
    assert seconds_left(leave_job(work.folder / "jobs" / "train-1", "train", events=events)) == pytest.approx(12, abs=1)
    later = [{"event": "progress", "done": 5, "total": 10, "unit": "step", "values": {"stage": "speed"}, "time": now}]
    assert seconds_left(leave_job(work.folder / "jobs" / "train-2", "train", events=events + later)) == 0


def test_the_bar_is_never_full_while_something_is_still_to_come(work):
    view = TrainView(work)
    told = [("picture", {}), ("picture", {"step": "features"}), ("epoch", {})]
    shares = [view.share_of({"unit": unit, "values": values}, done) for unit, values in told for done in (0.0, 0.5, 1.0)]
    assert shares == sorted(shares) and shares[-1] == 1 and max(shares[:-1]) < 1
    assert view.share_of({"unit": "byte", "values": {}}, 1.0) == -1


def test_convert_waits_for_a_model_then_makes_both_files(work, trained, fake_jobs):
    gate = {"count": 8, "agree": 8, "max_difference": 1.5e-5}
    fake_jobs.answers |= {"convert": {"gate": gate}, "quantize": {"agreement": 0.97, "count": 30}}
    fake_jobs.effects["convert"] = lambda: (trained.trained / "best.onnx").write_bytes(b"o" * 4000)
    fake_jobs.effects["quantize"] = lambda: (trained.trained / "best-int8.onnx").write_bytes(b"o" * 1000)
    view = pressed(ConvertView(trained))
    assert [words[0] for words in fake_jobs.started] == ["convert", "quantize"] and not any("--overwrite" in words for words in fake_jobs.started)
    assert all(said in view.body for said in ("all 8 pictures", "0.000015", "1/4.0 of the size", "29 of the 30 pictures", str(trained.trained)))
    pressed(view)
    assert all("--overwrite" in words for words in fake_jobs.started[2:]), "asked for again: the files are ours to replace"
    view.set("int8", False)
    view.set("opset_version", 13)
    pressed(view)
    assert [words[0] for words in fake_jobs.started[4:]] == ["convert"] and "13" in fake_jobs.started[4] and "quantize" not in view.code


def test_a_model_is_carried_over_to_another_runtime(work, trained, fake_jobs, monkeypatch):
    here = {"openvino"}
    monkeypatch.setattr("edukit.widgets.convert_view.installed", here.__contains__)
    made = [trained.trained / "best.onnx", trained.trained / "best-openvino"]

    def write():
        if made[0].exists():
            made[1].mkdir(exist_ok=True)
        made[0].write_bytes(b"o" * 4000)

    fake_jobs.effects["convert"] = write
    fake_jobs.answers["convert"] = {"gate": {"count": 8, "agree": 8, "max_difference": 1.5e-5}}
    view = ConvertView(trained)
    view.set("backend", "OpenVINO")
    assert "openvino = ek.convert(onnx, backend='OpenVINO', data=dataset)" in view.code.replace('"', "'")
    pressed(view)
    assert view.error == {} and [words[0] for words in fake_jobs.started] == ["convert", "convert", "quantize"]
    assert str(made[0]) in fake_jobs.started[1] and "OpenVINO" in fake_jobs.started[1] and "OpenVINO" not in fake_jobs.started[0]
    assert "best-openvino" in view.body and "OpenVINO gives the same answer as ONNX on all 8 pictures" in view.body
    view.set("backend", "NCNN")
    options = {one["value"]: one for one in next(one for one in view.settings if one["name"] == "backend")["options"]}
    assert button(view)["disabled"] and "not installed" in options["NCNN"]["label"] and "pip install" in options["NCNN"]["hint"]
    view.set("backend", "ONNX")
    assert not button(view)["disabled"] and "backend" not in view.code


def test_the_converted_model_tells_which_operators_simplifying_took_out(work, trained, fake_jobs):
    done = Simplification({"Conv": 1, "Shape": 2}, {"Conv": 1}, 4000, 3900, 0.0, True, 1, 0, 2, 0)
    fake_jobs.answers["convert"] = {"simplification": done.to_dict()}
    fake_jobs.effects["convert"] = lambda: (trained.trained / "best.onnx").write_bytes(b"o" * 4000)
    view = pressed(ConvertView(trained))
    assert view.error == {} and "Shape" in view.body and "from 3 to 1 nodes" in view.body
    fake_jobs.answers["convert"] = {"simplification": None}
    assert "Shape" not in pressed(view).body


def test_without_a_model_the_buttons_rest_and_say_what_comes_first(work):
    convert, compare = ConvertView(work), CompareView(work)
    assert button(convert)["disabled"] and "step 2, Train" in convert.body and button(compare)["disabled"] and "step 3, Convert" in compare.body


def compared(work, pets, *, changed=1, top1=0.75, ratio=(6.0, 5.8, 6.2)):
    """The answer of a comparison of the lesson's three files."""
    paths, count = (work.checkpoint, work.onnx, work.int8), 8
    kinds = (("PyTorch", "PyTorch", "fp32", 0.875, 30.0), ("ONNX", "ONNX Runtime", "fp32", 0.875, 10.0), ("ONNX INT8", "ONNX Runtime", "int8", top1, 5.0))
    made = [measured(name, runtime, precision, top1=right, ms=ms, count=count) for name, runtime, precision, right, ms in kinds]
    models = [replace(model, path=path) for model, path in zip(made, paths)]
    ratios = (Ratio(paths[1], paths[0], ratio[0] / 2, (ratio[1] / 2, ratio[2] / 2)), Ratio(paths[2], paths[0], ratio[0], ratio[1:]))
    picture = ChangedPicture(pets / "test_set" / "cat" / "0.png", "cat", "cat", "dog", paths[2])
    return replace(comparison(*models, changed=(picture,) * changed), ratios=ratios).to_dict()


def test_compare_gives_the_answer_first_and_the_changed_pictures(converted, pets, fake_jobs, reopened):
    fake_jobs.answers["compare"] = compared(converted, pets)
    view = pressed(CompareView(converted))
    assert "ONNX INT8 is 6.0 times as fast as PyTorch here and loses 12.5 points" in view.body
    assert view.body.index("ek-answer") < view.body.index("<svg") < view.body.index("<table") and "6.0× [5.8, 6.2]" in view.body
    assert button(view, "changed")["label"] == "Show the changed pictures (1)" and "<figure>" not in view.body
    view.act("changed")
    assert view.body.count("<figure>") == 1 and "really: cat" in view.body and "✗ dog" in view.body
    assert "6.0 times" in CompareView(reopened(converted)).body
    run = converted.new_run("train")
    (run / "best.pth").touch()
    converted.finish("train")
    assert "earlier model" in view.body, "figures of another model are marked"


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "keeps its accuracy, 7 of 8 right: too few to say more.</b> All 8 pictures get the same label."),
     ("zh", "准确率不变，8 张中答对 7 张：图片太少，说明不了更多。</b>8 张图片的标签全都相同。")],
)  # fmt: skip
def test_the_sentence_is_that_of_the_comparison(converted, pets, fake_jobs, lang, said):
    set_language(lang)
    fake_jobs.answers["compare"] = compared(converted, pets, changed=0, top1=0.875)
    assert said in pressed(CompareView(converted)).body


def test_the_sentence_claims_no_more_speed_than_was_measured(converted, pets, fake_jobs):
    fake_jobs.answers["compare"] = compared(converted, pets, ratio=(1.1, 0.9, 1.3))
    assert "as far as this measurement can tell" in pressed(CompareView(converted)).body


@pytest.mark.parametrize("damage", [{"models": []}, {"models": [{"path": "a"}]}, {"ratios": 3}, {"stopped": True}])
def test_an_answer_that_is_damaged_counts_as_none(converted, pets, fake_jobs, damage):
    fake_jobs.answers["compare"] = damage if "stopped" in damage else compared(converted, pets) | damage
    view = pressed(CompareView(converted))
    assert view.error == {} and "do not guess" in view.body.lower()


@pytest.mark.parametrize("kind", [("PyTorch", "fp32"), ("ONNX Runtime", "fp32"), ("ONNX Runtime", "int8"), ("OpenVINO", "fp32"), ("ncnn", "fp32")])
def test_the_stylesheet_paints_a_model_as_plots_do(kind):
    style = model_style(*kind)
    assert re.search(rf"--ek-{style.token}: (#\w+);", stylesheet("results"))[1] == style.colour and style.colour in style.paint


def test_the_model_of_the_base_lesson_is_converted_into_ones_own_folder(trained, fake_jobs, pets):
    """A later lesson: the checkpoint is of the lesson before, and its folder stays as it is."""
    later = Work(trained.workspace.of_lesson("02_later"), replace(trained.header, name="02_later", base="lesson", needs=("checkpoint",)))
    later.folder.mkdir(parents=True)
    view = ConvertView(later)
    assert "your model of “" in view.pills[0]["text"] and view.pills[0]["kind"] == "warn" and not button(view)["disabled"]
    pressed(view)
    asked = fake_jobs.started[0]
    assert asked[1] == str(trained.checkpoint) and asked[asked.index("--out") + 1] == str(later.folder / "convert-1" / "best.onnx")
    save_model(later.folder / "convert-1" / "best.onnx")
    later.finish("convert")
    assert CompareView(later).work.models == [trained.checkpoint, later.folder / "convert-1" / "best.onnx"] and view.pills[0]["kind"] == "warn"


def test_an_earlier_run_can_be_chosen_for_all_views(converted, fake_jobs):
    first = converted.trained
    run = converted.new_run("train")
    (run / "best.pth").touch()
    converted.finish("train")
    train, convert, compare = TrainView(converted), ConvertView(converted), CompareView(converted)
    assert button(compare)["disabled"] and [option["value"] for option in convert.settings[0]["options"]] == ["train-2", "train-1"]
    assert train.body.index("Training 2") < train.body.index("Training 1 · 80%")
    train.act("run", "train-1")
    assert convert.values["run"] == "train-1" and not button(compare)["disabled"] and compare.work.models[0] == first / "best.pth"
    compare.set("run", "train-2")
    assert "aria-pressed='true'>Training 2" in train.body and convert.values["run"] == "train-2"
    converted.choose("train-1")
    for view in (convert, compare):
        pressed(view)
        assert view.error == {}, "which run is used is no argument of a verb"
    assert "run" not in converted.recall("convert") and "run=" not in compare.code


def test_in_a_page_the_pictures_are_looked_at_ahead_once_for_each_choice(work, monkeypatch):
    asked = []
    monkeypatch.setattr(jobs, "start_ahead", lambda dataset, backbone, workspace: asked.append((dataset, backbone)))
    TrainView(work)
    assert asked == [], "not in a notebook"
    page = Work(replace(work.workspace, server="here"))
    view = TrainView(page)
    view.refresh()
    view.set("backbone", "LeNet")
    assert asked == [(page.dataset, "EfficientNet-Lite0"), (page.dataset, "LeNet")]
