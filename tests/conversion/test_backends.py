"""Other runtimes: what convert writes for OpenVINO and ncnn answers as the checkpoint does, in every verb; what is wrong is told."""
import json
import sys
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import onnx
import pytest
from dataset_files import imagenet
from onnx_files import pictures

import edukit as ek
from edukit.cli.main import main
from edukit.conversion import backends, convert
from edukit.conversion.rounding import unround
from edukit.core.errors import BadArgument, ExportFailed, NotAnOnnxFile, OutputExists, PackageMissing, ParityFailed, RuntimeNotHere, UnsupportedOnnx
from edukit.models import load_model
from edukit.runtime import inspect_model
from edukit.runtime.onnx_session import open_graph
from tests.conversion.test_converting import checkpoint

SUFFIX = {"OpenVINO": ".xml", "NCNN": ".param"}
BACKENDS = tuple(SUFFIX)


@pytest.fixture(scope="module")
def lenet(tmp_path_factory):
    return checkpoint(tmp_path_factory.mktemp("network") / "best.pth", metrics={"val_top1": 0.5}, class_names={"zh": {"cat": "猫"}})


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return imagenet(tmp_path_factory.mktemp("data") / "set", "cat", "dog", counts={"training_set": 12, "val_set": 2, "test_set": 6})


