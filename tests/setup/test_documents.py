"""What the documents say is true: their links lead somewhere, their commands exist, their Python runs, their versions are the project's."""
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from edukit.core.lesson_header import notebooks, read_header

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA_NAMES = {"pytorch-cpu": "torch"}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_link_leads_somewhere(name):
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text_of(name)) if not link.startswith("https://")]
    assert [link for link in links if link and not (ROOT / link).exists()] == []


def indented_commands(name: str) -> list[list[str]]:
    lines = re.findall(r"^    edukit (.+?)(?: +#.*)?$", text_of(name), re.MULTILINE)
    return [line.split() for line in lines]


@pytest.mark.parametrize(("name", "lang"), zip(READMES, ("en", "zh")))
def test_every_lesson_and_tool_is_listed_by_its_title(name, lang):
    found = [read_header(path, path.stat().st_mtime_ns) for path in notebooks(lang, ROOT / "lessons") if "solutions" not in path.parts]
    assert found and [header.title for header in found if f"[{header.title}](lessons/{lang}/{header.address}.ipynb)" not in text_of(name)] == []


def test_both_readmes_have_the_same_commands_and_code():
    def essence(name: str) -> list[str]:
        blocks = re.findall(r"```python\n(.*?)```", text_of(name), re.DOTALL) + re.findall(r"^    .+$", text_of(name), re.MULTILINE)
        return [re.sub(r" +#.*", "", block) for block in blocks]

    assert essence(READMES[0]) == essence(READMES[1])


@pytest.mark.parametrize("words", indented_commands("README.md"), ids=lambda words: words[0])
def test_every_command_and_its_options_exist(words):
    told = subprocess.run([sys.executable, "-m", "edukit", words[0], "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [word for word in words if word.startswith("--") and word not in told] == []


def test_every_make_target_exists():
    targets = re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE)
    named = {word for name in (*READMES, "CONTRIBUTING.md") for word in re.findall(r"\bmake ([a-z-]+)", text_of(name)) if word not in ("that", "s")}
    assert named <= set(targets) and set(targets) >= {"setup", "run", "lab", "test", "test-all", "lint", "bench"}


@pytest.fixture
def small_set(tmp_path):
    """Two classes that are easy to tell apart, 12 pictures each, in the ImageNet format."""
    random = np.random.default_rng(0)
    for split, count in (("training_set", 6), ("val_set", 3), ("test_set", 3)):
        for label, colour in (("day", 230), ("night", 20)):
            for number in range(count):
                path = tmp_path / "emoji" / split / label / f"{number}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(np.clip(random.normal(colour, 9, (40, 48, 3)), 0, 255).astype(np.uint8)).save(path)
    return tmp_path


def test_the_python_of_the_readme_runs_as_it_stands(small_set, monkeypatch, capsys):
    """On a small folder that is called like the sample set: the names, arguments and results are what counts."""
    block = re.findall(r"```python\n(.*?)```", text_of("README.md"), re.DOTALL)[0]
    monkeypatch.chdir(small_set)
    for given, small in (('"emoji")', '"./emoji")'), ('"EfficientNet-Lite0"', '"LeNet"'), ("epochs=5", "epochs=2")):
        assert given in block
        block = block.replace(given, small)
    exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out.split()[0] in ("day", "night")
    assert {"emoji.onnx", "emoji-int8.onnx", "my-run"} <= {path.name for path in small_set.iterdir()}


def split_requirement(line: str) -> tuple[str, str]:
    name, versions = re.fullmatch(r"([\w-]+)(.*)", line.replace(" ", "").replace('"', "'")).groups()
    return CONDA_NAMES.get(name, name), versions


def test_conda_has_the_versions_of_the_project():
    conda = yaml.safe_load(text_of("environment.yml"))["dependencies"]
    listed = [line for line in conda if isinstance(line, str)] + next(line["pip"] for line in conda if isinstance(line, dict))
    wanted = [*PROJECT["dependencies"], *(line for extra in ("train", "lab", "openvino", "ncnn", "hub") for line in PROJECT["optional-dependencies"][extra])]
    found = dict(split_requirement(line) for line in listed)
    assert found.pop("python").startswith(PROJECT["requires-python"]) and found.pop("pip") == ""
    assert found == dict(split_requirement(line) for line in wanted)


def test_binder_reads_the_same_file():
    link = ROOT / "binder" / "environment.yml"
    assert link.is_symlink() and link.readlink() == Path("../environment.yml") and link.resolve() == ROOT / "environment.yml"
    assert os.access(ROOT / "binder" / "postBuild", os.X_OK) and os.access(ROOT / "binder" / "start", os.X_OK) and os.access(ROOT / ".ci" / "run", os.X_OK)


def test_ci_and_hooks_are_of_a_form_that_their_readers_take():
    assert subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=False).returncode == 0
    hooks = yaml.safe_load(text_of(".pre-commit-config.yaml"))["repos"]
    assert {hook["id"] for hook in hooks[0]["hooks"]} == {"ruff", "mypy", "floors", "lessons"} and hooks[0]["repo"] == "local"


def test_the_licence_is_whole():
    licence = text_of("LICENSE")
    assert "Apache License" in licence and "END OF TERMS AND CONDITIONS" in licence and PROJECT["license"] == "Apache-2.0"
