"""The notebooks are what their sources say, the same bytes at every build, and the same lesson in both languages."""
import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent / "lessons"
NAMES = [source.stem for source in sorted((ROOT / "src").glob("*.py"))]
TAGS = {"code", "exercise", "solution", "view", "setup", "steps", "mistake"}
FIXED = {"dataset", "trained", "model", "onnx", "predictor", "images", "labels", "classes", "result"}
ALSO = {"lesson", "small", "mine", "ek", "error"}
HAN = re.compile(r"[\u4e00-\u9fff]")
sys.path.insert(0, str(ROOT))


def notebook(name, lang):
    return json.loads((ROOT / lang / f"{name}.ipynb").read_text(encoding="utf-8"))


def tags(cell):
    return cell["metadata"].get("tags", [])


def source(cell):
    return "".join(cell["source"])


def in_the_app(cells):
    return [cell for cell in cells if not {"code", "exercise", "solution"} & set(tags(cell))]


def test_the_committed_notebooks_are_those_of_the_source():
    assert subprocess.run([sys.executable, str(ROOT / "build.py"), "--check"], check=False).returncode == 0


def test_a_stale_notebook_is_noticed(tmp_path):
    import build

    for part in ("src", "zh", "en"):
        (tmp_path / part).mkdir()
    (tmp_path / "src" / f"{NAMES[0]}.py").write_bytes((ROOT / "src" / f"{NAMES[0]}.py").read_bytes())
    assert len(build.stale(tmp_path)) == 2
    for path, text in build.stale(tmp_path).items():
        path.write_text(text, encoding="utf-8", newline="\n")
    assert build.stale(tmp_path) == {}
    path = tmp_path / "zh" / f"{NAMES[0]}.ipynb"
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert list(build.stale(tmp_path)) == [path]


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_are_the_same_lesson(name):
    zh, en = notebook(name, "zh")["cells"], notebook(name, "en")["cells"]
    assert [(cell["cell_type"], tags(cell)) for cell in zh] == [(cell["cell_type"], tags(cell)) for cell in en]
    for one, other in zip(zh, en):
        assert one["id"] == other["id"] and set(tags(one)) <= TAGS
        if one["cell_type"] == "markdown":
            assert bool(HAN.search(source(one))) or "English" in source(one)
            assert not HAN.search(source(other).replace("[中文]", "")), "no Chinese left in the English lesson"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_tells_the_index_page_what_it_is(name, lang):
    found = notebook(name, lang)
    about = found["metadata"]["edukit"]
    assert about["name"] == name and about["number"] == int(name[:2]) and about["lang"] == lang
    assert about["title"] and about["summary"] and 30 <= about["minutes"] <= 70 and len(about["steps"]) >= 3
    assert bool(HAN.search(about["title"])) == (lang == "zh")
    assert all(cell.get("outputs", []) == [] and cell.get("execution_count") is None for cell in found["cells"])
    assert [cell["id"] for cell in found["cells"]] == [str(i) for i in range(len(found["cells"]))]


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_has_its_shape(name):
    cells = notebook(name, "en")["cells"]
    text = "\n".join(source(cell) for cell in cells)
    parts = ("# From", "After this lesson you can", "## Why", "Guess()", "## 1", "## 5", "mistake", "## Exercise", "## Check", "Quiz(", "## Summary")
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    code = [source(cell) for cell in cells if cell["cell_type"] == "code"]
    assert all(len(lines.splitlines()) <= 10 for lines in code)
    assert sum("solution" in tags(cell) for cell in cells) == 1 and any("mistake" in tags(cell) for cell in cells)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_lessons_use_the_names_that_all_lessons_share(name, lang):
    for cell in notebook(name, lang)["cells"]:
        if cell["cell_type"] == "code":
            stored = {node.id for node in ast.walk(ast.parse(source(cell))) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
            assert stored <= FIXED | ALSO


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_the_app_needs_no_cell_that_it_leaves_out(name, lang):
    known = set(dir(__builtins__)) | {"print"}
    for cell in in_the_app(notebook(name, lang)["cells"]):
        if cell["cell_type"] == "code":
            tree = ast.parse(source(cell))
            imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
            known |= {alias.asname or alias.name.split(".")[0] for node in imports for alias in node.names}
            names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
            known |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
            assert {node.id for node in names if isinstance(node.ctx, ast.Load)} <= known


def test_the_glossary_has_both_languages():
    lines = (ROOT / "glossary.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "en,zh,note" and len(lines) > 50
    assert all(line.split(",")[0] and HAN.search(line.partition(",")[2]) for line in lines[1:])
