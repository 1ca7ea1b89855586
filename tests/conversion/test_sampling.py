"""Sample code: runs without edukit, says when a device answers differently, and takes nothing that it should not."""
import ast
import hashlib
import json
import subprocess
import sys
import venv
import zipfile

import numpy as np
import onnx
import pytest
from onnx_files import SIDE, card, convolutions, pictures, save
from PIL import Image

import edukit
from edukit.cli.main import main
from edukit.core.errors import NoCard, NotAnImage, NotAnOnnxFile, OutputExists
from edukit.core.images import read_image
from edukit.core.preprocess import Preprocess
from edukit.runtime import load_onnx
from tests.conversion.test_converting import checkpoint
from tests.dataset_files import film

PREPROCESSES = [
    {}, {"fit": "pad", "interpolation": "bilinear"}, {"fit": "stretch", "interpolation": "pillow"}, {"fit": "crop", "interpolation": "pillow"},
]  # fmt: skip
OLDEST = {(3, 11): ("onnxruntime==1.15.1", "numpy<2", "opencv-python-headless<4.11")}  # of ONNX Runtime that installs under this Python


def run(folder, program, *words, python=sys.executable):
    return subprocess.run([python, "-B", program, *map(str, words)], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture
def model(tmp_path):
    return save(tmp_path / "model.onnx", convolutions())


@pytest.mark.parametrize("values", PREPROCESSES)
def test_the_programs_answer_as_edukit_does(tmp_path, values):
    own = card(preprocess=Preprocess(**{"size": (SIDE, SIDE)} | values), class_names={"zh": {"it's": "它"}})
    model = save(tmp_path / "m.onnx", convolutions(), with_card=own.to_json())
    made = edukit.write_sample_code(model, tmp_path / "out")
    assert sorted(path.name for path in made.path.iterdir() if path.name != "edukit.json") == sorted(made.files)
    Image.fromarray(pictures(1)[0]).save(tmp_path / "宽 picture.png")
    wanted = load_onnx(model).predict(tmp_path / "宽 picture.png")
    done = run(made.path, "basic.py", tmp_path / "宽 picture.png")
    assert f"{own.class_names['zh'].get(wanted.label, wanted.label)} {wanted.score:.1%}" in done.stdout and done.returncode == 0, done.stderr
    checked = run(made.path, "check.py")
    assert checked.returncode == 0 and "The same answers" in checked.stdout, checked.stdout + checked.stderr


@pytest.mark.parametrize("ending", ["png", "webp"])
def test_what_is_transparent_is_white_for_the_programs_too(model, tmp_path, ending):
    folder, picture = edukit.write_sample_code(model, tmp_path / "out").path, tmp_path / f"emoji.{ending}"
    drawn = np.dstack([np.zeros((SIDE, SIDE, 3), np.uint8), np.tri(SIDE, dtype=np.uint8) * 255])  # black under what is transparent
    Image.fromarray(drawn, "RGBA").save(picture, **({"lossless": True, "exact": True} if ending == "webp" else {}))
    read = f"import basic, hashlib; print(hashlib.sha256(basic.read({str(picture)!r})).hexdigest())"
    assert run(folder, "-c", read).stdout.strip() == hashlib.sha256(read_image(picture)).hexdigest()
    missing, empty = run(folder, "basic.py", "missing.jpg"), tmp_path / "empty.png"
    empty.touch()
    assert missing.returncode == 1 and "Traceback" not in missing.stderr + run(folder, "basic.py", empty).stderr and "missing.jpg" in missing.stderr


@pytest.mark.parametrize(("backend", "suffix"), [("OpenVINO", ".xml"), ("NCNN", ".param")])
def test_models_for_other_runtimes_bring_programs_for_these(tmp_path, backend, suffix):
    made = edukit.convert(checkpoint(tmp_path / "a.pth"), tmp_path / "other", backend=backend)
    folder = edukit.write_sample_code(made, tmp_path / "out").path
    assert (folder / f"model{suffix}").is_file() and (folder / "model.bin").is_file() and "onnxruntime" not in (folder / "session.py").read_text()
    done = run(folder, "check.py")
    assert done.returncode == 0 and "The same answers" in done.stdout, done.stdout + done.stderr


def test_programs_import_nothing_of_edukit(model, tmp_path):
    folder = edukit.write_sample_code(model, tmp_path / "out").path
    found = set()
    for name in ("basic.py", "camera.py", "check.py", "session.py"):
        for node in ast.walk(ast.parse((folder / name).read_text(encoding="utf-8"))):
            found |= {one.name for one in node.names} if isinstance(node, ast.Import) else {node.module} if isinstance(node, ast.ImportFrom) else set()
    assert found == {"json", "sys", "hashlib", "pathlib", "cv2", "numpy", "onnxruntime", "basic", "session"}


def test_a_film_in_place_of_the_camera(model, tmp_path):
    folder = edukit.write_sample_code(model, tmp_path / "out").path
    done = run(folder, "camera.py", film(tmp_path / "film.avi", pictures(3)))
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 3, done.stderr
    assert "cannot be opened" in run(folder, "camera.py", "absent.mp4").stderr


def test_a_device_that_answers_differently_is_told(model, tmp_path):
    folder = edukit.write_sample_code(model, tmp_path / "out").path
    golden = json.loads((folder / "golden.json").read_text(encoding="utf-8"))
    golden["outputs"]["logits"][0][0] += 1
    (folder / "golden.json").write_text(json.dumps(golden), encoding="utf-8")
    assert "Different answers" in run(folder, "check.py").stderr
    (folder / "golden.png").write_bytes(b"x")
    assert "golden.png is not the file" in run(folder, "check.py").stderr


def test_anyone_can_follow_the_golden_vector(model, tmp_path):
    folder = edukit.write_sample_code(model, tmp_path / "out").path
    golden = json.loads((folder / "golden.json").read_text(encoding="utf-8"))
    given, picture = golden["input"], np.asarray(Image.open(folder / golden["picture"]))
    values = np.frombuffer((folder / given["file"]).read_bytes(), "<f4").reshape(given["shape"])
    assert given["type"] == "float32" and list(picture.shape) == golden["picture_shape"]
    assert np.array_equal(values, load_onnx(model).card.preprocess(picture))
    assert np.allclose(load_onnx(model).run(values)["scores"], golden["outputs"]["logits"], atol=1e-6)


def test_a_model_that_prepares_pictures_itself(tmp_path):
    made = edukit.convert(checkpoint(tmp_path / "a.pth"), tmp_path / "a.onnx", embed_preprocess=True)
    folder = edukit.write_sample_code(made, tmp_path / "out").path
    assert json.loads((folder / "golden.json").read_text(encoding="utf-8"))["input"]["type"] == "uint8"
    assert run(folder, "check.py").returncode == run(folder, "basic.py").returncode == 0


def test_command_line_zip_and_what_is_refused(model, tmp_path, capsys):
    Image.fromarray(pictures(1)[0]).save(tmp_path / "mine.jpg")
    words = ["write-sample-code", str(model), "--out", str(tmp_path / "board.zip"), "--picture", str(tmp_path / "mine.jpg"), "--json"]
    assert main(words) == 0 and json.loads(capsys.readouterr().out)["path"] == str(tmp_path / "board.zip")
    assert {"basic.py", "model.onnx", "golden.json"} <= set(zipfile.ZipFile(tmp_path / "board.zip").namelist())
    assert main(words) == 2 and main([*words, "--overwrite"]) == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "work.txt").write_text("mine")
    (tmp_path / "text.png").write_text("no picture")
    for kind, arguments in (
        (OutputExists, (model, tmp_path / "mine")), (NotAnOnnxFile, (checkpoint(tmp_path / "a.pth"), tmp_path / "b")),
        (NoCard, (save(tmp_path / "bare.onnx", with_card=False), tmp_path / "b")),
    ):  # fmt: skip
        with pytest.raises(kind):
            edukit.write_sample_code(*arguments, overwrite=True)
    with pytest.raises(NotAnImage):
        edukit.write_sample_code(model, tmp_path / "b", picture=tmp_path / "text.png")
    assert (tmp_path / "mine" / "work.txt").read_text() == "mine" and not (tmp_path / "b").exists()


