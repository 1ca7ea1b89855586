"""The split in memory: the same for the same seed, every class in every part, and copies never on both sides."""
from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from edukit.data import check_dataset, load_dataset
from edukit.data.splitting import divide
from tests.dataset_files import folders, put

classes = st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, 60), min_size=1, max_size=5)


@given(counts=classes, seed=st.integers(0, 3))
def test_every_class_is_divided_alike_and_nothing_is_lost(counts, seed):
    files = {label: [Path(f"/nowhere/{label}/{number}") for number in range(count)] for label, count in counts.items()}
    divided = divide(files, random_seed=seed)
    for label, paths in files.items():
        parts = {split: divided[split][label] for split in divided}
        assert sorted(path for part in parts.values() for path in part) == sorted(paths)
        if len(paths) >= 3:
            assert all(parts.values()) and abs(len(parts["test"]) - 0.2 * len(paths)) <= 1 and abs(len(parts["validation"]) - 0.1 * len(paths)) <= 1
        else:
            assert parts["train"] == paths
    assert divide(files, random_seed=seed) == divided


def test_another_seed_another_split(tmp_path):
    root = folders(tmp_path / "p")
    first, again, other = (load_dataset(root, random_seed=seed).test for seed in (0, 0, 1))
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_a_class_added_moves_no_picture_of_the_others(tmp_path):
    root = folders(tmp_path / "p")
    before = {sample.path for sample in load_dataset(root).test}
    for number in range(10):
        put(root / "ant" / f"{number}.png")
    assert before < {sample.path for sample in load_dataset(root).test}


def test_copies_stay_together(tmp_path):
    root = folders(tmp_path / "p", cat=20, dog=20)
    for number in range(20):
        put(root / "cat" / f"{number} copy.png", (root / "cat" / f"{number}.png").read_bytes())
    for seed in range(5):
        dataset = load_dataset(root, random_seed=seed)
        homes: dict[str, set[str]] = {}
        for split in dataset.splits:
            for sample in split:
                homes.setdefault(f"{sample.label} {sample.path.stem.removesuffix(' copy')}", set()).add(split.name)
        assert all(len(found) == 1 for found in homes.values())
        assert all(split.counts["cat"] for split in dataset.splits)
    assert Counter(problem.kind for problem in check_dataset(root).problems) == {"duplicate": 20}


def test_one_picture_over_and_over_is_still_split(tmp_path):
    root = folders(tmp_path / "p", dog=10)
    for number in range(10):
        put(root / "cat" / f"{number}.png", (root / "dog" / "0.png").read_bytes())
    assert [split.counts["cat"] for split in load_dataset(root).splits] == [7, 1, 2]
