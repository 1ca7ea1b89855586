"""Shipped files: beside the package in a clone, inside it once it is a wheel."""
import runpy
import shutil

from edukit.core import resources


def test_in_a_clone_they_lie_beside_the_package():
    assert resources.resource("pyproject.toml").is_file()


def test_in_a_wheel_they_lie_inside_the_package(tmp_path):
    for name in ("_share/datasets", "core"):
        (tmp_path / "edukit" / name).mkdir(parents=True)
    inside = runpy.run_path(shutil.copy(resources.__file__, tmp_path / "edukit" / "core"))["resource"]
    assert inside("datasets", "emoji") == tmp_path / "edukit" / "_share" / "datasets" / "emoji"
