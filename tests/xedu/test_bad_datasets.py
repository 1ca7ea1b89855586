"""What MMEdu answered silently or with a bare traceback: a coded error in Chinese, or a training that is right; nothing of the user's goes."""
import shutil

import pytest

import edukit as ek
from edukit.core.errors import BadArgument, FileMissing, WrongTask
from edukit.core.i18n import set_language
from edukit.xedu import MMClassification
from tests.mmedu_files import PICTURES, PTH


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A dataset in ImageNet's form, a work folder with files of the user's, and Chinese."""
    for split in ("training_set", "val_set", "test_set"):
        shutil.copytree(PICTURES, tmp_path / "数据" / split)
    for number, picture in enumerate((tmp_path / "数据").rglob("*.jpg")):  # no picture stands in two groups
        picture.write_bytes(picture.read_bytes() + bytes([number % 251, 1]))
    monkeypatch.chdir(tmp_path)
    for name in ("test.txt", "cls_result/mine.txt", "run/mine.pth"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine")
    set_language("zh")
    return tmp_path


def trained(**how):
    model = MMClassification("LeNet", dataset_path="数据")
    return model.train(**{"epochs": 1, "save_fold": "run", "random_seed": 1, **how})


def left(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and "数据" not in path.parts}


def mine_stays(folder):
    return all((folder / name).read_text() == "mine" for name in ("test.txt", "cls_result/mine.txt", "run/mine.pth"))


def empty_class(folder):
    shutil.rmtree(folder / "数据" / "training_set" / "circle")
    (folder / "数据" / "training_set" / "circle").mkdir()


def class_missing_in_validation(folder):
    shutil.rmtree(folder / "数据" / "val_set" / "square")


def no_validation(folder):
    shutil.rmtree(folder / "数据" / "val_set")


def corrupt(folder):
    (folder / "数据" / "training_set" / "circle" / "坏 图.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(200))


@pytest.mark.parametrize("spoil", [empty_class, class_missing_in_validation, no_validation, corrupt])
def test_a_dataset_that_would_train_wrongly_is_refused_in_chinese(folder, spoil):
    spoil(folder)
    before = left(folder)
    with pytest.raises(ek.EdukitError) as told:
        trained()
    assert told.value.code.startswith("E") and any("\u4e00" <= letter <= "\u9fff" for letter in told.value.message)
    assert left(folder) == before and mine_stays(folder)


def test_checkpoints_of_jupyter_are_no_class_and_a_last_batch_of_one_trains(folder):
    shutil.copytree(PICTURES / "circle", folder / "数据" / "training_set" / ".ipynb_checkpoints")
    assert trained(batch_size=17)[-1]["mode"] == "val"  # 18 pictures: the last batch has one
    assert ek.info("run/latest.pth").card.classes == ("circle", "square", "triangle") and mine_stays(folder)


def test_arguments_that_cannot_be(folder):
    model = MMClassification("LeNet", num_classes=5, dataset_path="数据")
    cases = [(BadArgument, lambda: model.train(epochs=1)), (BadArgument, lambda: ek.split_dataset(PICTURES, out="split", ratios=(0.9, 0.5, 0.2))),
             (FileMissing, lambda: MMClassification("LeNet").inference(image="没有.jpg", checkpoint=str(PTH))),
             (ek.EdukitError, lambda: trained(checkpoint="test.txt")), (ek.EdukitError, lambda: trained(lr="os.system('touch made')"))]  # fmt: skip
    for error, call in cases:
        with pytest.raises(error):
            call()
    assert mine_stays(folder) and not (folder / "made").exists() and not (folder / "split").exists()


def test_what_is_not_kept_says_so():
    from edukit.xedu import MMDetection

    with pytest.raises(WrongTask, match="以后"):
        MMDetection("SSD_Lite")
    with pytest.raises(ek.EdukitError, match="pickle"):
        exec("from edukit.xedu import MMBase")
