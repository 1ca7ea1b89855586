"""A model format is one entry: a made-up one is taken by every verb, and a file is inspected once by each verb."""
import dataclasses
import json
import os
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

import edukit as ek
from edukit.core.errors import NotACheckpoint, NotAnOnnxFile, UnknownModelFormat
from edukit.runtime import CARD_READERS, FORMATS, ModelFormat, inspect_model
from tests.conversion.test_converting import checkpoint
from tests.dataset_files import imagenet
from tests.onnx_files import pictures
from tests.table_format import TABLE, write_table

CLASSES = ("cat", "dog")


@pytest.fixture
def data(tmp_path):
    return imagenet(tmp_path / "pets", *CLASSES)


@pytest.fixture
def table(tmp_path):
    with FORMATS.added(TABLE):
        yield write_table(tmp_path / "colours.table", CLASSES)


def test_every_verb_takes_a_made_up_format(table, data, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(ek.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]))
    assert ek.load_model(table).runtime == "Table" and ek.predict(table, pictures(1))[0].label in CLASSES
    told = ek.info(table)
    assert (told.format, told.card.classes, told.file, told.warnings) == ("Table of colours", CLASSES, {"rows": 2}, ())
    assert "Table of colours" in told._repr_html_()
    assert ek.evaluate(table, data).count == 8
    compared = ek.compare([table, checkpoint(table.with_name("best.pth"))], data, accuracy_only=True)
    assert [model.runtime for model in compared.models] == ["Table", "PyTorch"] and compared.models[0].size_bytes == table.stat().st_size


def test_verbs_for_one_format_refuse_the_others_by_name(table, data):
    with pytest.raises(NotACheckpoint):
        ek.convert(table)
    with pytest.raises(NotAnOnnxFile):
        ek.quantize(table, calibration=data)


def test_its_suffix_is_known_only_while_it_is_there(tmp_path):
    path = write_table(tmp_path / "a.table", CLASSES)
    with pytest.raises(UnknownModelFormat, match=r"\.onnx, .*\.pth"):
        ek.info(path)
    with FORMATS.added(TABLE), pytest.raises(UnknownModelFormat, match=r"\.onnx, .*\.pth, \.table"):
        ek.info(tmp_path / "a.zip")


def test_a_reader_gives_a_card_to_files_of_another_tool(table, data, monkeypatch):
    foreign = table.with_name("foreign.table")
    content = json.loads(table.read_text()) | {"card": None, "tool": {"labels": list(CLASSES)}}
    foreign.write_text(json.dumps(content))
    assert ek.info(foreign).card is None and ek.info(foreign).foreign == {"labels": ["cat", "dog"]}

    def card_of_tool(file):
        return dataclasses.replace(inspect_model(table).card, classes=tuple(file.foreign["labels"])) if "labels" in file.foreign else None

    monkeypatch.setattr("edukit.runtime.model_file.CARD_READERS", [*CARD_READERS, card_of_tool])
    assert ek.evaluate(foreign, data).count == 8 and ek.info(foreign).card.classes == CLASSES


@pytest.fixture
def inspected():
    """How often each file was inspected in this process."""
    counts = Counter()

    def counting(form: ModelFormat):
        def inspect(path):
            file = form.inspect(path)
            counts[path.name] += 1
            return file

        return dataclasses.replace(form, inspect=inspect)

    with ExitStack() as entries:
        for form in tuple(FORMATS):
            entries.enter_context(FORMATS.added(counting(form)))
        yield counts


def test_each_verb_inspects_each_file_once(inspected, data, tmp_path):
    source = checkpoint(tmp_path / "best.pth")

    def counted(work):
        inspected.clear()
        return work(), dict(inspected)

    converted, counts = counted(lambda: ek.convert(source, data=data))
    assert counts == {"best.pth": 1, "best.onnx": 1}
    again, counts = counted(lambda: ek.convert(source, data=data))
    assert again.reused and counts == {"best.pth": 1, "best.onnx": 1}
    quantized, counts = counted(lambda: ek.quantize(converted, calibration=data))
    assert counts == {"best.onnx": 1, "best-int8.onnx": 1}
    assert counted(lambda: ek.quantize(converted, calibration=data))[1] == {"best.onnx": 1, "best-int8.onnx": 1}
    files = [source, converted.path, quantized.path]
    for path in files:
        for verb in (lambda path=path: ek.evaluate(path, data), lambda path=path: ek.predict(path, pictures(1)), lambda path=path: ek.info(path)):
            assert counted(verb)[1] == {path.name: 1}
    assert counted(lambda: ek.compare(files, data, accuracy_only=True))[1] == dict.fromkeys((path.name for path in files), 1)


def test_what_was_inspected_is_not_believed_of_a_file_that_has_changed(tmp_path):
    path = checkpoint(tmp_path / "best.pth")
    file = inspect_model(path)
    assert inspect_model(file) is file
    path.write_bytes(b"PK\x03\x04 something else")
    with pytest.raises(NotACheckpoint):
        ek.load_model(file)
