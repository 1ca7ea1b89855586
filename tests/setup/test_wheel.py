"""The wheel in an environment outside the clone: everything a user needs is in it, and nothing of ours that they do not."""
import json
import os
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, "."], cwd=ROOT, check=True)
    return next(folder.glob("edukit_vision-*.whl"))


@pytest.fixture(scope="module")
def outside(wheel, tmp_path_factory):
    """An environment of its own with the wheel; what edukit needs is lent by the environment of the tests."""
    folder = tmp_path_factory.mktemp("外面 outside")
    venv.EnvBuilder(symlinks=os.name != "nt").create(folder / "env")
    python = folder / "env" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel], check=True)
    (folder / "env" / f"lib/python3.{sys.version_info.minor}/site-packages/lent.pth").write_text(sysconfig.get_path("purelib"))
    for name in ("share", "etc"):
        (folder / "env" / name).mkdir(exist_ok=True)
        (folder / "env" / name / "jupyter").symlink_to(Path(sys.prefix) / name / "jupyter")
    return folder


def environment(folder: Path) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return bare | {"EDUKIT_HOME": str(folder / "home"), "OMP_NUM_THREADS": "1"}


def test_the_wheel_holds_what_a_user_needs(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    needed = (
        "edukit/_share/datasets/emoji/card.json", "edukit/_share/datasets/emoji/LICENSE.txt", "edukit/_share/datasets/digits/card.json",
        "edukit/_share/lessons/zh/01_first_model.ipynb", "edukit/_share/lessons/en/01_first_model.ipynb", "edukit/core/texts/errors.json",
    )
    assert [name for name in needed if name not in names] == []
    assert any(name.endswith(".ttf") for name in names) and any("/templates/" in name for name in names)
    assert any(name.startswith("edukit/_share/datasets/emoji/model/") and name.endswith(".onnx") for name in names)
    assert {"LICENSE", "NOTICE"} <= {Path(name).name for name in names if "dist-info/licenses/" in name}


def test_the_wheel_holds_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    unwanted = ("__pycache__", ".pyc", ".ipynb_checkpoints", ".DS_Store", "tests/", "benchmarks/", ".pth", ".venv")
    old_model = "edukit/_share/datasets/shapes/model/shapes.pth"  # MMEdu's, for lesson 23
    assert [name for name in names if any(part in name for part in unwanted)] == [old_model]
    assert wheel.stat().st_size < 40_000_000


def test_the_package_comes_from_the_wheel(outside):
    command = [outside / "env/bin/python", "-c", "import edukit; print(edukit.__file__)"]
    told = subprocess.run(command, cwd=outside, env=environment(outside), capture_output=True, text=True, check=True)
    assert told.stdout.startswith(str(outside / "env"))


def test_the_demo_runs(outside):
    words = ["demo", "--out", "demo 演示", "--dataset", "digits", "--backbone", "LeNet", "--json", "--lang", "zh"]
    done = subprocess.run([outside / "env/bin/edukit", *words], cwd=outside, env=environment(outside), capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout)
    assert all(Path(answer[name]).is_file() for name in ("checkpoint", "onnx", "int8", "report"))
    assert str(ROOT) not in done.stdout


def test_the_lessons_are_served(outside):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [outside / "env/bin/edukit", "serve", "--port", str(port), "--open-browser", "false"]
    server = subprocess.Popen(command, cwd=outside, env=environment(outside), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert "01_first_model" in fetched(f"http://127.0.0.1:{port}/", server)
        page = fetched(f"http://127.0.0.1:{port}/zh/01_first_model", server)
        assert "jupyter-widgets" in page or "application/vnd.jupyter.widget" in page, page[-500:]
    finally:
        server.terminate()
        server.wait(30)


def fetched(address: str, server: subprocess.Popen) -> str:
    """The page at ``address``, once the server is up."""
    deadline = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError:
            raise
        except OSError:
            assert server.poll() is None and time.monotonic() < deadline
            time.sleep(0.2)
