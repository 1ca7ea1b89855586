"""Places: one folder a student and lesson, whatever the language, and no way out of it."""
from pathlib import Path

import pytest

from edukit.core import places


@pytest.fixture(autouse=True)
def no_lesson(monkeypatch):
    monkeypatch.setattr(places, "_lesson", ["work"])
    monkeypatch.delenv("EDUKIT_STUDENT", raising=False)


def test_home_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("EDUKIT_HOME", str(tmp_path / "作品 1"))
    assert places.home() == tmp_path / "作品 1" and not places.home().exists()


@pytest.mark.parametrize("value", [None, ""])
def test_home_is_in_the_users_own_folder_otherwise(monkeypatch, value):
    monkeypatch.delenv("EDUKIT_HOME", raising=False)
    if value is not None:
        monkeypatch.setenv("EDUKIT_HOME", value)
    assert places.home() == Path.home() / "edukit"


def test_a_relative_home_is_made_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDUKIT_HOME", "work")
    assert places.home() == tmp_path / "work"


@pytest.mark.parametrize("named, student", [("", "me"), ("李雷", "李雷"), ("../../etc", "_etc"), ("a/b\\c", "a_b_c"), ("x" * 300, "x" * 60), ("..", "_")])
def test_a_students_name_is_one_folder(monkeypatch, named, student):
    monkeypatch.setenv("EDUKIT_STUDENT", named)
    assert places.student() == student
    assert places.lesson_folder("01").parent.parent == places.home()


def test_a_lesson_is_opened_for_the_verbs_to_write_to():
    folder = places.open_lesson_folder("01_first_model")
    assert folder.is_dir() and folder == places.lesson_folder() == places.home() / "me" / "01_first_model"


def test_runs_are_counted_up_and_not_made():
    folder = places.open_lesson_folder("01_first_model")
    assert places.new_run_folder("train") == folder / "train-1"
    for name in ("train-2", "train-10", "train-x", "train-3b", "convert-40"):
        (folder / name).mkdir()
    assert places.new_run_folder("train") == folder / "train-11"
    assert not places.new_run_folder("train").exists()


def test_another_lesson_does_not_change_the_open_one():
    places.open_lesson_folder("01_first_model")
    assert places.lesson_folder("02_data").name == "02_data" and places.lesson_folder().name == "01_first_model"
