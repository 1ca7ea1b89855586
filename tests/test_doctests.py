"""The examples in the docstrings run, on sample files such as a student has in the folder."""
import doctest
import inspect
import pkgutil
import shutil
from importlib import import_module
from pathlib import Path

import cv2
import numpy as np
import pytest

import edukit as ek
from edukit.core.images import read_image
from edukit.data import sample_model
from edukit.runtime import load_onnx


class Finder(doctest.DocTestFinder):
    """Also looks at what a decorator wraps: a verb belongs to the module that it was written in."""

    def _from_module(self, module, found):
        return super()._from_module(module, inspect.unwrap(found) if inspect.isfunction(found) else found)


FINDER = Finder(exclude_empty=True)
MODULES = [one.name for one in pkgutil.walk_packages(ek.__path__, "edukit.") if not one.name.endswith(("__main__", "build_font"))]


def examples():
    """Each module that has an example, told by its text: importing all of them takes long."""
    found = [name for name in MODULES if ">>> " in _source(name)]
    assert len(found) > 30
    return ["edukit", *found]


def _source(name):
    path = Path(ek.__file__).parent.parent.joinpath(*name.split("."))
    module = path.with_suffix(".py")  # a folder of that name may be left from an older version
    return (module if module.is_file() else path / "__init__.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """A folder with ``best.pth``, ``emoji.onnx``, ``emoji-int8.onnx`` and ``cat.jpg``."""
    folder, dataset = tmp_path_factory.mktemp("samples"), ek.load_dataset("emoji")
    trained = ek.train(dataset, "LeNet", epochs=1, out=folder / "run")
    shutil.copy(trained.best, folder / "best.pth")
    ek.convert(folder / "best.pth", folder / "emoji.onnx", data=dataset.test)
    shutil.copy(sample_model(), folder / "emoji-int8.onnx")
    model = load_onnx(folder / "emoji-int8.onnx", threads=1)
    cat = next(sample for sample in dataset.test if model.predict(sample.path).label == sample.label == "animal")
    picture = np.full((480, 640, 3), 255, np.uint8)
    picture[:, 80:560] = cv2.resize(read_image(cat.path), (480, 480))
    cv2.imwrite(str(folder / "cat.jpg"), picture[..., ::-1])
    return folder


@pytest.mark.parametrize("name", examples())
def test_the_examples_of_a_module_run(name, samples, tmp_path, monkeypatch):
    shutil.copytree(samples, tmp_path / "here", ignore=shutil.ignore_patterns("run"))
    monkeypatch.chdir(tmp_path / "here")
    known = {"np": np, "ek": ek, "dataset": ek.load_dataset("emoji")}
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    module = import_module(name)
    for test in FINDER.find(module, extraglobs=known | vars(module)):
        said = []
        runner.run(test, out=said.append)
        assert not runner.failures, "".join(said)


def test_no_example_is_skipped_but_the_one_that_takes_minutes():
    assert [name for name in MODULES if "# doctest: +SKIP" in _source(name)] == ["edukit.chain"]
