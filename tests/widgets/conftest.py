"""What the tests of the views share: a lesson's folder, jobs that have ended, models that answer."""
from __future__ import annotations

import json

import pytest
from dataset_files import imagenet
from lesson_work import CLASSES, HISTORY, PARTS, leave_job, save_model

from edukit.core.command_line import words_of
from edukit.core.lesson_header import LessonHeader, Step
from edukit.core.verbs import find_verb
from edukit.core.workspace import Workspace
from edukit.widgets.work import Work


@pytest.fixture
def pets(tmp_path):
    """A small dataset of two classes."""
    return imagenet(tmp_path / "pets", *CLASSES)


STEPS = {"data": "Pictures", "train": "Train", "convert": "Convert", "compare": "Compare", "try": "Your picture"}
HEADER = LessonHeader(name="lesson", lang="en", number=1, title="A lesson", steps=tuple(Step(*step) for step in STEPS.items()), parts=PARTS)


@pytest.fixture
def reopened():
    """Makes the work of another page of the same lesson, which knows what is on disk alone."""
    return lambda work: Work(work.workspace, HEADER)


@pytest.fixture
def work(tmp_path, pets):
    """A lesson's folder whose student chose ``pets``."""
    mine = Work(Workspace(tmp_path, "me", "lesson"), HEADER)
    mine.folder.mkdir(parents=True)
    mine.remember("data", {"source": "own", "folder": str(pets), "dataset": str(pets)})
    return Work(mine.workspace, HEADER)


@pytest.fixture
def trained(work):
    """The same, with a training that ended well."""
    run = work.new_run("train")
    (run / "best.pth").write_bytes(b"weights" * 2000)
    (run / "log.json").write_text(json.dumps({"state": "finished", "history": HISTORY, "seconds": 61.0}), encoding="utf-8")
    return work


@pytest.fixture
def converted(trained):
    """The same, with an ONNX and an INT8 model of the pets that can answer."""
    save_model(trained.trained / "best.onnx", seed=1, padding=9000)
    save_model(trained.trained / "best-int8.onnx", seed=1)
    return trained


@pytest.fixture
def fake_jobs(monkeypatch):
    """Jobs end as soon as they are started: ``fake_jobs.answers[verb]`` is what they say; ``fake_jobs.started`` what was asked."""
    from edukit import jobs

    class Fake:
        def __init__(self):
            self.answers, self.errors, self.started, self.effects = {}, {}, [], {}

    fake = Fake()

    def start(verb, arguments, folder, **_):
        assert set(arguments) <= {one.name for one in find_verb(verb).parameters()}, "a job would refuse what the verb does not know"
        fake.started.append(words_of(verb, arguments))
        if verb in fake.effects:
            fake.effects[verb]()
        if verb in fake.errors:
            return leave_job(folder, verb, arguments, events=[{"event": "error", "error": fake.errors[verb]}])
        answer = fake.answers.get(verb, {})
        return leave_job(folder, verb, arguments, events=[{"event": "done", "answer": answer}], answer=answer)

    monkeypatch.setattr(jobs, "start", start)
    return fake
