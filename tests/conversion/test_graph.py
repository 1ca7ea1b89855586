"""A look inside: layers in order with their shortcuts, free sizes, bytes; hostile and cardless files too."""
import json
import math

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx_files import convolutions, model_of, network, save

import edukit
from edukit.cli.main import main
from edukit.conversion.graph import Graph
from edukit.conversion.graph_drawing import MOST_DRAWN, draw_graph, words_of
from edukit.core.errors import NotAnOnnxFile
from edukit.core.i18n import set_language, texts
from edukit.runtime import inspect_onnx
from tests.conversion.test_converting import checkpoint


def test_the_layers_of_a_converted_network(tmp_path):
    made = edukit.convert(checkpoint(tmp_path / "a.pth", "ResNet18"))
    graph = edukit.inspect_graph(made)
    kinds = [layer.operator for layer in graph.layers]
    assert kinds[:3] == ["Conv", "Relu", "MaxPool"] and kinds.count("Conv") == 20 == graph.operators["Conv"]
    assert graph.layers[0].settings == "7×7, stride 2" and graph.layers[0].shape == ("batch", 64, 112, 112) and graph.layers[0].after == (-1,)
    first = kinds.index("Add")
    assert graph.layers[first].after == (5, 2), "the shortcut comes from the pooling"
    assert graph.weights == inspect_onnx(made).parameters <= sum(layer.weights for layer in graph.layers), "biases that are alike are stored once"
    assert 0.98 < graph.weight_bytes / graph.size_bytes < 1 and graph.card["classes"] == ["cat", "dog"]
    assert graph.axes()[0].endswith("batch free, 3, 224, 224 fixed.") and Graph.from_dict(json.loads(json.dumps(graph.to_dict()))) == graph
    assert draw_graph(graph).count("<path") == 2 * (8 + 2 * 3), "8 shortcuts, 3 of them through a convolution of their own; for desk and phone"


def test_quantized_weights_are_counted_where_they_are_used(tmp_path):
    stored = [
        numpy_helper.from_array(np.ones((4, 3, 3, 3), np.int8), "w"), numpy_helper.from_array(np.ones(4, np.float32), "s"),
        numpy_helper.from_array(np.zeros(4, np.int8), "z"), numpy_helper.from_array(np.ones((3, 4), np.float32), "w2"),
    ]  # fmt: skip
    nodes = [
        helper.make_node("DequantizeLinear", ["w", "s", "z"], ["wd"], axis=0), helper.make_node("Conv", ["input", "wd"], ["c"], kernel_shape=[3, 3]),
        helper.make_node("GlobalAveragePool", ["c"], ["p"]), helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("Gemm", ["f", "w2"], ["logits"], transB=1),
    ]  # fmt: skip
    graph = edukit.inspect_graph(save(tmp_path / "q.onnx", model_of(nodes, stored, ["n", 3, 16, 16], ["n", 3])))
    assert [(layer.operator, layer.size_bytes) for layer in graph.layers] == [("Conv", 108), ("GlobalAveragePool", 0), ("Flatten", 0), ("Gemm", 48)]
    assert graph.layers[0].after == (-1,) and graph.layers[0].weights == math.prod((4, 3, 3, 3))


def test_files_from_elsewhere(tmp_path):
    graph = edukit.inspect_graph(save(tmp_path / "bare.onnx", convolutions(), with_card=False))
    assert graph.card is None and len(graph.layers) == 6 and "<script" not in graph._repr_html_()
    evil = network()
    evil.graph.node[0].name = "<script>alert(1)</script>"
    evil.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "<b>"
    shown = edukit.inspect_graph(save(tmp_path / "evil.onnx", evil))._repr_html_()
    assert "<script" not in shown and "<b>" not in shown and "&lt;b&gt;" in shown
    sequence = network()
    sequence.graph.output.append(helper.make_tensor_sequence_value_info("many", TensorProto.FLOAT, None))
    assert "many" in edukit.inspect_graph(save(tmp_path / "s.onnx", sequence)).outputs
    (tmp_path / "cut.onnx").write_bytes((tmp_path / "bare.onnx").read_bytes()[:-30])
    for path in (tmp_path / "cut.onnx", checkpoint(tmp_path / "a.pth")):
        with pytest.raises(NotAnOnnxFile):
            edukit.inspect_graph(path)


def test_a_long_graph_is_drawn_in_part(tmp_path):
    head = [helper.make_node("Relu", [f"v{i}" if i else "input"], [f"v{i + 1}" if i < MOST_DRAWN + 5 else "changed"]) for i in range(MOST_DRAWN + 6)]
    graph = edukit.inspect_graph(save(tmp_path / "long.onnx", head=head))
    assert f"The first {MOST_DRAWN} of {MOST_DRAWN + 9} layers" in graph._repr_html_()


def test_every_operator_of_the_networks_has_words_in_both_languages(tmp_path):
    for name in ("MobileNetV3-Small", "ShuffleNet_v2-0.5"):
        graph = edukit.inspect_graph(edukit.convert(checkpoint(tmp_path / f"{name}.pth", name), simplify=False))
        for language in ("zh", "en"):
            set_language(language)
            assert [name for name in graph.operators if not words_of(name)] == []
    assert all(set(texts()[key]) == {"zh", "en"} for key in texts() if key.startswith("graph.")) and words_of("Wobble") == ""


def test_on_the_command_line(tmp_path, capsys):
    model = save(tmp_path / "m.onnx", convolutions())
    assert main(["inspect-graph", str(model), "--lang", "zh"]) == 0 and "卷积" in capsys.readouterr().out
    assert main(["inspect-graph", str(model), "--json"]) == 0 and json.loads(capsys.readouterr().out)["operators"]["Conv"] == 2
    assert main(["inspect-graph", str(tmp_path / "absent.onnx")]) == 2
