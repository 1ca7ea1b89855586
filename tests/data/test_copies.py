"""Copies: equal files are found whatever they are called, unlike ones never."""
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from edukit.data.copies import copies


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=3).flatmap(lambda part: st.sampled_from([part, part * 4000, b"x" * 5000 + part, part + b"x" * 5000])), max_size=12))
def test_groups_are_files_of_equal_bytes(contents):
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / str(number) for number in range(len(contents))]
        for path, data in zip(paths, contents):
            path.write_bytes(data)
        groups = copies(paths)
        assert sorted(path for group in groups for path in group) == sorted(paths)
        assert len(groups) == len(set(contents)) and all(len({path.read_bytes() for path in group}) == 1 for group in groups)


def test_files_that_are_gone_are_like_no_other(tmp_path):
    assert copies([tmp_path / "a", tmp_path / "b"]) == [[tmp_path / "a"], [tmp_path / "b"]]