def test_a_file_that_the_runtime_cannot_load_is_told_with_the_way_out(model, tmp_path):
    folder = edukit.write_sample_code(model, tmp_path / "out").path
    graph = onnx.load(folder / "model.onnx")
    graph.ir_version = 99
    onnx.save(graph, folder / "model.onnx")
    done = run(folder, "basic.py")
    assert done.returncode == 1 and "--ir-version" in done.stderr.splitlines()[-1] and "Traceback" not in done.stderr


@pytest.mark.slow
def test_in_a_fresh_environment_with_an_old_onnx_runtime(tmp_path):
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    needed = OLDEST.get(sys.version_info[:2], ("onnxruntime", "numpy", "opencv-python-headless"))
    subprocess.run([python, "-m", "pip", "install", "-q", *needed], check=True, capture_output=True)
    for number, how in enumerate(({}, {"embed_preprocess": True}, {"opset_version": 11, "ir_version": 6})):
        made = edukit.convert(checkpoint(tmp_path / "a.pth", "MobileNetV3-Small"), tmp_path / f"{number}.onnx", **how)
        folder = edukit.write_sample_code(made, tmp_path / f"out{number}").path
        done = run(folder, "check.py", python=python)
        assert done.returncode == 0 and "The same answers" in done.stdout, done.stdout + done.stderr
        assert "%" in run(folder, "basic.py", python=python).stdout
    assert "edukit" not in subprocess.run([python, "-m", "pip", "list"], capture_output=True, text=True, check=True).stdout
