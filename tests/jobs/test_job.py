"""A job: started, found again, stopped, lost; its files and nobody else's."""
import json
import os
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from edukit.core.errors import FileMissing, FolderBusy, OutputNotWritable, UsageError
from edukit.core.workspace import current
from edukit.jobs import Job, find, machine_slot, start, stop_all
from edukit.jobs.slot import tickets
from tests.hostile import files

WAITS_FOR_THE_SLOT = "evaluate", {"model": "nowhere.onnx", "data": "nowhere"}  # heavy, and cheap to refuse once it is its turn


@pytest.fixture
def dataset(tmp_path):
    """Two classes of twelve pictures."""
    generator = np.random.default_rng(0)
    for label in ("cat", "dog"):
        (tmp_path / "pets" / label).mkdir(parents=True)
        for number in range(12):
            picture = np.full((24, 24, 3), generator.integers(0, 256, 3), np.uint8)
            cv2.imwrite(str(tmp_path / "pets" / label / f"{number}.png"), picture)
    return tmp_path / "pets"


@contextmanager
def slot_taken():
    """While the block runs, the machine's slot is held by this process."""
    with machine_slot(current(), lambda ahead: None):
        yield


def wait_until(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_a_job_answers_and_is_found_again_by_its_folder(dataset, tmp_path):
    job = start("check-dataset", {"source": dataset}, tmp_path / "job", lang="zh").wait(60)
    again = find(tmp_path / "job")  # as a page does that was loaded anew
    assert (job.state, again.state) == ("done", "done") and again.error is None
    assert again.answer["counts"]["images"] == 24 and (again.verb, again.arguments) == ("check-dataset", {"source": str(dataset)}) and again.lang == "zh"
    kinds = [event["event"] for event in again.events()]
    assert kinds[0] == "start" and kinds[-1] == "done" and kinds.count("done") == 1
    assert again.progress["done"] == again.progress["total"] > 0 and {event.get("unit") for event in again.events()} >= {"picture"}
    assert again.events(since=len(kinds)) == [] and again.events(since=1)[0] == again.events()[1]


def test_files_in_the_current_folder_take_no_modules_place(tmp_path, monkeypatch):
    (tmp_path / "random.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert start("info", {"path": files.good_onnx(tmp_path / "model.onnx")}, tmp_path / "job").wait(60).state == "done"


def test_a_job_that_fails_says_why_in_its_language(tmp_path):
    job = start("info", {"path": tmp_path / "gone.onnx"}, tmp_path / "job", lang="zh").wait(60)
    assert job.state == "failed" and job.answer is None and job.error["code"] == "E101" and "找不到" in job.error["message"]


def test_where_no_job_was_started_there_is_none(tmp_path):
    assert find(tmp_path) is None
    with pytest.raises(FileMissing):
        Job(tmp_path / "nowhere")
    (tmp_path / "job.json").write_text("[1, 2")
    assert find(tmp_path) is None


def test_a_folder_is_used_again_and_keeps_what_is_not_the_jobs(tmp_path):
    folder = tmp_path / "名 字 <b>'"
    start("info", {"path": "first.onnx"}, folder).wait(60)
    (folder / "mine.txt").write_text("keep me")
    job = start("info", {"path": "second.onnx"}, folder).wait(60)
    assert "second.onnx" in job.error["message"] and len([e for e in job.events() if e["event"] == "start"]) == 1
    assert (folder / "mine.txt").read_text() == "keep me"


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputNotWritable):
        start("doctor", {}, tmp_path / "file")


def test_waiting_shows_the_place_and_stops_at_once(tmp_path):
    with slot_taken():
        first = start(*WAITS_FOR_THE_SLOT, tmp_path / "1")
        wait_until(lambda: first.state == "waiting")
        second = start(*WAITS_FOR_THE_SLOT, tmp_path / "2")
        wait_until(lambda: second.state == "waiting")
        assert (first.place, second.place) == (1, 2) and second.answer is None
        with pytest.raises(FolderBusy):
            start("doctor", {}, tmp_path / "1")
        first.stop()
        first.wait(60)  # the slot is still taken: it ends without having had its turn
        assert first.state == "stopped" and first.answer == {"stopped": True}
        wait_until(lambda: second.place == 1)
    second.wait(60)
    assert second.state == "failed" and second.place == 0 and second.error["code"] == "E101"
    assert tickets(current()) == []


def test_a_job_told_to_stop_before_it_listens_still_stops(tmp_path):
    with slot_taken():
        job = start(*WAITS_FOR_THE_SLOT, tmp_path / "job")
        job.stop()
        assert job.wait(60).state == "stopped"


def test_a_job_that_vanished_is_lost_and_its_place_is_free(tmp_path):
    with slot_taken():
        job = start(*WAITS_FOR_THE_SLOT, tmp_path / "job")
        wait_until(lambda: job.state == "waiting")
        psutil.Process(json.loads((tmp_path / "job" / "job.json").read_text())["pid"]).kill()
        wait_until(lambda: job.state == "lost")
        assert job.error["code"] == "E605" and find(tmp_path / "job").state == "lost" and len(tickets(current())) == 1
        job.stop()  # nobody is harmed
        assert not (tmp_path / "job" / "stop").exists()


def test_a_stranger_with_the_same_number_is_not_the_job(tmp_path):
    record = {"v": 1, "pid": os.getpid(), "started": psutil.Process().create_time() - 1000, "words": ["train"], "lang": "en"}
    (tmp_path / "job.json").write_text(json.dumps(record))
    job = Job(tmp_path)
    assert job.state == "lost"
    job.stop()  # must not reach this process
    assert not (tmp_path / "stop").exists()


def test_lines_that_are_no_events_are_skipped_and_half_lines_waited_for(tmp_path):
    (tmp_path / "job.json").write_text(json.dumps({"pid": -1, "words": []}))
    events = tmp_path / "events.jsonl"
    events.write_bytes(b'Warning: a library talks\n[1]\n\xff\xfe\n{"v": 1, "event": "progress", "done": 1}\n{"v": 1, "event": "do')
    job = Job(tmp_path)
    assert [event["event"] for event in job.events()] == ["progress"] and job.state == "lost"
    with events.open("ab") as stream:
        stream.write(b'ne", "answer": 1}\n')
    assert job.state == "done" and job.answer is None  # the answer's file was never written


def test_the_end_of_the_server_stops_every_job(tmp_path):
    with slot_taken():
        jobs = [start(*WAITS_FOR_THE_SLOT, tmp_path / str(number)) for number in range(2)]
        wait_until(lambda: all(job.state == "waiting" for job in jobs))
        stop_all(current(), timeout=10)
        assert [job.state for job in jobs] == ["stopped", "stopped"]
        assert len(tickets(current())) == 1  # this test's own, which is no job


def test_the_end_of_a_server_does_not_stop_the_jobs_of_another(tmp_path):
    servers = {name: replace(current(), server=name) for name in ("mine", "theirs")}
    with slot_taken():
        jobs = {name: start(*WAITS_FOR_THE_SLOT, tmp_path / name, workspace=workspace) for name, workspace in servers.items()}
        wait_until(lambda: all(job.state == "waiting" for job in jobs.values()))
        stop_all(servers["mine"], timeout=10)
        assert (jobs["mine"].state, jobs["theirs"].state) == ("stopped", "waiting")
        stop_all(servers["theirs"], timeout=10)
        assert jobs["theirs"].state == "stopped"


def test_a_training_is_stopped_and_keeps_what_is_done(tmp_path):
    data = files.imagenet(tmp_path / "data")
    job = start("train", {"dataset": data, "backbone": "LeNet", "epochs": 100_000, "out": tmp_path / "run"}, tmp_path / "run")  # one folder for both
    wait_until(lambda: (job.progress or {}).get("unit") == "epoch" and job.progress["done"] >= 1, seconds=90)
    assert job.state == "running" and tickets(current())[0].folder == str(tmp_path / "run")
    job.stop()
    job.wait(60)
    assert job.state == "stopped" and Path(job.answer["best"]).is_file() and len(job.answer["history"]) >= 1
    assert tickets(current()) == []


def test_a_job_lives_in_a_session_of_its_own(tmp_path):
    with slot_taken():
        job = start(*WAITS_FOR_THE_SLOT, tmp_path / "job")
        pid = json.loads((Path(job.folder) / "job.json").read_text())["pid"]
        assert os.getsid(pid) == pid != os.getsid(0)
        job.stop()
        job.wait(60)


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        (["train", "emoji", "--epochs", "5", "--lr", "0.1", "--skip-bad"], {"dataset": "emoji", "epochs": 5, "lr": 0.1, "skip_bad": True}),
        (["convert", "a b.pth", "--out", "a.onnx", "--data", "emoji"], {"checkpoint": "a b.pth", "out": "a.onnx", "data": "emoji"}),
        (["train", "--gone", "1"], {}), (["nothing"], {}), ([], {}), (3, {}),
    ],
)  # fmt: skip
def test_a_job_of_an_earlier_version_is_still_read(tmp_path, words, arguments):
    (tmp_path / "job.json").write_text(json.dumps({"v": 1, "pid": -1, "started": 0.0, "words": words, "lang": "en", "server": ""}))
    (tmp_path / "events.jsonl").write_text('{"v": 1, "event": "done"}\n')
    job = find(tmp_path)
    assert job.arguments == arguments and job.verb == (words[0] if words and words != 3 else "") and job.state == "done"


def test_an_argument_that_the_verb_lacks_starts_nothing(tmp_path):
    with pytest.raises(UsageError, match="epoch"):
        start("train", {"dataset": "emoji", "epoch": 3}, tmp_path / "job")
    assert not (tmp_path / "job").exists()