@pytest.fixture(scope="module")
def converted(lenet, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return {name: convert(lenet, folder / f"{name}-小", backend=name) for name in BACKENDS}


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_folder_answers_as_the_checkpoint_does(backend, converted, lenet):
    done = converted[backend]
    assert {path.name for path in done.path.iterdir()} == {"card.json", f"{done.path.name}{SUFFIX[backend]}", f"{done.path.name}.bin"}
    assert done.backend == backend and done.gate.passed and done.nodes_after > 5 and str(done).startswith(done.path.name)
    ours, original = load_model(done), load_model(lenet)
    assert ours.card.class_names == original.card.class_names and ours.card.metrics == {"val_top1": 0.5}
    for picture in pictures(3):
        wanted = original.predict(picture)
        assert ours.predict(picture).labels == wanted.labels and ours.predict(picture).scores == pytest.approx(wanted.scores, abs=1e-5)
    for given in (done.path, next(done.path.glob(f"*{SUFFIX[backend]}"))):  # the folder, or the file in it
        assert np.allclose(load_model(given, threads=1).predict_answers(pictures(5)), original.predict_answers(pictures(5)), atol=1e-5)


def test_every_verb_takes_every_runtime(converted, lenet, data, capsys):
    onnx = convert(lenet, lenet.with_name("same.onnx"))
    models = [lenet, onnx, *converted.values()]
    table = ek.compare(models, data, accuracy_only=True)
    assert [row.runtime for row in table.models] == ["PyTorch", "ONNX Runtime", "OpenVINO", "ncnn"]
    assert [row.name for row in table.models] == ["PyTorch", "ONNX", "OpenVINO", "ncnn"]
    assert all(row.agreement == 1 and row.max_difference < 1e-5 and row.top1 == table.models[0].top1 for row in table.models)
    assert {"openvino", "ncnn"} <= table.environment["versions"].keys()
    capsys.readouterr()
    for name, done in converted.items():
        assert main(["evaluate", str(done.path), str(data), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["top1"] == table.models[0].top1
        assert main(["info", str(done.path), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["card"]["backbone"] == "LeNet" and told["format"].lower() == name.lower() and told["file"]["parameters"] > 10_000


@pytest.mark.slow
def test_speed_is_measured_with_as_many_threads_as_asked_for(converted, lenet):
    table = ek.compare([lenet, *converted.values()], speed_only=True, runs=10, threads=1)
    assert all(row.inference_ms.p50 > 0 for row in table.models) and len(table.ratios) == 2


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_model_that_is_there_is_kept_and_nothing_of_others_is_touched(backend, converted, lenet, tmp_path):
    done = converted[backend]
    before = {path: path.stat().st_mtime_ns for path in done.path.iterdir()}
    assert convert(lenet, done.path, backend=backend).reused and {path: path.stat().st_mtime_ns for path in done.path.iterdir()} == before
    other = checkpoint(tmp_path / "other.pth", "LeNet5")
    with pytest.raises(OutputExists):
        convert(other, done.path, backend=backend)
    folder = tmp_path / "mine"
    convert(lenet, folder, backend=backend)
    assert not convert(other, folder, backend=backend, overwrite=True).reused and ek.info(folder).card.backbone == "LeNet5"
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(OutputExists):
        convert(lenet, folder, backend=backend, overwrite=True)
    assert (folder / "notes.txt").read_text() == "mine" and ek.info(folder).card.backbone == "LeNet5"
    with pytest.raises(BadArgument):
        convert(lenet, tmp_path / f"model{SUFFIX[backend]}", backend=backend)


def test_an_int8_model_is_carried_over_to_openvino_alone(lenet, data, tmp_path):
    onnx = convert(lenet, tmp_path / "m.onnx")
    small = ek.quantize(onnx, tmp_path / "small.onnx", calibration=data)
    done = convert(small, backend="OpenVINO", data=data)
    assert done.path == tmp_path / "small-openvino" and done.size_bytes < 0.7 * onnx.size_bytes and done.gate.data == "test"
    table = ek.compare([small, done], data, accuracy_only=True)
    assert table.models[1].precision == "int8" and table.models[1].name == "OpenVINO INT8" and table.models[1].max_difference < 0.05
    with pytest.raises(ExportFailed):
        convert(small, tmp_path / "n", backend="NCNN")
    assert not (tmp_path / "n").exists()


@pytest.mark.parametrize(("wrong", "passes"), [(None, True), ("scale", False), ("order", False)])
def test_int8_runtimes_may_differ_by_what_rounding_does_and_by_no_more(lenet, data, tmp_path, wrong, passes):
    small = ek.quantize(convert(lenet, tmp_path / "m.onnx"), tmp_path / "small.onnx", calibration=data)
    chosen = backends.BACKENDS.find("OpenVINO")

    def write(file, main):
        graph, path = onnx.load(file.path), tmp_path / "wrong.onnx"
        stored = {tensor.name: tensor for tensor in graph.graph.initializer}
        weights = next(n.input for n in graph.graph.node if n.op_type == "DequantizeLinear" and n.input[0] in stored and len(stored[n.input[0]].dims) == 4)
        name = weights[1 if wrong == "scale" else 0]
        values = onnx.numpy_helper.to_array(stored[name])
        stored[name].CopyFrom(onnx.numpy_helper.from_array(values * np.float32(1.3) if wrong == "scale" else values[::-1].copy(), name))
        onnx.save(graph, path)
        chosen.write(inspect_model(path) if wrong else file, main)

    with backends.BACKENDS.added(replace(chosen, write=write)), nullcontext() if passes else pytest.raises(ParityFailed):
        gate = convert(small, tmp_path / "out", backend="OpenVINO", data=data).gate
        assert gate.max_difference <= gate.tolerance < 0.05
    assert (tmp_path / "out").exists() is passes


def test_what_cannot_be_carried_over_is_told_in_plain_words_before_anything_is_written(lenet, data, tmp_path):
    graph = onnx.load(convert(lenet, tmp_path / "m.onnx").path)
    graph.graph.node[1].op_type = "Foo"
    onnx.save(graph, tmp_path / "foo.onnx")
    with pytest.raises(UnsupportedOnnx, match="Foo"):
        convert(tmp_path / "foo.onnx", tmp_path / "out", backend="OpenVINO")
    with pytest.raises(BadArgument, match="backend"):
        convert(lenet, tmp_path / "out", backend="OpenVINO", embed_preprocess=True)
    with pytest.raises(NotAnOnnxFile, match="PyTorch checkpoint"):
        ek.quantize(lenet, tmp_path / "out", calibration=data)
    assert not (tmp_path / "out").exists()


def test_without_rounded_activations_an_int8_model_is_near_the_float_one(lenet, data, tmp_path):
    whole = convert(lenet, tmp_path / "m.onnx")
    graph = onnx.load(ek.quantize(whole, tmp_path / "small.onnx", calibration=data).path)
    rounded = open_graph(graph)
    assert unround(graph) > 5 and {node.op_type for node in graph.graph.node} >= {"Clip", "DequantizeLinear"}
    batch = np.stack([load_model(whole).prepare(picture)[0][0] for picture in pictures(4)])
    wanted, with_rounding, without = (one.run(None, {"input": batch})[0] for one in (open_graph(onnx.load(whole.path)), rounded, open_graph(graph)))
    assert np.median(np.abs(without - wanted)) < 0.8 * np.median(np.abs(with_rounding - wanted))  # what is clipped stays clipped


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_runtime_that_answers_otherwise_fails_the_gate(backend, lenet, tmp_path, monkeypatch):
    chosen = backends.BACKENDS.find(backend)

    def write_badly(onnx, main):
        chosen.write(onnx, main)
        weights = main.with_suffix(".bin")
        data = np.fromfile(weights, np.float32)
        data[-40:] += 1
        data.tofile(weights)

    with backends.BACKENDS.added(replace(chosen, write=write_badly)), pytest.raises(ParityFailed):
        convert(lenet, tmp_path / "out", backend=backend)
    assert not (tmp_path / "out").exists()


def test_what_is_not_installed_is_named(converted, lenet, tmp_path, monkeypatch, capsys):
    for module, backend in (("openvino", "OpenVINO"), ("ncnn", "NCNN")):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(PackageMissing) as caught:
            load_model(converted[backend])
        assert caught.value.found == {"package": module, "extra": module}
        with pytest.raises(PackageMissing):
            convert(lenet, tmp_path / "out", backend=backend)
    with pytest.raises(RuntimeNotHere) as told:
        convert(lenet, tmp_path / "out", backend="TensorRT")
    assert "tensorrt" in told.value.message
    assert main(["convert", str(lenet), "--out", str(tmp_path / "out"), "--backend", "OpenVINO", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "E601" and not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize("backbone", [one.name for one in ek.backbones()])
def test_every_network_is_carried_over(backbone, tmp_path):
    source = checkpoint(tmp_path / "best.pth", backbone)
    for backend in BACKENDS:
        done = convert(source, tmp_path / backend, backend=backend)
        assert done.gate.agree == done.gate.count and load_model(done).task.name == "classification"
