"""Whole lessons, run by nbval cell by cell in both languages: the code, and between the cells each view driven as a student would."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DRIVE = {
    "Steps()": "assert len(_.steps) == 5, _.error",
    "MovePicture()": """import io
from PIL import Image
stream = io.BytesIO()
Image.new("RGB", (224, 224), "white").save(stream, "PNG")
assert abs(sum(_.look(stream.getvalue())) - 1) < 0.01 and _.error == {}, _.error""",
    "Guess()": "_.act('guess', '85')\nassert _.guessed == '85' and _.error == {}, _.error",
    "DataView()": "_.act('start'); _.wait(60)\nassert _.error == {} and '✓' in _.body and 'data' in _.work.steps_done, _.error",
    "TrainView()": """assert _.error == {} and '<svg' in _.body, 'the code above has trained already'
for name, value in (('backbone', 'LeNet'), ('epochs', 2), ('lr', None)): _.set(name, value)
before = _.work.trained
_.act('start'); _.wait(200)
assert _.error == {} and _.work.trained != before and before.is_dir(), _.error""",
    "ConvertView()": """_.act('start'); _.wait(200)
assert _.error == {} and _.body.count('✓') >= 2 and _.work.int8, _.error""",
    "CompareView()": """_.act('start'); _.wait(200)
assert _.error == {} and '<table' in _.body and 'compare' in _.work.steps_done, _.error""",
    "TryView()": """_.act('sample', '0')
assert _.error == {} and 'ek-bars' in _.body, _.error
_.hear({'do': 'file', 'name': 'a.png', 'part': 0, 'parts': 1}, [(ek.load_dataset('emoji').test[3].path).read_bytes()])
assert _.error == {} and 'try' in _.work.steps_done, _.error""",
    "CheckView()": "_.act('start')\nassert _.error == {} and '✗' in _.body, 'two epochs of LeNet are no good model'",
    'Quiz("lesson_01")': "_.act('answer', '1:2')\nassert _.right == 1 and _.error == {}, _.error",
    "Guess(recall=True)": "assert '85' in _.body and _.error == {}, _.body",
}
# In English the browser presses these buttons (tests/apps); here the views show what the code has made.
DRIVE_EN = DRIVE | {
    "TrainView()": "assert _.error == {} and '<svg' in _.body, _.error",
    "ConvertView()": "assert _.error == {} and 'best-int8.onnx' in _.body, _.error",
    "CheckView()": "_.act('start')\nassert _.error == {} and '✗' not in _.body, 'the exercise must not take the place of the good model'",
    "CompareView()": "assert _.error == {} and len(_.models) == 3 and not _.actions[0]['disabled'], _.error",
}


def driven(notebook, drives):
    """The notebook with a cell behind each view that works it; ``_`` is what the cell before displayed."""
    cells = []
    for cell in notebook["cells"]:
        cells.append(cell)
        drive = drives.get("".join(cell["source"]))
        if drive:
            cells.append({"cell_type": "code", "id": f"drive-{cell['id']}", "metadata": {}, "execution_count": None, "outputs": [], "source": drive})
    return {**notebook, "cells": cells}


@pytest.mark.lesson
@pytest.mark.timeout(600)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_lesson_runs_from_top_to_bottom(tmp_path, lang):
    notebook = json.loads((ROOT / "lessons" / lang / "01_first_model.ipynb").read_text(encoding="utf-8"))
    notebook = driven(notebook, DRIVE if lang == "zh" else DRIVE_EN)
    assert sum(cell["id"].startswith("drive") for cell in notebook["cells"]) == len(DRIVE)
    path = tmp_path / "01_first_model.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    environment = os.environ | {"EDUKIT_DEMO": "1", "EDUKIT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    words = ["--nbval-lax", "--nbval-current-env", "--nbval-sanitize-with", str(ROOT / "sanitize.cfg"), "--nbval-cell-timeout", "280", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *words, str(path)], env=environment, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    progress = json.loads((tmp_path / "home" / "me" / "01_first_model" / "progress.json").read_text(encoding="utf-8"))
    assert progress["done"] is (lang == "zh") and {"data", "try"} <= set(progress["steps_done"])
