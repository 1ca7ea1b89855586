"""A sweep: values that are none are told, all runs are queued at once by real jobs, one that fails leaves the others, a reload finds them."""
import pytest

from edukit import jobs
from edukit.widgets import RunsView, SweepView, TrainView


@pytest.fixture
def small(work):
    """A lesson where the quickest training is set."""
    view = TrainView(work)
    for name, value in (("backbone", "LeNet"), ("epochs", 1), ("freeze", False)):
        view.set(name, value)
    return work


@pytest.mark.parametrize(("vary", "values", "said"), [
    ("lr", "0.1", "2 to 10"), ("lr", ", ,", "2 to 10"), ("lr", "0.1, much", "much"), ("lr", "0.1, -1", "-1"), ("epochs", "1, 2.5", "2.5"),
    ("lr", "0.1, 0.10", "2 to 10"), ("random_seed", ",".join(map(str, range(11))), "2 to 10"), ("backbone", "LeNet, LeNett", "LeNett"),
    ("optimizer", "AdamW, Lion", "Lion"),
])  # fmt: skip
def test_values_that_are_none_stand_beside_the_field_and_start_nothing(small, fake_jobs, vary, values, said):
    view = SweepView(small)
    view.set("vary", vary)
    view.set("values", values)
    assert said in view.error["message"] + view.error["remedy"] and view.error["near"] == "values" and not view.error["code"].startswith("E9")
    view.act("start")
    assert fake_jobs.started == [] and view.error and not view.busy and not list(small.folder.glob("sweep-*"))


def test_each_setting_brings_its_values_and_the_code_says_them(small):
    view = SweepView(small)
    assert "for value in [0.0001, 0.001, 0.01, 0.1]" in view.code and "lr=value" in view.code and "backbone='LeNet'" in view.code
    view.set("vary", "optimizer")
    assert view.values["values"] == "AdamW, SGD" and "for value in ['AdamW', 'SGD']" in view.code
    view.set("values", "SGD，AdamW")  # a Chinese comma
    assert view.error == {} and "['SGD', 'AdamW']" in view.code
    view.set("vary", "nonsense")
    assert view.error["near"] == "vary" and view.values["vary"] == "optimizer"


def test_all_runs_are_started_at_once_each_with_its_value(small, fake_jobs):
    view = SweepView(small)
    view.set("values", "0.01, 0.1, 0.5")
    view.act("start")
    asked = [words[words.index("--lr") + 1] for words in fake_jobs.started]
    view.wait(60)
    assert asked == ["0.01", "0.1", "0.5"] and all("LeNet" in words for words in fake_jobs.started)
    assert [path.name for path in sorted(small.folder.glob("sweep-*"))] == ["sweep-1", "sweep-2", "sweep-3"]
    assert view.body.count("done, 0 epochs") == 3 and not view.busy


def test_one_that_fails_leaves_the_others(small, fake_jobs):
    fake_jobs.errors["train"] = {"code": "E504", "message": "busy", "remedy": "wait"}
    view = SweepView(small)
    view.act("start")
    view.wait(60)
    assert len(fake_jobs.started) == 4 and view.body.count("failed") == 4 and view.error["code"] == "E504"


def test_real_runs_queue_up_are_found_after_a_reload_and_can_be_compared(small, reopened):
    view = SweepView(small)
    view.set("values", "0.001, 0.01")
    view.act("start")
    again = SweepView(reopened(small))
    assert again.busy or all(jobs.find(path).ended for path in small.jobs("sweep"))
    for one in (again, view):
        one.wait(120)
        assert one.error == {} and one.body.count("done, 1 epochs") == 2
    assert [run.name for run in small.runs] == ["sweep-2", "sweep-1"] or {run.name for run in small.runs} == {"sweep-1", "sweep-2"}
    runs = RunsView(reopened(small))
    assert "0.001" in runs.body and "0.01" in runs.body and "★" in runs.body


def test_stop_reaches_those_that_wait_too(small):
    view = SweepView(small)
    view.set("vary", "epochs")
    view.set("values", "4000, 5000")
    view.act("start")
    found = [jobs.find(folder) for folder in small.jobs("sweep")]
    view.act("stop")
    view.wait(120)
    assert all(job.wait(60).ended for job in found) and not view.busy and all(job.state == "stopped" for job in found)
