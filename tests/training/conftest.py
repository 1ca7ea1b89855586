"""A small dataset that a network can learn: bright things on dark paper, one colour and place a class."""
import cv2
import numpy as np
import pytest

CLASSES = ("blue top", "green 中", "red <b>")
PLACES = ((0, 2), (8, 1), (16, 0))  # left edge, colour channel


def draw(folder, counts, classes=CLASSES, seed=0):
    random = np.random.default_rng(seed)
    for split, count in counts.items():
        for index, label in enumerate(classes):
            (folder / split / label).mkdir(parents=True)
            left, channel = PLACES[index]
            for number in range(count):
                picture = random.integers(0, 90, (24, 24, 3), dtype=np.uint8)
                picture[8:20, left : left + 8, channel] = random.integers(150, 255)
                cv2.imencode(".png", picture)[1].tofile(folder / split / label / f"{number}.png")
    return folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Five training, two validation and three test pictures a class."""
    return draw(tmp_path_factory.mktemp("pictures") / "things", {"training_set": 5, "val_set": 2, "test_set": 3})


@pytest.fixture(scope="session")
def two_classes(tmp_path_factory):
    """The same things, the last class missing."""
    return draw(tmp_path_factory.mktemp("pictures") / "fewer", {"training_set": 5, "val_set": 2}, CLASSES[:2], seed=1)
