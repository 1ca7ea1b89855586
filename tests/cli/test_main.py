"""The command line as a whole: forms of answers, exit codes, events, stopping."""
import inspect
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import edukit
from edukit.cli.main import main
from edukit.core.events import Stopped
from edukit.core.i18n import LANGUAGES
from edukit.core.verbs import VERBS as COMMANDS
from edukit.core.verbs import find_verb
from tests.hostile import files

ROOT = Path(__file__).resolve().parents[2]
VERBS = {"demo", "check-dataset", "train", "evaluate", "convert", "quantize", "compare", "predict", "info", "doctor", "serve"}


@pytest.fixture
def verb(monkeypatch):
    """Puts a verb of the test's own in the place of ``info``."""

    def put(run, **changes):
        def info(path, *, on_event=None, should_stop=None):
            return run({"path": path}, {"on_event": on_event, "should_stop": should_stop})

        monkeypatch.setattr("edukit.verbs.info", info)
        monkeypatch.setattr("edukit.cli.main.find_verb", lambda name: find_verb("info")._replace(**{"stoppable": True} | changes))

    return put


def lines(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_the_verbs_are_those_of_the_interfaces():
    assert {verb.name for verb in COMMANDS} >= VERBS


def test_a_verb_of_the_command_line_is_the_one_of_python():
    assert all(inspect.unwrap(getattr(edukit, verb.attribute)) is inspect.unwrap(verb.load()) for verb in COMMANDS if verb.attribute in edukit.__all__)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_help_lists_every_verb_and_each_verb_has_its_own(capfd, lang):
    assert main(["--help"]) == 0 and main(["--lang", lang]) == 0
    overview = capfd.readouterr().out
    for name in VERBS:
        assert name in overview
        assert main([name, "--help", "--lang", lang]) == 0
        assert f"edukit {name}" in capfd.readouterr().out


def test_version(capfd):
    assert main(["--version"]) == 0 and capfd.readouterr().out == f"edukit {edukit.__version__}\n"


def test_the_version_is_the_projects():
    assert re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1] == edukit.__version__


def test_an_error_is_text_on_stderr_or_json_on_stdout(capfd):
    assert main(["info", "nowhere.onnx"]) == 2
    out, err = capfd.readouterr()
    assert out == "" and err.startswith("[E101]") and err.count("\n") == 2
    assert main(["info", "nowhere.onnx", "--json", "--lang", "zh"]) == 2
    out, err = capfd.readouterr()
    assert "找不到" in json.loads(out)["error"]["message"] and err == ""


def test_events_go_around_the_answer(capfd, verb):
    def run(values, hooks):
        print("a library talks")
        for done in range(200):
            hooks["on_event"](edukit.core.events.Event(event="progress", done=done, total=199, unit="picture"))
        return {"path": values["path"], "score": float("nan")}

    verb(run)
    assert main(["info", "x", "--json", "--events"]) == 0
    out, err = capfd.readouterr()
    assert json.loads(out) == {"path": "x", "score": None}
    events = lines(err)
    assert events[0]["event"] == "start" and events[0]["v"] == 1 and events[-1] == events[-1] | {"event": "done", "answer": {"path": "x", "score": None}}
    told = [event["done"] for event in events if event["event"] == "progress"]
    assert told[-1] == 199 and len(told) <= 5


@pytest.mark.parametrize(
    "raised, code, kind",
    [(ZeroDivisionError("oh"), 1, "error"), (MemoryError(), 2, "error"), (Stopped(), 130, "stopped"), (KeyboardInterrupt(), 130, "stopped")],
)
def test_exit_codes_and_last_events(capfd, verb, raised, code, kind):
    def run(values, hooks):
        raise raised

    verb(run)
    assert main(["info", "x", "--json", "--events"]) == code
    out, err = capfd.readouterr()
    assert lines(err)[-1]["event"] == kind and len(out.splitlines()) == 1 and "Traceback" not in err
    assert json.loads(out) == ({"stopped": True} if code == 130 else {"error": lines(err)[-1]["error"]})
    assert main(["info", "x"]) == code
    assert "Traceback" not in capfd.readouterr().err


