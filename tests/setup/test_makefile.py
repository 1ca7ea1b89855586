"""make, with interpreters that only say what they were asked: which commands, in a path with spaces and Chinese, with and without a browser."""
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAYS = '#!/bin/sh\ntest "$1" = -c && exit 0\necho "{name} $*"\nexit {code}\n'


@pytest.fixture
def clone(tmp_path):
    """The Makefile among stand-ins for the interpreters of the system and of the environment."""
    folder = tmp_path / "中文 路径"
    for name in (".venv/bin/python", "bin/python3"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(SAYS.format(name=name, code=0))
        (folder / name).chmod(0o755)
    for tool in ("sh", "make", "echo", "test"):
        (folder / "bin" / tool).symlink_to(shutil.which(tool))
    shutil.copy(ROOT / "Makefile", folder)
    return folder


def make(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PYTHON"))} | {"PATH": str(clone / "bin")}
    return subprocess.run(["make", *words], cwd=clone, env=environment, capture_output=True, text=True, check=False)


def said(clone: Path, *words: str) -> list[str]:
    done = make(clone, *words)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line.startswith((".venv", "bin/"))]


def with_browser(clone: Path) -> Path:
    (clone / "bin" / "chromium").write_text("#!/bin/sh\n")
    (clone / "bin" / "chromium").chmod(0o755)
    return clone


def test_run_sets_up_and_serves(clone):
    assert said(clone, "run") == ["bin/python3 -m edukit.install", ".venv/bin/python -m edukit serve"]


def test_run_takes_a_port(clone):
    assert said(clone, "run", "PORT=8080")[-1] == ".venv/bin/python -m edukit serve --port 8080"


def test_lab_is_the_same_with_jupyterlab(clone):
    assert said(clone, "lab", "PORT=8080") == ["bin/python3 -m edukit.install", ".venv/bin/python -m edukit lab --port 8080"]


def test_tests_bring_what_they_need_and_leave_out_the_slow_ones(clone):
    installed, tested = said(with_browser(clone), "test")[:2]
    assert installed == "bin/python3 -m edukit.install --extras train,lab,openvino,ncnn,test"
    assert tested.startswith(".venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m") and "not slow" in tested and "browser" not in tested


@pytest.mark.parametrize("target, picked", [("test", "not slow and not browser"), ("test-all", "not browser")])
def test_without_a_browser_its_tests_are_left_out_and_that_is_said(clone, target, picked):
    done = make(clone, target)
    assert f'-m "{picked}"' in done.stdout and "No Chromium here" in done.stdout and "没有找到 Chromium" in done.stdout


def test_all_means_all(clone):
    assert " -m " not in said(with_browser(clone), "test-all", "ARGS=tests/core")[-1].split("pytest")[1]


def test_a_part_of_the_tests(clone):
    assert said(with_browser(clone), "test", "ARGS=tests/core -k preprocess")[-1].endswith("tests/core -k preprocess")


def test_lint_looks_at_everything(clone):
    words = " ".join(make(clone, "lint").stdout.split())
    assert all(part in words for part in ("-m ruff check", "-m mypy", "importlinter", "lessons/build.py --check"))


@pytest.mark.parametrize("target", ["setup", "test"])
def test_without_a_python_that_is_new_enough_it_says_so_in_both_languages(clone, target):
    (clone / "bin" / "python3").write_text("#!/bin/sh\nexit 1\n")
    done = make(clone, target)
    assert done.returncode == 2 and "3.11" in done.stdout and "需要 Python" in done.stdout


@pytest.mark.parametrize("failing, target", [("bin/python3", "run"), (".venv/bin/python", "lint"), (".venv/bin/python", "test")])
def test_a_failure_is_a_failure(clone, failing, target):
    (clone / failing).write_text(SAYS.format(name=failing, code=3))
    done = make(clone, target)
    assert done.returncode == 2 and "serve" not in done.stdout
