"""House rules that no tool checks: nothing of one machine, no unfinished work, short files, floors, documented names."""
import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOSTS = re.compile(r"(?:pypi|pythonhosted|npmjs|anaconda|pytorch\.org|debian\.org|huggingface\.co|tuna\.tsinghua|aliyun|mirrors\.)[\w.]*", re.IGNORECASE)
ONLY_ADDRESS = "https://download.pytorch.org/whl/cpu"
THEIRS = ("LICENSE.txt", "NOTICE", "LICENSE", "card.json")
TEXT = {".py", ".json", ".md", ".toml", ".yml", ".yaml", ".cfg", ".html", ".j2", ".css", ".js", ".mjs", ".txt", ".ipynb", ""}


def tracked() -> list[Path]:
    told = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    paths = [ROOT / name for name in told.split("\0") if name]
    return [path for path in paths or ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts and "__pycache__" not in path.parts]


def texts() -> dict[str, str]:
    """Every text file of ours by its name in the repository; licences and other people's data are theirs."""
    found = {}
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in TEXT and not name.endswith(THEIRS) and "/licenses/" not in name and path.stat().st_size < 2_000_000:
            found[name] = path.read_text(encoding="utf-8", errors="replace")
    return found


def modules() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and path.is_relative_to(ROOT / "edukit")]


def lines_with(pattern: str, files: dict[str, str]) -> list[str]:
    wanted = re.compile(pattern)
    return [f"{name}:{number}" for name, text in files.items() for number, line in enumerate(text.splitlines(), 1) if wanted.search(line)]


def test_no_path_of_one_machine():
    files = {name: text for name, text in texts().items() if name != "tests/test_house.py"}
    ours = {name: text for name, text in files.items() if not name.startswith("tests/")}  # tests name folders that need not exist
    assert lines_with(r"(?<![\w.~/])/(?:root|home|Users|opt|mnt)/\w", ours) + lines_with(r"(?<![\w.~/])/work/\w", files) == []


def test_no_address_of_a_registry_but_the_one_constant():
    code = {name: text for name, text in texts().items() if name.startswith(("edukit/", "lessons/", "datasets/", "benchmarks/", "binder/")) or "/" not in name}
    named = {f"{name}: {hit}" for name, text in code.items() for hit in HOSTS.findall(text.replace(ONLY_ADDRESS, "")) if "." in hit}
    assert named == set()
    assert [name for name, text in code.items() if ONLY_ADDRESS in text] == ["edukit/install/torch_source.py"]


def test_no_unfinished_work():
    files = {name: text for name, text in texts().items() if name != "tests/test_house.py" and name.endswith((".py", ".js", ".mjs", ".css", ".ipynb"))}
    assert lines_with(r"\b(?:TODO|FIXME|XXX|HACK)\b", files) == []
    assert lines_with(r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b|unittest\.skip|except Exception:\s*pass", files) == []


def test_no_swallowed_exceptions():
    silent = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler) and len(node.body) == 1 and isinstance(node.body[0], ast.Pass) and is_broad(node.type):
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert silent == []


def is_broad(kind: ast.expr | None) -> bool:
    return kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException"))


def test_no_eval_and_no_pickle_of_files():
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            name = ast.unparse(called) if called is not None else ""
            if name in ("eval", "exec", "pickle.load", "pickle.loads", "pickle.Unpickler", "marshal.loads", "os.system"):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {name}")
    assert found == []


def test_files_are_short():
    assert {str(path.relative_to(ROOT)): lines for path in modules() if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300} == {}


def test_every_file_says_what_it_is_for():
    assert [str(path.relative_to(ROOT)) for path in modules() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))] == []


def public_names() -> list[str]:
    import edukit

    return sorted(edukit.__all__)


@pytest.mark.parametrize("name", public_names())
def test_every_public_name_is_there_and_documented(name):
    import edukit

    assert (getattr(edukit, name).__doc__ or "").strip()


def test_imports_go_down_only():
    from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_names_of_packages_never_send_anyone_to_a_stranger():
    """``edukit`` on the package index is somebody else's."""
    files = {name: text for name, text in texts().items() if name != "tests/test_house.py"}
    assert lines_with(r"pip install (?:-\w+ )*[\"']?edukit(?![-_]vision)", files) == []
