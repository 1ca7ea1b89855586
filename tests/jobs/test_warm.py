"""Jobs that begin as children of a process which holds PyTorch ready (Linux; elsewhere each is a new Python): files, answers and ends as ever."""
import json
import os
import sys

import psutil
import pytest
from processes import living

from edukit.core.subprocess_env import subprocess_env
from edukit.jobs import start
from edukit.jobs.warm import WARM_VARIABLE, warm_process
from tests.hostile import files
from tests.jobs.test_job import wait_until


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """The number of the process that listens; this one's own where jobs are not forked."""
    folder, others = tmp_path_factory.mktemp("server"), living(os.getpid(), "edukit.jobs.warm")  # of servers that other tests share
    with warm_process(folder, subprocess_env()):
        if sys.platform != "linux":
            yield os.getpid()
            return
        wait_until((folder / "warm").exists)
        yield next(one.pid for one in living(os.getpid(), "edukit.jobs.warm") if one not in others)
    assert living(os.getpid(), "edukit.jobs.warm") == others and WARM_VARIABLE not in os.environ


def process_of(job):
    return psutil.Process(json.loads((job.folder / "job.json").read_text())["pid"])


def test_a_forked_job_has_its_own_language_folder_environment_and_session(warm, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files.good_onnx(tmp_path / "model.onnx")
    bad = start("info", {"path": "gone.onnx"}, "bad", lang="zh").wait(60)
    assert bad.state == "failed" and "找不到" in bad.error["message"]
    good = start("info", {"path": "model.onnx"}, "good").wait(60)
    assert good.state == "done" and good.answer["path"] == str(tmp_path / "model.onnx")


def test_a_forked_training_is_stopped_and_keeps_what_is_done(warm, tmp_path):
    data = files.imagenet(tmp_path / "data")
    job = start("train", {"dataset": data, "backbone": "LeNet", "epochs": 100_000, "out": tmp_path / "run"}, tmp_path / "job")
    wait_until(lambda: (job.progress or {}).get("unit") == "epoch" and job.progress["done"] >= 1, seconds=90)
    process = process_of(job)
    assert process.ppid() == warm and os.getsid(process.pid) == process.pid  # its own session: a Ctrl-C for the server misses it
    job.stop()
    assert job.wait(60).state == "stopped" and len(job.answer["history"]) >= 1
    assert start("convert", {"checkpoint": job.answer["best"]}, tmp_path / "next").wait(120).state == "done"


@pytest.mark.parametrize("address", ["nowhere", "/dev/null"])
def test_where_nobody_listens_a_job_is_a_new_process(tmp_path, monkeypatch, address):
    monkeypatch.setenv(WARM_VARIABLE, address)
    assert start("info", {"path": files.good_onnx(tmp_path / "model.onnx")}, tmp_path / "job").wait(60).state == "done"