def test_a_verb_that_talks_gives_its_own_exit_code(capfd, verb):
    for code in (0, 130):
        verb(lambda values, hooks, code=code: code, talks=True)
        assert main(["info", "x"]) == main(["info", "x", "--json"]) == code
        assert "Traceback" not in capfd.readouterr().err


def test_a_stopped_verb_that_kept_something_answers(capfd, verb):
    class Kept:
        stopped = True

        def to_dict(self):
            return {"best": "best.pth", "stopped": True, "history": [], "seconds": 1.0}

    verb(lambda values, hooks: Kept())
    assert main(["info", "x", "--json", "--events"]) == 130
    out, err = capfd.readouterr()
    assert json.loads(out)["best"] == "best.pth" and lines(err)[-1]["event"] == "stopped" and lines(err)[-1]["answer"]["best"] == "best.pth"


def test_flags_may_stand_anywhere_and_two_dashes_end_them(capfd):
    assert main(["--json", "info", "--lang=zh", "nowhere.onnx"]) == 2
    assert "找不到" in json.loads(capfd.readouterr().out)["error"]["message"]
    assert main(["info", "--json", "--", "--json"]) == 2
    assert json.loads(capfd.readouterr().out)["error"]["code"] == "E313"


def test_an_error_in_the_words_is_an_event_too(capfd):
    assert main(["train", "--json", "--events"]) == 2
    out, err = capfd.readouterr()
    assert lines(err)[-1]["event"] == "error" and lines(err)[-1]["error"] == json.loads(out)["error"]


def started(words, **more):
    return subprocess.Popen(
        [sys.executable, "-m", "edukit", *map(str, words), "--json", "--events"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}, **more,
    )  # fmt: skip


def after_first_epoch(child):
    """Reads events until an epoch is done."""
    seen = []
    for line in child.stderr:
        event = json.loads(line) if line.startswith(b"{") else {}
        seen.append(event)
        if event.get("unit") == "epoch" and event.get("done", 0) >= 1:
            return seen
    raise AssertionError(seen)


@pytest.mark.slow
def test_a_stopped_training_keeps_what_is_done_answers_and_is_resumed(tmp_path):
    data = files.imagenet(tmp_path / "data")
    child = started(["train", data, "--backbone", "LeNet", "--epochs", "100000", "--out", tmp_path / "run"])
    after_first_epoch(child)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)  # 100,000 epochs would take hours
    assert child.returncode == 130
    answer = json.loads(out)
    assert answer["stopped"] and len(answer["history"]) >= 1 and Path(answer["best"]).is_file() and Path(answer["latest"]).is_file()
    assert json.loads(err.splitlines()[-1])["event"] == "stopped"
    again = started(["train", data, "--backbone", "LeNet", "--epochs", len(answer["history"]) + 1, "--out", tmp_path / "run", "--resume"])
    out, _ = again.communicate(timeout=60)
    assert again.returncode == 0 and len(json.loads(out)["history"]) == len(answer["history"]) + 1


SLEEPS = """
import sys, time
import edukit.verbs
from edukit.cli import main
def info(path): time.sleep(60)
edukit.verbs.info = info
sys.exit(main.main(["info", "x", "--json", "--events"]))
"""


def test_a_verb_that_keeps_nothing_ends_at_the_first_interrupt(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", SLEEPS], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert json.loads(child.stderr.readline())["event"] == "start"
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=50)
    assert child.returncode == 130 and json.loads(out) == {"stopped": True} and b"Traceback" not in err


