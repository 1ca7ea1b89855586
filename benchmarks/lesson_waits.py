"""How long does a student wait in lesson 01? Train, convert with INT8, and compare, each as the child process that a page starts.

The lesson's own settings on the sample set emoji. ``--tree`` measures another checkout of edukit, turn by turn with this one; ``--ready`` gives this one the
features of the pictures beforehand, as the page does while its reader reads; ``--warm`` measures this one's jobs also as a page of a class server starts
them, as children of its warm process.
Run: python benchmarks/lesson_waits.py [--runs N] [--tree FOLDER] [--ready] [--warm]
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from statistics import median

import psutil

from edukit.core.command_line import read_arguments
from edukit.core.subprocess_env import subprocess_env
from edukit.core.verbs import find_verb
from edukit.core.workspace import Workspace
from edukit.jobs import start
from edukit.jobs.warm import warm_process

HERE = Path(__file__).resolve().parents[1]
TRAIN = ["--backbone", "EfficientNet-Lite0", "--epochs", "12", "--lr"]
RATES = {False: "0.0005", True: "0.002"}  # by whether the features' module is there: what the page's button said then and says now


def ran(tree: Path, home: Path, *words: str) -> tuple[float, float, dict]:
    """Seconds until the answer, seconds of the processors, and the answer of one verb."""
    environment = os.environ | {"PYTHONPATH": str(tree), "EDUKIT_HOME": str(home), "PYTHONUTF8": "1", "OMP_WAIT_POLICY": "PASSIVE"}  # as a page's kernel has it
    before, began = os.times(), time.monotonic()
    command = [sys.executable, "-P", "-m", "edukit", *words, "--events", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=home, env=environment, check=False)
    after = os.times()
    if done.returncode:
        raise SystemExit(f"{words[0]} of {tree}: {done.stdout[-500:]} {done.stderr[-500:]}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - began, spent, json.loads(done.stdout)


def ran_warm(tree: Path, home: Path, *words: str) -> tuple[float, float, dict]:
    """The same of a job that is forked from the warm process; processors as last seen, a twentieth of a second before its end."""
    verb = find_verb(words[0])
    before, began, spent = os.times(), time.monotonic(), 0.0
    job = start(verb.name, read_arguments(list(words[1:]), verb.parameters()), home / "jobs" / verb.name, workspace=Workspace(home))
    process = psutil.Process(json.loads((job.folder / "job.json").read_text())["pid"])
    while job.alive():
        with suppress(psutil.Error):
            spent = sum(process.cpu_times()[:4])
        time.sleep(0.05)
    if job.state != "done":
        raise SystemExit(f"{verb.name}: {job.error}")
    after = os.times()
    return time.monotonic() - began, spent + after.children_user + after.children_system - before.children_user - before.children_system, job.answer


def waits(tree: Path, ready: bool, ran: Callable[..., tuple[float, float, dict]]) -> dict:
    """The three waits of one student, and what else the answers tell."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        rate = RATES[(tree / "edukit" / "training" / "features.py").exists()]
        if ready:
            ran(tree, home, "train", "emoji", *TRAIN, rate, "--out", str(home / "before"))
        load = os.getloadavg()[0]
        train = ran(tree, home, "train", "emoji", *TRAIN, rate, "--out", str(home / "run"))
        best, onnx, int8 = (str(home / "run" / name) for name in ("best.pth", "best.onnx", "best-int8.onnx"))
        convert = ran(tree, home, "convert", best, "--data", "emoji")
        quantize = ran(tree, home, "quantize", onnx, "--calibration", "emoji")
        compare = ran(tree, home, "compare", best, onnx, int8, "--data", "emoji")
    widths = [round(ratio["interval"][1] / ratio["interval"][0], 3) for ratio in compare[2]["ratios"]]
    seconds = {"train": train[0], "convert_int8": convert[0] + quantize[0], "compare": compare[0]}
    processors = {"train": train[1], "convert_int8": convert[1] + quantize[1], "compare": compare[1]}
    return {
        "seconds": {name: round(value, 1) for name, value in seconds.items()}, "processor_seconds": {name: round(v, 1) for name, v in processors.items()},
        "interval_widths": widths, "accuracy": compare[2]["models"][0]["top1"], "accuracy_int8": compare[2]["models"][-1]["top1"], "load": round(load, 1),
    }  # fmt: skip


def medians(found: list[dict], name: str) -> dict:
    return {step: median(one[name][step] for one in found) for step in found[0][name]}


def measured(runs: int, tree: Path | None, ready: bool, warm: bool) -> dict:
    trees = {"new": HERE, **({"warm": HERE} if warm else {}), **({"old": tree.resolve()} if tree else {})}
    found: dict[str, list[dict]] = {name: [] for name in trees}
    for _ in range(runs):
        for name, place in trees.items():
            found[name].append(waits(place, ready and name != "old", ran_warm if name == "warm" else ran))
            print(name, json.dumps(found[name][-1]), flush=True)
    told = {name: {key: medians(ones, key) for key in ("seconds", "processor_seconds")} | {"runs": ones} for name, ones in found.items()}
    total = {name: sum(one["seconds"].values()) for name, one in told.items()}
    return {"name": "lesson_waits", "ratio": round(total["old"] / total["new"], 2) if tree else None, "better": "higher", "cores": os.cpu_count(), **told}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tree", type=Path, help="another checkout, measured in turn")
    parser.add_argument("--ready", action="store_true")
    parser.add_argument("--warm", action="store_true")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        if arguments.warm:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            stack.enter_context(warm_process(folder, subprocess_env() | {"OMP_WAIT_POLICY": "PASSIVE"}))
            while not (folder / "warm").exists():
                time.sleep(0.1)
        print(json.dumps(measured(arguments.runs, arguments.tree, arguments.ready, arguments.warm)))
