"""What edukit stands on: the list is that of pyproject.toml, and what is missing is named with the extra that brings it."""
import functools
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from edukit.core.errors import PackageMissing
from edukit.core.packages import BASE, PACKAGES, extra_of, imported, installed, need

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("extra", PACKAGES)
def test_the_list_is_that_of_the_project(extra):
    required = PROJECT["dependencies"] if extra == BASE else PROJECT["optional-dependencies"][extra]
    here = [line for line in map(Requirement, required) if line.marker is None or line.marker.evaluate()]
    assert {line.name for line in here} == set(PACKAGES[extra])


@pytest.mark.parametrize(("package", "module"), [pair for known in PACKAGES.values() for pair in known.items()])
def test_a_package_is_imported_under_that_name(package, module):
    assert package.lower().replace("_", "-") in {name.lower().replace("_", "-") for name in _distributions()[module]}


@functools.cache
def _distributions():
    return packages_distributions()


def test_a_missing_package_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert not installed("pandas")
    for ask in (need, imported):
        with pytest.raises(PackageMissing) as caught:
            ask("pandas")
        assert caught.value.found == {"package": "pandas", "extra": "lab"}
    assert extra_of("torchvision.models") == "train" and extra_of("tornado") == "lab" and extra_of("cv2") == BASE and extra_of("stranger") is None
    assert imported("json") is sys.modules["json"]
