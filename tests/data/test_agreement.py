"""Label files: both forms of line are read, and every way in which text and folders can disagree is told with its line."""

import pytest

from edukit.core.errors import BadDataset, FileTooLarge
from edukit.data import check_dataset, load_dataset
from tests.dataset_files import imagenet, put, snapshot

GOOD = ["cat/0.png 0", "cat/1.png 0", "cat/2.png 0", "dog/0.png 1", "dog/1.png 1", "dog/2.png 1"]


def details(root):
    return [problem.detail for problem in check_dataset(root).problems if problem.kind == "label_mismatch"]


@pytest.mark.parametrize(
    "lines",
    [
        GOOD,
        [f"val_set/{line}" for line in GOOD],
        [line.replace("/", "\\").replace(" ", "\t") for line in GOOD],
        [f"./{line}" for line in GOOD],
        [*GOOD, "", " "],
    ],
)
def test_lines_with_a_class_folder(tmp_path, lines):
    root = imagenet(tmp_path / "d")
    (root / "val.txt").write_text("\n".join(lines))
    assert details(root) == [] and load_dataset(root).validation.counts == {"cat": 3, "dog": 3}


def test_lines_with_a_bare_name_may_mean_a_file_in_any_class_folder(tmp_path):
    root = imagenet(tmp_path / "d")
    (root / "val.txt").write_text("\n".join(line.partition("/")[2] for line in GOOD))
    assert details(root) == []


def test_a_flat_folder_takes_its_labels_from_the_file(tmp_path):
    root = imagenet(tmp_path / "d")
    for split, name in (("val_set", "val.txt"), ("test_set", "test.txt")):
        for folder in list((root / split).iterdir()):
            for picture in list(folder.iterdir()):
                picture.rename(root / split / f"{folder.name} {picture.name}")
            folder.rmdir()
        (root / name).write_text("".join(f"{path.name} {int(path.name.startswith('dog'))}\n" for path in sorted((root / split).iterdir())))
    before = snapshot(root)
    dataset = load_dataset(root)
    assert dataset.validation.counts == {"cat": 3, "dog": 3} and dataset.test.counts == {"cat": 4, "dog": 4}
    assert all(sample.path.name.startswith(sample.label) for sample in dataset.test) and snapshot(root) == before


def test_a_dataset_of_flat_folders_has_numbers_for_classes(tmp_path):
    for split, name in (("training_set", "train.txt"), ("val_set", "val.txt"), ("test_set", "test.txt")):
        for number in range(6):
            put(tmp_path / "d" / split / f"{number}.png")
        put(tmp_path / "d" / name, "".join(f"{number}.png {number % 3}\n" for number in range(6)).encode())
    assert load_dataset(tmp_path / "d").classes == ("0", "1", "2") and load_dataset(tmp_path / "d").train.counts == {"0": 2, "1": 2, "2": 2}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("cat/0.png 1", "line 1: “cat/0.png” has the number 1"), ("cat/0.png 2", "line 1: there is no class number 2"),
        ("cat/9.png 0", "line 1: the file “cat/9.png”"),
        ("cat/0.png", "line 1 is not"), ("cat/0.png -1", "line 1 is not"), ("cat/0.png ²", "line 1 is not"), ("cat/0.png 99999999999999", "line 1 is not"),
        ("9.png 0", "line 1: the file “9.png”"), ("__import__('os') 0", "line 1: the file"),
    ],
)  # fmt: skip
def test_a_line_that_disagrees(tmp_path, line, told):
    root = imagenet(tmp_path / "d")
    (root / "val.txt").write_text("\n".join([line, *GOOD[1:]]))
    assert any(detail.startswith(told) for detail in details(root))
    with pytest.raises(BadDataset, match=r"val\.txt: line 1"):
        load_dataset(root)
    assert load_dataset(root, splits=("train", "test")).test.samples
    assert load_dataset(root, skip_bad=True).validation.counts == {"cat": 3, "dog": 3}


def test_pictures_that_the_file_forgets(tmp_path):
    root = imagenet(tmp_path / "d")
    (root / "test.txt").write_text("cat/0.png 0\n")
    assert details(root) == ["7 picture(s) are not listed, such as “cat/1.png”"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("cat\ndog\nfox\n", ["line 3: the class “fox” has no folder in training_set"]), ("cat\n", ["the class folder “dog” is not listed"]),
        ("cat\ndog\ncat\n", ["line 3: the class “cat” is listed twice"]),
    ],
)  # fmt: skip
def test_classes_txt_that_disagrees(tmp_path, lines, told):
    root = imagenet(tmp_path / "d")
    (root / "classes.txt").write_text(lines)
    assert details(root) == told
    with pytest.raises(BadDataset, match=r"classes\.txt"):
        load_dataset(root)


def test_a_label_file_of_rubbish(tmp_path):
    root = imagenet(tmp_path / "d")
    (root / "val.txt").write_bytes(bytes(range(256)) * 20)
    assert details(root)
    with pytest.raises(BadDataset):
        load_dataset(root)


@pytest.mark.parametrize("name", ["classes.txt", "val.txt"])
def test_a_file_wrong_from_end_to_end_is_told_briefly(tmp_path, name):
    root = imagenet(tmp_path / "d")
    (root / name).write_text("".join(f"{number}.png 0\n" for number in range(20_000)))
    told = details(root)
    assert len(told) <= 202 and "more lines" in told[-1]


@pytest.mark.parametrize("name", ["classes.txt", "val.txt"])
def test_a_file_of_a_million_lines_is_not_read_on(tmp_path, name):
    root = imagenet(tmp_path / "d")
    (root / name).write_text("a\n" * 1_000_000)
    with pytest.raises(FileTooLarge):
        check_dataset(root)
