"""A head trained without PyTorch: its files, their cards, the same weights as a checkpoint, and the command line."""
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime
import pytest

import edukit as ek
from edukit.core.errors import BadArgument, ExportFailed
from edukit.core.subprocess_env import subprocess_env
from edukit.core.workspace import Workspace, use
from edukit.runtime.onnx_session import optimised_path
from edukit.training.bodies import Body, body_path, int8_body
from edukit.training.head import fit_head
from edukit.verbs.heads import fp32_body


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """Three classes of the emoji, ten pictures each, in the student's own set; and a home that all tests of this file share."""
    from edukit.data import DatasetBuilder, load_dataset

    home = use(Workspace(tmp_path_factory.mktemp("home")))
    emoji, builder = load_dataset("emoji"), DatasetBuilder("few", workspace=home)
    for label in ("face", "food", "vehicle"):
        builder.add(label, [sample.path for sample in emoji.train if sample.label == label][:10])
    builder.split("0.6,0.2,0.2")
    return builder.folder


def test_a_head_is_the_sum_of_its_pictures_and_the_optimum():
    rng = np.random.default_rng(0)
    features = np.concatenate([rng.normal(side, 1, (12, 50)) for side in (-1, 1)]).astype(np.float32)
    labels = ["left"] * 12 + ["right"] * 12
    head, again = fit_head(features, labels), fit_head(features, labels)
    assert np.array_equal(head.weight, again.weight)
    assert [head.classes[i] for i in head.probabilities(features).argmax(axis=1)] == labels
    score = float((features[:1] @ head.weight.T + head.bias)[0, 1])
    offset = float(head.bias[1] + head.weight[1] @ head.mean)
    assert abs(head.contributions(features[:1], "right").sum() + offset - score) < 1e-3, "the pictures' pulls add up to the score"
    assert head.contributions(features[:1], "left")[:12].sum() > 0 > head.contributions(features[:1], "right")[:12].sum()


@pytest.mark.parametrize(("labels", "classes"), [(["a", "a"], ()), (["a", "b"], ("a", "b", "c")), (["a"], ("a", "b"))])
def test_a_head_needs_a_picture_of_every_class(labels, classes):
    with pytest.raises(BadArgument):
        fit_head(np.eye(2, dtype=np.float32), labels, classes=classes)


def test_files_without_torch_then_a_checkpoint_that_passes_the_gate(few, tmp_path):
    use(Workspace(few.parents[2]))
    result = ek.train_head(few, out=tmp_path / "quick")
    assert [path.name for path in result.files] == ["model-int8.onnx"], "the FP32 network is not exported yet"
    assert result.images == 18 and result.metrics["val_top1"] >= 0.6
    done = ek.checkpoint_head(result.path)
    assert done.gate.passed and done.gate.data == "test" and done.int8_agreement >= 0.8 and body_path("fp32").is_file()
    picture = next((few / "test_set" / "food").iterdir())
    answers = {path.suffix + path.stem[-4:]: ek.load_model(path).predict(picture) for path in (done.best, done.onnx, result.path)}
    assert len({one.label for one in answers.values()}) == 1
    again = ek.train_head(few, out=tmp_path / "again")
    assert [path.name for path in again.files] == ["model-int8.onnx", "model.onnx"], "now both are there at once"
    # What was solved is what the file computes, in a bare loop of ONNX Runtime.
    session = onnxruntime.InferenceSession(again.files[0])
    card = json.loads(session.get_modelmeta().custom_metadata_map["edukit"])
    assert card["classes"] == ["face", "food", "vehicle"] and card["precision"] == "int8" and card["dataset"]["name"] == "few"
    body = Body(int8_body())
    batch = body.card.preprocess(ek.load_dataset(few).test[0].image())
    weight = ek.load_model(again.files[0]).run(batch)["scores"]
    assert np.allclose(session.run(None, {"input": batch})[0], weight, atol=1e-5)


def test_the_studio_brings_nothing_into_its_kernel_that_it_does_not_use(tmp_path):
    """Each would take 1 to 8 MB of it for as long as its page is open."""
    code = """
import sys, numpy as np, edukit.widgets.studio as page
from edukit.core.html import array_uri
studio = page.HeadStudio("mine")
for label, grey in (("a", 0), ("b", 255)):
    studio.add(label, [np.full((40, 30, 3), grey, np.uint8)])
studio.train(), studio.look(np.zeros((40, 30, 3), np.uint8)), array_uri(np.zeros((9, 9, 3), np.uint8))
heavy = ("onnx", "onnxruntime", "torch", "numpy.ma", "edukit.training.trainer", "PIL.TiffImagePlugin", "PIL.AvifImagePlugin")
print([name for name in heavy if name in sys.modules])
"""
    environment = subprocess_env() | {"EDUKIT_HOME": str(tmp_path)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout == "['onnxruntime']\n"


def test_a_damaged_body_is_cut_again_and_a_foreign_file_refused(few):
    use(Workspace(few.parents[2]))
    picture = [np.zeros((40, 30, 3), np.uint8)]
    features = Body(int8_body()).features(picture)
    int8_body().write_bytes(b"half")
    assert np.array_equal(Body(int8_body()).features(picture), features) and features.shape == (1, 1280)
    ready = optimised_path(int8_body())
    ready.write_bytes(b"half")
    assert np.array_equal(Body(int8_body()).features(picture), features), "a damaged graph does not count"
    ready.unlink()
    assert np.array_equal(Body(int8_body()).features(picture), features) and optimised_path(int8_body()).is_file()
    with pytest.raises(ExportFailed):
        ek.checkpoint_head(ek.sample_model())
    assert fp32_body().is_file()


@pytest.mark.slow
def test_on_the_sample_set_it_is_as_good_as_a_trained_head_and_needs_no_torch(tmp_path):
    code = "import sys, edukit as ek; r = ek.train_head('emoji', out=sys.argv[1]); assert 'torch' not in sys.modules; print(r.metrics['test_top1'])"
    said = subprocess.run([sys.executable, "-c", code, str(tmp_path / "out")], capture_output=True, text=True, check=True)
    assert float(said.stdout) >= 0.88


def test_a_class_that_comes_at_once_cuts_one_body(tmp_path, monkeypatch):
    home, real, cut = Workspace(tmp_path), subprocess.run, []
    monkeypatch.setattr("edukit.training.bodies.subprocess.run", lambda *words, **more: cut.append(words) or real(*words, **more))
    with ThreadPoolExecutor(6) as students:
        assert len(set(students.map(int8_body, [home] * 6))) == 1
    assert len(cut) == 1 and Body(int8_body(home)).features([np.zeros((40, 30, 3), np.uint8)]).shape == (1, 1280)
