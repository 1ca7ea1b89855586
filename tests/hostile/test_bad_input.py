"""About two hundred bad inputs through every verb: a coded error, and nothing written, left or touched."""
import errno
import sys
from pathlib import Path

import pytest

from edukit.core.errors import nearest
from tests.hostile import files

NOTHING_TO_CHECK = ("empty", "a-file", "loose-pictures", "only-junk", "endless-links")
BAD_FOR_TEST_ONLY = ("class-missing-from-test", "no-test")
BAD_FOR_TRAINING_ONLY = ("no-training", "class-missing-from-validation", "no-validation")
SAFE_TO_DESCRIBE = (
    "no-card", "card-no-json", "card-null", "card-nan", "card-huge-input", "card-nested", "future-opset", "foreign-operator", "nan-weights", "wrong-output",
    "grey-input", "text-input", "another-task", "huge-constant", "endless-loop", "another-network", "unknown-backbone", "card-of-text", "card-without-classes",
    "card-with-huge-input",
)  # fmt: skip


@pytest.mark.parametrize("name", files.BAD_PICTURES)
def test_predict_refuses_a_bad_picture(watched, good, hostile, name):
    for model in ("model.onnx", "model.pth"):
        said = watched("predict", good / model, good / "picture.png", hostile / "pictures" / name, inputs=hostile / "pictures")
        assert said.code == 2 and said.error in ("E102", "E103", "E104", "E105", "E106") and name in said.answer["error"]["message"]


@pytest.mark.parametrize("name", files.BAD_DATASETS)
def test_check_dataset_answers_or_says_that_there_is_nothing_to_check(watched, hostile, name):
    said = watched("check-dataset", hostile / "data" / name)
    assert said.code == (2 if name in NOTHING_TO_CHECK else 0)
    assert said.code == 2 or any(problem["severity"] == "error" for problem in said.answer["problems"])


@pytest.mark.parametrize("name", [name for name in files.BAD_DATASETS if name not in BAD_FOR_TEST_ONLY])
@pytest.mark.parametrize("verb", ["train", "demo"])
def test_training_verbs_refuse_a_bad_dataset(watched, hostile, name, verb):
    words = ("train", hostile / "data" / name, "--backbone", "LeNet") if verb == "train" else ("demo", "--dataset", hostile / "data" / name)
    said = watched(*words, "--out", "out", inputs=hostile / "data" / name)
    assert said.code == 2 and said.error.startswith("E2")


@pytest.mark.parametrize("name", [name for name in files.BAD_DATASETS if name not in (*BAD_FOR_TRAINING_ONLY, "no-test")])
@pytest.mark.parametrize("verb", ["evaluate", "compare", "convert"])
def test_verbs_that_use_test_pictures_refuse_a_bad_dataset(watched, good, hostile, name, verb):
    data = hostile / "data" / name
    words = {
        "evaluate": ("evaluate", good / "model.onnx", data),
        "compare": ("compare", good / "model.onnx", "--data", data, "--accuracy-only"),
        "convert": ("convert", good / "model.pth", "--data", data, "--out", "out.onnx"),
    }[verb]
    said = watched(*words, inputs=data)
    assert said.code == 2 and said.error.startswith("E2")


def test_a_dataset_without_test_pictures_is_measured_on_others_with_a_warning(watched, good, hostile):
    said = watched("evaluate", good / "model.onnx", hostile / "data" / "no-test")
    assert said.code == 0 and said.answer["count"] and said.answer["warnings"]


@pytest.mark.parametrize("name", [name for name in files.BAD_DATASETS if name not in (*BAD_FOR_TEST_ONLY, "class-missing-from-validation", "no-validation")])
def test_quantize_refuses_bad_calibration_pictures(watched, good, hostile, name):
    said = watched("quantize", good / "model.onnx", "--out", "out.onnx", "--calibration", hostile / "data" / name, inputs=hostile / "data" / name)
    assert said.code == 2 and said.error.startswith("E2")


@pytest.mark.parametrize("name", files.BAD_ONNX)
@pytest.mark.parametrize("verb", ["predict", "evaluate", "quantize", "compare", "info"])
def test_a_hostile_onnx_file_is_refused(watched, good, hostile, name, verb):
    model = hostile / "onnx" / f"{name}.onnx"
    words = {
        "predict": ("predict", model, good / "picture.png"),
        "evaluate": ("evaluate", model, good / "data"),
        "quantize": ("quantize", model, "--out", "out.onnx", "--calibration", good / "data"),
        "compare": ("compare", model, "--data", good / "data", "--accuracy-only"),
        "info": ("info", model),
    }[verb]
    said = watched(*words, inputs=hostile / "onnx")
    if verb == "info" and name in SAFE_TO_DESCRIBE:
        assert said.code == 0 and (said.answer["card"] is not None or said.answer["warnings"])
        assert said.answer["warnings"] or name not in ("no-card", "nan-weights", "card-null", "card-nan", "card-huge-input")
    else:
        assert said.code == 2 and said.error[:2] in ("E1", "E3", "E6")


