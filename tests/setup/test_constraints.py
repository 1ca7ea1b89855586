"""The tested versions: within what pyproject.toml allows, for every system, and held to by set-up unless it is told otherwise."""
import shutil
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from edukit.install import installing
from edukit.install.__main__ import setup_from
from edukit.install.environment import Answer
from edukit.install.installing import CONSTRAINTS, Setup, install_project, torch_requirement
from edukit.install.pinning import direct_pins

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = [Requirement(line) for line in Setup().constraints]
SYSTEMS = [{"sys_platform": system, "python_version": version, "python_full_version": f"{version}.9", "platform_machine": machine}
           for system, machine in (("linux", "x86_64"), ("linux", "aarch64"), ("win32", "AMD64"), ("darwin", "arm64")) for version in ("3.11", "3.12", "3.13")]


def version_for(name: str, system: dict[str, str]) -> str | None:
    found = {next(iter(pin.specifier)).version for pin in PINS if pin.name.lower() == name.lower() and (pin.marker is None or pin.marker.evaluate(system))}
    return found.pop() if len(found) == 1 else None


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: "-".join(system[key] for key in ("sys_platform", "platform_machine", "python_version")))
def test_every_package_of_the_project_has_one_tested_version_on_every_system(system):
    lines = [*PROJECT["dependencies"], *(line for extra in PROJECT["optional-dependencies"].values() for line in extra)]
    wanted = [line for line in map(Requirement, lines) if line.marker is None or line.marker.evaluate(system)]
    assert {line.name: line.specifier.contains(version_for(line.name, system) or "0") for line in wanted} == {line.name: True for line in wanted}
    assert {line.name for line in wanted if "opencv" in line.name} == {"opencv-python-headless" if system["sys_platform"] == "linux" else "opencv-python"}


def test_these_are_the_versions_that_the_tests_run_with():
    here = {name.lower(): version for name, version in (pin.split("==") for pin in direct_pins(Setup()))}
    pinned = {pin.name.lower(): next(iter(pin.specifier)).version for pin in PINS if pin.name in ("torch", "torchvision", "onnx", "voila", "anywidget")}
    assert pinned == {name: here[name] for name in pinned} and len(pinned) == 5


def constraints_of(setup: Setup, held: list[str]) -> str:
    """What pip is given as constraints."""
    given = []

    def pip(*words: str, quiet: bool = False) -> Answer:
        given.append(Path(words[words.index("--constraint") + 1]).read_text(encoding="utf-8"))
        return Answer(0, "")

    install_project(pip, setup, ["lab"], held)
    return given[0]


def test_set_up_keeps_to_them_unless_the_newest_are_asked_for():
    tested = constraints_of(Setup(), ["torch==2.13.0+cpu"]).splitlines()
    assert "torch==2.13.0+cpu" in tested and not [line for line in tested if line.startswith(("torch==2.13.0", "torchvision")) and "+cpu" not in line]
    assert next(line for line in tested if line.startswith("voila==")) in (ROOT / CONSTRAINTS).read_text(encoding="utf-8")
    assert constraints_of(setup_from(["--newest"]), []) == ""
    assert torch_requirement(Setup()).startswith("torch==") and torch_requirement(setup_from(["--newest"])).startswith("torch>=")


def test_other_tested_versions_bring_the_environment_up_to_date(tmp_path):
    for name in ("pyproject.toml", CONSTRAINTS):
        shutil.copy(ROOT / name, tmp_path)
    before = Setup(root=tmp_path).fingerprint()
    (tmp_path / CONSTRAINTS).write_text("voila==0.5.12\n", encoding="utf-8")
    assert len({before, Setup(root=tmp_path).fingerprint(), Setup(root=tmp_path, newest=True).fingerprint()}) == 3


def test_a_mac_with_an_intel_processor_gets_the_part_that_runs_there(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(installing.sys, "platform", "darwin")
    monkeypatch.setattr(installing.platform, "machine", lambda: "x86_64")
    asked = []
    monkeypatch.setattr(installing, "make_environment", lambda venv: venv.mkdir())
    monkeypatch.setattr(installing, "install_project", lambda pip, setup, extras, held: asked.append((extras, held)))
    monkeypatch.setattr(installing, "run", lambda *words, **options: Answer(0, ""))
    installing.install(Setup(venv=tmp_path / "venv", extras=("lab", "train")))
    assert asked == [(["lab"], [])] and "Intel" in capsys.readouterr().out
