"""Whole lessons: each is run once, small; at length (marked slow) in both languages by nbval, each view worked between the cells as a student would."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lesson_sources import ROOT, build_all, code, names, notebook, tags, text

from edukit.core.workspace import Workspace
from edukit.widgets import explorable_kinds

SMALL = Path(__file__).with_name("small_run.py")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """All lessons and the second one, built into one folder."""
    return build_all(tmp_path_factory.mktemp("course"))


def environment(home, course):
    told = {"EDUKIT_HOME": str(home), "EDUKIT_LESSONS": str(course), "EDUKIT_LANG": "en", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return os.environ | told


def run_small(paths, home, course):
    words = [sys.executable, str(SMALL), *map(str, paths)]
    ran = subprocess.run(words, env=environment(home, course), capture_output=True, text=True, encoding="utf-8", check=False, cwd=home.parent)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.mark.lesson
@pytest.mark.parametrize("name", names())
def test_the_code_of_a_lesson_runs_and_its_solutions_leave_the_learners_work_alone(tmp_path, course, name):
    """Once, in English: that both languages have the same code is held by test_build."""
    home = tmp_path / "home"
    lesson, solution = run_small([course / "en" / place / f"{name}.ipynb" for place in ("", "solutions")], home, course)
    cells = code(notebook(name, "en")["cells"])
    assert len(lesson["views"]) == sum("view" in tags(cell) for cell in cells) and {"guess", "quiz", "check", "recall"} <= set(lesson["views"])
    mine = Workspace(home).lesson_folder(name)
    before, after = ({file: when for file, when in ran["files"].items() if Path(file).is_relative_to(mine)} for ran in (lesson, solution))
    assert after == before and list(mine.with_name(f"{name}-solution").glob("train-*")), "trained beside the learner's work"


@pytest.mark.lesson
@pytest.mark.parametrize("name", names("tool"))
def test_a_tool_page_runs(tmp_path, course, name):
    assert run_small([course / "en" / "tools" / f"{name}.ipynb"], tmp_path / "home", course)[0]["views"]


DRIVE = {  # by the kind of view; ``_`` is what the cell before displayed
    "guess": "_.act('guess', str(_.told['choices'][-1]['value']))\nassert _.guessed and _.error == {}, _.error",
    "recall": "assert _.error == {} and 'ek-said' in _.body, _.error",
    "quiz": """for number, question in enumerate(_.questions, 1):
    _.act('answer', f"{number}:{1 + next(i for i, choice in enumerate(question['choices']) if choice.get('right'))}")
assert _.right == len(_.questions) and _.error == {}, _.error""",
    "collect": """_.hear({'do': 'set', 'name': 'animals-and-food'}, []); _.hear({'do': 'train'}, [])
assert _.error == {} and _.work.dataset == 'animals-and-food'""",
    "health": "_.act('start'); _.wait(60)\nassert _.error == {} and ('✓' in _.body or '✗' in _.body), _.error",
    "data": "_.act('start'); _.wait(60)\nassert _.error == {} and '✓' in _.body, _.error",
    "train": """before = _.work.trained
for name, value in (('backbone', 'LeNet'), ('epochs', 2), ('lr', None)): _.set(name, value)
_.act('start'); _.wait(200)
assert _.error == {} and _.work.trained != before and (before is None or before.is_dir()) and '<svg' in _.body, _.error""",
    "runs": "_.act('start')\nassert _.error == {} and _.actions[0]['disabled'] and _.body.count('<polyline') >= 2, _.error",
    "sweep": """_.set('values', '0.001, 0.01'); _.act('start'); _.wait(250)
assert _.error == {} and _.body.count('<polyline') == 4 and len(list(_.work.folder.glob('sweep-*'))) == 2, _.error""",
    "augment": "_.act('ask')\nassert _.error == {} and '<table' in _.body and _.body.count('<img') > 15, _.error",
    "evaluate": """_.act('start'); _.wait(200)
for name, value in (('list', 'worst'), ('look', _._found().wrong[0].path.name)): _.act(name, value)
_.set('threshold', 0.6)
assert _.error == {} and 'ek-matrix' in _.body and '<svg' in _.body, _.error""",
    "convert": "_.act('start'); _.wait(200)\nassert _.error == {} and _.body.count('✓') >= 2 and _.work.int8, _.error",
    "graph": "_.act('look')\nassert _.error == {} and '<svg' in _.body, _.error",
    "compare": "_.act('start'); _.wait(200)\nassert _.error == {} and '<table' in _.body, _.error",
    "speed": "_.act('start'); _.wait(300)\nassert _.error == {} and '<table' in _.body and 'data:image/svg' in _.body, _.error",
    "try": """_.act('sample', '0')
assert _.error == {} and 'ek-bars' in _.body, _.error
_.hear({'do': 'file', 'name': 'a.png', 'part': 0, 'parts': 1}, [ek.load_dataset('emoji').validation[3].path.read_bytes()])
assert _.error == {}, _.error""",
    "home": "_.act('start'); _.wait(200)\nassert _.error == {} and 'report.html' in _.body, _.error",
    "check": "_.act('start'); _.wait(120)\nassert _.error == {} and ('✓' in _.body or '✗' in _.body), _.body",
    "explorable": """for state in ({slider.name: value for slider, value in zip(_.sliders, values)} for values in (
    [slider.start for slider in _.sliders], [slider.low for slider in _.sliders], [slider.high for slider in _.sliders])):
    assert _.look(state, _.first)[0]['verdict'] and _.error == {}, _.error
_.work.finish(_.kind)""",
}
# The views of this reading show what the code has made, and that is good enough for the lesson's own check.
DRIVE_CODE = {
    "check": "_.act('start'); _.wait(120)\nassert _.error == {} and '✗' not in _.body, _.body",
    "train": "assert _.error == {} and '<svg' in _.body, _.error",
    "sweep": "assert _.error == {}, _.error",
    "convert": "assert _.error == {} and 'best-int8.onnx' in _.body, _.error",
    "compare": "assert _.error == {} and len(_.work.models) == 3 and not _.actions[0]['disabled'], _.error",
}


def driven(cells, drives):
    """The cells with one behind each view that works it."""
    made = []
    for cell in cells:
        made.append(cell)
        if cell["cell_type"] == "code" and "view" in tags(cell):
            kind = text(cell).split('"')[1]
            drive = drives.get("explorable" if kind in explorable_kinds() else kind, "assert _.error == {}, _.error")
            made.append({"cell_type": "code", "id": f"drive-{cell['id']}", "metadata": {}, "execution_count": None, "outputs": [], "source": drive})
    return made


@pytest.mark.slow
@pytest.mark.lesson
@pytest.mark.timeout(600)
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", names())
def test_a_lesson_runs_from_top_to_bottom(tmp_path, course, name, lang):
    """In Chinese every view's button is pressed; in English the views show what the code has made."""
    made = notebook(name, lang)
    path, home = tmp_path / f"{name}.ipynb", tmp_path / "home"
    path.write_text(json.dumps(made | {"cells": driven(made["cells"], DRIVE if lang == "zh" else DRIVE | DRIVE_CODE)}), encoding="utf-8")
    words = ["--nbval-lax", "--nbval-current-env", "--nbval-sanitize-with", str(ROOT / "sanitize.cfg"), "--nbval-cell-timeout", "280", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *words, str(path)],
        env=environment(home, course), cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    if lang == "zh":
        assert json.loads((Workspace(home).lesson_folder(name) / "progress.json").read_text(encoding="utf-8"))["done"] is True