@pytest.mark.parametrize("name", files.BAD_CHECKPOINTS)
@pytest.mark.parametrize("verb", ["predict", "evaluate", "convert", "compare", "info", "train"])
def test_a_hostile_checkpoint_is_refused(watched, good, hostile, name, verb):
    model = hostile / "pth" / f"{name}.pth"
    words = {
        "predict": ("predict", model, good / "picture.png"),
        "evaluate": ("evaluate", model, good / "data"),
        "convert": ("convert", model, "--out", "out.onnx"),
        "compare": ("compare", model, "--data", good / "data", "--accuracy-only"),
        "info": ("info", model),
        "train": ("train", good / "data", "--backbone", "LeNet", "--checkpoint", model, "--out", "out"),
    }[verb]
    said = watched(*words, inputs=hostile / "pth")
    assert said.code == (0 if verb == "info" and name in SAFE_TO_DESCRIBE else 2)
    assert not files.proof_of(model).exists(), "code from the file was run"


BAD_WORDS = [
    *(("train", "DATA", f"--{name}", value) for name in ("epochs", "batch-size", "image-size", "threads") for value in ("0", "-1", "nan", "1.5", "text", "")),
    *(("train", "DATA", "--lr", value) for value in ("0", "-1", "nan", "inf", "-inf", "1e999", "text", "-1e-3")),
    *(("train", "DATA", "--weight-decay", value) for value in ("-1", "nan", "inf", "text")),
    *(("train", "DATA", "--random-seed", value) for value in ("-1", "99999999999999999999", "text")),
    ("train", "DATA", "--epochs", "9" * 5000), ("train", "DATA", "--image-size", "1000000000"), ("train", "DATA", "--batch-size", "1000000000"),
    ("train", "DATA", "--backbone", "NoNet"), ("train", "DATA", "--backbone", ""), ("train", "DATA", "--backbone", "../../etc/passwd"),
    ("train", "DATA", "--optimizer", "magic"), ("train", "DATA", "--device", "abacus"), ("train", "DATA", "--pretrained", "maybe"),
    ("train", "DATA", "--checkpoint", "nowhere.pth"), ("train", "DATA", "--resume", "--out", "nowhere"), ("train", "DATA", "--epochs"),
    ("train", "emojo"), ("train", ""), ("train",), ("train", "DATA", "DATA"), ("train", "DATA", "--learning-rate", "1"),
    ("evaluate", "MODEL", "DATA", "--split", "exam"), ("evaluate", "MODEL", "DATA", "--batch-size", "0"), ("evaluate", "MODEL"), ("evaluate", "DATA", "DATA"),
    ("evaluate", "MODEL", "DATA", "--threads", "-3"), ("evaluate", "PICTURE", "DATA"),
    ("convert", "PTH", "--opset-version", "1"), ("convert", "PTH", "--opset-version", "999"), ("convert", "PTH", "--opset-version", "x"),
    ("convert", "PTH", "--ir-version", "0"), ("convert", "PTH", "--ir-version", "999"), ("convert", "PTH", "--dynamic", "some"),
    ("convert", "PTH", "--backend", "Torch"), ("convert", "PTH", "--tolerance", "-1"), ("convert", "PTH", "--tolerance", "nan"), ("convert", "MODEL"),
    ("quantize", "MODEL"), ("quantize", "PTH", "--calibration", "DATA"), ("quantize", "MODEL", "--calibration", "emojo"),
    ("compare", "MODEL"), ("compare", "--data", "DATA"), ("compare", "MODEL", "--data", "DATA", "--threads", "0"),
    ("compare", "MODEL", "--data", "DATA", "--runs", "0"), ("compare", "MODEL", "--data", "DATA", "--batch-size", "-1"),
    ("compare", "MODEL", "nowhere.onnx", "--data", "DATA"), ("compare", "MODEL", "--data", "DATA", "--accuracy-only", "--speed-only"),
    ("predict", "MODEL"), ("predict", "MODEL", "PICTURE", "--top", "0"), ("predict", "MODEL", "PICTURE", "--top", "-1"), ("predict", "MODEL", "nowhere.jpg"),
    ("predict", "MODEL", "DATA"), ("predict", "DATA", "PICTURE"), ("predict", "MODEL", ""), ("predict", "MODEL", "/dev/null"),
    ("predict", "MODEL", "/dev/zero"),
    ("predict", "MODEL", "x" * 5000), ("predict", "MODEL", "a\0b"), ("predict", "PICTURE", "PICTURE"),
    ("info", "nowhere.pth"), ("info", "DATA"), ("info", "PICTURE"), ("info", "/dev/zero"), ("info", "x" * 300 + ".onnx"), ("info",),
    ("demo",), ("demo", "--out", "out", "--backbone", "NoNet"), ("demo", "--out", "out", "--dataset", "emojo"), ("demo", "--out", ""),
    ("check-dataset",), ("check-dataset", "nowhere"), ("check-dataset", "PICTURE"), ("check-dataset", "/dev/null"), ("check-dataset", "\0"),
    ("serve", "--port", "0x50"), ("serve", "--port", "-1"), ("serve", "--port", "70000"), ("serve", "--ip", "nowhere.invalid", "--open-browser", "false"),
    ("trian",), ("--frobnicate",), (), ("info", "MODEL", "--lang", "klingon"), ("info", "MODEL", "--lang"), ("info", "MODEL", "--json=yes"),
]  # fmt: skip


