"""What a student's lesson leaves on disk, made by hand for tests: histories, ended jobs, models that answer."""
from __future__ import annotations

import json
import time

import onnx_files

from edukit.core.preprocess import Preprocess
from edukit.jobs import Job

CLASSES = ("cat", "dog")
HISTORY = [
    {"epoch": 1, "train_loss": 0.9, "train_top1": 0.5, "val_loss": 1.0, "val_top1": 0.4, "lr": 0.01, "seconds": 1.0},
    {"epoch": 2, "train_loss": 0.4, "train_top1": 0.9, "val_loss": 0.6, "val_top1": 0.8, "lr": 0.01, "seconds": 1.0},
    {"epoch": 3, "train_loss": 0.2, "train_top1": 1.0, "val_loss": 0.7, "val_top1": 0.7, "lr": 0.01, "seconds": 1.0},
]
PARTS = {  # as they stand in a notebook's metadata
    "quiz": [
        {"question": "Why <b>?", "choices": [{"text": "no", "why": "because not"}, {"text": "yes", "why": "because so", "right": True}]},
        {"question": "How?", "choices": [{"text": "well", "why": "well done", "right": True}, {"text": "badly", "why": "not at all"}]},
    ],
    "guess:right_of_100": {
        "name": "right_of_100", "question": "How many of 100?", "later": "kept until then", "measured": "validation_accuracy", "close_to": 10,
        "choices": [{"value": value, "text": f"about {value}"} for value in (17, 85)],
        "close": "{guess}, and it is {measured}: well guessed", "apart": "{guess}, and it is {measured}: why?",
    },
    "check": {
        "checks": [
            {"check": "trained"}, {"check": "smaller", "times": 2.5}, {"check": "same_answers", "at_least": 0.9}, {"check": "accurate", "at_least": 0.6},
        ],
        "passed": "all is well", "failed": "not yet",
    },
}  # fmt: skip
ERROR = {"code": "E504", "message": "Another job is <busy>.", "remedy": "Wait."}


def save_model(path, *, seed=0, classes=CLASSES, padding=0):
    card = onnx_files.card(classes=classes, preprocess=Preprocess(size=(16, 16)), class_names={"zh": dict(zip(classes, ("猫", "狗")))})
    onnx_files.save(path, onnx_files.network(classes=len(classes), seed=seed), with_card=card.replace(notes={"padding": "x" * padding}).to_json())
    return path


def leave_job(folder, verb, arguments=None, *, events=(), answer=None):
    """What a job leaves in its folder once it has ended."""
    folder.mkdir(parents=True)
    record = {"v": 2, "verb": verb, "arguments": arguments or {}, "lang": "en", "pid": -1, "started": 0.0}
    (folder / "job.json").write_text(json.dumps(record, default=str), encoding="utf-8")
    lines = [json.dumps({"v": 1, "time": time.time(), **event}) for event in events]
    (folder / "events.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if answer is not None:
        (folder / "answer.json").write_text(json.dumps(answer), encoding="utf-8")
    return Job(folder)
