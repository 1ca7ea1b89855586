"""Several processes that train one network together."""
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

import edukit as ek
from edukit.core.errors import BadArgument
from edukit.core.subprocess_env import subprocess_env
from edukit.models import read_checkpoint
from edukit.training.ranks import Ranks
from tests.training.conftest import draw

LENET = ("--backbone", "LeNet", "--augment", "false", "--device", "cpu")
# Each process keeps what it has at the end: only the first one's checkpoint would be on disk.
KEEPING = """
import os, sys, torch
from edukit.training.session import Session
run = Session.run
def kept(self):
    stopped = run(self)
    torch.save({"state": self.start.network.state_dict(), "history": [{**row, "seconds": 0} for row in self.history]}, os.environ["KEPT"] + os.environ["RANK"])
    return stopped
Session.run = kept
from edukit.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def started(words, code="", **environment):
    program = ["-c", code] if code else ["-m", "edukit"]
    return subprocess.Popen(
        [sys.executable, *program, "train", *map(str, words), "--json", "--lang", "en"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=subprocess_env() | {"OMP_NUM_THREADS": "1"} | {name: str(value) for name, value in environment.items()},
    )  # fmt: skip


def answer_of(process):
    output, errors = process.communicate(timeout=300)
    return process.returncode, json.loads(output) if output else None, errors


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_the_arguments_or_the_launcher_say_who_is_who(monkeypatch):
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "NODE_RANK"):
        monkeypatch.delenv(name, raising=False)
    assert Ranks.of().alone and Ranks.of(3) == Ranks(world=3, nproc=3)
    with pytest.raises(BadArgument, match="MASTER_ADDR"):
        Ranks.of(2, nnodes=2)
    for name, value in {"MASTER_ADDR": "one", "MASTER_PORT": "1234", "NODE_RANK": "1"}.items():
        monkeypatch.setenv(name, value)
    assert Ranks.of(2, nnodes=2) == Ranks(rank=2, world=4, nproc=2)
    monkeypatch.setenv("NODE_RANK", "2")
    with pytest.raises(BadArgument, match="NODE_RANK"):
        Ranks.of(2, nnodes=2)
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert not Ranks.of().first and Ranks.of().launched and list(Ranks.of().share(range(5))) == [1, 3]


@pytest.mark.slow
def test_two_processes_learn_what_one_learns_with_twice_the_batch(folder, tmp_path):
    """Fifteen pictures in batches of 8 and 7: the shares of the last one differ in size."""
    code, one, errors = answer_of(started([folder, *LENET, "--batch-size", 8, "--epochs", 2, "--out", tmp_path / "one"]))
    assert code == 0, errors
    words = [folder, *LENET, "--batch-size", 4, "--nproc", 2, "--out", tmp_path / "two"]
    code, two, errors = answer_of(started([*words, "--epochs", 1, "--events"]))
    assert code == 0 and len(two["history"]) == 1, errors
    events = [json.loads(line) for line in errors.splitlines() if line.startswith("{")]
    assert [event["event"] for event in events].count("start") == [event["event"] for event in events].count("done") == 1
    code, two, errors = answer_of(started([*words, "--epochs", 2, "--resume"]))
    assert code == 0, errors
    for row, other in zip(one["history"], two["history"], strict=True):
        assert all(abs(value - other[name]) < 1e-5 for name, value in row.items() if name != "seconds")
    expected = read_checkpoint(tmp_path / "one" / "latest.pth").state
    assert all(torch.allclose(value, expected[name], atol=1e-5) for name, value in read_checkpoint(tmp_path / "two" / "latest.pth").state.items())
    assert {path.name for path in (tmp_path / "two").iterdir()} == {".lock", "best.pth", "latest.pth", "log.json"}
    code, answer, _ = answer_of(started([folder, *LENET, "--batch-size", 4, "--epochs", 3, "--out", tmp_path / "two", "--resume"]))
    assert (code, answer["error"]["code"]) == (2, "E506") and "processes" in answer["error"]["message"]


@pytest.mark.slow
def test_two_machines_by_the_same_command_on_each(folder, tmp_path):
    """The second one is started first. It follows and writes nothing; the same again learns nothing anew."""
    around = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": free_port()}
    words = [folder, *LENET, "--batch-size", 4, "--epochs", 2, "--events"]
    one = ek.train(folder, "LeNet", epochs=2, batch_size=8, augment=False, device="cpu", out=tmp_path / "one")
    for _ in range(2):
        both = [started([*words, "--nnodes", 2, "--out", tmp_path / f"node{node}"], NODE_RANK=node, **around) for node in (1, 0)]
        (code, other, errors), (first_code, first, first_errors) = map(answer_of, both)
        assert code == first_code == 0, errors + first_errors
        assert first == other and first["best"] == str(tmp_path / "node0" / "best.pth") and not (tmp_path / "node1").exists()
        assert "127.0.0.1" in errors and '"done"' in errors and "on the first machine" in errors and "on the first machine" not in first_errors
        expected = read_checkpoint(tmp_path / "one" / "latest.pth").state
        assert all(torch.allclose(value, expected[name], atol=1e-5) for name, value in read_checkpoint(tmp_path / "node0" / "latest.pth").state.items())
    assert [abs(row["val_loss"] - same["val_loss"]) < 1e-5 for row, same in zip(one.history, first["history"], strict=True)] == [True, True]


@pytest.mark.slow
def test_a_machine_that_waits_can_be_stopped_and_a_wrong_address_is_explained(folder, tmp_path):
    around = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": free_port()}
    words = [folder, *LENET, "--epochs", 2, "--events"]
    alone = started([*words, "--nnodes", 2], NODE_RANK=1, **around)
    while "Waiting" not in alone.stderr.readline():
        assert alone.poll() is None
    alone.send_signal(signal.SIGINT)
    assert answer_of(alone)[0] == 130
    with socket.socket(socket.AF_INET6) as taken:
        taken.bind(("::", 0))
        taken.listen()
        port = {"MASTER_PORT": taken.getsockname()[1]}
        code, answer, errors = answer_of(started([*words, "--nnodes", 2, "--out", tmp_path / "new"], NODE_RANK=0, **around | port))
    assert (code, answer["error"]["code"]) == (2, "E401") and "MASTER_PORT" in answer["error"]["message"], errors
    code, answer, errors = answer_of(started([*words, "--nnodes", 2], NODE_RANK=1, **around | {"MASTER_ADDR": "no such machine"}))
    assert (code, answer["error"]["code"]) == (2, "E401") and "MASTER_ADDR" in answer["error"]["message"], errors


@pytest.mark.slow
def test_with_batch_normalisation_and_joining_parts_all_processes_hold_the_same(folder, tmp_path):
    """Started by something else, as torchrun does: the one that is not the first says and writes nothing."""
    words = [folder, "--backbone", "ShuffleNet_v2-0.5", "--image-size", 32, "--pretrained", "false", "--unfreeze-every", 1, "--batch-size", 3, "--epochs", 3]
    around = {"WORLD_SIZE": 2, "LOCAL_WORLD_SIZE": 2, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": free_port(), "KEPT": tmp_path / "kept"}
    both = [started([*words, "--out", tmp_path / "run"], KEEPING, RANK=rank, LOCAL_RANK=rank, **around) for rank in (0, 1)]
    (code, answer, errors), other = answer_of(both[0]), answer_of(both[1])
    assert code == 0 and len(answer["history"]) == 3, errors + other[2]
    assert other[:2] == (0, None) and "epochs" not in other[2]
    kept = [torch.load(tmp_path / f"kept{rank}", weights_only=True) for rank in (0, 1)]
    assert kept[0]["history"] == kept[1]["history"]
    expected = read_checkpoint(tmp_path / "run" / "latest.pth").state
    assert all(torch.equal(value, kept[0]["state"][name]) and torch.equal(value, kept[1]["state"][name]) for name, value in expected.items())


@pytest.mark.slow
def test_what_ends_one_process_is_told_and_ends_all(folder, tmp_path):
    code, answer, _ = answer_of(started([folder, *LENET, "--nproc", 16, "--out", tmp_path / "many"]))
    assert (code, answer["error"]["code"]) == (2, "E401") and "15" in answer["error"]["remedy"] and not (tmp_path / "many").exists()
    around = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": free_port()}
    other = draw(tmp_path / "other", {"training_set": 5, "val_set": 2}, seed=4)
    both = [started([data, *LENET, "--nnodes", 2, "--out", tmp_path / f"run{node}"], NODE_RANK=node, **around) for node, data in enumerate((folder, other))]
    for code, answer, errors in map(answer_of, both):
        assert (code, answer["error"]["code"]) == (2, "E607"), errors
    assert not (tmp_path / "run0").exists() and not (tmp_path / "run1").exists()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_stop_keeps_what_is_done_and_a_lost_process_is_named(folder, tmp_path, how):
    out = tmp_path / "run"
    process = started([folder, *LENET, "--batch-size", 2, "--epochs", 50_000, "--nproc", 2, "--out", out])
    while not (out / "latest.pth").exists() and process.poll() is None:
        time.sleep(0.1)
    (other,) = map(int, Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split())
    if how == "stop":
        process.send_signal(signal.SIGINT)
    else:
        os.kill(other, signal.SIGKILL)
    code, answer, errors = answer_of(process)
    assert code == (130 if how == "stop" else 2), errors
    if how == "stop":
        assert answer["stopped"] and answer["history"]
    else:
        assert answer["error"]["code"] == "E607" and "-9" in answer["error"]["message"]
    assert read_checkpoint(out / "latest.pth").card.backbone == "LeNet"
    with pytest.raises(ProcessLookupError):
        os.kill(other, 0)
