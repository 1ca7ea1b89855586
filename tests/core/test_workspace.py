"""Workspaces: one folder a student and lesson, whatever the language, and no way out of it; the environment is read once."""
from pathlib import Path

import pytest

from edukit.core import workspace
from edukit.core.errors import OutputNotWritable
from edukit.core.resources import resource
from edukit.core.workspace import Workspace, current, next_name, numbered, output_beside, use
from edukit.widgets.lesson import open_lesson


def test_home_is_where_the_environment_says(tmp_path):
    home = Workspace.from_environment({"EDUKIT_HOME": str(tmp_path / "作品 1")}).home
    assert home == tmp_path / "作品 1" and not home.exists()


@pytest.mark.parametrize("given", [{}, {"EDUKIT_HOME": ""}])
def test_home_is_in_the_users_own_folder_otherwise(given):
    assert Workspace.from_environment(given) == Workspace(Path.home() / "edukit", "me", "work", "")


def test_a_relative_home_is_made_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert Workspace.from_environment({"EDUKIT_HOME": "work"}).home == tmp_path / "work"


@pytest.mark.parametrize("named, student", [("", "me"), ("李雷", "李雷"), ("../../etc", "_etc"), ("a/b\\c", "a_b_c"), ("x" * 300, "x" * 60), ("..", "_")])
def test_a_students_name_is_one_folder(tmp_path, named, student):
    for made in (Workspace.from_environment({"EDUKIT_HOME": str(tmp_path), "EDUKIT_STUDENT": named}), Workspace(tmp_path).of_student(named)):
        assert made.student == student and made.lesson_folder("01").parent.parent == tmp_path


def test_a_child_process_gets_the_same_workspace(tmp_path):
    mine = Workspace(tmp_path / "a b", "李雷", "01_first_model", "12-34.5", tmp_path / "课")
    assert Workspace.from_environment(mine.to_environment()) == mine


def test_the_environment_is_read_once(monkeypatch, tmp_path):
    monkeypatch.setattr(workspace, "_current", [])
    monkeypatch.setenv("EDUKIT_HOME", str(tmp_path / "first"))
    assert current().home == tmp_path / "first"
    monkeypatch.setenv("EDUKIT_HOME", str(tmp_path / "second"))
    assert current().home == tmp_path / "first"


def test_a_lesson_is_opened_for_the_verbs_to_write_to():
    folder = open_lesson("01_first_model").folder
    assert folder.is_dir() and folder == current().folder == current().home / "me" / "01_first_model"
    assert current().lesson_folder("02_data").name == "02_data" and current().of_lesson("02_data").folder != current().folder


def test_a_lesson_that_cannot_have_a_folder_is_not_opened(tmp_path):
    (tmp_path / "file").touch()
    before = use(Workspace(tmp_path / "file"))
    with pytest.raises(OutputNotWritable):
        open_lesson("01_first_model")
    assert current() == before


def test_runs_are_counted_up_and_not_made(tmp_path):
    mine = Workspace(tmp_path)
    assert mine.new_run_folder("train") == mine.folder / "train-1"
    for name in ("train-2", "train-10", "train-x", "train-3b", "convert-40", "jobs"):
        (mine.folder / name).mkdir(parents=True)
    assert mine.new_run_folder("train") == mine.folder / "train-11" and not (mine.folder / "train-11").exists()
    assert [path.name for path in numbered("train", mine.folder)] == ["train-10", "train-2"]
    (mine.folder / "jobs" / "train-12").mkdir()
    assert next_name("train", mine.folder, mine.folder / "jobs") == "train-13"


def test_what_is_made_of_a_shipped_model_goes_to_the_lesson(tmp_path):
    use(Workspace(tmp_path))
    shipped = resource("datasets", "shapes", "model", "shapes.pth")
    assert output_beside(shipped, ".onnx", "convert") == current().folder / "convert-1" / "best.onnx"
    assert output_beside(tmp_path / "mine.pth", "-int8.onnx", "convert") == tmp_path / "mine-int8.onnx"
