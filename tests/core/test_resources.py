"""Shipped files: beside the package in a clone, inside it once it is a wheel."""
from edukit.core import resources


def test_in_a_clone_they_lie_beside_the_package():
    assert resources.resource("pyproject.toml").is_file()


def test_in_a_wheel_they_lie_inside_the_package(monkeypatch, tmp_path):
    (tmp_path / "edukit" / "_share" / "datasets").mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "edukit")
    assert resources.resource("datasets", "emoji") == tmp_path / "edukit" / "_share" / "datasets" / "emoji"
