"""Bad input as a user meets it, in a process of its own: PyTorch never came into it, and nothing is left. What it costs: benchmarks/bad_input_cost.py."""
import json

import pytest

from tests.hostile.command_lines import CASES, run_case

SLOW = ("folding without end", "work without end")  # until their time is up


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in CASES])
def test_a_bad_input_is_refused_before_torch_is_imported(good, hostile, tmp_path, name):
    work, temporary = tmp_path / "work", tmp_path / "tmp"
    work.mkdir()
    temporary.mkdir()
    child = run_case(name, good, hostile, work, temporary)
    assert child.returncode == 2, child
    assert json.loads(child.stdout)["error"]["code"].startswith("E") and child.stdout.count(b"\n") == 1 and b"Traceback" not in child.stderr
    assert list(work.iterdir()) == [] and list(temporary.iterdir()) == []
