"""Children of edukit find the same edukit, and nothing of theirs calls home."""
import os
import runpy
import shutil
from pathlib import Path

import edukit
import edukit.core.subprocess_env as module
from edukit.core.subprocess_env import SWITCHES, subprocess_env, usable_processors

ROOT = str(Path(edukit.__file__).resolve().parents[1])


def test_a_child_finds_this_edukit_first_and_then_what_the_user_named():
    assert subprocess_env({"PYTHONPATH": "/theirs"})["PYTHONPATH"].split(os.pathsep) == [ROOT, "/theirs"]
    assert subprocess_env({})["PYTHONPATH"] == ROOT
    assert SWITCHES.items() <= subprocess_env({}).items()


def test_packages_that_are_installed_stay_behind_pythons_own_modules(tmp_path):
    core = tmp_path / "site-packages" / "edukit" / "core"
    core.mkdir(parents=True)
    installed = runpy.run_path(shutil.copy(module.__file__, core))["subprocess_env"]
    assert installed({"PYTHONPATH": "/theirs"})["PYTHONPATH"] == "/theirs"


def test_the_environment_that_is_given_stays_as_it_is():
    given = {"LANG": "C"}
    subprocess_env(given)
    assert given == {"LANG": "C"} and "LANG" in subprocess_env(given)


def test_processors_are_counted():
    assert 1 <= usable_processors() <= (os.cpu_count() or 1)
