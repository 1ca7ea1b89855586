"""A real set-up of a tiny project in a folder with spaces and Chinese: whole, repeated, interrupted, half-made, refused."""
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from edukit.install.environment import SetupRefused, drop_half_installed, is_healthy, make_environment, python_of, run
from edukit.install.installing import STAMP, Setup, read_stamp, torch_requirement, write_stamp

ROOT = Path(__file__).parents[2]
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "edukit-vision"
version = "0.1.0"
dependencies = []

[project.optional-dependencies]
lab = []
test = []
"""
BACKEND = """
import pathlib, zipfile
INFO = "edukit_vision-0.1.0.dist-info"
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "edukit_vision-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        wheel.writestr("edukit_vision.pth", str(pathlib.Path.cwd()))
        wheel.writestr(f"{INFO}/METADATA", "Metadata-Version: 2.1\\nName: edukit-vision\\nVersion: 0.1.0\\nProvides-Extra: lab\\nProvides-Extra: test\\n")
        wheel.writestr(f"{INFO}/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{INFO}/RECORD", "")
    return name
build_wheel = build_editable
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A clone of next to nothing: the real set-up and the texts, a project without dependencies."""
    folder = tmp_path_factory.mktemp("中文 路径") / "edu 工具"
    for name in ("install", "core"):
        shutil.copytree(ROOT / "edukit" / name, folder / "edukit" / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "edukit" / "__init__.py", folder / "edukit")
    (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (folder / "backend.py").write_text(BACKEND, encoding="utf-8")
    return folder


def environment(**more: str) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("EDUKIT", "PYTHON", "LC_"))}
    return bare | {"LANG": "C.UTF-8", "PIP_NO_INDEX": "1"} | more


def set_up(clone: Path, *words: str, flags: tuple[str, ...] = ("-I",), **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *flags, "-c", "import sys, runpy; sys.path.insert(0, '.'); runpy.run_module('edukit.install', run_name='__main__')", *words]
    return subprocess.run(command, cwd=clone, env=environment(**more), capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def ready(clone):
    """The clone once it has been set up."""
    done = set_up(clone, "--extras", "lab")
    assert done.returncode == 0, done.stdout + done.stderr
    return clone


def test_the_environment_runs_the_package(ready):
    command = [python_of(ready / ".venv"), "-c", "import edukit; print(edukit.__file__)"]
    told = subprocess.run(command, cwd="/", env=environment(), capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(ready / "edukit" / "__init__.py")


@pytest.mark.parametrize("language", [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}, {"LANG": ""}], ids=str)
def test_the_environment_starts_in_a_chinese_path_whatever_the_machines_language(ready, language):
    command = [python_of(ready / ".venv"), "-c", "import edukit, os; print(os.path.samefile(edukit.__path__[0], 'edukit'))"]
    told = subprocess.run(command, cwd=ready, env=environment(**language) | {"PYTHONSAFEPATH": "1"}, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout.strip()) == (0, "True"), told.stderr


@pytest.mark.slow
def test_where_python_writes_no_bytecode_set_up_does(clone, tmp_path):
    done = set_up(clone, "--extras", "lab", "--venv", str(tmp_path / "venv"), flags=("-I", "-B"))
    assert done.returncode == 0 and "Compiling" in done.stdout
    assert list((clone / "edukit" / "core" / "__pycache__").glob("i18n.*.pyc"))


def test_a_repeat_says_so_and_installs_nothing(ready):
    done = set_up(ready, "--extras", "lab")
    assert (done.returncode, done.stdout.strip()) == (0, "edukit is set up already.")


@pytest.mark.slow
def test_another_extra_is_added_and_the_first_one_kept(ready):
    assert set_up(ready, "--extras", "test").returncode == 0
    assert json.loads((ready / ".venv" / STAMP).read_text())["extras"] == ["lab", "test"]
    assert "already" in set_up(ready, "--extras", "lab,test").stdout


def test_it_speaks_chinese_on_a_chinese_machine(ready):
    assert set_up(ready, "--extras", "lab", LANG="zh_CN.UTF-8").stdout.strip() == "edukit 已经装好。"


def test_an_unknown_extra_is_refused_with_the_known_ones(ready):
    done = set_up(ready, "--extras", "labs")
    assert done.returncode == 2 and "lab, test" in done.stderr and "Traceback" not in done.stderr


def test_a_wheelhouse_that_is_not_there_is_refused(ready):
    done = set_up(ready, "--extras", "lab", "--wheelhouse", "nowhere")
    assert done.returncode == 2 and str(ready / "nowhere") in done.stderr


@pytest.mark.slow
def test_a_changed_project_is_brought_up_to_date(ready):
    before = (ready / ".venv" / STAMP).read_text()
    (ready / "pyproject.toml").write_text(PROJECT + "# changed\n", encoding="utf-8")
    done = set_up(ready, "--extras", "lab")
    assert done.returncode == 0 and "ready after" in done.stdout and (ready / ".venv" / STAMP).read_text() != before


@pytest.mark.slow
def test_ctrl_c_leaves_no_stamp_and_the_next_run_finishes(clone):
    words = [sys.executable, "-c", "import runpy; runpy.run_module('edukit.install', run_name='__main__')", "--extras", "", "--venv", "interrupted"]
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    child = subprocess.Popen(words, cwd=clone, env=environment(PYTHONPATH=str(clone)), start_new_session=True, **piped)
    deadline = time.monotonic() + 60
    while not (clone / "interrupted" / "pyvenv.cfg").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(child.pid, signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 130 and errors.rstrip().endswith("Run the same command again to go on.")
    assert not (clone / "interrupted" / STAMP).exists()
    assert set_up(clone, "--extras", "", "--venv", "interrupted").returncode == 0
    assert (clone / "interrupted" / STAMP).exists()


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path):
    (tmp_path / "homework.txt").write_text("mine")
    with pytest.raises(SetupRefused, match="left as it is"):
        make_environment(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["homework.txt"]


def test_a_file_in_the_place_of_the_environment_is_left_alone(tmp_path):
    (tmp_path / ".venv").write_text("mine")
    with pytest.raises(SetupRefused):
        make_environment(tmp_path / ".venv")
    assert (tmp_path / ".venv").read_text() == "mine"


def test_a_python_without_ensurepip_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SetupRefused, match=f"python3.{sys.version_info.minor}-venv"):
        make_environment(tmp_path / ".venv")


def test_an_environment_whose_python_has_gone_is_not_healthy(tmp_path):
    python = python_of(tmp_path)
    python.parent.mkdir(parents=True)
    python.symlink_to(tmp_path / "gone")
    assert not is_healthy(tmp_path)


def test_packages_that_were_only_half_installed_are_forgotten(tmp_path):
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    for name, whole in (("numpy-2.0.dist-info", True), ("torch-2.13.0.dist-info", False)):
        (packages / name).mkdir(parents=True)
        (packages / name / "METADATA").touch()
        if whole:
            (packages / name / "RECORD").touch()
    (packages / "~illow").mkdir()
    (packages / "numpy").mkdir()
    drop_half_installed(tmp_path)
    assert sorted(path.name for path in packages.iterdir()) == ["numpy", "numpy-2.0.dist-info"]


@pytest.mark.parametrize("damage", ["{", "[]", "null", '{"fingerprint": 1}', '{"fingerprint": "x", "extras": []}', ""])
def test_a_damaged_stamp_is_no_stamp(tmp_path, damage):
    setup = Setup(venv=tmp_path)
    (tmp_path / STAMP).write_text(damage)
    assert read_stamp(setup) is None


def test_a_stamp_of_another_place_does_not_hold(tmp_path):
    python_of(tmp_path).parent.mkdir()
    python_of(tmp_path).touch()
    write_stamp(Setup(venv=tmp_path), ["lab"])
    assert read_stamp(Setup(venv=tmp_path)) == {"fingerprint": Setup().fingerprint(), "extras": ["lab"]}
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert read_stamp(Setup(venv=tmp_path, root=tmp_path)) is None


def test_the_requirement_on_pytorch_is_the_projects():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert torch_requirement(Setup(newest=True)) in project["optional-dependencies"]["train"] and torch_requirement(Setup(newest=True)).startswith("torch>")


def test_running_a_command_keeps_its_output_and_exit_code(tmp_path):
    answer = run([sys.executable, "-c", "import os; print(os.getcwd(), '中文'); raise SystemExit(7)"], quiet=True, folder=tmp_path)
    assert (answer.code, answer.out.strip()) == (7, f"{tmp_path} 中文")


def test_setting_up_needs_nothing_but_the_standard_library():
    code = "import sys, edukit.install.__main__; print(sorted(name.partition('.')[0] for name, module in sys.modules.items() if module))"
    told = subprocess.run([sys.executable, "-S", "-E", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(eval(told)) - sys.stdlib_module_names <= {"edukit", "__main__", "site"}


def test_an_old_python_is_told_in_both_languages():
    code = "import sys; sys.version_info = (3, 9, 2); sys.version = '3.9.2 (x)'; import edukit.install"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 1 and "3.11" in told.stderr and "需要" in told.stderr and "Traceback" not in told.stderr
