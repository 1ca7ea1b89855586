"""Runs the cells of lessons' notebooks in this process, small: few pictures, few epochs, the same networks. ``python small_run.py FILE.ipynb …``.

Last line: JSON, for each notebook the kinds of the views that were made, and the files of the student afterwards with the time when each was written.
"""
import ast
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import edukit as ek
from edukit.comparison import speed_grid

EACH = {"train": 4, "validation": 3, "test": 3}  # pictures of a class


def fewer(split):
    kept = [[sample for sample in split if sample.label == label][: EACH[split.name]] for label in split.classes]
    return replace(split, samples=tuple(sample for samples in kept for sample in samples))


def shrink():
    """Puts the small verbs in the place of the real ones, for what cells type."""
    load, train, compare, speed = ek.load_dataset, ek.train, ek.compare, ek.compare_speed

    def load_few(*words, **values):
        dataset = load(*words, **values)
        for split in dataset.splits:
            dataset = dataset.with_split(fewer(split))
        return dataset

    ek.load_dataset = load_few
    ek.train = lambda *words, epochs=1, **values: train(*words, epochs=min(epochs, 2), **values)
    ek.compare = lambda *words, **values: compare(*words, **{"runs": 2, **values})
    ek.compare_speed = lambda *words, shapes="", **values: speed(*words, **{**values, "shapes": "32" if shapes else "", "quick": True})
    speed_grid.QUICK = replace(speed_grid.QUICK, runs=4, rounds=2, warm_up_seconds=0.1)  # also what the reasons measure


def run(source, names):
    """Runs one cell and gives what its last line displays."""
    tree = ast.parse(source)
    last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    shown = eval(compile(last, "<cell>", "eval"), names) if last else None
    for method in ("_repr_html_", "__repr__"):
        if hasattr(shown, method) and not hasattr(shown, "comm"):
            assert getattr(shown, method)() is not None
    return shown


def run_notebook(path):
    names, kinds = {}, []
    for cell in json.loads(Path(path).read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        began = time.perf_counter()
        shown = run("".join(cell["source"]), names)
        print(f"{time.perf_counter() - began:6.1f} s", cell["source"][0].strip())
        if "view" in cell["metadata"].get("tags", []):
            assert shown.error == {}, (cell["source"], shown.error)
            kinds.append(shown.kind)
    home = Path(os.environ["EDUKIT_HOME"])
    return {"views": kinds, "files": {str(file): file.stat().st_mtime_ns for file in home.rglob("*") if file.is_file()}}


if __name__ == "__main__":
    shrink()
    print(json.dumps([run_notebook(path) for path in sys.argv[1:]]))