@pytest.mark.parametrize("words", BAD_WORDS, ids=lambda words: " ".join(word[:24] for word in words).replace("\0", "NUL") or "nothing")
def test_bad_words_are_a_coded_error(watched, good, words):
    meant = {"DATA": good / "data", "MODEL": good / "model.onnx", "PTH": good / "model.pth", "PICTURE": good / "picture.png"}
    said = watched(*(meant.get(word, word) for word in words), inputs=good)
    assert said.code == 2 and said.error[0] == "E" and len(said.error) == 4


def test_unknown_names_bring_the_nearest(watched, good):
    assert "“MobileNet”" in watched("train", good / "data", "--backbone", "mobilnet").answer["error"]["remedy"]
    assert "“train”" in watched("trian").answer["error"]["remedy"]
    assert nearest("trian", ["train", "predict"]) == "train"


def occupied(place: Path, kind: str) -> Path:
    """An output place that must not be taken."""
    place.mkdir()
    if kind == "a file of the user's":
        (place / "out.onnx").write_text("my diary")
        return place / "out.onnx"
    if kind == "a folder":
        (place / "out.onnx").mkdir()
        return place / "out.onnx"
    if kind == "another suffix":
        return place / "out.txt"
    if kind == "below a file":
        (place / "file").write_text("my diary")
        return place / "file" / "out.onnx"
    if kind == "where nothing can be written":
        return Path("/proc/self/out.onnx")
    return place / ("x" * 300 + ".onnx")


@pytest.mark.parametrize("kind", ["a file of the user's", "a folder", "another suffix", "below a file", "where nothing can be written", "too long a name"])
@pytest.mark.parametrize("verb", ["convert", "quantize"])
def test_an_output_that_is_not_ours_is_left_alone(watched, good, tmp_path, kind, verb):
    out = occupied(tmp_path / "place", kind)
    words = ("convert", good / "model.pth") if verb == "convert" else ("quantize", good / "model.onnx", "--calibration", good / "data")
    said = watched(*words, "--out", out, inputs=tmp_path / "place")
    assert said.code == 2 and said.error in ("E501", "E502", "E505")


@pytest.mark.parametrize("verb", ["train", "demo"])
def test_a_folder_with_the_users_files_is_left_alone(watched, good, tmp_path, verb):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "best.pth").write_text("my diary")
    (tmp_path / "mine" / "homework.txt").write_text("my diary")
    words = ("train", good / "data", "--backbone", "LeNet") if verb == "train" else ("demo", "--dataset", good / "data", "--backbone", "LeNet")
    for out in (tmp_path / "mine", tmp_path / "mine" / "homework.txt", tmp_path / "mine" / "homework.txt" / "run", Path("/proc/self/run")):
        said = watched(*words, "--out", out, inputs=tmp_path / "mine")
        assert said.code == 2 and said.error in ("E501", "E502")


def test_a_link_that_leads_elsewhere_is_not_followed_to_overwrite(watched, good, tmp_path):
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "diary.onnx").write_text("my diary")
    (tmp_path / "place" / "out.onnx").symlink_to(tmp_path / "place" / "diary.onnx")
    assert watched("convert", good / "model.pth", "--out", tmp_path / "place" / "out.onnx", inputs=tmp_path / "place").code == 2


@pytest.mark.parametrize("package", ["torch", "onnx", "onnxslim"])
def test_a_missing_package_is_told_before_anything_is_written(watched, good, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)  # as if it were not installed
    said = watched("demo", "--out", "out", "--dataset", good / "data", "--backbone", "LeNet")
    assert (said.code, said.error) == (2, "E601") and package in said.answer["error"]["message"]


@pytest.mark.parametrize("verb", ["train", "convert", "quantize", "demo"])
def test_a_full_disk_is_told_and_leaves_no_half_file(watched, good, tmp_path, monkeypatch, verb):
    def full(self, data):
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr(Path, "write_text", lambda self, text, **how: full(self, text))
    place = tmp_path / "place"
    words = {
        "train": ("train", good / "data", "--backbone", "LeNet", "--epochs", "1", "--out", place / "run"),
        "convert": ("convert", good / "model.pth", "--out", place / "model.onnx"),
        "quantize": ("quantize", good / "model.onnx", "--out", place / "small.onnx", "--calibration", good / "data"),
        "demo": ("demo", "--dataset", good / "data", "--backbone", "LeNet", "--out", place / "demo"),
    }[verb]
    said = watched(*words, inputs=good)
    assert (said.code, said.error) == (2, "E503")
    assert not [path for path in place.rglob("*") if path.is_file() and path.name != ".lock"]
