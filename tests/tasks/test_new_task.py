"""A task that edukit does not know goes through every verb: two outputs, an error in pixels, lower is better, no classes, no frozen head."""
import json
import math
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import edukit as ek
from edukit.cli.main import main
from edukit.conversion.parity import GateInputs, parity
from edukit.core.errors import BadArgument, BadCard, WrongTask
from edukit.core.events import Reporter
from edukit.core.i18n import set_language
from edukit.core.registry import load_plugins
from edukit.plots.report import Findings, report_html
from edukit.runtime import Predictor
from edukit.tasks import find_task, task_in
from tests.dots import Dots, add, write_dots
from tests.onnx_files import save

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def dots(tmp_path_factory):
    """The dataset, and what each verb made of it."""
    folder = tmp_path_factory.mktemp("dots")
    with add():
        data = write_dots(folder)
        trained = ek.train(data, "DotNet", epochs=6, out=folder / "run")
        onnx = ek.convert(trained, folder / "dots.onnx", data=data)
        small = ek.quantize(onnx, folder / "small.onnx", calibration=data)
        yield data, trained, onnx, small


def test_training_keeps_the_epoch_with_the_smallest_error(dots):
    _, trained, _, _ = dots
    errors = [row["val_error_px"] for row in trained.history]
    assert errors[-1] < errors[0] and trained.card.metrics["val_error_px"] == min(errors) and trained.card.metrics["epoch"] == errors.index(min(errors)) + 1
    assert list(trained.history[0]) == [
        "epoch", "train_loss", "train_error_px", "train_count", "val_loss", "val_error_px", "val_count", "lr", "seconds",
    ]
    assert (trained.card.task, trained.card.classes, trained.card.notes["frozen"]) == ("dots", (), False)
    assert json.loads((trained.folder / "log.json").read_text())["task"] == trained.to_dict()["task"] == "dots"


def test_moved_pictures_take_their_targets_with_them(dots):
    """The network learns from moved pictures alone, and still finds the dots where they are."""
    data, trained, _, _ = dots
    found = ek.evaluate(trained, data)
    always_the_middle = np.mean([math.dist(sample.target, (24, 18)) for sample in ek.load_dataset(data).test])
    assert found.error_px < 0.5 * always_the_middle and found.to_dict()["error_px"] == found.error_px and found.to_dict()["task"] == "dots"


def test_the_gate_compares_both_outputs(dots):
    _, _, onnx, _ = dots
    assert (onnx.gate.agree, onnx.gate.count, onnx.gate.passed, onnx.gate.data) == (10, 10, True, "test")
    model = ek.load_model(onnx)

    class Moved(Predictor):
        def run(self, batch):
            outputs = model.run(batch)
            return outputs | {"y": outputs["y"] + 3}

    gate = parity(model, Moved(onnx.path, model.card), GateInputs(None), tolerance=1e-4, reporter=Reporter())
    assert not gate.passed and gate.agree == 0 and gate.max_difference == pytest.approx(3, abs=1e-4)


def test_quantizing_tells_the_error_before_and_after(dots):
    _, _, _, small = dots
    answer = small.to_dict()
    assert answer["error_px_after"] < answer["error_px_before"] + 0.5 and answer["agreement"] > 0.5 and "px" in str(small)


def test_predictions_are_places_in_the_picture_that_was_given(dots):
    data, trained, onnx, _ = dots
    where = json.loads(data.read_text())["test"]
    paths = [data.parent / name for name in where]
    for found, target in zip(ek.predict(onnx, paths), where.values()):
        assert math.dist((found.x, found.y), target) < 20 and 0 <= found.x <= 48 and 0 <= found.y <= 36
    assert found.title in found._repr_html_() and found.to_dict()["x"] == found.x
    outputs = ek.load_model(trained).run(np.zeros((3, 3, 24, 24), np.float32))
    assert {name: values.shape for name, values in outputs.items()} == {"x": (3, 1), "y": (3, 1)}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_comparison_and_report_speak_of_its_figure(dots, lang, monkeypatch):
    data, trained, onnx, small = dots
    set_language(lang)
    monkeypatch.setenv("EDUKIT_PLUGINS", "tests.dots_plugin")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    models = [trained, onnx, small] if lang == "en" else [onnx, small]
    compared = ek.compare(models, data, accuracy_only=True)
    assert all(model.error_px > 0 and model.count == 10 and model.interval is None for model in compared.models)
    word = {"zh": "误差", "en": "error"}[lang]
    page = report_html(Findings(comparison=compared, dataset=ek.load_dataset(data), training=trained, evaluation=ek.evaluate(onnx, data), quantization=small))
    assert word in str(compared) and "px" in str(compared) and "px" in page and word in page
    assert type(compared).from_dict(json.loads(json.dumps(compared.to_dict()))) == compared


def test_the_command_line_shows_its_figure(dots, capsys, tmp_path):
    data, _, onnx, _ = dots
    set_language("en")
    assert main(["train", str(data), "--backbone", "DotNet", "--epochs", "1", "--out", str(tmp_path / "run")]) == 0
    assert main(["evaluate", str(onnx.path), str(data)]) == 0
    shown = capsys.readouterr()
    assert "best error on validation pictures" in shown.out and "10 pictures: error" in shown.out and "error on validation pictures" in shown.err
    assert main(["predict", str(onnx.path), str(data.parent / "test 0.png"), "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)[0]) == {"image", "x", "y"}


def test_a_head_alone_cannot_be_asked_for(dots, tmp_path):
    with pytest.raises(BadArgument, match="freeze"):
        ek.train(dots[0], "DotNet", epochs=1, freeze=True, out=tmp_path / "run")


def test_a_model_refuses_the_pictures_of_another_task(dots, tmp_path):
    save(tmp_path / "classes.onnx")
    with pytest.raises(WrongTask, match="dots"):
        ek.evaluate(tmp_path / "classes.onnx", dots[0])
    with pytest.raises(WrongTask, match="classification"):
        ek.evaluate(dots[2], "emoji")


def test_only_classes_must_be_named(dots):
    card = dots[1].card
    with pytest.raises(BadCard, match="classes"):
        card.replace(task="classification")


def test_who_does_not_know_the_task_is_told(dots, tmp_path):
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(dots[2].path.read_bytes().replace(b'"task": "dots"', b'"task": "dote"'))
    with pytest.raises(WrongTask, match="dote"):
        ek.load_model(copy)


def test_records_of_earlier_and_later_versions_have_a_task():
    assert task_in({}) is task_in({"task": "unheard of"}) is find_task("classification")
    with add():
        assert task_in({"epoch": 1, "val_error_px": 2.0}).name == "dots" and isinstance(find_task("dots"), Dots)


def test_the_figures_of_classification_stand_in_its_own_files():
    package = ROOT / "edukit"
    files = [path for path in package.rglob("*") if path.suffix in (".py", ".json", ".js", ".css") and "_share" not in path.parts]
    named = {str(path.relative_to(package)) for path in files if re.search(r"top[15]\b", path.read_text(encoding="utf-8"))}
    assert named == {"tasks/classification.py", "tasks/classification_results.py"}


def test_plugins_are_modules_named_in_the_environment(monkeypatch, tmp_path):
    (tmp_path / "my_plugin.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    load_plugins({})
    load_plugins({"EDUKIT_PLUGINS": "my_plugin, json,"})
    assert "my_plugin" in sys.modules
    with pytest.raises(ImportError, match="no_such_plugin"):
        load_plugins({"EDUKIT_PLUGINS": "no_such_plugin"})
