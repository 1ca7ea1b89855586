"""What a lesson types: light to import, complete, documented, and enough without widgets."""
import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import edukit as ek
from tests.hostile import files

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("torch", "torchvision", "onnxruntime", "onnx", "cv2", "numpy", "matplotlib", "pandas", "ipywidgets", "PIL")


def python(code: str, *words: object, cwd: Path | None = None) -> str:
    """What a fresh Python prints."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code, *map(str, words)], capture_output=True, text=True, env=environment, cwd=cwd, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_is_light():
    assert not set(HEAVY) & set(python("import sys, edukit; print(*sys.modules)").split())


def test_looking_at_every_name_imports_nothing_heavy():
    loaded = python("import sys, edukit as ek; [getattr(ek, name) for name in ek.__all__]; print(*sys.modules)").split()
    assert not {"torch", "onnxruntime", "onnx", "cv2", "matplotlib", "pandas", "ipywidgets"} & set(loaded)


@pytest.mark.parametrize("name", ek.__all__)
def test_every_name_is_there_and_documented(name):
    value = getattr(ek, name)
    assert callable(value) and inspect.getdoc(value), name
    assert name in dir(ek)


def test_editors_see_the_names_that_python_finds():
    tree = ast.parse((ROOT / "edukit" / "__init__.py").read_text())
    seen = {alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert set(ek.__all__) <= seen


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        _ = ek.trian  # type: ignore[attr-defined]
    assert not hasattr(ek, "__wrapped__")


def test_packages_are_reached_by_their_names():
    assert ek.plots.training_curves and ek.jobs.start


def test_demo_stays_a_verb_when_its_module_was_imported():
    assert python("import edukit.chain, edukit as ek; print(callable(ek.demo), ek.demo.__name__)").strip() == "True demo"


def test_backbones_have_names():
    assert {"LeNet", "MobileNet", "MobileNetV3-Small", "ResNet18", "EfficientNet-Lite0"} <= {backbone.name for backbone in ek.backbones()}


def test_predicting_with_onnx_imports_no_torch(tmp_path):
    model, picture = files.good_onnx(tmp_path / "model.onnx"), files.picture(tmp_path / "picture.png")
    code = "import sys, edukit as ek; m = ek.load_model(sys.argv[1]); print(m.predict(sys.argv[2]).label); print('torch' in sys.modules)"
    label, torch = python(code, model, picture).split()
    assert label in files.CLASSES and torch == "False"


WHOLE_CHAIN = """
import sys
for name in ("ipywidgets", "anywidget", "IPython", "voila", "matplotlib"):
    sys.modules[name] = None  # whoever imports one of these fails
import edukit as ek
ek.set_language("en")
dataset = ek.load_dataset(sys.argv[1])
trained = ek.train(dataset, backbone="LeNet", epochs=2, out="run", random_seed=1)
report = ek.evaluate(trained.best, dataset.test)
onnx = ek.convert(trained.best, "model.onnx", data=dataset)
small = ek.quantize(onnx, "model-int8.onnx", calibration=dataset.train)
table = ek.compare([trained, onnx, small], dataset.test, runs=4)
model = ek.load_model(small)
picture = dataset.test[0].path
first = model.predict(picture)
assert ek.predict(onnx, picture)[0].image == str(picture) and ek.predict(model, [picture, picture])[1] == first
assert ek.info(onnx).card.classes == dataset.classes and len(table.models) == 3 and 0 <= report.top1 <= 1
print(first.label)
"""


def test_the_whole_chain_runs_in_a_plain_script_without_widgets(tmp_path):
    data = files.imagenet(tmp_path / "data")
    assert python(WHOLE_CHAIN, data, cwd=tmp_path).strip() in files.CLASSES


def test_what_is_no_model_or_data_is_said_before_anything_is_done():
    for call in (lambda: ek.evaluate(7, "data"), lambda: ek.convert(None), lambda: ek.quantize("nowhere.onnx", calibration=3), lambda: ek.load_model([])):
        with pytest.raises(ek.EdukitError):
            call()


def test_opening_a_lesson_sets_language_and_folder():
    lesson = ek.open_lesson("01_first_model", lang="zh")
    assert lesson.folder.is_dir() and lesson.lang == "zh" and lesson.folder.name == "01_first_model"
    with pytest.raises(ek.EdukitError):
        ek.open_lesson("../outside")
    with pytest.raises(ek.EdukitError) as caught:
        ek.open_lesson("01_first_model", lang="fr")
    assert caught.value.code == "E402"


