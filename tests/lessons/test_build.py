"""Built files are what the sources say, the same bytes at every build, and the same lesson in both languages; a source that is wrong is named."""
import ast
import json
import re
import subprocess
import sys

import lesson_sources
import pytest
from lesson_sources import LANGUAGES, LESSONS, SECOND, build, built, code, names, notebook, tags, text
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from edukit.widgets import VIEWS, explorable_kinds
from edukit.widgets.checks import CHECKS
from edukit.widgets.figures import FIGURES

TAGS = {"code", "exercise", "view", "setup", "steps", "mistake"}
FIXED = {"dataset", "trained", "model", "onnx", "predictor", "images", "labels", "classes", "result"}
ALSO = {"label", "lesson", "small", "mine", "ek", "error"}
HAN = re.compile(r"[\u4e00-\u9fff]")


def in_the_app(cells):
    return [cell for cell in cells if not {"code", "exercise", "solution"} & set(tags(cell))]


def headers(name, lang):
    return notebook(name, lang)["metadata"]["edukit"]


def test_the_committed_files_are_those_of_the_sources():
    ran = subprocess.run([sys.executable, str(LESSONS / "build.py"), "--check"], check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_bold_words_are_bold(name, lang):
    """Beside Chinese punctuation two stars may stay stars."""
    prose = [markdown2html_mistune(text(cell)) for cell in notebook(name, lang)["cells"] if cell["cell_type"] == "markdown"]
    assert [line for page in prose for line in re.sub(r"<(code|pre)[^>]*>.*?</\1>", "", page, flags=re.DOTALL).splitlines() if "**" in line] == []


def test_a_stale_and_a_left_over_file_are_noticed(tmp_path):
    root = lesson_sources.build_all(tmp_path / "course")
    assert build().stale(root) == {} and build().left_over(root) == []
    path = root / "zh" / "01_first_model.ipynb"
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert list(build().stale(root)) == [path]
    (root / "src" / "02_smaller.py").unlink()
    assert {one.name for one in build().left_over(root)} == {"02_smaller.ipynb", "02_smaller.md"}


@pytest.mark.parametrize("name", names())
def test_both_languages_are_the_same_lesson(name):
    for folder in ("", "solutions/"):
        zh, en = (notebook(name, lang, folder)["cells"] for lang in LANGUAGES)
        assert [(cell["cell_type"], tags(cell)) for cell in zh] == [(cell["cell_type"], tags(cell)) for cell in en]
        for one, other in zip(zh, en):
            assert one["id"] == other["id"] and set(tags(one)) <= TAGS
            if one["cell_type"] == "markdown":
                assert HAN.search(text(one)) and not HAN.search(text(other).replace("[中文]", "")), "each language by itself"


class Without(ast.NodeTransformer):
    """Takes away what may differ: texts. What stands in calls stays."""

    def visit_Constant(self, node):
        return ast.copy_location(ast.Constant("text"), node) if isinstance(node.value, str) and (HAN.search(node.value) or " " in node.value) else node

    def visit_JoinedStr(self, node):
        values = [value.value for value in node.values if isinstance(value, ast.FormattedValue)]
        return ast.copy_location(ast.Tuple([ast.Constant("text"), *values], ast.Load()), node)


@pytest.mark.parametrize("name", names())
def test_the_code_of_both_languages_is_equal_but_for_its_texts(name):
    for folder in ("", "solutions/"):
        zh, en = ([text(cell) for cell in code(notebook(name, lang, folder)["cells"]) if "setup" not in tags(cell)] for lang in LANGUAGES)
        for one, other in zip(zh, en, strict=True):
            assert ast.dump(Without().visit(ast.parse(one))) == ast.dump(Without().visit(ast.parse(other)))


def test_equal_code_is_told_from_unequal():
    def bare(source):
        return ast.dump(Without().visit(ast.parse(source)))

    assert bare("print('先做')  # 注") == bare("print('do it first')") and bare("f('做 {x}')") == bare("f('do {x}')")
    assert bare("ek.train(d, 'LeNet')") != bare("ek.train(d, 'ResNet18')") and bare("f(f'{x:.0%} 对')") != bare("f(f'{y:.0%} right')")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_a_notebook_tells_the_index_page_what_it_is(name, lang):
    found, about = notebook(name, lang), headers(name, lang)
    assert about["name"] == name and about["number"] == int(name[:2]) and about["lang"] == lang
    assert about["title"] and about["summary"] and 30 <= about["minutes"] <= 70 and len(about["steps"]) >= 2
    assert bool(HAN.search(about["title"])) == (lang == "zh")
    assert all(cell.get("outputs", []) == [] and cell.get("execution_count") is None for cell in found["cells"])
    assert [cell["id"] for cell in found["cells"]] == [str(i) for i in range(len(found["cells"]))]


@pytest.mark.parametrize("name", names())
def test_a_lesson_has_its_shape(name):
    cells = notebook(name, "en")["cells"]
    whole = "\n".join(text(cell) for cell in cells)
    places = [whole.index(part) for part in ("# ", 'view("guess"', "## 1 · ", "## Exercise", 'view("check")', 'view("quiz")', 'view("recall"')]
    assert places == sorted(places) and all(f"step-{step['name']}" in whole for step in headers(name, "en")["steps"])
    assert all(len(text(cell).splitlines()) <= 10 for cell in code(cells)) and not any("solution" in tags(cell) for cell in cells)
    assert text(code(cells)[0]) == f'import edukit as ek\n\nlesson = ek.open_lesson("{name}", lang="en")'
    shown = set(re.findall(r'lesson\.view\("(\w+)"', whole))
    assert shown <= {*VIEWS, *explorable_kinds()} and shown & set(explorable_kinds()), "a lesson has its explorable"
    assert {step["name"] for step in headers(name, "en")["steps"]} <= shown, "a step is finished by the view of its name"


@pytest.mark.parametrize("name", names())
def test_test_pictures_are_asked_about_at_the_end_alone(name):
    measured = [text(cell) for cell in code(notebook(name, "en")["cells"])]
    first = next((i for i, lines in enumerate(measured) if "dataset.test" in lines), len(measured))
    assert not any(re.search(r"ek\.(train|convert)\(", lines) for lines in measured[first:]), "nothing is trained or chosen after the exam"
    assert "dataset.test" not in json.dumps(notebook(name, "en", "solutions/"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_lessons_use_the_names_that_all_lessons_share(name, lang):
    for cell in code(notebook(name, lang)["cells"] + notebook(name, lang, "solutions/")["cells"]):
        nodes = list(ast.walk(ast.parse(text(cell))))
        inner = {id(node) for made in nodes if isinstance(made, ast.comprehension) for node in ast.walk(made.target)}  # these names end with their brackets
        stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in inner}
        assert stored <= FIXED | ALSO


def unknown_names(cells):
    """Names that are used before a cell makes them."""
    known, missing = set(dir(__builtins__)) | set(__builtins__) | {"print", "len"}, set()
    for cell in code(cells):
        nodes = list(ast.walk(ast.parse(text(cell))))
        known |= {alias.asname or alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}
        used = [node for node in nodes if isinstance(node, ast.Name)]
        known |= {node.id for node in used if isinstance(node.ctx, ast.Store)} | {node.arg for node in nodes if isinstance(node, ast.arg)}
        known |= {node.name for node in nodes if isinstance(node, ast.ExceptHandler | ast.FunctionDef)}
        missing |= {node.id for node in used if isinstance(node.ctx, ast.Load)} - known
    return missing


@pytest.mark.parametrize("name", [*names(), *names("tool")])
def test_no_reading_needs_a_cell_that_it_leaves_out(name):
    folder = "" if name in names() else "tools/"
    cells = notebook(name, "en", folder)["cells"]
    assert unknown_names(cells) == unknown_names(in_the_app(cells)) == set()
    if name in names():
        assert unknown_names(notebook(name, "en", "solutions/")["cells"]) == set(), "solutions stand alone"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_parts_name_what_there_is_and_say_the_same_in_both_languages(name, lang):
    parts, other = headers(name, lang)["parts"], headers(name, "zh" if lang == "en" else "en")["parts"]
    assert list(parts) == list(other)
    for key, part in parts.items():
        assert bool(HAN.search(json.dumps(part, ensure_ascii=False))) == (lang == "zh")
        if key.startswith("guess"):
            wanted = {"{guess}", "{measured}"} if part.get("measured") else set()
            assert part.get("measured") in {None, *FIGURES} and wanted == set(re.findall(r"{\w+}", part.get("close", "") + part.get("apart", "")))
        if key.startswith("check"):
            assert {check["check"] for check in part["checks"]} <= set(CHECKS)
    if lang == "zh":
        assert not re.search(r"[\u4e00-\u9fff] ?[,;:!?]|[\u4e00-\u9fff]\.(?![a-z.])", json.dumps(parts, ensure_ascii=False)), "Chinese punctuation in Chinese"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_the_teachers_sheet_has_minutes_answers_and_solutions(name, lang):
    sheet = built()[f"{lang}/teacher/{name}.md"]
    minutes = [int(found) for found in re.findall(r"^\| .* \| (\d+) \|$", sheet, re.M)]
    assert sum(minutes[: len(headers(name, lang)["steps"]) + 1]) == headers(name, lang)["minutes"]
    for question in headers(name, lang)["parts"]["quiz"]:
        assert f"**{next(choice['text'] for choice in question['choices'] if choice.get('right'))}**" in sheet
    assert "```python\n" in sheet and bool(HAN.search(sheet)) == (lang == "zh") and "[[" not in sheet


def test_a_later_lesson_is_linked_once_it_is_there():
    last, small, first = (json.dumps(notebook(name, "en"), ensure_ascii=False) for name in (names()[-1], "02_smaller", "01_first_model"))
    assert "**Next lesson:** [" in first and "(02_" in first.partition("**Next lesson:**")[2][:80] and "Next lesson" not in last
    assert "[From pictures to a model that runs anywhere](01_first_model.ipynb)" in small and "[step 1, Move it](#step-move)" in small


BROKEN = {
    "no step": ("[[move]]，再到", "[[mov]]，再到", r"\[\[mov\]\]"),
    "no heading": ("## [[try]]\n#\n# Choose", "## Try\n#\n# Choose", r"missing: \['try'\]"),
    "tag": ('tags=["code"]', 'tags=["cod"]', "unknown tags"),
    "one language": ("en: Exactness, ", "", "one language alone"),
    "two right": ("{zh: 层, en: Layers, ", "{zh: 层, en: Layers, right: true, ", "exactly one choice"),
    "minutes": ("minutes: 30", "minutes: 15", "more minutes"),
    "no title": ("#     title: {zh: 小文件, en: A small file}\n", "", "title"),
    "no language": ('# %% [markdown] tags=["en", "teacher"]', '# %% [markdown] tags=["teacher"]', "one language"),
    "lacks": ("# failed: {zh: 还没有。, en: Not yet.}\n", "", "failed"),
    "raw": ('[raw] tags=["check"]', '[raw] tags=["view"]', "raw cell"),
    "yaml": ("{zh: 通过了。, en: Passed.}", "{zh: 通过了。, en: Passed?}", "not YAML"),
    "kind": ("minutes: 30", "minutes: 30\n#     kind: tool", "kind"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_source_that_is_wrong_is_named_with_what_is_wrong(tmp_path, broken):
    good, bad, said = broken
    source = (SECOND / "02_smaller.py").read_text(encoding="utf-8")
    assert source.count(good) >= 1
    (copy := lesson_sources.copy_sources(tmp_path / "course") / "src" / "02_smaller.py").write_text(source.replace(good, bad), encoding="utf-8")
    with pytest.raises(ValueError, match=said) as caught:
        build().stale(copy.parent.parent)
    assert "02_smaller.py" in str(caught.value)


def test_the_glossary_has_both_languages():
    lines = (LESSONS / "glossary.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "en,zh,note" and len(lines) > 50
    assert all(line.split(",")[0] and HAN.search(line.partition(",")[2]) for line in lines[1:])