def test_answers_for_people_are_short_and_in_their_language(capfd, tmp_path):
    data = files.imagenet(tmp_path / "data", splits={"training_set": 12, "val_set": 4, "test_set": 4})
    model, picture = files.good_onnx(tmp_path / "model.onnx"), files.picture(tmp_path / "picture.png")
    for lang, words in (("zh", ("类别", "张图片", "算子集版本")), ("en", ("class", "pictures", "Opset"))):
        said = ""
        compared = ["compare", model, model, "--data", data, "--accuracy-only"]
        for line in (["check-dataset", data], ["evaluate", model, data], ["predict", model, picture], ["info", model], compared):
            assert main([*map(str, line), "--lang", lang]) == 0
            said += capfd.readouterr().out
        assert all(word in said for word in words) and "{" not in said


def test_good_pictures_are_answered_and_the_bad_one_is_told(capfd, tmp_path):
    model, good = files.good_onnx(tmp_path / "model.onnx"), files.picture(tmp_path / "good.png")
    bad = [tmp_path / "bad.svg", tmp_path / "worse.svg"]
    for path in bad:
        path.write_text("<svg/>")
    assert main(["predict", str(model), str(good), *map(str, bad), "--lang", "en"]) == 2
    out, err = capfd.readouterr()
    assert "good.png: " in out and len(out.splitlines()) == 1 and all(path.name in err for path in bad) and "Traceback" not in err
    assert main(["predict", str(model), str(good), str(bad[0]), "--json"]) == 2
    out, _ = capfd.readouterr()
    assert "bad.svg" in json.loads(out)["error"]["message"]
    assert main(["predict", str(model), *map(str, bad)]) == 2 and capfd.readouterr().out == ""


def test_an_argument_that_is_nearly_right_gets_the_right_one(capfd):
    assert main(["train", "emoji", "--epoch", "3", "--json", "--lang", "en"]) == 2
    assert "--epochs" in json.loads(capfd.readouterr().out)["error"]["message"]
    assert main(["train", "emoji", "--wobble", "3", "--json", "--lang", "en"]) == 2
    assert "did you mean" not in json.loads(capfd.readouterr().out)["error"]["message"]


def test_help_lists_names_and_defaults(capfd):
    assert main(["train", "--help", "--lang", "en"]) == 0
    said = " ".join(capfd.readouterr().out.split())
    assert all(part in said for part in (" LeNet,", " MobileNet,", "(default: EfficientNet-Lite0)", "(default: 10)", "--freeze true|false", "AdamW|SGD"))


def test_strict_ends_with_3_where_there_are_errors_and_answers_all_the_same(capfd, tmp_path):
    root = files.imagenet(tmp_path / "data")
    assert main(["check-dataset", str(root), "--strict", "--json"]) == 0
    (root / "training_set" / files.CLASSES[0] / "bad.png").write_bytes(b"")
    capfd.readouterr()
    assert main(["check-dataset", str(root), "--json"]) == 0
    assert main(["check-dataset", str(root), "--strict", "--json"]) == 3
    assert json.loads(capfd.readouterr().out.splitlines()[-1])["problems"][0]["kind"] == "empty_file"
    assert main(["check-dataset", str(root), "--strict", "--lang", "en"]) == 3
    assert "training_set/" in capfd.readouterr().out


def test_of_a_small_set_training_and_comparing_tell_counts_and_no_shares(capfd, tmp_path):
    data = files.imagenet(tmp_path / "data")
    assert main(["train", str(data), "--backbone", "LeNet", "--epochs", "1", "--threads", "1", "--out", str(tmp_path / "run"), "--lang", "en"]) == 0
    assert re.search(r"\d+/\d+", capfd.readouterr().out.splitlines()[0])
    assert main(["compare", str(tmp_path / "run" / "best.pth"), "--data", str(data), "--accuracy-only", "--lang", "en"]) == 0
    told = capfd.readouterr().out
    assert "%" not in told and re.search(r"\d+/\d+", told)
