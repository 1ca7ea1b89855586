"""Lessons: found by their notebooks, described by their metadata, whatever that holds; progress as far as its file can be read."""
import json

import pytest
from class_server import write_lesson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edukit.classroom.lessons import find_lessons, has_lesson, read_progress
from edukit.core.lesson_header import find_header
from edukit.core.workspace import current


def write_progress(told):
    path = current().lesson_folder("01_small") / "progress.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")


def test_lessons_are_found_in_the_order_of_the_course(tmp_path):
    write_lesson(tmp_path, "02_later", number=2, title="Later")
    write_lesson(tmp_path, "01_small", title="从图片开始", summary="…", chapter="One", lang="en")
    (tmp_path / "en" / "notes.ipynb").write_text("{}")
    (tmp_path / "en" / ".ipynb_checkpoints").mkdir()
    found = find_lessons("en", tmp_path)
    assert [lesson.title for lesson in found] == ["从图片开始", "Later"] and [step.title for step in found[0].steps] == ["One", "Two"] and found[0].minutes == 5
    assert find_lessons("zh", tmp_path) == []


@pytest.mark.parametrize("spoilt", ["", "[]", "null", '{"metadata": 3}', '{"cells": []}', "\xff", "[" * 100_000, '{"metadata": {"edukit": []}}'])
def test_a_spoilt_notebook_is_left_out_and_takes_nothing_along(tmp_path, spoilt):
    write_lesson(tmp_path)
    (tmp_path / "en" / "02_spoilt.ipynb").write_text(spoilt, encoding="latin-1")
    assert [lesson.name for lesson in find_lessons("en", tmp_path)] == ["01_small"]


def test_a_notebook_without_our_metadata_still_has_a_card(tmp_path):
    write_lesson(tmp_path, "03_own_lesson", number="x", title="", minutes=-1, art=None, steps="no")
    (lesson,) = find_lessons("en", tmp_path)
    assert (lesson.number, lesson.title, lesson.minutes, lesson.steps) == (3, "own lesson", 0, ()) and lesson.art


def test_a_tool_page_is_found_behind_the_lessons(tmp_path):
    write_lesson(tmp_path, "02_later", number=2)
    write_lesson(tmp_path, "01_small")
    (tmp_path / "en" / "tools").mkdir()
    for name, number in (("studio", 1), ("with space", 2), ("camera", 3)):
        write_lesson(tmp_path, "03_tool", number=number).rename(tmp_path / "en" / "tools" / f"{name}.ipynb")
    found = find_lessons("en", tmp_path)
    assert [one.address for one in found] == ["01_small", "02_later", "tools/studio", "tools/camera"] and found[-1].kind == "tool"
    assert has_lesson("en", "tools/studio", tmp_path) and not has_lesson("en", "studio", tmp_path) and find_header("studio", "en", tmp_path).kind == "tool"


def test_a_lesson_without_a_notebook_has_no_steps(tmp_path):
    header = find_header("my_own", "en", tmp_path)
    assert (header.name, header.steps, header.parts, header.dataset) == ("my_own", (), {}, "emoji")


@pytest.mark.parametrize("name", ["../01_small", "01_small/..", "01_nothing", "", "01_small.ipynb", "%2e%2e"])
def test_only_lessons_that_exist_are_had(tmp_path, name):
    write_lesson(tmp_path)
    assert has_lesson("en", "01_small", tmp_path) and not has_lesson("en", name, tmp_path) and not has_lesson("..", "01_small", tmp_path)


@pytest.mark.parametrize(
    ("told", "step", "steps", "done"),
    [
        ({"step": 2, "steps": 5, "done": False, "steps_done": ["data", "train"]}, 2, 5, False),
        ({"step": 5, "steps": 5, "done": True}, 5, 5, True),
        ({"done": True}, 3, 3, True),
        ({"step": 1}, 1, 3, False),
        ({"step": 99}, 3, 3, True),
        ("", 0, 3, False),
        ("[1]", 0, 3, False),
        ("{", 0, 3, False),
        ({"step": "two", "steps": None}, 0, 3, False),
        ({"step": True}, 0, 3, False),
    ],
)
def test_progress_is_read_as_far_as_it_can_be(told, step, steps, done):
    write_progress(told)
    progress = read_progress(current().of_lesson("01_small"), 3)
    assert (progress.step, progress.steps, progress.done) == (step, steps, done)


def test_a_later_step_may_be_done_first():
    write_progress({"step": 1, "steps": 3, "finished": [1, "x", None]})
    progress = read_progress(current().of_lesson("01_small"), 3)
    assert (progress.finished, progress.now) == ({1}, 0)


def test_no_progress_without_a_file():
    assert not read_progress(current().of_lesson("01_small"), 3).step


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(told=st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda told: st.lists(told) | st.dictionaries(st.text(), told)))
def test_any_json_gives_some_progress(told):
    write_progress(told)
    progress = read_progress(current().of_lesson("01_small"), 4)
    assert progress.step >= 0 and (not progress.steps or progress.step <= progress.steps)
